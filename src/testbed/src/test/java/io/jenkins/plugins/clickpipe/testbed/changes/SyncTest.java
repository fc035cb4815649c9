package io.jenkins.plugins.clickpipe.testbed.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.changes.RowVersion;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.postgresql.replication.LogSequenceNumber;

@Timeout(120)
class SyncTest {
    private static final String BIG =
            "repeat(md5(random()::text), 1) || (SELECT string_agg(md5(g::text || random()::text), '') FROM generate_series(1, 90) g)";

    private static PostgresServer server;
    private static int count;

    private SyncedDatabase db;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase(TestInfo info) throws SQLException {
        db = new SyncedDatabase(server, "sync" + ++count);
    }

    @AfterEach
    void closeDatabase() throws SQLException {
        db.close();
    }

    private void followItems() throws SQLException {
        db.execute("CREATE TABLE public.items (id int PRIMARY KEY, name text, big text)");
        db.follow("items");
    }

    @Test
    void insertsUpdatesAndDeletesReachTheDestination() throws SQLException {
        followItems();
        db.execute(
                "INSERT INTO public.items VALUES (1, 'one', NULL), (2, 'two', NULL), (3, E'a\\tb\\\\\\u00e9', '')",
                "UPDATE public.items SET name = 'zwei' WHERE id = 2",
                "DELETE FROM public.items WHERE id = 1");

        SyncResult result = db.sync();

        assertThat(db.alive("items")).containsExactlyInAnyOrderElementsOf(db.sourceRows("items"));
        assertThat(result.counts().inserts()).isEqualTo(3);
        assertThat(result.counts().updates()).isEqualTo(1);
        assertThat(result.counts().deletes()).isEqualTo(1);
        assertThat(result.counts().transactions()).isEqualTo(3);
        assertThat(result.counts().changes()).isEqualTo(5);
        assertThat(result.stopped()).isFalse();
    }

    @Test
    void onlyTheLastStateOfAKeyIsSent() throws SQLException {
        followItems();
        db.execute(
                "INSERT INTO public.items VALUES (1, 'one', NULL)",
                "UPDATE public.items SET name = 'two'",
                "UPDATE public.items SET name = 'three'");

        db.sync();

        assertThat(db.stored("items")).hasSize(1);
    }

    @Test
    void theVersionOfAChangeHoldsTheWalPositionOfItsCommit() throws SQLException {
        followItems();
        LogSequenceNumber before = db.currentWal();
        db.execute("INSERT INTO public.items VALUES (1, 'one', NULL)");
        LogSequenceNumber between = db.currentWal();
        db.execute("INSERT INTO public.items VALUES (2, 'two', NULL)");
        db.sync();

        long first = db.stored("items").get(0).version();
        long second = db.stored("items").get(1).version();
        assertThat(first)
                .isGreaterThan(RowVersion.first(db.baseline))
                .isBetween(RowVersion.first(before), RowVersion.ofSnapshot(between));
        assertThat(second).isBetween(RowVersion.first(between), RowVersion.ofSnapshot(db.currentWal()));
    }

    @Test
    void aTransactionThatCommitsLateHasTheHigherVersions() throws SQLException {
        followItems();
        Connection late = db.connect();
        try (Statement statement = late.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("INSERT INTO public.items VALUES (1, 'late', NULL)");
            db.execute("INSERT INTO public.items VALUES (2, 'early', NULL)");
            db.sync();
            assertThat(db.alive("items")).containsExactly(List.of("2", "early", "<null>"));
            statement.execute("COMMIT");
        }
        db.sync();

        assertThat(db.alive("items")).hasSize(2);
        assertThat(db.stored("items").get(1).version())
                .isGreaterThan(db.stored("items").get(0).version());
    }

