package io.jenkins.plugins.clickpipe.testbed.types;

import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.types.ColumnMapping;
import io.jenkins.plugins.clickpipe.engine.types.CopyEncoder;
import io.jenkins.plugins.clickpipe.engine.types.RowBuffer;
import io.jenkins.plugins.clickpipe.engine.types.RowFormat;
import io.jenkins.plugins.clickpipe.engine.types.TypeMapping;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** The table {@code public.t} of a test database, copied by the type mapping alone into ClickHouse's {@code t}. */
final class CopiedTable {
    private static final String SESSION =
            """
            SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 3;
            SET bytea_output = 'hex'; SET client_encoding = 'UTF8'; SET lc_monetary = 'C'
            """;

    private final TestDatabase database;
    private final Map<String, String> clickHouseTypes = new LinkedHashMap<>();
    private final Map<String, Long> altered = new LinkedHashMap<>();

    private CopiedTable(TestDatabase database) {
        this.database = database;
    }

    /**
     * The column {@code id} becomes the sorting key.
     *
     * @param format columns that have no form in it are left out
     */
    static CopiedTable copy(TestDatabase database, TypeMapping.Options options, RowFormat format)
            throws SQLException, IOException, InterruptedException {
        CopiedTable table = new CopiedTable(database);
        TypeMapping types = new TypeMapping(options);
        try (Connection connection = database.source()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(SESSION);
            }
            List<SourceColumn> columns = new SourceCatalog(connection)
                    .describe("public", "t")
                    .orElseThrow()
                    .columns();
            List<ColumnMapping> mappings = columns.stream()
                    .map(c ->
                            types.map(c.name(), c.type(), !c.notNull(), c.name().equals("id")))
                    .filter(m -> format == RowFormat.TEXT || m.binary().isPresent())
                    .toList();
            mappings.forEach(m -> table.clickHouseTypes.put(m.name(), m.clickHouseType()));
            database.executeTarget(table.ddl());
            table.insert(table.encode(connection, mappings, format), format);
        }
        return table;
    }

    private String ddl() {
        List<String> columns = new ArrayList<>();
        clickHouseTypes.forEach((name, type) -> columns.add("`" + name + "` " + type));
        return "CREATE TABLE t (" + String.join(", ", columns)
                + ", _peerdb_version UInt64) ENGINE = ReplacingMergeTree(_peerdb_version) ORDER BY id";
    }

    private RowBuffer encode(Connection connection, List<ColumnMapping> mappings, RowFormat format)
            throws SQLException {
        CopyEncoder encoder = format.encoder(mappings, 7, false, held -> {});
        String columns = mappings.stream()
                .map(m -> format.expression(m, SourceSql.quote(m.name())))
                .collect(Collectors.joining(", "));
        RowBuffer rows = new RowBuffer();
        CopyOut copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (SELECT " + columns + " FROM t) TO STDOUT" + format.copyOptions());
        for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
            for (int from = 0; from < row.length; ) {
                from = encoder.take(row, from, row.length, rows);
            }
        }
        encoder.flushAlterations(altered::put);
        return rows;
    }

    private void insert(RowBuffer rows, RowFormat format) throws IOException, InterruptedException {
        ClickHouseEndpoint server = database.servers().clickHouseAdmin();
        String columns = clickHouseTypes.keySet().stream().map(TargetSql::quote).collect(Collectors.joining(", "));
        String query = "INSERT INTO t (" + columns + ", _peerdb_version) FORMAT " + format.clickHouseName();
        URI uri = URI.create(server.url() + "/?database=" + database.targetDatabase()
                + "&date_time_input_format=basic&input_format_null_as_default=0&session_timezone=UTC&query="
                + URLEncoder.encode(query, StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("X-ClickHouse-User", server.user())
                .header("X-ClickHouse-Key", server.password())
                .POST(HttpRequest.BodyPublishers.ofByteArray(rows.toByteArray()))
                .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(response.body());
        }
    }

    /** A source expression by row, under the same session settings as the copy. */
    List<String> source(String expression) throws SQLException {
        try (Connection connection = database.source();
                Statement statement = connection.createStatement()) {
            statement.execute(SESSION);
            try (ResultSet results = statement.executeQuery("SELECT (" + expression + ")::text FROM t ORDER BY id")) {
                List<String> values = new ArrayList<>();
                while (results.next()) {
                    values.add(results.getString(1));
                }
                return values;
            }
        }
    }

    /** A destination expression by row. */
    List<String> target(String expression) {
        return database
                .queryTarget("SELECT " + expression + " FROM t ORDER BY id SETTINGS session_timezone = 'UTC'")
                .stream()
                .map(row -> row.get(0))
                .toList();
    }

    Map<String, String> clickHouseTypes() {
        return clickHouseTypes;
    }

    Map<String, Long> altered() {
        return altered;
    }
}
