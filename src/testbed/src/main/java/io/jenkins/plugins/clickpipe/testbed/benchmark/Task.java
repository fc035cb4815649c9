package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.PGProperty;

/** What a contender's program is to do; it reaches the program on standard input, since it holds passwords. */
public final class Task {
    private static final String SECONDS = "seconds=";

    private final Properties properties;

    private Task(Properties properties) {
        this.properties = requireNonNull(properties);
    }

    /** @param rows of the table, from its first key */
    static Task of(Arena arena, BenchmarkTable table, long rows, int workers) {
        Properties properties = servers(arena);
        properties.setProperty("table", table.name());
        properties.setProperty("target", Arena.contenderTable(table));
        properties.setProperty("columns", table.columnList());
        properties.setProperty("key", table.key());
        properties.setProperty("eventStructure", table.eventStructure());
        properties.setProperty("eventColumns", table.eventColumns());
        properties.setProperty("blocks", "" + arena.blocks(table));
        properties.setProperty("rows", "" + rows);
        properties.setProperty("workers", "" + workers);
        properties.setProperty("directory", arena.directory().toString());
        return new Task(properties);
    }

    private static Properties servers(Arena arena) {
        Properties properties = new Properties();
        properties.setProperty(
                "postgresHost", arena.servers().postgresPipeUser().host());
        properties.setProperty(
                "postgresPort", "" + arena.servers().postgresPipeUser().port());
        properties.setProperty(
                "postgresUser", arena.servers().postgresPipeUser().user());
        properties.setProperty(
                "postgresPassword", arena.servers().postgresPipeUser().password());
        properties.setProperty(
                "clickHouseUrl", arena.servers().clickHouseAdmin().url());
        properties.setProperty(
                "clickHouseUser", arena.servers().clickHouseAdmin().user());
        properties.setProperty(
                "clickHousePassword", arena.servers().clickHouseAdmin().password());
        properties.setProperty("database", Arena.DATABASE);
        return properties;
    }

    /** To read so many changes from a slot. */
    static Task ofChanges(Arena arena, String table, String publication, String slot, long changes) {
        Properties properties = servers(arena);
        properties.setProperty("table", table);
        properties.setProperty("publication", publication);
        properties.setProperty("slot", slot);
        properties.setProperty("changes", "" + changes);
        return new Task(properties);
    }

    /** The task on this program's standard input. */
    static Task fromStandardInput() {
        Properties properties = new Properties();
        try {
            properties.load(new StringReader(new String(System.in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Task(properties);
    }

    String forStandardInput() {
        StringWriter text = new StringWriter();
        try {
            properties.store(text, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    String get(String name) {
        return requireNonNull(properties.getProperty(name), name);
    }

    long number(String name) {
        return Long.parseLong(get(name));
    }

    int workers() {
        return (int) number("workers");
    }

    Connection connectToPostgres() throws SQLException {
        return connectToPostgres(new Properties());
    }

    /** A session that can read a slot. */
    Connection connectForReplication() throws SQLException {
        Properties replication = new Properties();
        PGProperty.REPLICATION.set(replication, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(replication, "12");
        PGProperty.PREFER_QUERY_MODE.set(replication, "simple");
        return connectToPostgres(replication);
    }

    private Connection connectToPostgres(Properties session) throws SQLException {
        PGProperty.USER.set(session, get("postgresUser"));
        PGProperty.PASSWORD.set(session, get("postgresPassword"));
        return DriverManager.getConnection(
                "jdbc:postgresql://" + get("postgresHost") + ":" + get("postgresPort") + "/" + get("database"),
                session);
    }

    /** The condition of one of as many equal ranges of blocks as there are workers. */
    String blockRange(int worker) {
        long blocks = number("blocks");
        return "ctid >= '(" + blocks * worker / workers() + ",0)'::tid AND ctid < '("
                + blocks * (worker + 1) / workers() + ",0)'::tid";
    }

    /** Runs all parts at once, in one thread a worker, and says on standard output how long they took. */
    void time(List<? extends Callable<Void>> parts) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(workers());
        long start = System.nanoTime();
        List<Future<Void>> running = new ArrayList<>();
        parts.forEach(part -> running.add(threads.submit(part)));
        for (Future<Void> part : running) {
            part.get();
        }
        say(System.nanoTime() - start);
        threads.shutdown();
    }

    /** Tells the benchmark how long the copying took. */
    static void say(long nanoseconds) {
        System.out.println(SECONDS + nanoseconds / 1e9);
    }

    /** What {@link #say} has said in a program's output. */
    static double seconds(String output) {
        return output.lines()
                .filter(line -> line.startsWith(SECONDS))
                .mapToDouble(line -> Double.parseDouble(line.substring(SECONDS.length())))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("A contender said no time:\n" + output));
    }
}