    @Test
    void aKeyChangeLeavesATombstoneAndKeepsLargeValues() throws SQLException {
        followItems();
        db.execute("INSERT INTO public.items SELECT 1, 'one', " + BIG);
        db.sync();
        db.execute("UPDATE public.items SET id = 7");
        db.sync();

        assertThat(db.alive("items")).containsExactlyInAnyOrderElementsOf(db.sourceRows("items"));
        assertThat(db.stored("items").stream().filter(row -> row.deleted()))
                .singleElement()
                .satisfies(row -> assertThat(row.values().get(0)).isEqualTo("1"));
    }

    @Test
    void anUnchangedLargeValueComesFromTheDestination() throws SQLException {
        followItems();
        db.execute("INSERT INTO public.items SELECT 1, 'one', " + BIG);
        db.sync();
        db.execute("UPDATE public.items SET name = 'two'");
        SyncResult result = db.sync();

        assertThat(db.destination.lookups).hasSize(1);
        assertThat(db.alive("items")).isEqualTo(db.sourceRows("items"));
        assertThat(result.counts().unknownValues()).isZero();
    }

    @Test
    void anUnchangedLargeValueComesFromAnEarlierChangeOfTheBatch() throws SQLException {
        followItems();
        db.execute(
                "INSERT INTO public.items SELECT 1, 'one', " + BIG,
                "UPDATE public.items SET name = 'two'",
                "UPDATE public.items SET id = 2",
                "UPDATE public.items SET name = 'three'");
        db.sync();

        assertThat(db.destination.lookups).isEmpty();
        assertThat(db.alive("items")).isEqualTo(db.sourceRows("items"));
    }

    @Test
    void anUnchangedLargeValueComesFromTheSourceWhenTheDestinationNeverHadIt() throws SQLException {
        db.execute(
                "CREATE TABLE public.items (id int PRIMARY KEY, name text, big text, ok bool, fixed char(5), raw bytea)");
        db.execute("INSERT INTO public.items SELECT 1, 'one', " + BIG + ", true, 'ab', '\\x00ff'");
        db.follow("items");
        db.execute("UPDATE public.items SET name = 'two'", "UPDATE public.items SET id = 2");
        SyncResult result = db.sync();

        assertThat(db.alive("items")).isEqualTo(db.sourceRows("items"));
        assertThat(result.counts().unknownValues()).isZero();
    }

    @Test
    void aValueThatNobodyKnowsAnyMoreIsCounted() throws SQLException {
        db.execute("CREATE TABLE public.items (id int PRIMARY KEY, name text, big text)");
        db.execute("INSERT INTO public.items SELECT 1, 'one', " + BIG);
        db.follow("items", false, List.of());
        db.publish();
        db.execute("UPDATE public.items SET name = 'two'", "DELETE FROM public.items");
        SyncResult result = db.sync();

        assertThat(result.counts().unknownValues()).isEqualTo(1);
    }

    @Test
    void aTombstoneCarriesTheRowThatWas() throws SQLException {
        followItems();
        db.execute("INSERT INTO public.items VALUES (1, 'one', 'b')");
        db.sync();
        db.execute("DELETE FROM public.items");
        db.sync();

        assertThat(db.alive("items")).isEmpty();
        assertThat(db.stored("items").get(1).values()).containsExactly("1", "one", "b");
        assertThat(db.stored("items").get(1).deleted()).isTrue();
    }

    @Test
    void aKeyDeletedAndInsertedAgainIsAlive() throws SQLException {
        followItems();
        db.execute("INSERT INTO public.items VALUES (1, 'one', NULL)");
        db.sync();
        db.execute("BEGIN; DELETE FROM public.items; INSERT INTO public.items VALUES (1, 'again', NULL); COMMIT");
        db.sync();

        assertThat(db.alive("items")).containsExactly(List.of("1", "again", "<null>"));
    }

