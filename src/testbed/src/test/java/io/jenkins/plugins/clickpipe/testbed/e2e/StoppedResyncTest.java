package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGTERM, as Jenkins sends it for an aborted build. */
@WithServers
class StoppedResyncTest {
    /** Invariant 11: cancelled within seconds. The JVM's own end is in it. */
    private static final Duration SECONDS = Duration.ofSeconds(30);

    @BeforeEach
    void tables(TestDatabase database) {
        HeldResync.prepare(database);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Setup", "Snapshot", "Soft-deleted rows", "Verification"})
    void aStopBeforeTheSwapLeavesTheOriginalsAndNothingElse(String phase, TestDatabase database) {
        List<List<String>> originals = HeldResync.originals(database);
        try (HeldResync held = HeldResync.in(phase, database)) {
            held.process().terminate();
            // a pause of the network is not the engine's to end; an open transaction of somebody else's stays
            held.letBytesFlow();
            EngineRun run = held.process().awaitEnd(SECONDS).assertExit(130);

            assertThat(run.phases()).as("%s", run).endsWith(phase, "Failed");
            assertThat(run.stderr()).doesNotContain("\tat ", "Exception");
            new Footprint(database).assertNothingLeft();
        }
        assertThat(HeldResync.originals(database)).isEqualTo(originals);
    }

    @Test
    void aStopInTheSwapLetsItComeToItsEnd(TestDatabase database) {
        try (HeldResync held = HeldResync.in("Resync", database)) {
            held.process().terminate();
            held.process().awaitEnd(SECONDS).assertExit(130);
        }
        assertThat(HeldResync.generations(database)).isEqualTo(Collections.nCopies(HeldResync.TABLES, List.of("2")));
        Footprint footprint = new Footprint(database);
        footprint.assertNothingRuns();
        assertThat(footprint.resyncTables()).isEmpty();
        assertThat(footprint.slots()).as("the new pipe's").hasSize(1);
        EngineRun status = EngineProcess.run(HeldResync.pipe(database), "status");
        assertThat(status.stdout()).contains("Running");
    }

    @Test
    void aStopAlsoDropsTheSlotWhenTheProcessWasAskedTwice(TestDatabase database) {
        try (HeldResync held = HeldResync.in("Snapshot", database)) {
            held.process().terminate();
            held.process().terminate();
            held.letBytesFlow();
            held.process().awaitEnd(SECONDS).assertExit(130);
            new Footprint(database).assertNothingLeft();
        }
    }

    @Test
    void aStoppedResyncCanBeRepeated(TestDatabase database) {
        try (HeldResync held = HeldResync.in("Verification", database)) {
            held.process().terminate();
            held.letBytesFlow();
            held.process().awaitEnd(SECONDS).assertExit(130);
        }
        database.executeTarget("DROP TABLE hold SYNC");

        EngineProcess.run(HeldResync.pipe(database), "resync").assertSucceeded();

        assertThat(HeldResync.generations(database)).isEqualTo(Collections.nCopies(HeldResync.TABLES, List.of("2")));
    }
}
