package io.jenkins.plugins.clickpipe.testbed.benchmark;

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.postgresql.util.PGobject;

/** What a Java program without a special path does: SELECT with a cursor, and batches of inserts by clickhouse-jdbc. */
public final class JdbcBatches {
    private static final int BATCH = 10_000;

    private JdbcBatches() {}

    public static void main(String[] arguments) throws Exception {
        Task task = Task.fromStandardInput();
        List<Callable<Void>> parts = new ArrayList<>();
        for (int worker = 0; worker < task.workers(); worker++) {
            Connection source = task.connectToPostgres();
            Connection target = connectToClickHouse(task);
            String range = rows(task, worker);
            parts.add(() -> {
                copy(task, source, target, range);
                source.close();
                target.close();
                return null;
            });
        }
        task.time(parts);
        System.exit(0);
    }

    private static String rows(Task task, int worker) {
        long rows = task.number("rows");
        return task.get("key") + " > " + rows * worker / task.workers() + " AND " + task.get("key") + " <= "
                + rows * (worker + 1) / task.workers();
    }

    private static Connection connectToClickHouse(Task task) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", task.get("clickHouseUser"));
        properties.setProperty("password", task.get("clickHousePassword"));
        return DriverManager.getConnection(
                "jdbc:clickhouse:" + task.get("clickHouseUrl") + "/" + task.get("database"), properties);
    }

    private static void copy(Task task, Connection source, Connection target, String range) throws SQLException {
        source.setAutoCommit(false);
        String columns = task.get("columns");
        String marks = String.join(", ", Collections.nCopies(columns.split(",").length, "?"));
        try (Statement select = source.createStatement();
                PreparedStatement insert = target.prepareStatement(
                        "INSERT INTO " + task.get("target") + " (" + columns + ") VALUES (" + marks + ")")) {
            select.setFetchSize(BATCH);
            ResultSet rows =
                    select.executeQuery("SELECT " + columns + " FROM " + task.get("table") + " WHERE " + range);
            int count = rows.getMetaData().getColumnCount();
            int waiting = 0;
            while (rows.next()) {
                for (int i = 1; i <= count; i++) {
                    set(insert, i, value(rows, i));
                }
                insert.addBatch();
                if (++waiting == BATCH) {
                    insert.executeBatch();
                    waiting = 0;
                }
            }
            if (waiting > 0) {
                insert.executeBatch();
            }
        }
    }

    private static void set(PreparedStatement insert, int column, Object value) throws SQLException {
        if (value == null) {
            insert.setNull(column, Types.VARCHAR);
        } else {
            insert.setObject(column, value);
        }
    }

    /** As the one driver gives it, in a class that the other takes. */
    private static Object value(ResultSet rows, int column) throws SQLException {
        Object value = rows.getObject(column);
        if (value instanceof Timestamp) {
            return rows.getMetaData().getColumnTypeName(column).equals("timestamptz")
                    ? rows.getObject(column, OffsetDateTime.class).toZonedDateTime()
                    : rows.getObject(column, LocalDateTime.class);
        }
        if (value instanceof Array array) {
            return Arrays.asList((Object[]) array.getArray());
        }
        return value instanceof PGobject object ? object.getValue() : value;
    }
}
