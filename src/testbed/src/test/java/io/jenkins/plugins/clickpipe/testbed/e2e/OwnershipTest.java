package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a pipe owns it knows by identity: a table, slot, publication or source of the same name is another one. */
@WithServers
class OwnershipTest {
    private static final String TABLES = "tables: [{source: public.orders}, {source: public.items}]";

    private TestDatabase database;
    private Pipe pipe;
    private boolean movedDatabase;

    @BeforeEach
    void tables(TestDatabase fresh) {
        database = fresh;
        pipe = Pipe.of(database, TABLES);
        for (String table : List.of("orders", "items")) {
            pipe.execute(
                    "CREATE TABLE " + table + " (id bigint PRIMARY KEY, note text)",
                    "INSERT INTO " + table + " SELECT i, 'loaded' FROM generate_series(1, 20) i");
        }
    }

    @AfterEach
    void dropMoved() {
        if (movedDatabase) {
            database.servers().postgresAdmin().dropDatabase(database.name() + "_moved");
        }
    }

    @Test
    void aDestinationTableThatSomebodyReplacedStopsAndTheOthersGoOn() {
        pipe.run("create").assertSucceeded();
        database.executeTarget(
                "CREATE TABLE restored AS orders",
                "INSERT INTO restored SELECT * FROM orders",
                "EXCHANGE TABLES restored AND orders");
        change();

        pipe.run("sync", "--once").assertSucceeded().assertTells("public.orders", "is not the one that the pipe has");

        assertThat(database.queryTarget("SELECT count() FROM orders WHERE note = 'changed'"))
                .containsExactly(List.of("0"));
        pipe.assertSame(database, "items", "items");
        assertThat(pipe.run("status").stdout()).contains("Table orders is not followed", "replaced");
        pipe.run("resync", "--tables", "public.orders").assertSucceeded();
        change();
        pipe.run("sync", "--once").assertSucceeded();
        pipe.assertSame(database, "orders", "orders");
    }

    @Test
    void aDestinationTableThatIsReplacedWhileSyncRunsStops() {
        pipe.run("create").assertSucceeded();
        try (EngineProcess sync =
                EngineProcess.start(pipe.yaml(), "sync", "--set", "syncIntervalSeconds=1", "--for", "15s")) {
            sync.awaitPhase("Running");
            database.executeTarget("CREATE TABLE empty AS orders", "EXCHANGE TABLES empty AND orders");
            change();
            sync.awaitEnd().assertSucceeded().assertTells("public.orders is not followed any more");
        }
        pipe.assertSame(database, "items", "items");
    }

    @Test
    void aTableThatACdcOnlyPipeUsesIsKnownByItsIdentity() {
        pipe.run("create").assertSucceeded();
        pipe.run("drop").assertSucceeded();
        database.executeTarget("ALTER TABLE orders MODIFY COMMENT ''");
        Pipe follower = pipe.with(TABLES + "\nsettings: {replicationMode: cdc_only}");
        follower.run("create").assertSucceeded();
        database.executeTarget("CREATE TABLE other AS orders", "EXCHANGE TABLES other AND orders");
        change();

        follower.run("sync", "--once").assertSucceeded().assertTells("public.orders", "replaced");

        assertThat(database.queryTarget("SELECT count() FROM orders")).containsExactly(List.of("0"));
        follower.assertSame(database, "items", "items");
    }

    @Test
    void aPipeChangesHandsOnlyWhereThatIsSaid() {
        pipe.run("create").assertSucceeded();
        Pipe first = pipe.with("owner: Jenkins folder team-a\n" + TABLES);
        Pipe second = pipe.with("owner: Jenkins folder team-b\n" + TABLES);
        first.run("sync", "--once").assertSucceeded();

        second.run("resync").assertRefused(1, "belongs to Jenkins folder team-a", "run adopt");
        second.run("drop").assertRefused(1, "belongs to Jenkins folder team-a");
        pipe.run("adopt").assertRefused(1, "names no owner");
        second.run("adopt").assertSucceeded().assertTells("belongs to Jenkins folder team-b");

        first.run("sync", "--once").assertRefused(1, "belongs to Jenkins folder team-b");
        change();
        second.run("sync", "--once").assertSucceeded();
        pipe.run("sync", "--once").assertSucceeded();
        pipe.assertSame(database, "orders", "orders");
    }

