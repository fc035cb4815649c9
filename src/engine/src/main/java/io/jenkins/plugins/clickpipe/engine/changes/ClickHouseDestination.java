package io.jenkins.plugins.clickpipe.engine.changes;

import io.jenkins.plugins.clickpipe.engine.mapping.MappedColumn;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.InsertBody;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.types.ColumnMapping;
import io.jenkins.plugins.clickpipe.engine.types.RowBuffer;
import io.jenkins.plugins.clickpipe.engine.types.RowEncoder;
import io.jenkins.plugins.clickpipe.engine.types.UnrepresentableValueException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ObjLongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Destination tables in ClickHouse. Values it gives out are escaped fields of TabSeparated. */
public final class ClickHouseDestination implements Destination {
    private static final int FIRST_LOOKUPS = 500;
    private static final int MOST_LOOKUPS = 20_000;
    /** Of rows that are looked up and kept at a time, about. */
    private static final long ANSWER_BYTES = 16L << 20;

    private final ClickHouse clickHouse;
    private final Clock clock;
    private final boolean strict;
    private final ObjLongConsumer<String> altered;
    private final UnaryOperator<String> names;
    private final Map<String, Columns> columns = new HashMap<>();
    /** By table, after the width of the rows that were found last. */
    private final Map<String, Integer> lookupsAtOnce = new HashMap<>();