    @Test
    void truncateBuriesWhatWasAndSparesWhatCameAfter() throws SQLException {
        followItems();
        db.execute("INSERT INTO public.items SELECT g, 'x', NULL FROM generate_series(1, 10) g");
        db.sync();
        db.execute("BEGIN; INSERT INTO public.items VALUES (11, 'x', NULL); TRUNCATE public.items;"
                + " INSERT INTO public.items VALUES (3, 'new', NULL); COMMIT");
        SyncResult result = db.sync();

        assertThat(result.counts().truncates()).isEqualTo(1);
        assertThat(db.alive("items")).containsExactly(List.of("3", "new", "<null>"));
        assertThat(db.stored("items").stream().filter(row -> row.deleted()).map(row -> row.values()
                        .get(0)))
                .hasSize(11)
                .contains("11", "3");
    }

    @Test
    void rowsAreRecognisedByAllColumnsWhereATableHasNoKey() throws SQLException {
        db.execute("CREATE TABLE public.log (a int, b text)", "ALTER TABLE public.log REPLICA IDENTITY FULL");
        db.follow("log", false, List.of());
        db.publish();
        db.execute(
                "INSERT INTO public.log VALUES (1, NULL), (1, NULL), (2, 'x')",
                "UPDATE public.log SET b = 'y' WHERE a = 2",
                "DELETE FROM public.log WHERE a = 1");
        db.sync();

        assertThat(db.stored("log").stream().map(row -> (row.deleted() ? "-" : "+") + row.values()))
                .containsExactly(
                        "+[1, <null>]",
                        "+[1, <null>]",
                        "+[2, x]",
                        "-[2, x]",
                        "+[2, y]",
                        "-[1, <null>]",
                        "-[1, <null>]");
    }

    @Test
    void aChangedSortingKeyLeavesNoRowAtItsOldPlace() throws SQLException {
        db.execute("CREATE TABLE public.orders (id int PRIMARY KEY, tenant int, note text)");
        db.follow("orders", true, List.of("tenant", "id"));
        db.publish();
        db.execute("INSERT INTO public.orders VALUES (1, 10, 'a'), (2, 10, 'b'), (3, 10, 'c'), (4, 10, 'd')");
        db.sync();
        db.execute(
                "UPDATE public.orders SET tenant = 20 WHERE id = 1",
                "UPDATE public.orders SET note = 'bb' WHERE id = 2",
                "UPDATE public.orders SET tenant = 30 WHERE id = 3",
                "DELETE FROM public.orders WHERE id IN (3, 4)");
        db.sync();

        assertThat(db.alive("orders")).containsExactlyInAnyOrderElementsOf(db.sourceRows("orders"));
    }

    @Test
    void partitionsAndChildrenGoToTheirParentsTable() throws SQLException {
        db.execute(
                "CREATE TABLE public.parted (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE public.parted_low PARTITION OF public.parted FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE public.parted_high PARTITION OF public.parted FOR VALUES FROM (100) TO (200)",
                "CREATE TABLE public.parent (id int PRIMARY KEY, v text)",
                "CREATE TABLE public.child (extra int) INHERITS (public.parent)",
                "ALTER TABLE public.child ADD PRIMARY KEY (id)");
        db.follow("parted", "parent");
        db.execute(
                "INSERT INTO public.parted VALUES (1, 'a'), (150, 'b')",
                "UPDATE public.parted SET id = 151 WHERE id = 1",
                "INSERT INTO public.parent VALUES (1, 'p')",
                "INSERT INTO public.child VALUES (2, 'c', 5)",
                "UPDATE public.child SET v = 'cc'");
        db.sync();
        assertThat(db.alive("parted")).containsExactlyInAnyOrderElementsOf(db.sourceRows("parted"));
        assertThat(db.alive("parent")).containsExactlyInAnyOrderElementsOf(db.sourceRows("parent"));

        db.execute("TRUNCATE public.parent, public.parted");
        db.sync();
        assertThat(db.alive("parted")).isEmpty();
        assertThat(db.alive("parent")).isEmpty();
    }