    /** They ask the process at work through the journal, without the pipe's lock. */
    @Test
    void nobodyElsePausesOrApprovesWhatIsUnderWay() {
        Pipe first = pipe.with("owner: Jenkins folder team-a\n" + TABLES);
        Pipe second = pipe.with("owner: Jenkins folder team-b\n" + TABLES);
        try (EngineProcess create = EngineProcess.start(first.yaml(), "create", "--set", "approveSwap=true")) {
            create.awaitPhase("Approval");
            second.run("approve").assertRefused(1, "belongs to Jenkins folder team-a");
            second.run("approve", "--reject").assertRefused(1, "belongs to Jenkins folder team-a");
            first.run("approve").assertSucceeded();
            create.awaitEnd().assertSucceeded();
        }
        try (EngineProcess sync = EngineProcess.start(first.yaml(), "sync", "--set", "syncIntervalSeconds=1")) {
            sync.awaitPhase("Running");
            second.run("pause").assertRefused(1, "belongs to Jenkins folder team-a");
            first.run("pause").assertSucceeded();
            sync.awaitEnd();
        }
        second.run("resume").assertRefused(1, "belongs to Jenkins folder team-a");
        first.run("resume").assertSucceeded();
    }

    @Test
    void aTableThatSomebodyMakesDuringTheLoadIsNotDroppedAtTheSwap() {
        try (EngineProcess create = EngineProcess.start(pipe.yaml(), "create", "--set", "approveSwap=true")) {
            create.awaitPhase("Approval");
            database.executeTarget(
                    "CREATE TABLE orders (mine String) ENGINE = MergeTree ORDER BY mine",
                    "INSERT INTO orders VALUES ('precious')");
            pipe.run("approve").assertSucceeded();
            create.awaitEnd().assertRefused(1, "orders", "made by somebody", "nothing was swapped");
        }
        assertThat(database.queryTarget("SELECT mine FROM orders")).containsExactly(List.of("precious"));
        new Footprint(database).assertNothingLeft();
    }

    @Test
    void anOriginalThatSomebodyReplacesDuringTheLoadIsNotDroppedAtTheSwap() {
        pipe.run("create").assertSucceeded();
        try (EngineProcess resync = EngineProcess.start(pipe.yaml(), "resync", "--set", "approveSwap=true")) {
            resync.awaitPhase("Approval");
            database.executeTarget(
                    "CREATE TABLE restored AS orders",
                    "INSERT INTO restored (id, note) VALUES (1, 'precious')",
                    "EXCHANGE TABLES restored AND orders");
            pipe.run("approve").assertSucceeded();
            resync.awaitEnd().assertRefused(1, "orders", "replaced by somebody");
        }
        assertThat(database.queryTarget("SELECT note FROM orders")).containsExactly(List.of("precious"));
    }

    @Test
    void aPublicationThatWasMadeAnewStopsThePipe() {
        pipe.run("create").assertSucceeded();
        String publication = "clickpipe_" + pipe.name();
        pipe.execute("DROP PUBLICATION " + publication, "INSERT INTO orders VALUES (100, 'unpublished')");
        pipe.execute("CREATE PUBLICATION " + publication + " FOR TABLE orders, items");

        pipe.run("sync", "--once").assertRefused(1, "publication " + publication, "made anew", "run resync");

        assertThat(pipe.run("status").stdout()).contains("Failed", "made anew");
        pipe.run("resync").assertRefused(1, publication, "is not this pipe's", "DROP PUBLICATION");
        assertThat(new Footprint(database).publications()).as("somebody else's").containsExactly(publication);
        pipe.execute("DROP PUBLICATION " + publication);
        pipe.run("resync").assertSucceeded();
        change();
        pipe.run("sync", "--once").assertSucceeded();
        pipe.assertSame(database, "orders", "orders");
    }

