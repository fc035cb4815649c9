package io.jenkins.plugins.clickpipe.testbed.changes;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;

/**
 * Writes random transactions into the tables {@link #TABLES}, several open at once, which wait for each other at unique
 * indexes, rows and foreign keys: rows inserted, changed, deleted, inserted again, given other keys, tables emptied,
 * savepoints rolled back, commits in two phases with others between. A session that waits does so while others go on.
 */
final class RandomWriter implements AutoCloseable {
    /** By table, its columns; what the tables are for is said where they are made. */
    static final Map<String, String> TABLES = Map.ofEntries(
            Map.entry("plain", "id, a, b"),
            Map.entry("toasted", "id, a, large"),
            Map.entry("paired", "x, y, a"),
            Map.entry("sorted", "id, tenant, a"),
            Map.entry("keyless", "x, a"),
            Map.entry("logged", "id, a"),
            Map.entry("deferred", "id, a"),
            Map.entry("indexed", "id, u, large"),
            Map.entry("numbers", "id, a"),
            Map.entry("parent", "id, a"),
            Map.entry("child", "id, parent, a"),
            Map.entry("parted", "id, region, a, large"));

    private static final List<String> NAMES = List.copyOf(TABLES.keySet());
    private static final int SESSIONS = 5;
    private static final int KEYS = 25;
    private static final List<String> WORDS = List.of(
            "'x'", "''", "NULL", "E'tab\\there'", "E'back\\\\slash \\n line'", "'it''s'", "'\u00e4\ud83d\ude00'");

    private final Random random;
    private final List<WritingSession> sessions = new ArrayList<>();
    /** Transactions of which the second phase is to come. */
    private final List<String> prepared = new ArrayList<>();

    private final String database;
    private final Connection second;
    private int preparedSoFar;
    private int waits;

    RandomWriter(TestDatabase database, Random random) throws SQLException {
        this.random = random;
        this.database = database.name();
        this.second = database.source();
        for (int i = 0; i < SESSIONS; i++) {
            sessions.add(new WritingSession(database.source()));
        }
    }

