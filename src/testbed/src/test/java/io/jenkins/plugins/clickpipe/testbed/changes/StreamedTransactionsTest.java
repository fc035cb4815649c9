package io.jenkins.plugins.clickpipe.testbed.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.SpillSpace;
import io.jenkins.plugins.clickpipe.engine.changes.StructureChangedException;
import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.replication.LogSequenceNumber;

/** The server sends each transaction before its end as soon as it holds 64 kB of changes. */
@Timeout(120)
class StreamedTransactionsTest {
    private static PostgresServer server;
    private static int count;

    private SyncedDatabase db;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start(Map.of("logical_decoding_work_mem", "64kB"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        db = new SyncedDatabase(server, "streamed" + ++count);
        db.execute("CREATE TABLE public.items (id int PRIMARY KEY, name text)");
        db.follow("items");
    }

    @AfterEach
    void closeDatabase() throws SQLException {
        db.close();
    }

    private static String rows(int from, int to) {
        return "INSERT INTO public.items SELECT g, repeat('x', 100) FROM generate_series(" + from + ", " + to + ") g";
    }

    private void assertStreamed(boolean expected) throws SQLException {
        // The server tells the figures at the end of a transaction, or when its reader has gone.
        Awaitility.await().untilAsserted(() -> assertThat(db.value(
                        "SELECT coalesce(sum(stream_txns), 0) > 0 FROM pg_stat_replication_slots WHERE slot_name"
                                + " = 'slot_streamed" + count + "'"))
                .isEqualTo(expected ? "t" : "f"));
    }

    private void assertSame() throws SQLException {
        assertThat(db.alive("items")).containsExactlyInAnyOrderElementsOf(db.sourceRows("items"));
    }

    @Test
    void theChangesOfAnOpenTransactionAreAppliedAtItsCommitAndKeepTheirOwnPositions() throws SQLException {
        try (Connection late = db.connect();
                Statement statement = late.createStatement()) {
            statement.execute("BEGIN");
            statement.execute(rows(1, 2000));
            db.execute("INSERT INTO public.items VALUES (9999, 'early')");
            db.sync();
            assertStreamed(true);
            assertThat(db.alive("items")).containsExactly(List.of("9999", "early"));
            assertThat(db.log.plans).hasSize(1);

            statement.execute(rows(2001, 3000));
            statement.execute("COMMIT");
        }
        db.sync();

        assertSame();
        long early = db.stored("items").get(0).version();
        assertThat(db.stored("items").subList(1, 3001))
                .allSatisfy(row -> assertThat(row.version()).isGreaterThan(early));
    }

    @Test
    void transactionsThatComeAmongEachOtherAreAppliedInTheOrderOfTheirCommits() throws SQLException {
        db.execute("INSERT INTO public.items VALUES (0, 'old')");
        try (Connection one = db.connect();
                Connection two = db.connect();
                Statement first = one.createStatement();
                Statement second = two.createStatement()) {
            first.execute("BEGIN");
            second.execute("BEGIN");
            for (int i = 0; i < 4; i++) {
                first.execute(rows(1 + 1000 * i, 1000 * (i + 1)));
                second.execute(rows(10_001 + 1000 * i, 10_000 + 1000 * (i + 1)));
            }
            second.execute("UPDATE public.items SET name = 'second' WHERE id = 0");
            second.execute("COMMIT");
            first.execute("UPDATE public.items SET name = 'first' WHERE id = 0");
            first.execute("COMMIT");
        }
        db.sync();

        assertStreamed(true);
        assertThat(db.alive("items")).contains(List.of("0", "first"));
        assertSame();
    }

    @Test
    void whatWasRolledBackToASavepointIsLeftOut() throws SQLException {
        db.execute("BEGIN; " + rows(1, 1000) + "; SAVEPOINT a; " + rows(1001, 2000) + "; SAVEPOINT b; "
                + rows(2001, 3000) + "; RELEASE b; ROLLBACK TO a; " + rows(2001, 2500) + "; SAVEPOINT c; "
                + "DELETE FROM public.items WHERE id < 100; RELEASE c; COMMIT");
        db.sync();

        assertStreamed(true);
        assertThat(db.alive("items")).hasSize(1000 - 99 + 500);
        assertSame();
    }

    @Test
    void aTransactionThatWasRolledBackLeavesNothing() throws SQLException {
        db.execute("BEGIN; " + rows(1, 3000) + "; ROLLBACK", "INSERT INTO public.items VALUES (1, 'one')");
        db.sync();

        assertThat(db.stored("items")).hasSize(1);
        assertThat(db.log.plans).hasSize(1);
    }

    @Test
    void aPreparedTransactionComesWithItsSecondPhase() throws SQLException {
        db.execute("BEGIN; " + rows(1, 2000) + "; PREPARE TRANSACTION 'streamed_kept'");
        db.execute("BEGIN; " + rows(2001, 4000) + "; PREPARE TRANSACTION 'streamed_dropped'");
        db.sync();
        assertStreamed(true);
        assertThat(db.stored("items")).isEmpty();

        db.execute("COMMIT PREPARED 'streamed_kept'", "ROLLBACK PREPARED 'streamed_dropped'");
        db.sync();

        assertThat(db.alive("items")).hasSize(2000);
        assertSame();
    }

    @Test
    void truncateWithinItSparesWhatCameAfter() throws SQLException {
        db.execute("INSERT INTO public.items VALUES (5000, 'before')");
        db.execute("BEGIN; " + rows(1, 2000) + "; TRUNCATE public.items; " + rows(1500, 2500) + "; COMMIT");
        db.sync();

        assertStreamed(true);
        assertThat(db.alive("items")).hasSize(1001);
        assertSame();
    }

    @Test
    void aColumnAddedWithinItEndsTheStreamBeforeAnythingOfItIsApplied() throws SQLException {
        db.pullBatchSize = 10_000;
        db.execute(
                "BEGIN; " + rows(1, 2000)
                        + "; ALTER TABLE public.items ADD COLUMN extra int; INSERT INTO public.items VALUES (2001, 'x', 1); COMMIT");

        assertThatThrownBy(db::sync).isInstanceOf(StructureChangedException.class);
        assertStreamed(true);
        assertThat(db.stored("items")).isEmpty();
    }

    @Test
    void aColumnAddedAndTakenBackWithinItIsNotNoticed() throws SQLException {
        db.execute("BEGIN; " + rows(1, 2000) + "; SAVEPOINT a; ALTER TABLE public.items ADD COLUMN extra int; "
                + "INSERT INTO public.items SELECT g, repeat('y', 100), 1 FROM generate_series(2001, 3000) g; "
                + "ROLLBACK TO a; " + rows(2001, 3000) + "; COMMIT");
        db.sync();

        assertStreamed(true);
        assertSame();
    }

    @Test
    void itsPartsAreCutAsThoseOfATransactionThatComesAtItsCommit() throws SQLException {
        db.execute("CREATE TABLE public.log (id int, v text)", "ALTER TABLE public.log REPLICA IDENTITY FULL");
        db.execute("ALTER PUBLICATION \"Pub\" ADD TABLE public.log");
        db.follow("log", false, List.of());
        db.refollow();
        db.pullBatchSize = 100;
        db.execute("BEGIN; INSERT INTO public.log SELECT g, repeat('x', 100) FROM generate_series(1, 2000) g;"
                + " SAVEPOINT a; INSERT INTO public.log SELECT g, 'gone' FROM generate_series(1, 50) g; ROLLBACK TO a;"
                + " INSERT INTO public.log SELECT g, repeat('x', 100) FROM generate_series(2001, 2950) g; COMMIT");
        LogSequenceNumber committed = db.currentWal();
        db.destination.failAfter = call -> call == 21;
        assertThatThrownBy(db::sync).hasMessageContaining("lost the answer");
        assertStreamed(true);
        assertThat(db.confirmedFlush()).isLessThan(committed);
        db.early = false;
        db.destination.failAfter = call -> call == 45;
        assertThatThrownBy(db::sync).hasMessageContaining("lost the answer");
        db.early = true;
        db.sync();

        assertThat(db.stored("log").stream()
                        .map(row -> Integer.parseInt(row.values().get(0))))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 2950).boxed().toList());
        assertThat(new HashSet<>(db.destination.tokens)).hasSize(30);
    }

    @Test
    void theServerKeepsItWhenItIsAskedTo() throws SQLException {
        db.early = false;
        db.execute("BEGIN; " + rows(1, 2000) + "; SAVEPOINT a; " + rows(2001, 4000) + "; ROLLBACK TO a; COMMIT");
        db.sync();

        assertStreamed(false);
        assertThat(db.alive("items")).hasSize(2000);
        assertSame();
    }

    @Test
    void noFileIsLeftAndATooSmallDiskIsNamed(@TempDir Path directory) throws SQLException, IOException {
        db.execute("BEGIN; " + rows(1, 3000) + "; COMMIT");
        db.spill = new SpillSpace(directory, Long.MAX_VALUE);
        assertThatThrownBy(db::sync)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("The disk of " + directory)
                .hasMessageContaining("streamLargeTransactions: false");
        assertThat(db.stored("items")).isEmpty();

        db.spill = new SpillSpace(directory, 0);
        db.sync();

        assertStreamed(true);
        assertSame();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }
}