    /** The engine died between making the publication and journalling which one it is. */
    @Test
    void aPublicationThatThePipeMadeAndCouldNotJournalIsItsOwn() {
        pipe.run("create").assertSucceeded();
        forget("kind = 'PUBLICATION'");

        pipe.run("resync").assertSucceeded();

        change();
        pipe.run("sync", "--once").assertSucceeded();
        pipe.assertSame(database, "orders", "orders");
        pipe.run("drop").assertSucceeded();
        assertThat(new Footprint(database).publications()).isEmpty();
    }

    @Test
    void aPublicationThatStandsBeforeThePipeIsNotTakenOver() {
        String publication = "clickpipe_" + pipe.name();
        pipe.execute("CREATE TABLE mine (id int PRIMARY KEY)", "CREATE PUBLICATION " + publication + " FOR TABLE mine");

        for (String command : List.of("check", "create", "resync")) {
            assertThat(pipe.run(command).assertExit(1).output()).contains(publication, "is not this pipe's");
        }

        assertThat(pipe.query("SELECT tablename FROM pg_publication_tables WHERE pubname = '" + publication + "'"))
                .containsExactly(List.of("mine"));
        new Footprint(database).assertNothingLeft();
    }

    @Test
    void aSlotThatWasMadeAnewStopsThePipeAndIsNotDropped() {
        Pipe named = pipe.with(TABLES + "\nsettings: {replicationSlotName: slot_of_" + pipe.name() + "}");
        named.run("create").assertSucceeded();
        String slot = "slot_of_" + pipe.name();
        pipe.execute("SELECT pg_drop_replication_slot('" + slot + "')");
        change();
        pipe.execute("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");

        named.run("sync", "--once").assertRefused(1, slot, "made it anew", "run resync");

        named.run("drop").assertSucceeded().assertTells(slot, "It stays");
        assertThat(new Footprint(database).slots()).containsExactly(slot);
    }

    @Test
    void aSlotThatSomebodyElseHasReadStopsThePipe() {
        pipe.run("create").assertSucceeded();
        change();
        String slot = new Footprint(database).slots().get(0);
        pipe.execute("SELECT pg_replication_slot_advance('" + slot + "', pg_current_wal_lsn())");

        pipe.run("sync", "--once").assertRefused(1, slot, "somebody else has read it", "run resync");

        pipe.run("resync").assertSucceeded();
        pipe.assertSame(database, "orders", "orders");
    }

    @Test
    void aPipeMovesToAnotherSourceOnlyWhereThatIsSaidAndSaysWhatItLeaves() {
        pipe.run("create").assertSucceeded();
        String slot = new Footprint(database).slots().get(0);
        Pipe moved = moved();

        for (String command : List.of("check", "resync", "drop")) {
            assertThat(moved.run(command).assertExit(1).output())
                    .contains("was made from database " + database.name(), "names database " + moved.sourceDatabase())
                    .contains("--source-moved");
        }
        moved.run("sync", "--once").assertRefused(1, "was made from");
        assertThat(moved.run("status").assertSucceeded().stdout()).contains("Failed", "was made from");

        moved.run("resync", "--source-moved")
                .assertSucceeded()
                .assertTells(
                        "SELECT pg_drop_replication_slot('" + slot + "');",
                        "DROP PUBLICATION \"clickpipe_" + pipe.name() + "\";");

        assertThat(new Footprint(database).slots()).containsExactly(slot);
        moved.assertSame(database, "orders", "orders");
        moved.execute("INSERT INTO orders VALUES (200, 'moved')");
        moved.run("sync", "--once").assertSucceeded();
        moved.assertSame(database, "orders", "orders");
        pipe.run("sync", "--once").assertRefused(1, "was made from database " + moved.sourceDatabase());
        moved.run("drop").assertSucceeded();
        pipe.execute("SELECT pg_drop_replication_slot('" + slot + "')");
    }

