package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Pairs of pipes that share a name, a source, a destination or tables, and every command on the second one. It works, or
 * it is refused with a sentence before anything is changed; what belongs to the first one is never touched, and the
 * first one goes on and is right.
 */
@WithServers
class OwnershipMatrixTest {
    private static final List<String> COMMANDS =
            List.of("check", "plan", "status", "sync", "pause", "rollback", "resume", "drop", "create", "resync");
    private static final String ORDERS = "tables: [{source: public.orders}]";
    private static final String OWNER = "owner: Jenkins folder team-a\n";

    private static PostgresServer second;

    private TestDatabase database;
    private Pipe first;
    private Pipe other;
    private final List<Runnable> cleaning = new ArrayList<>();

    @BeforeAll
    static void secondServer() {
        second = PostgresServer.start();
    }

    @AfterAll
    static void end() {
        second.close();
    }

    /** How the second pipe is related to the first. */
    enum Relation {
        SAME_NAME_AND_SOURCE_OTHER_DESTINATION(true),
        SAME_NAME_AND_SOURCE_OTHER_DESTINATION_AND_TABLES(true),
        SAME_NAME_AND_DESTINATION_OTHER_DATABASE(true),
        SAME_NAME_AND_DESTINATION_OTHER_SERVER(true),
        SAME_NAME_SOURCE_AND_DESTINATION_OTHER_TABLES(true),
        SAME_BUT_FOR_THE_OWNER(true),
        OTHER_NAME_SAME_DESTINATION_TABLE(true),
        OTHER_NAME_AND_SOURCE_SAME_DESTINATION_TABLE(true),
        OTHER_NAME_SAME_DESTINATION_TABLE_BY_A_PATTERN(true),
        RESTORED_COPY_OF_THE_DESTINATION(true),
        SAME_NAME_AND_SOURCE_OTHER_DESTINATION_AND_PUBLICATION(false),
        OTHER_NAME_SAME_SOURCE_OTHER_TARGET(false);

        private final boolean refusesLoads;

        Relation(boolean refusesLoads) {
            this.refusesLoads = refusesLoads;
        }
    }

    @BeforeEach
    void aRunningPipe(TestDatabase fresh) {
        database = fresh;
        first = Pipe.of(database, OWNER + ORDERS);
        tables(first);
        first.run("create").assertSucceeded();
        first.execute("INSERT INTO orders VALUES (100, 'synced')");
        first.run("sync", "--once").assertSucceeded();
    }

    @AfterEach
    void clean() {
        cleaning.forEach(Runnable::run);
    }

