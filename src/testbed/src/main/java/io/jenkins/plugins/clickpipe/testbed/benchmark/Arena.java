package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.Servers;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.postgresql.PGConnection;

/** Both servers with a database for the benchmark, its tables in PostgreSQL, and what is asked of both. */
final class Arena implements AutoCloseable {
    static final String DATABASE = "benchmark";
    /** Into so many files the rows for the bare insert are cut: as many as the most workers. */
    static final int FILES = 8;

    private final Servers servers;
    private final Path directory;
    private final Map<BenchmarkTable, Double> bytesPerRow = new HashMap<>();

    private Arena(Servers servers, Path directory) {
        this.servers = requireNonNull(servers);
        this.directory = requireNonNull(directory);
    }

    /** @param directory for files, made if it is not there */
    static Arena open(Servers servers, Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        servers.postgresAdmin().dropDatabase(DATABASE);
        servers.clickHouseAdmin().dropDatabase(DATABASE);
        servers.postgresAdmin()
                .createDatabase(DATABASE, servers.postgresPipeUser().user());
        servers.clickHouseAdmin().createDatabase(DATABASE);
        return new Arena(servers, directory);
    }

    Servers servers() {
        return servers;
    }

    Path directory() {
        return directory;
    }

    /** Where a contender other than the engine puts the rows. */
    static String contenderTable(BenchmarkTable table) {
        return table.name() + "_contender";
    }

    /** Makes and fills a source table anew; vacuumed, so that no reader has to write hint bits. */
    void fill(BenchmarkTable table, long rows) {
        servers.postgresPipeUser()
                .execute(
                        DATABASE,
                        "DROP TABLE IF EXISTS " + table.name(),
                        table.schema(),
                        table.fill().formatted(rows));
        servers.postgresAdmin().execute(DATABASE, "VACUUM (ANALYZE, FREEZE) " + table.name(), "CHECKPOINT");
    }

    /** Of PostgreSQL's COPY text, over the whole table. */
    double bytesPerRow(BenchmarkTable table) {
        return bytesPerRow.computeIfAbsent(table, this::measureBytesPerRow);
    }

    private double measureBytesPerRow(BenchmarkTable table) {
        try (Connection connection = servers.postgresPipeUser().connect(DATABASE)) {
            AtomicLong bytes = new AtomicLong();
            OutputStream counter = new OutputStream() {
                @Override
                public void write(int b) {
                    bytes.incrementAndGet();
                }

                @Override
                public void write(byte[] b, int off, int len) {
                    bytes.addAndGet(len);
                }
            };
            long rows = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY " + table.name() + " TO STDOUT", counter);
            return (double) bytes.get() / rows;
        } catch (IOException | SQLException e) {
            throw new TestbedException("The source table could not be read: " + e.getMessage(), e);
        }
    }

    long blocks(BenchmarkTable table) {
        return Long.parseLong(servers.postgresPipeUser()
                .query(DATABASE, "SELECT pg_relation_size('" + table.name() + "') / current_setting('block_size')::int")
                .get(0)
                .get(0));
    }

    /** Files of the rows as ClickHouse writes TabSeparated, for the bare insert; read from the engine's table. */
    void writeRowFiles(BenchmarkTable table, long rows) {
        for (int i = 0; i < FILES; i++) {
            String lines = servers.clickHouseAdmin()
                    .text(
                            DATABASE,
                            "SELECT " + table.columnList() + " FROM " + table.name() + " WHERE " + table.key() + " > "
                                    + rows * i / FILES + " AND " + table.key() + " <= " + rows * (i + 1) / FILES
                                    + " ORDER BY " + table.key());
            try {
                Files.writeString(rowFile(table, i), lines);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Path rowFile(BenchmarkTable table, int part) {
        return directory.resolve(table.name() + "-" + part + ".tsv");
    }

    /** An empty table like the one the engine has made. */
    void createContenderTable(BenchmarkTable table) {
        String name = contenderTable(table);
        servers.clickHouseAdmin().execute(DATABASE, "DROP TABLE IF EXISTS " + name + " SYNC");
        servers.clickHouseAdmin().execute(DATABASE, "CREATE TABLE " + name + " AS " + table.name());
    }

    void dropContenderTable(BenchmarkTable table) {
        servers.clickHouseAdmin().execute(DATABASE, "DROP TABLE IF EXISTS " + contenderTable(table) + " SYNC");
    }

    /** @throws TestbedException when a table does not hold the first so many rows of the source, each once */
    void verify(BenchmarkTable table, String filled, long rows) {
        List<String> source = servers.postgresPipeUser()
                .query(
                        DATABASE,
                        "SELECT " + table.sourceChecksum() + " FROM " + table.name() + " WHERE " + table.key() + " <= "
                                + rows)
                .get(0);
        List<String> target = servers.clickHouseAdmin()
                .query(DATABASE, "SELECT " + table.targetChecksum() + " FROM " + filled)
                .get(0);
        if (!source.equals(target)) {
            throw new TestbedException("The rows in " + filled + " are not those of the source:\nPostgreSQL " + source
                    + "\nClickHouse " + target);
        }
    }

    /** Waits until ClickHouse merges nothing, five minutes at most. */
    void awaitNoMerges() throws InterruptedException {
        for (int i = 0; i < 3000; i++) {
            if (servers.clickHouseAdmin()
                    .query("SELECT count() FROM system.merges")
                    .get(0)
                    .get(0)
                    .equals("0")) {
                return;
            }
            Thread.sleep(100);
        }
        throw new TestbedException("ClickHouse has been merging for five minutes.");
    }

    @Override
    public void close() {
        try {
            servers.clickHouseAdmin().dropDatabase(DATABASE);
        } finally {
            servers.postgresAdmin().dropDatabase(DATABASE);
        }
    }
}
