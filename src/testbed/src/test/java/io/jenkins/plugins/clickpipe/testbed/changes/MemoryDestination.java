package io.jenkins.plugins.clickpipe.testbed.changes;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.ChangeRow;
import io.jenkins.plugins.clickpipe.engine.changes.Destination;
import io.jenkins.plugins.clickpipe.engine.changes.ReplicatedTable;
import io.jenkins.plugins.clickpipe.engine.changes.RowKey;
import io.jenkins.plugins.clickpipe.engine.changes.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Keeps rows as ClickHouse would: every version, newest wins, a repeated token is ignored. It can fail before or after
 * it has accepted rows.
 */
final class MemoryDestination implements Destination {
    static final Comparator<Row> BY_VERSION = (a, b) -> Long.compareUnsigned(a.version(), b.version());

    private final Map<String, List<Row>> tables = new HashMap<>();
    private final Map<String, List<Row>> inserts = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    final List<String> tokens = new ArrayList<>();
    final List<List<Lookup>> lookups = new ArrayList<>();
    int calls;
    IntPredicate failBefore = call -> false;
    IntPredicate failAfter = call -> false;
    Runnable beforeInsert = () -> {};

    /** A stored version; NULL is null. */
    record Row(List<String> values, long version, boolean deleted) {}

    @Override
    public synchronized void insert(ReplicatedTable table, List<ChangeRow> rows, String token) {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("no rows");
        }
        beforeInsert.run();
        List<Row> plain = rows.stream()
                .map(row -> new Row(
                        row.values().stream().map(MemoryDestination::plain).toList(), row.version(), row.deleted()))
                .toList();
        List<Row> before = inserts.putIfAbsent(token, plain);
        if (before != null && !table.keepsLastState() && !before.equals(plain)) {
            throw new IllegalStateException("token " + token + " came with " + before.size() + " rows and then with "
                    + plain.size() + " others");
        }
        once(token, () -> stored(table).addAll(plain));
    }

    @Override
    public synchronized void tombstoneAll(ReplicatedTable table, long version, String token) {
        once(token, () -> newest(table, table.sortingKey()).stream()
                .filter(row -> !row.deleted() && Long.compareUnsigned(row.version(), version) < 0)
                .toList()
                .forEach(row -> stored(table).add(new Row(row.values(), version, true))));
    }

    private void once(String token, Runnable effect) {
        int call = calls++;
        if (failBefore.test(call)) {
            throw new EngineException("refused call " + call);
        }
        tokens.add(token);
        if (seen.add(token)) {
            effect.run();
        }
        if (failAfter.test(call)) {
            throw new EngineException("lost the answer to call " + call);
        }
    }

    @Override
    public synchronized List<Optional<ChangeRow>> latestRows(ReplicatedTable table, List<Lookup> wanted) {
        lookups.add(wanted);
        List<Optional<ChangeRow>> found = new ArrayList<>();
        for (Lookup lookup : wanted) {
            List<String> key = plain(lookup.key());
            found.add(stored(table).stream()
                    .filter(row -> key(table, row, table.key()).equals(key)
                            && Long.compareUnsigned(row.version(), lookup.before()) < 0)
                    .max(BY_VERSION)
                    .map(row -> new ChangeRow(
                            row.values().stream().map(MemoryDestination::given).toList(),
                            row.version(),
                            row.deleted())));
        }
        return found;
    }

    /** Every version in the order of arrival. */
    synchronized List<Row> stored(ReplicatedTable table) {
        return tables.computeIfAbsent(table.destination(), name -> new ArrayList<>());
    }

    /** What readers see: the newest state of each sorting key that is not deleted. */
    synchronized List<List<String>> alive(ReplicatedTable table) {
        return newest(table, table.sortingKey()).stream()
                .filter(row -> !row.deleted())
                .map(Row::values)
                .toList();
    }

    private Collection<Row> newest(ReplicatedTable table, List<String> by) {
        Map<List<String>, Row> newest = new LinkedHashMap<>();
        for (Row row : stored(table)) {
            newest.merge(key(table, row, by), row, (a, b) -> BY_VERSION.compare(a, b) > 0 ? a : b);
        }
        return newest.values();
    }

    private static List<String> key(ReplicatedTable table, Row row, List<String> by) {
        List<String> names =
                table.columns().stream().map(ReplicatedTable.Column::name).toList();
        List<String> key = new ArrayList<>();
        by.forEach(name -> key.add(row.values().get(names.indexOf(name))));
        return key;
    }

    private static List<String> plain(RowKey key) {
        List<String> values = new ArrayList<>();
        key.values().forEach(value -> values.add(plain(value)));
        return values;
    }

    private static String plain(Value value) {
        if (value instanceof Value.Text text) {
            return text.text();
        }
        if (value instanceof Value.Stored stored) {
            return new String(stored.bytes(), StandardCharsets.UTF_8);
        }
        if (value == Value.NULL) {
            // Stands for NULL in lists that hold none.
            return "<null>";
        }
        throw new IllegalArgumentException("a value that is not complete: " + value);
    }

    private static Value given(String value) {
        return value.equals("<null>") ? Value.NULL : new Value.Stored(value.getBytes(StandardCharsets.UTF_8));
    }
}
