package io.jenkins.plugins.clickpipe.testbed.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.JournalEntry;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.EngineTarget;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

@WithServers
class JournalTest {
    private static final int BATCHES = 50;

    @Test
    void ofTheProgressOfASlotTheLatestEntriesAreRead(TestDatabase database) {
        ClickHouse clickHouse = EngineTarget.of(database, statement -> {});
        write(clickHouse, "shop's", "s1", "s2");
        write(clickHouse, "other", "s3");

        List<JournalEntry> entries = Journal.read(clickHouse, "shop's");
        assertThat(database.queryTarget("SELECT count() FROM _clickpipe_journal WHERE pipe != 'other'"))
                .isEqualTo(List.of(List.of(String.valueOf(2 * (2 * BATCHES + 2)))));
        assertThat(entries)
                .extracting(JournalEntry::kind)
                .as("in their order")
                .containsExactly(
                        EntryKind.SLOT_PLANNED,
                        EntryKind.CONFIRMED,
                        EntryKind.BATCH_PLANNED,
                        EntryKind.SLOT_PLANNED,
                        EntryKind.CONFIRMED,
                        EntryKind.BATCH_PLANNED);
        assertThat(Journal.readAll(clickHouse)).hasSize(9);
        for (PipeState state : List.of(
                PipeState.of(entries),
                Journal.open(clickHouse, Clock.systemUTC(), "shop's", "later").state())) {
            for (String slot : List.of("s1", "s2")) {
                assertThat(state.progressOf(slot).confirmed()).contains(lsn(BATCHES - 1));
                assertThat(state.progressOf(slot).upTo()).contains(Instant.ofEpochSecond(BATCHES - 1));
                assertThat(state.progressOf(slot).planned()).isPresent();
                assertThat(state.progressOf(slot).planned().get().from()).isEqualTo(lsn(BATCHES));
            }
        }
    }

    @Test
    void aWriterGoesOnAfterWhatItHasNotRead(TestDatabase database) {
        ClickHouse clickHouse = EngineTarget.of(database, statement -> {});
        write(clickHouse, "shop", "s1");

        Journal later = Journal.open(clickHouse, Clock.systemUTC(), "shop", "later");
        later.append(EntryKind.SLOT_DROPPED, "slot", "s1");

        assertThat(database.queryTarget("SELECT max(sequence), countIf(run = 'later') FROM _clickpipe_journal"))
                .isEqualTo(List.of(List.of(String.valueOf(2 * BATCHES + 3), "1")));
        later.verifyUntouched();
        assertThat(later.state()).isEqualTo(PipeState.of(Journal.read(clickHouse, "shop")));
    }

