package io.jenkins.plugins.clickpipe.testbed.changes;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes random transactions into the tables {@link #TABLES}, several open at once: rows inserted, changed, deleted,
 * inserted again, given other keys, tables emptied, savepoints rolled back, commits in two phases with others between.
 */
final class RandomWriter implements AutoCloseable {
    /** What the tables are for: plain key, TOAST, composite key, sorting beyond the key, rows without a key, log. */
    static final List<String> TABLES = List.of("plain", "toasted", "paired", "sorted", "keyless", "logged");

    private static final int SESSIONS = 3;
    private static final int KEYS = 25;
    private static final List<String> WORDS = List.of(
            "'x'", "''", "NULL", "E'tab\\there'", "E'back\\\\slash \\n line'", "'it''s'", "'\u00e4\ud83d\ude00'");

    private final Random random;
    private final List<Session> sessions = new ArrayList<>();
    /** Transactions of which the second phase is to come. */
    private final List<String> prepared = new ArrayList<>();

    private int preparedSoFar;

    RandomWriter(TestDatabase database, Random random) throws SQLException {
        this.random = random;
        for (int i = 0; i < SESSIONS; i++) {
            sessions.add(new Session(database.source()));
        }
    }

    static void createTables(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE plain (id int PRIMARY KEY, a text, b int)",
                "CREATE TABLE toasted (id int PRIMARY KEY, a text, large text)",
                "ALTER TABLE toasted ALTER COLUMN large SET STORAGE EXTERNAL",
                "CREATE TABLE paired (x int, y text, a text, PRIMARY KEY (y, x))",
                "CREATE TABLE sorted (id int PRIMARY KEY, tenant int NOT NULL, a text)",
                "CREATE TABLE keyless (x int, a text)",
                "ALTER TABLE keyless REPLICA IDENTITY FULL",
                "CREATE TABLE logged (id int PRIMARY KEY, a text)",
                "ALTER TABLE logged REPLICA IDENTITY FULL");
    }

    /** One transaction's beginning, middle or end, in one of the sessions, or the second phase of its commit. */
    void step() throws SQLException {
        Session session = sessions.get(random.nextInt(SESSIONS));
        try (Statement statement = session.connection.createStatement()) {
            if (!prepared.isEmpty() && !session.open && random.nextInt(3) == 0) {
                endPrepared(statement, prepared.remove(random.nextInt(prepared.size())));
                return;
            }
            boolean takenBack = random.nextInt(8) == 0;
            if (takenBack) {
                begin(session, statement);
                statement.execute("SAVEPOINT several");
            }
            int statements = 1 + random.nextInt(6);
            for (int i = 0; i < statements; i++) {
                change(session, statement);
            }
            if (takenBack) {
                statement.execute("ROLLBACK TO SAVEPOINT several");
            }
            if (session.emptied || random.nextInt(4) > 0) {
                end(session, statement);
            }
        }
    }

    /** Ends what is open. */
    void endAll() throws SQLException {
        for (Session session : sessions) {
            try (Statement statement = session.connection.createStatement()) {
                end(session, statement);
                for (String name : prepared) {
                    endPrepared(statement, name);
                }
                prepared.clear();
            }
        }
    }

    private void change(Session session, Statement statement) throws SQLException {
        begin(session, statement);
        statement.execute("SAVEPOINT s");
        try {
            String sql = sql();
            statement.execute(sql);
            // its lock would keep even the catalog's table sizes from a reader
            session.emptied |= sql.startsWith("TRUNCATE");
            if (random.nextInt(8) == 0) {
                statement.execute("ROLLBACK TO SAVEPOINT s");
            }
        } catch (SQLException e) {
            // a key that is taken, or a lock that another session holds
            statement.execute("ROLLBACK TO SAVEPOINT s");
        }
    }

    private static void begin(Session session, Statement statement) throws SQLException {
        if (!session.open) {
            statement.execute("BEGIN");
            statement.execute("SET LOCAL lock_timeout = '100ms'");
            session.open = true;
        }
    }

    private void end(Session session, Statement statement) throws SQLException {
        if (!session.open) {
            return;
        }
        boolean locked = session.emptied;
        session.open = false;
        session.emptied = false;
        switch (random.nextInt(8)) {
            case 0 -> statement.execute("ROLLBACK");
            case 1 -> {
                String name = "'clickpipe_test_" + statement.getConnection().getCatalog() + "_" + preparedSoFar++ + "'";
                statement.execute("PREPARE TRANSACTION " + name);
                if (locked || random.nextBoolean()) {
                    endPrepared(statement, name);
                } else {
                    prepared.add(name);
                }
            }
            default -> statement.execute("COMMIT");
        }
    }

    private void endPrepared(Statement statement, String name) throws SQLException {
        statement.execute((random.nextInt(3) == 0 ? "ROLLBACK" : "COMMIT") + " PREPARED " + name);
    }

    private String sql() {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        if (random.nextInt(60) == 0) {
            return "TRUNCATE " + table;
        }
        int kind = random.nextInt(10);
        return kind < 5 ? insert(table) : kind < 8 ? update(table) : "DELETE FROM " + table + " WHERE " + where(table);
    }

    private String insert(String table) {
        return switch (table) {
            case "plain" -> "INSERT INTO plain VALUES (" + key() + ", " + word() + ", " + key() + ")";
            case "toasted" -> "INSERT INTO toasted VALUES (" + key() + ", " + word() + ", " + large() + ")";
            case "paired" -> "INSERT INTO paired VALUES (" + key() + ", 'k" + random.nextInt(3) + "', " + word() + ")";
            case "sorted" -> "INSERT INTO sorted VALUES (" + key() + ", " + random.nextInt(4) + ", " + word() + ")";
            case "keyless" ->
                "INSERT INTO keyless SELECT " + random.nextInt(5) + ", " + word() + " FROM generate_series(1, "
                        + (1 + random.nextInt(3)) + ")";
            default -> "INSERT INTO logged VALUES (" + key() + ", " + word() + ")";
        };
    }

    private String update(String table) {
        String set =
                switch (table) {
                    case "plain" -> pick("a = " + word(), "b = b + 1", "id = id + 1", "id = " + key());
                    case "toasted" -> pick("a = " + word(), "large = " + large(), "id = " + key());
                    case "paired" -> pick("a = " + word(), "x = " + key(), "y = 'k" + random.nextInt(3) + "'");
                    case "sorted" -> pick("a = " + word(), "tenant = " + random.nextInt(4), "id = " + key());
                    case "keyless" -> pick("a = " + word(), "x = " + random.nextInt(5), "x = x");
                    default -> pick("a = " + word(), "id = " + key());
                };
        return "UPDATE " + table + " SET " + set + " WHERE " + where(table);
    }

    private String where(String table) {
        return switch (table) {
            case "keyless" -> "x = " + random.nextInt(5);
            case "paired" -> "x = " + key();
            default -> random.nextInt(5) == 0 ? "id % 4 = " + random.nextInt(4) : "id = " + key();
        };
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private int key() {
        return 1 + random.nextInt(KEYS);
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
        for (Session session : sessions) {
            session.connection.close();
        }
    }

    private static final class Session {
        private final Connection connection;
        private boolean open;
        private boolean emptied;

        Session(Connection connection) {
            this.connection = connection;
        }
    }
}
