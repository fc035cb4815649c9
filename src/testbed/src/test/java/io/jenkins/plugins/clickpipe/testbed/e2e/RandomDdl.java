package io.jenkins.plugins.clickpipe.testbed.e2e;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes to four tables of different kinds and alters them, at random; a statement that PostgreSQL refuses is left out. */
final class RandomDdl {
    static final List<String> TABLES = List.of("plain", "typed", "parted", "parent");

    private final TestDatabase database;
    private final Random random;
    private final List<String> done = new ArrayList<>();
    private int serial;

    RandomDdl(TestDatabase database, long seed) {
        this.database = requireNonNull(database);
        this.random = new Random(seed);
    }

    void types() {
        run("CREATE TYPE mood AS ENUM ('m0', 'm1', 'm2')");
        run("CREATE DOMAIN feeling AS mood");
        run("CREATE TYPE pair AS (one int, two mood)");
        TABLES.forEach(this::create);
    }

    /** Makes a table as it was at first, with whatever stands in its way dropped. */
    void create(String table) {
        run("DROP TABLE IF EXISTS " + table + " CASCADE");
        switch (table) {
            case "plain" -> run("CREATE TABLE plain (id int PRIMARY KEY, a text, b varchar(10), c int, d char(4))");
            case "typed" ->
                run("CREATE TABLE typed (id int PRIMARY KEY, m mood, f feeling, l mood[], p pair,"
                        + " g int GENERATED ALWAYS AS (id * 2) STORED)");
            case "parted" -> {
                run("CREATE TABLE parted (id int, a text, c int, PRIMARY KEY (id)) PARTITION BY RANGE (id)");
                run("CREATE TABLE " + fresh("p") + " PARTITION OF parted FOR VALUES FROM (0) TO (20)");
                run("CREATE TABLE " + fresh("p") + " PARTITION OF parted FOR VALUES FROM (20) TO (40)");
            }
            default -> {
                run("CREATE TABLE parent (id int PRIMARY KEY, a text, c int)");
                run("CREATE TABLE " + fresh("k") + " (w int, PRIMARY KEY (id)) INHERITS (parent)");
            }
        }
        for (int i = 0; i < 10; i++) {
            write(table);
        }
    }

    /** One statement or a few that belong together, mostly of DML. */
    void step() {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        if (random.nextInt(6) > 0) {
            write(table);
        } else if (random.nextInt(40) == 0) {
            publication(table);
        } else if (random.nextInt(3) == 0 && table.equals("parted")) {
            partition();
        } else if (random.nextInt(3) == 0 && table.equals("parent")) {
            child();
        } else if (random.nextInt(4) == 0) {
            whole(table);
        } else {
            column(table);
        }
    }

    List<String> done() {
        return List.copyOf(done);
    }

    private void write(String table) {
        int id = random.nextInt(40);
        switch (random.nextInt(5)) {
            case 0 -> run("DELETE FROM " + table + " WHERE id = " + id);
            case 1, 2 -> {
                String column = column(table, "a|b|c|d|m|f|c\\d+");
                if (column != null) {
                    run("UPDATE " + table + " SET " + column + " = " + value(column) + " WHERE id = " + id);
                }
            }
            case 3 ->
                run("UPDATE " + (table.equals("parent") ? "ONLY " : "") + table + " SET id = " + random.nextInt(40)
                        + " WHERE id = " + id);
            default -> insert(table, id);
        }
    }

    private void insert(String table, int number) {
        String into = table.equals("parent") && random.nextBoolean() ? anyPart(table, table) : table;
        // No key holds over a table and its children, so each of them has numbers of its own.
        int id = into.equals(table) ? number : number + 100 * Integer.parseInt(into.replaceAll("\\D", ""));
        String columns = table.equals("typed") ? "id, m, f, l, p" : "id, a, c";
        String values = table.equals("typed")
                ? id + ", 'm1', 'm2', '{m0,m1}', ROW(" + id + ", 'm1')"
                : id + ", 'a" + random.nextInt(99) + "', " + random.nextInt(99);
        run("INSERT INTO " + into + " (" + columns + ") VALUES (" + values + ")");
    }

    private String value(String column) {
        return switch (column) {
            case "m", "f" -> "'m" + random.nextInt(3) + "'";
            default -> "'" + random.nextInt(99) + "'";
        };
    }

    private void whole(String table) {
        switch (random.nextInt(9)) {
            case 0 -> run("TRUNCATE " + table);
            case 1 -> run("VACUUM FULL " + table);
            case 2 -> run("ALTER TABLE " + table + " REPLICA IDENTITY " + (random.nextBoolean() ? "FULL" : "DEFAULT"));
            case 3 -> create(table);
            case 4 -> {
                String other = fresh("s");
                run("CREATE TABLE " + other + " (LIKE " + table + " INCLUDING ALL)");
                run("INSERT INTO " + other + " (id) VALUES (7)");
                run("BEGIN; ALTER TABLE " + table + " RENAME TO " + fresh("old") + "; ALTER TABLE " + other
                        + " RENAME TO " + table + "; COMMIT");
            }
            case 5 -> run("ALTER TYPE mood RENAME VALUE 'm" + random.nextInt(3) + "' TO 'n" + serial++ + "'");
            case 6 -> run("ALTER TYPE mood ADD VALUE 'v" + serial++ + "' BEFORE 'm1'");
            case 7 -> run("ALTER TYPE pair ADD ATTRIBUTE " + fresh("x") + " int CASCADE");
            default -> run("ANALYZE " + table);
        }
    }