    /** ClickHouse keeps one row of a deduplication token. */
    @Test
    void anEntryWhoseAnswerIsLostTakesNoOthersPlace(TestDatabase database) throws Exception {
        ClickHouseEndpoint endpoint = database.servers().clickHousePipeUser();
        URI url = URI.create(endpoint.url());
        try (TcpProxy proxy = TcpProxy.to(url.getHost(), url.getPort());
                ClickHouse clickHouse =
                        EngineTarget.open(endpoint.throughPort(proxy.port()), database.targetDatabase())) {
            Journal journal = Journal.open(clickHouse, Clock.systemUTC(), "shop", "run");
            journal.probe();
            proxy.pauseAfterBytesToClient(0);
            AtomicReference<Throwable> fault = new AtomicReference<>();
            Thread writer = new Thread(() -> journal.append(EntryKind.SLOT_PLANNED, "slot", "s1"));
            writer.setUncaughtExceptionHandler((thread, e) -> fault.set(e));
            writer.start();
            Awaitility.await("the row is there")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> count(database, "kind = 'SLOT_PLANNED'").equals("1"));
            writer.interrupt();
            proxy.cutAll();
            writer.join();
            assertThat(fault.get()).isInstanceOf(TargetException.class);
            proxy.resume();

            journal.append(
                    EntryKind.PUBLICATION,
                    Journal.object().put("publication", "p").put("ours", true));

            assertThat(count(database, "kind = 'PUBLICATION'")).isEqualTo("1");
            assertThat(journal.state().knownSlots()).containsExactly("s1");
            assertThat(Journal.read(clickHouse, "shop"))
                    .extracting(JournalEntry::sequence)
                    .containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void anEntryOfANewerVersionIsNamed(TestDatabase database) {
        ClickHouse clickHouse = EngineTarget.of(database, statement -> {});
        write(clickHouse, "shop", "s1");
        database.executeTarget(
                "INSERT INTO _clickpipe_journal SELECT 'shop', 'later', 1000, now64(), 'REPAIRED', '', '{}'");

        assertThatThrownBy(() -> Journal.read(clickHouse, "shop"))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("REPAIRED", "newer", "use that version");
    }

    @Test
    void whatCountsNoMoreIsDeletedWhereAnEarlierProcessHasLeftIt(TestDatabase database) {
        ClickHouse clickHouse = EngineTarget.of(database, statement -> {});
        write(clickHouse, "shop", "s1", "s2");
        write(clickHouse, "other", "s3");
        database.executeTarget(
                """
                INSERT INTO _clickpipe_journal SELECT 'shop', 'long', 1000 + number, now64(), 'BATCH_PLANNED', '',
                       '{"slot":"s1","from":"0/100","to":"0/100","partSize":10}' FROM numbers(30000)""");
        PipeState before = PipeState.of(Journal.read(clickHouse, "shop"));

        Journal.open(clickHouse, Clock.systemUTC(), "shop", "later").probe();

        awaitCount(database, "pipe = 'shop' AND kind IN ('BATCH_PLANNED', 'CONFIRMED')", "4");
        assertThat(count(database, "pipe = 'shop' AND kind = 'SLOT_PLANNED'")).isEqualTo("2");
        assertThat(count(database, "pipe = 'other'")).isEqualTo(String.valueOf(2 * BATCHES + 2));
        assertThat(PipeState.of(Journal.read(clickHouse, "shop"))).isEqualTo(before);
    }

    @Test
    void whatCountsNoMoreIsDeletedWhileAProcessGoesOn(TestDatabase database) {
        ClickHouse clickHouse = EngineTarget.of(database, statement -> {});
        write(clickHouse, "shop", "s1");
        database.executeTarget(
                "INSERT INTO _clickpipe_journal SELECT 'shop', 'long', 19990, now64(), 'STATUS', '', '{\"status\":\"RUNNING\"}'");

        Journal journal = Journal.open(clickHouse, Clock.systemUTC(), "shop", "later");
        for (int i = 0; i < 20; i++) {
            plan(journal, "s1", i);
        }

        awaitCount(database, "kind = 'BATCH_PLANNED' AND sequence < 20000", "0");
        assertThat(journal.state()).isEqualTo(PipeState.of(Journal.read(clickHouse, "shop")));
    }

    private static void awaitCount(TestDatabase database, String where, String count) {
        Awaitility.await(where).atMost(Duration.ofSeconds(60)).until(() -> count(database, where)
                .equals(count));
    }

    private static String count(TestDatabase database, String where) {
        return database.queryTarget("SELECT count() FROM _clickpipe_journal WHERE " + where)
                .get(0)
                .get(0);
    }

    /** Batches that are planned and confirmed, and one that is planned alone. */
    private static void write(ClickHouse clickHouse, String pipe, String... slots) {
        Journal journal = Journal.open(clickHouse, Clock.systemUTC(), pipe, "run");
        for (String slot : slots) {
            journal.append(EntryKind.SLOT_PLANNED, "slot", slot);
            for (int i = 0; i <= BATCHES; i++) {
                plan(journal, slot, i);
                if (i < BATCHES) {
                    journal.append(
                            EntryKind.CONFIRMED,
                            Journal.object()
                                    .put("slot", slot)
                                    .put("lsn", lsn(i).asString())
                                    .put("upTo", Instant.ofEpochSecond(i).toString()));
                }
            }
        }
        assertThat(journal.state()).isEqualTo(PipeState.of(Journal.read(clickHouse, pipe)));
    }

    private static void plan(Journal journal, String slot, int batch) {
        journal.append(
                EntryKind.BATCH_PLANNED,
                Journal.object()
                        .put("slot", slot)
                        .put("from", lsn(batch).asString())
                        .put("to", lsn(batch).asString())
                        .put("partSize", 10));
    }

    private static LogSequenceNumber lsn(int batch) {
        return LogSequenceNumber.valueOf(0x100 + 0x100L * batch);
    }
}