    private static void tables(Pipe pipe) {
        pipe.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "CREATE TABLE items (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, '" + pipe.sourceDatabase()
                        + pipe.source().port() + "' FROM generate_series(1, 20) i",
                "INSERT INTO items SELECT i, 'item' FROM generate_series(1, 30) i");
    }

    @ParameterizedTest
    @EnumSource(Relation.class)
    void theOtherPipeTakesNothing(Relation relation) {
        other = other(relation);
        List<String> belongings = belongings();
        for (String command : COMMANDS) {
            EngineRun run = run(command);
            assertThat(belongings())
                    .as("what belongs to the first pipe after %s of the other, which said: %s", command, run)
                    .isEqualTo(belongings);
            if (run.exitCode() != 0) {
                run.assertRefused(1, " ");
            }
            if (relation.refusesLoads && List.of("check", "create", "resync").contains(command)) {
                run.assertExit(1);
            }
        }
        if (!relation.refusesLoads) {
            other.run("sync", "--once").assertSucceeded();
        }

        first.execute("INSERT INTO orders VALUES (101, 'after the other')", "DELETE FROM orders WHERE id < 5");
        first.run("sync", "--once").assertSucceeded();
        first.assertSame(database, "orders", "orders");
        if (!relation.refusesLoads) {
            other.execute("INSERT INTO orders VALUES (102, 'to both')");
            other.run("sync", "--once").assertSucceeded();
            String target = relation == Relation.OTHER_NAME_SAME_SOURCE_OTHER_TARGET ? "sales" : "orders";
            other.assertSame(database, "orders", target);
            first.run("sync", "--once").assertSucceeded();
            first.assertSame(database, "orders", "orders");
            other.run("drop").assertSucceeded();
            first.execute("INSERT INTO orders VALUES (103, 'after its drop')");
            first.run("sync", "--once").assertSucceeded();
            first.assertSame(database, "orders", "orders");
        }
        first.run("drop").assertSucceeded();
        assertThat(new Footprint(database).slots()).isEmpty();
    }

    private EngineRun run(String command) {
        return command.equals("sync") ? other.run("sync", "--once") : other.run(command);
    }

    private Pipe other(Relation relation) {
        return switch (relation) {
            case SAME_NAME_AND_SOURCE_OTHER_DESTINATION -> first.into(otherTarget());
            case SAME_NAME_AND_SOURCE_OTHER_DESTINATION_AND_TABLES ->
                first.into(otherTarget()).with("tables: [{source: public.items}]");
            case SAME_NAME_AND_DESTINATION_OTHER_DATABASE ->
                elsewhere(first, database.servers().postgresPipeUser());
            case SAME_NAME_AND_DESTINATION_OTHER_SERVER -> elsewhere(first, second.pipeUser());
            case SAME_NAME_SOURCE_AND_DESTINATION_OTHER_TABLES -> first.with("tables: [{source: public.items}]");
            case SAME_BUT_FOR_THE_OWNER -> first.with("owner: Jenkins folder team-b\n" + ORDERS);
            case OTHER_NAME_SAME_DESTINATION_TABLE ->
                first.named(first.name() + "_b").with("tables: [{source: public.items, target: orders}]");
            case OTHER_NAME_AND_SOURCE_SAME_DESTINATION_TABLE ->
                elsewhere(first.named(first.name() + "_b"), second.pipeUser());
            case OTHER_NAME_SAME_DESTINATION_TABLE_BY_A_PATTERN ->
                first.named(first.name() + "_b").with("tables: [{source: public.*}]");
            case RESTORED_COPY_OF_THE_DESTINATION -> first.into(copiedTarget());
            case SAME_NAME_AND_SOURCE_OTHER_DESTINATION_AND_PUBLICATION -> {
                first.execute("CREATE PUBLICATION other_orders FOR TABLE orders");
                yield first.into(otherTarget()).with(ORDERS + "\nsettings: {publicationName: other_orders}");
            }
            case OTHER_NAME_SAME_SOURCE_OTHER_TARGET ->
                first.named(first.name() + "_b").with("tables: [{source: public.orders, target: sales}]");
        };
    }

    private Pipe elsewhere(Pipe pipe, PostgresEndpoint server) {
        String name = database.name() + "_b";
        PostgresEndpoint admin = server.port() == second.port()
                ? second.admin()
                : database.servers().postgresAdmin();
        admin.createDatabase(name, server.user());
        cleaning.add(() -> admin.dropDatabase(name));
        Pipe elsewhere = pipe.from(server, name);
        tables(elsewhere);
        return elsewhere;
    }

    private String otherTarget() {
        String name = database.name() + "_b";
        database.servers().clickHouseAdmin().createDatabase(name);
        cleaning.add(() -> database.servers().clickHouseAdmin().dropDatabase(name));
        return name;
    }

    /** As a backup that is restored beside its original. */
    private String copiedTarget() {
        String copy = otherTarget();
        for (String table : List.of("orders", "_clickpipe_journal")) {
            database.executeTarget(
                    "CREATE TABLE " + copy + "." + table + " AS " + database.name() + "." + table,
                    "INSERT INTO " + copy + "." + table + " SELECT * FROM " + database.name() + "." + table);
        }
        return copy;
    }

    /** All that the first pipe has on both servers, with its identities and positions. */
    private List<String> belongings() {
        List<String> all = new ArrayList<>();
        first.query("SELECT slot_name, confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + firstSlot()
                        + "'")
                .forEach(row -> all.add("slot " + row));
        first.query("SELECT p.oid, t.tablename FROM pg_publication p JOIN pg_publication_tables t USING (pubname)"
                        + " WHERE pubname = 'clickpipe_" + first.name() + "'")
                .forEach(row -> all.add("publication " + row));
        first.queryTarget(
                        database,
                        "SELECT uuid, total_rows FROM system.tables WHERE database = currentDatabase()"
                                + " AND name = 'orders'")
                .forEach(row -> all.add("table " + row));
        first.queryTarget(
                        database,
                        "SELECT count(), max(sequence) FROM _clickpipe_journal WHERE pipe = '" + first.name() + "'")
                .forEach(row -> all.add("journal " + row));
        return all;
    }

    private String firstSlot() {
        return first.queryTarget(
                        database,
                        "SELECT JSONExtractString(data, 'slot') FROM _clickpipe_journal WHERE kind = 'SLOT_PLANNED' AND"
                                + " pipe = '" + first.name() + "'")
                .get(0)
                .get(0);
    }
}