    @Test
    void aPipeWhoseSourceIsGoneIsForgottenWithWhatItLeaves() {
        pipe.run("create").assertSucceeded();
        String slot = new Footprint(database).slots().get(0);
        Pipe moved = moved();

        moved.run("drop", "--source-moved").assertSucceeded().assertTells(slot, "is forgotten here");

        assertThat(moved.run("status").stdout()).contains("Not created");
        assertThat(new Footprint(database).slots()).containsExactly(slot);
        moved.run("resync").assertSucceeded();
        moved.assertSame(database, "orders", "orders");
    }

    @Test
    void twoPipesOfOneNameWithOtherDestinationsWorkAtTheSameTime() {
        String target = database.name() + "_b";
        database.servers().clickHouseAdmin().createDatabase(target);
        try {
            pipe.execute("CREATE PUBLICATION mine FOR TABLE orders, items");
            Pipe other = pipe.into(target).with(TABLES + "\nsettings: {publicationName: mine}");
            pipe.run("create").assertSucceeded();
            try (EngineProcess sync =
                    EngineProcess.start(pipe.yaml(), "sync", "--set", "syncIntervalSeconds=1", "--for", "60s")) {
                sync.awaitPhase("Running");
                pipe.run("sync", "--once").assertRefused(1, "is being worked on by");
                other.run("create").assertSucceeded();
                change();
                other.run("sync", "--once").assertSucceeded();
                other.assertSame(database, "orders", "orders");
                other.run("drop").assertSucceeded();
                sync.terminate();
                sync.awaitEnd();
            }
            pipe.run("sync", "--once").assertSucceeded();
            pipe.assertSame(database, "orders", "orders");
        } finally {
            database.servers().clickHouseAdmin().dropDatabase(target);
        }
    }

    /** Journals of older versions tell names alone. */
    @Test
    void aPipeOfAnOlderVersionGoesOnAndLearnsItsIdentity() {
        pipe.run("create").assertSucceeded();
        forget("kind IN ('IDENTITY', 'SLOT_CREATED', 'DESTINATION_TABLE')");
        database.executeTarget("ALTER TABLE _clickpipe_journal UPDATE data = '{\"publication\":\"clickpipe_"
                + pipe.name() + "\",\"ours\":true}' WHERE kind = 'PUBLICATION' SETTINGS mutations_sync = 1");
        change();

        pipe.run("sync", "--once").assertSucceeded();

        pipe.assertSame(database, "orders", "orders");
        assertThat(database.queryTarget("SELECT count() FROM _clickpipe_journal WHERE kind = 'IDENTITY'"))
                .containsExactly(List.of("1"));
        assertThat(database.queryTarget("SELECT count() FROM _clickpipe_journal WHERE kind = 'PUBLICATION' AND"
                        + " JSONExtractUInt(data, 'publicationOid') > 0"))
                .containsExactly(List.of("1"));
        pipe.run("resync").assertSucceeded();
        pipe.run("drop").assertSucceeded();
        assertThat(new Footprint(database).publications()).isEmpty();
        assertThat(new Footprint(database).slots()).isEmpty();
    }

    private void forget(String entries) {
        database.executeTarget(
                "ALTER TABLE _clickpipe_journal DELETE WHERE " + entries + " SETTINGS mutations_sync = 1");
    }

    private Pipe moved() {
        String name = database.name() + "_moved";
        database.servers().postgresAdmin().createDatabase(name, pipe.source().user());
        movedDatabase = true;
        Pipe moved = pipe.from(pipe.source(), name);
        for (String table : List.of("orders", "items")) {
            moved.execute(
                    "CREATE TABLE " + table + " (id bigint PRIMARY KEY, note text)",
                    "INSERT INTO " + table + " SELECT i, 'moved' FROM generate_series(1, 30) i");
        }
        return moved;
    }

    private void change() {
        for (String table : List.of("orders", "items")) {
            pipe.execute(
                    "INSERT INTO " + table + " SELECT max(id) + 1, 'changed' FROM " + table,
                    "UPDATE " + table + " SET note = 'changed' WHERE id = 3");
        }
    }
}