    @Test
    void nothingIsConfirmedThatTheDestinationRefused() throws SQLException {
        followItems();
        db.pullBatchSize = 2;
        for (int i = 1; i <= 6; i++) {
            db.execute("INSERT INTO public.items VALUES (" + i + ", 'x', NULL)");
        }
        db.destination.failBefore = call -> call == 1;
        assertThatThrownBy(db::sync).hasMessageContaining("refused call 1");

        LogSequenceNumber applied = db.log.applied;
        assertThat(applied).isGreaterThan(db.baseline);
        Awaitility.await().untilAsserted(() -> assertThat(db.confirmedFlush()).isLessThanOrEqualTo(applied));
        db.sync();
        assertThat(db.alive("items")).hasSize(6);
    }

    @Test
    void aBatchWhoseAnswerWasLostIsRepeatedWithTheSameTokens() throws SQLException {
        db.execute("CREATE TABLE public.log (id int, v text)", "ALTER TABLE public.log REPLICA IDENTITY FULL");
        db.follow("log", false, List.of());
        db.publish();
        db.pullBatchSize = 3;
        db.execute("INSERT INTO public.log VALUES (1, 'x'), (2, 'x')", "INSERT INTO public.log VALUES (3, 'x')");
        db.destination.failAfter = call -> call == 0;
        assertThatThrownBy(db::sync).hasMessageContaining("lost the answer");
        // What came meanwhile, and another batch size, must not change the batch.
        db.execute("INSERT INTO public.log VALUES (4, 'x')");
        db.pullBatchSize = 100;
        db.sync();

        assertThat(db.destination.tokens.get(1)).isEqualTo(db.destination.tokens.get(0));
        assertThat(db.destination.tokens.get(0)).startsWith("run1/log/").endsWith("/0");
        assertThat(db.stored("log").stream().map(row -> row.values().get(0))).containsExactly("1", "2", "3", "4");
    }

    @Test
    void aLargeTransactionGoesInPartsAndEachRowArrivesOnceThoughPartsAreRepeated() throws SQLException {
        db.execute("CREATE TABLE public.log (id int, v text)", "ALTER TABLE public.log REPLICA IDENTITY FULL");
        db.follow("log", false, List.of());
        db.publish();
        db.pullBatchSize = 100;
        db.execute("INSERT INTO public.log VALUES (0, 'before')");
        db.execute("INSERT INTO public.log SELECT g, 'x' FROM generate_series(1, 950) g");
        LogSequenceNumber committed = db.currentWal();
        db.execute("INSERT INTO public.log VALUES (951, 'after')");
        db.destination.failAfter = call -> call == 5;
        assertThatThrownBy(db::sync).hasMessageContaining("lost the answer");
        assertThat(db.confirmedFlush()).isLessThan(committed);
        db.pullBatchSize = 7;
        db.sync();

        assertThat(db.stored("log").stream()
                        .map(row -> Integer.parseInt(row.values().get(0))))
                .containsExactlyElementsOf(IntStream.rangeClosed(0, 951).boxed().toList());
        assertThat(new HashSet<>(db.destination.tokens)).hasSize(12);
    }

    @Test
    void anIdlePipeConfirmsWhatOtherTablesWrote() throws SQLException {
        followItems();
        db.execute("CREATE TABLE public.other (id int)", "INSERT INTO public.other SELECT generate_series(1, 1000)");
        LogSequenceNumber target = db.currentWal();
        db.sync();

        Awaitility.await().untilAsserted(() -> assertThat(db.confirmedFlush()).isGreaterThanOrEqualTo(target));
    }

    @Test
    void aSyncWithTimeFollowsChangesUntilItIsStopped() throws Exception {
        followItems();
        db.execute("INSERT INTO public.items VALUES (1, 'one', NULL)");
        CompletableFuture<SyncResult> running = CompletableFuture.supplyAsync(() -> {
            try {
                return db.syncFor(Duration.ofMinutes(10));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        Awaitility.await().until(() -> db.alive("items").size() == 1);
        db.execute("INSERT INTO public.items VALUES (2, 'two', NULL)");
        Awaitility.await().until(() -> db.alive("items").size() == 2);

        db.stopped.set(true);
        assertThat(running.get(5, TimeUnit.SECONDS).stopped()).isTrue();
    }
}