    /**
     * @param tables every table of the pipe
     * @param names gives the name under which a destination table stands now: during a resync that of its new table
     * @param strict the setting {@code strictTypes}
     * @param altered hears, by {@code table.column}, how many values of an insert the type mapping altered
     */
    public ClickHouseDestination(
            ClickHouse clickHouse,
            Clock clock,
            List<TableMapping> tables,
            UnaryOperator<String> names,
            boolean strict,
            ObjLongConsumer<String> altered) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.clock = Objects.requireNonNull(clock);
        this.names = Objects.requireNonNull(names);
        this.strict = strict;
        this.altered = Objects.requireNonNull(altered);
        for (TableMapping table : tables) {
            Map<String, ColumnMapping> byName = new HashMap<>();
            for (MappedColumn column : table.columns()) {
                byName.put(column.name(), column.mapping());
            }
            columns.put(table.target(), new Columns(byName, table.identity()));
        }
    }

    /** @param key columns that tell source rows apart */
    private record Columns(Map<String, ColumnMapping> byName, List<String> key) {
        String type(String column) {
            return byName.get(column).clickHouseType();
        }
    }

    @Override
    public void insert(ReplicatedTable table, List<ChangeRow> rows, String token) {
        RowEncoder encoder = encoder(table, columnNames(table), strict);
        RowBuffer body = new RowBuffer(64 << 10);
        Instant now = clock.instant();
        byte[] alive = metadata(now, 0);
        byte[] deleted = metadata(now, 1);
        for (ChangeRow row : rows) {
            try {
                encode(row.values(), encoder, row.deleted(), body);
            } catch (UnrepresentableValueException e) {
                throw e.inRow(table.source().toString(), rowName(table, row), "sync");
            }
            body.append(row.deleted() ? deleted : alive);
            body.appendUnsigned(row.version());
            body.append('\n');
        }
        Map<String, Long> alterations = new LinkedHashMap<>();
        encoder.flushAlterations((column, count) -> alterations.merge(column, count, Long::sum));
        refuseAlteredKeys(table, alterations.keySet());
        InsertBody lines = body::writeTo;
        clickHouse.insertWithRetries(quoted(table), allColumns(table), lines, token);
        alterations.forEach((column, count) -> altered.accept(table.destination() + "." + column, count));
    }

    /** Rows whose keys have become one would replace each other. */
    private void refuseAlteredKeys(ReplicatedTable table, Set<String> alteredColumns) {
        Columns known = columns.get(table.destination());
        for (String column : known.key()) {
            if (table.keepsLastState() && alteredColumns.contains(column)) {
                throw new StructureChangedException(
                        table,
                        "key column " + column + " has a value that " + known.type(column)
                                + " cannot hold, so that rows of different keys may become one",
                        List.of());
            }
        }
    }

    /** The metadata columns but for the last. */
    private static byte[] metadata(Instant syncedAt, int deleted) {
        return "%d.%09d\t%d\t"
                .formatted(syncedAt.getEpochSecond(), syncedAt.getNano(), deleted)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String rowName(ReplicatedTable table, ChangeRow row) {
        List<String> names = columnNames(table);
        return table.key().stream()
                .map(column -> column + "=" + text(row.values().get(names.indexOf(column))))
                .collect(Collectors.joining(", ", "", table.key().isEmpty() ? "of a table without a key" : ""));
    }

    private static String text(Value value) {
        if (value instanceof Value.Text present) {
            return present.text();
        }
        return value instanceof Value.Stored stored ? new String(stored.bytes(), StandardCharsets.UTF_8) : "NULL";
    }

    private RowEncoder encoder(ReplicatedTable table, List<String> names, boolean strictly) {
        Columns known = columns.get(table.destination());
        return new RowEncoder(names.stream().map(known.byName()::get).toList(), "", strictly);
    }

    private static List<String> columnNames(ReplicatedTable table) {
        return table.columns().stream().map(ReplicatedTable.Column::name).toList();
    }

    /**
     * Appends the values, each with a tab behind it.
     *
     * @param mayLack of a tombstone, which often knows no more than the key: what it lacks is not counted as altered
     */
    private static void encode(List<Value> values, RowEncoder encoder, boolean mayLack, RowBuffer out) {
        for (int i = 0; i < values.size(); i++) {
            Value value = values.get(i);
            if (value instanceof Value.Text text) {
                encoder.encodeText(i, text.array(), text.from(), text.to(), out);
            } else if (value instanceof Value.Stored stored) {
                out.append(stored.bytes());
            } else if (mayLack) {
                encoder.encodeAbsent(i, out);
            } else {
                encoder.encodeNull(i, out);
            }
            out.append('\t');
        }
    }

    @Override
    public List<Optional<ChangeRow>> latestRows(ReplicatedTable table, List<Lookup> lookups) {
        List<Optional<ChangeRow>> found = new ArrayList<>();
        long bytes = 0;
        while (found.size() < lookups.size() && bytes < ANSWER_BYTES) {
            int most = lookupsAtOnce.getOrDefault(table.destination(), FIRST_LOOKUPS);
            int from = found.size();
            int to = Math.min(lookups.size(), from + most);
            byte[] answer = clickHouse.tabSeparated(lookupSql(table, lookups, from, to));
            found.addAll(Collections.nCopies(to - from, Optional.empty()));
            read(table, answer, found);
            bytes += answer.length;
            long each = Math.max(1, answer.length / (to - from));
            lookupsAtOnce.put(table.destination(), (int) Math.max(1, Math.min(MOST_LOOKUPS, ANSWER_BYTES / 2 / each)));
        }
        return found;
    }

    /** The keys travel as a table of their own; the IN lets the server use the table's primary index. */
    private String lookupSql(ReplicatedTable table, List<Lookup> lookups, int from, int to) {
        List<String> key = table.key();
        RowEncoder encoder = encoder(table, key, false);
        RowBuffer keys = new RowBuffer();
        for (int i = from; i < to; i++) {
            Lookup lookup = lookups.get(i);
            encode(lookup.key().values(), encoder, false, keys);
            keys.appendUnsigned(i);
            keys.append('\t');
            keys.appendUnsigned(lookup.before());
            keys.append('\n');
        }
        String structure = key.stream()
                        .map(column -> TargetSql.quote(column) + " "
                                + columns.get(table.destination()).type(column) + ", ")
                        .collect(Collectors.joining())
                + "_clickpipe_position UInt64, _clickpipe_before UInt64";
        String wanted = "format(TabSeparated, " + TargetSql.literal(structure) + ", unhex('"
                + HexFormat.of().formatHex(keys.toByteArray()) + "'))";
        String on = key.stream()
                .map(column -> "t." + TargetSql.quote(column) + " = l." + TargetSql.quote(column))
                .collect(Collectors.joining(" AND "));
        return """
                SELECT l._clickpipe_position, t._peerdb_is_deleted, t._peerdb_version, %1$s
                  FROM %2$s AS t INNER JOIN %3$s AS l ON %4$s
                 WHERE t._peerdb_version < l._clickpipe_before
                   AND (%5$s) IN (SELECT %6$s FROM %3$s)
                 ORDER BY l._clickpipe_position, t._peerdb_version DESC, t._peerdb_is_deleted
                 LIMIT 1 BY l._clickpipe_position"""
                .formatted(
                        table.columns().stream()
                                .map(c -> "t." + TargetSql.quote(c.name()))
                                .collect(Collectors.joining(", ")),
                        quoted(table),
                        wanted,
                        on,
                        key.stream().map(c -> "t." + TargetSql.quote(c)).collect(Collectors.joining(", ")),
                        TargetSql.quoteAll(key));
    }

    private static void read(ReplicatedTable table, byte[] lines, List<Optional<ChangeRow>> found) {
        int start = 0;
        while (start < lines.length) {
            List<byte[]> fields = new ArrayList<>();
            int field = start;
            int end = start;
            for (; lines[end] != '\n'; end++) {
                if (lines[end] == '\t') {
                    fields.add(Arrays.copyOfRange(lines, field, end));
                    field = end + 1;
                }
            }
            fields.add(Arrays.copyOfRange(lines, field, end));
            start = end + 1;
            List<Value> values = new ArrayList<>();
            for (int i = 0; i < table.columns().size(); i++) {
                byte[] bytes = fields.get(3 + i);
                boolean isNull = bytes.length == 2 && bytes[0] == '\\' && bytes[1] == 'N';
                values.add(isNull ? Value.NULL : new Value.Stored(bytes));
            }
            found.set(
                    Integer.parseInt(text(fields.get(0))),
                    Optional.of(new ChangeRow(
                            values,
                            Long.parseUnsignedLong(text(fields.get(2))),
                            text(fields.get(1)).equals("1"))));
        }
    }

    private static String text(byte[] field) {
        return new String(field, StandardCharsets.UTF_8);
    }

    @Override
    public void tombstoneAll(ReplicatedTable table, long version, String token) {
        String names = TargetSql.quoteAll(columnNames(table));
        clickHouse.executeWithToken(
                "INSERT INTO " + quoted(table) + " (" + allColumns(table) + ")\nSELECT " + names + ", now64(9), 1, "
                        + Long.toUnsignedString(version) + "\n  FROM "
                        + alive(table, names, Long.toUnsignedString(version)),
                token);
    }

    private String alive(ReplicatedTable table, String names, String version) {
        String older = " WHERE _peerdb_version < " + version;
        if (table.keepsLastState()) {
            return quoted(table) + " FINAL" + older + " AND _peerdb_is_deleted = 0";
        }
        if (!table.key().isEmpty()) {
            return "(SELECT * FROM " + quoted(table) + older
                    + " ORDER BY _peerdb_version DESC, _peerdb_is_deleted DESC LIMIT 1 BY "
                    + TargetSql.quoteAll(table.key()) + ") WHERE _peerdb_is_deleted = 0";
        }
        // Equal rows of a table without a key are told apart by their number alone. A tombstone that is older than all
        // of them was carried over by a resync and belongs to none.
        return "(SELECT " + names
                + ", toInt64(countIf(_peerdb_is_deleted = 0)) - toInt64(arrayCount(v -> v >= minIf(_peerdb_version,"
                + " _peerdb_is_deleted = 0), groupArrayIf(_peerdb_version, _peerdb_is_deleted = 1))) AS"
                + " _clickpipe_alive FROM " + quoted(table) + older + " GROUP BY " + names
                + " HAVING countIf(_peerdb_is_deleted = 0) > 0 AND _clickpipe_alive > 0) ARRAY JOIN"
                + " range(toUInt64(_clickpipe_alive)) AS _clickpipe_copy";
    }

    private String quoted(ReplicatedTable table) {
        return TargetSql.quote(clickHouse.database(), names.apply(table.destination()));
    }

    private static String allColumns(ReplicatedTable table) {
        return TargetSql.quoteAll(columnNames(table)) + ", _peerdb_synced_at, _peerdb_is_deleted, _peerdb_version";
    }
}