    private void column(String table) {
        String column = column(table, "(?!id$).*");
        String alter = "ALTER TABLE " + table + " ";
        switch (random.nextInt(13)) {
            case 0 -> run(alter + "ADD COLUMN " + fresh("c") + " int");
            case 1 -> run(alter + "ADD COLUMN " + fresh("c") + " int DEFAULT 5");
            case 2 -> dropDefault(alter, fresh("c"), "int DEFAULT 6");
            case 3 -> dropDefault(alter, fresh("c"), "text DEFAULT md5(random()::text)");
            case 4 -> run(alter + "ADD COLUMN " + fresh("c") + " text DEFAULT random()::text");
            case 5 -> run(alter + "DROP COLUMN " + column);
            case 6 -> run(alter + "RENAME COLUMN " + column + " TO " + fresh("c"));
            case 7 -> run(alter + "ALTER " + column + " TYPE varchar(" + (3 + random.nextInt(20)) + ")");
            case 8 -> run(alter + "ALTER c TYPE int USING c + 1");
            case 9 -> run(alter + "ALTER a TYPE text USING a || '!'");
            case 10 -> run(alter + "ALTER " + column + (random.nextBoolean() ? " SET" : " DROP") + " NOT NULL");
            case 11 -> run(alter + "ALTER c " + (random.nextBoolean() ? "SET DEFAULT 3" : "DROP DEFAULT"));
            default -> run(alter + "ALTER g SET EXPRESSION AS (id * " + random.nextInt(9) + ")");
        }
    }

    private void dropDefault(String alter, String column, String type) {
        run(alter + "ADD COLUMN " + column + " " + type);
        run(alter + "ALTER " + column + " DROP DEFAULT");
    }

    private void partition() {
        String part = anyPart("parted", null);
        int from = 40 + 10 * serial;
        String bounds = " FOR VALUES FROM (" + from + ") TO (" + (from + 10) + ")";
        String name = fresh("p");
        switch (random.nextInt(6)) {
            case 0 -> {
                run("CREATE TABLE " + name + " PARTITION OF parted" + bounds);
                insert("parted", from + 1);
            }
            case 1 -> {
                run("CREATE TABLE " + name + " (LIKE parted)");
                run("INSERT INTO " + name + " (id) VALUES (" + (from + 1) + ")");
                run("ALTER TABLE parted ATTACH PARTITION " + name + bounds);
            }
            case 2 -> {
                run("CREATE TABLE " + name + " (LIKE parted); ALTER TABLE parted ATTACH PARTITION " + name + bounds);
                insert("parted", from + 1);
            }
            case 3 -> run("ALTER TABLE parted DETACH PARTITION " + part);
            case 4 -> run("DROP TABLE " + part);
            default -> run("TRUNCATE " + part);
        }
    }

    private void child() {
        String part = anyPart("parent", null);
        String name = fresh("k");
        switch (random.nextInt(4)) {
            case 0 -> run("CREATE TABLE " + name + " (PRIMARY KEY (id)) INHERITS (parent)");
            case 1 -> {
                run("CREATE TABLE " + name + " (PRIMARY KEY (id)) INHERITS (parent)");
                run("INSERT INTO " + name + " (id) VALUES (" + (99 + 100 * (serial - 1)) + ")");
            }
            case 2 -> run("ALTER TABLE " + part + " NO INHERIT parent");
            default -> run("DROP TABLE " + part);
        }
    }

    private void publication(String table) {
        String alter = "ALTER PUBLICATION clickpipe_" + database.name() + " ";
        switch (random.nextInt(3)) {
            case 0 -> {
                run(alter + "DROP TABLE " + table);
                write(table);
                run(alter + "ADD TABLE " + table);
            }
            case 1 -> {
                run(alter + "SET (publish = 'insert')");
                write(table);
                run(alter + "SET (publish = 'insert, update, delete, truncate')");
            }
            default -> run("DROP PUBLICATION clickpipe_" + database.name());
        }
    }

    private String column(String table, String names) {
        List<String> columns = database
                .querySource("SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('" + table
                        + "') AND attnum > 0 AND NOT attisdropped ORDER BY attnum")
                .stream()
                .map(row -> row.get(0))
                .filter(name -> name.matches(names))
                .toList();
        return columns.isEmpty() ? null : columns.get(random.nextInt(columns.size()));
    }

    private String anyPart(String table, String otherwise) {
        List<List<String>> parts = database.querySource(
                "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = to_regclass('" + table + "') ORDER BY 1");
        return parts.isEmpty()
                ? otherwise
                : parts.get(random.nextInt(parts.size())).get(0);
    }

    private String fresh(String prefix) {
        return prefix + serial++;
    }

    private void run(String sql) {
        try {
            database.executeSource(sql);
            done.add(sql);
        } catch (TestbedException e) {
            done.add("-- " + sql);
        }
    }
}