    static void createTables(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE plain (id int PRIMARY KEY, a text, b int)",
                "CREATE TABLE toasted (id int PRIMARY KEY, a text, large text)",
                "ALTER TABLE toasted ALTER COLUMN large SET STORAGE EXTERNAL",
                "CREATE TABLE paired (x int, y text, a text, PRIMARY KEY (y, x))",
                // the destination sorts beyond the key
                "CREATE TABLE sorted (id int PRIMARY KEY, tenant int NOT NULL, a text)",
                "CREATE TABLE keyless (x int, a text)",
                "ALTER TABLE keyless REPLICA IDENTITY FULL",
                // the destination keeps every state
                "CREATE TABLE logged (id int PRIMARY KEY, a text)",
                "ALTER TABLE logged REPLICA IDENTITY FULL",
                // two rows may have one key until the transaction ends
                "CREATE TABLE deferred (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, a text)",
                "ALTER TABLE deferred REPLICA IDENTITY FULL",
                // rows are named by another index than the destination's key
                "CREATE TABLE indexed (id int PRIMARY KEY, u text NOT NULL UNIQUE, large text)",
                "ALTER TABLE indexed ALTER COLUMN large SET STORAGE EXTERNAL",
                "ALTER TABLE indexed REPLICA IDENTITY USING INDEX indexed_u_key",
                // one number in several texts
                "CREATE TABLE numbers (id numeric PRIMARY KEY, a text)",
                // rows of the one wait for rows of the other
                "CREATE TABLE parent (id int PRIMARY KEY, a text)",
                "CREATE TABLE child (id int PRIMARY KEY, a text,"
                        + " parent int REFERENCES parent ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE)",
                // partitions that log less than their root says
                "CREATE TABLE parted (id int, region int, a text, large text, PRIMARY KEY (id, region))"
                        + " PARTITION BY LIST (region)",
                "CREATE TABLE parted_0 PARTITION OF parted FOR VALUES IN (0)",
                "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1)",
                "ALTER TABLE parted_0 ALTER COLUMN large SET STORAGE EXTERNAL",
                "ALTER TABLE parted_1 ALTER COLUMN large SET STORAGE EXTERNAL",
                "ALTER TABLE parted REPLICA IDENTITY FULL",
                "ALTER TABLE parted_1 REPLICA IDENTITY FULL");
    }

    /** How often a session had to wait for another one so far. */
    int waits() {
        return waits;
    }

    /** A few statements of one of the sessions that wait for no other, or the second phase of a commit. */
    void step() throws SQLException {
        WritingSession session = sessions.get(random.nextInt(SESSIONS));
        if (session.isWaiting()) {
            return;
        }
        if (!prepared.isEmpty() && !session.isOpen() && random.nextInt(3) == 0) {
            endPrepared(prepared.remove(random.nextInt(prepared.size())));
            return;
        }
        session.begin();
        boolean takenBack = random.nextInt(8) == 0;
        List<String> statements = new ArrayList<>();
        if (takenBack) {
            statements.add("SAVEPOINT several");
        }
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            statements.add(sql());
        }
        if (takenBack) {
            statements.add("ROLLBACK TO SAVEPOINT several");
        }
        // The lock of TRUNCATE keeps even readers waiting.
        boolean empties = statements.stream().anyMatch(sql -> sql.startsWith("TRUNCATE"));
        String end = empties ? pick("COMMIT", "COMMIT", "ROLLBACK") : random.nextInt(4) > 0 ? end() : "";
        session.run(statements, () -> random.nextInt(8) == 0, end);
        waits += session.isWaiting() ? 1 : 0;
    }

    private String end() {
        return switch (random.nextInt(8)) {
            case 0 -> "ROLLBACK";
            case 1 -> "PREPARE TRANSACTION 'clickpipe_test_" + database + "_" + preparedSoFar++ + "'";
            default -> "COMMIT";
        };
    }

    /** Takes over what the sessions have prepared. */
    void settle() {
        for (WritingSession session : sessions) {
            waits += session.isWaiting() ? 1 : 0;
            prepared.addAll(session.takePrepared());
        }
    }

    /** Ends what is open; those that wait go on as soon as the others have ended. */
    void endAll() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    for (WritingSession session : sessions) {
                        if (!session.isWaiting() && session.isOpen()) {
                            session.end(random.nextInt(8) == 0 ? "ROLLBACK" : "COMMIT");
                        }
                    }
                    settle();
                    for (String name : prepared) {
                        endPrepared(name);
                    }
                    prepared.clear();
                    return sessions.stream().noneMatch(session -> session.isWaiting() || session.isOpen());
                });
    }

    private void endPrepared(String name) throws SQLException {
        try (Statement statement = second.createStatement()) {
            statement.execute((random.nextInt(3) == 0 ? "ROLLBACK" : "COMMIT") + " PREPARED " + name);
        }
    }

    private String sql() {
        String table = NAMES.get(random.nextInt(NAMES.size()));
        if (random.nextInt(90) == 0) {
            return "TRUNCATE " + table + (table.equals("parent") ? " CASCADE" : "");
        }
        int kind = random.nextInt(12);
        if (kind == 0) {
            return "SELECT * FROM " + table + " WHERE " + where(table) + pick(" FOR UPDATE", " FOR SHARE");
        }
        return kind < 6 ? insert(table) : kind < 10 ? update(table) : "DELETE FROM " + table + " WHERE " + where(table);
    }

    private String insert(String table) {
        return "INSERT INTO "
                + switch (table) {
                    case "plain" -> "plain VALUES (" + key() + ", " + word() + ", " + key() + ")";
                    case "toasted" -> "toasted VALUES (" + key() + ", " + word() + ", " + large() + ")";
                    case "paired" -> "paired VALUES (" + key() + ", 'k" + random.nextInt(3) + "', " + word() + ")";
                    case "sorted" -> "sorted VALUES (" + key() + ", " + random.nextInt(4) + ", " + word() + ")";
                    case "keyless" ->
                        "keyless SELECT " + random.nextInt(5) + ", " + word() + " FROM generate_series(1, "
                                + (1 + random.nextInt(3)) + ")";
                    case "indexed" -> "indexed VALUES (" + key() + ", 'u" + key() + "', " + large() + ")";
                    case "numbers" -> "numbers VALUES (" + number() + ", " + word() + ")";
                    case "child" -> "child VALUES (" + key() + ", " + word() + ", " + key() + ")";
                    case "parted" ->
                        "parted VALUES (" + key() + ", " + random.nextInt(2) + ", " + word() + ", " + large() + ")";
                    default -> table + " VALUES (" + key() + ", " + word() + ")";
                }
                + (random.nextInt(3) == 0 && !table.equals("deferred") ? " ON CONFLICT DO NOTHING" : "");
    }

    private String update(String table) {
        String set =
                switch (table) {
                    case "plain" -> pick("a = " + word(), "b = b + 1", "id = id + 1", "id = " + key());
                    case "toasted" -> pick("a = " + word(), "large = " + large(), "id = " + key());
                    case "paired" -> pick("a = " + word(), "x = " + key(), "y = 'k" + random.nextInt(3) + "'");
                    case "sorted" -> pick("a = " + word(), "tenant = " + random.nextInt(4), "id = " + key());
                    case "keyless" -> pick("a = " + word(), "x = " + random.nextInt(5), "x = x");
                    case "deferred" -> pick("a = " + word(), "id = id + 1", "id = 26 - id", "id = id % 7");
                    case "indexed" ->
                        pick("u = 'u" + key() + "'", "id = " + key(), "large = " + large(), "u = u || '.'");
                    case "numbers" ->
                        pick("id = " + number(), "a = " + word(), "id = id * 1.00", "id = trim_scale(id)");
                    case "child" -> pick("parent = " + key(), "a = " + word(), "id = " + key());
                    case "parted" ->
                        pick("a = " + word(), "region = 1 - region", "id = " + key(), "large = " + large());
                    default -> pick("a = " + word(), "id = " + key());
                };
        return "UPDATE " + table + " SET " + set + " WHERE " + where(table);
    }

    private String where(String table) {
        return switch (table) {
            case "keyless" -> "x = " + random.nextInt(5);
            case "paired" -> "x = " + key();
            case "deferred" -> pick("true", "id = " + key(), "id % 3 = 0");
            case "indexed" -> pick("u = 'u" + key() + "'", "id = " + key());
            default -> random.nextInt(5) == 0 ? "id % 4 = " + random.nextInt(4) : "id = " + key();
        };
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private int key() {
        return 1 + random.nextInt(KEYS);
    }

    private String number() {
        return random.nextInt(8) + pick("", ".0", ".00", ".5", ".50");
    }

    private String word() {
        return random.nextInt(3) == 0 ? WORDS.get(random.nextInt(WORDS.size())) : "'w" + random.nextInt(1000) + "'";
    }

    private String large() {
        return random.nextInt(4) == 0 ? "NULL" : "repeat('" + random.nextInt(1000) + ".', 1500)";
    }

    @Override
    public void close() throws SQLException {
        // a prepared transaction outlives its session, and would keep the database from being dropped
        endAll();
        for (WritingSession session : sessions) {
            session.close();
        }
        second.close();
    }
}
