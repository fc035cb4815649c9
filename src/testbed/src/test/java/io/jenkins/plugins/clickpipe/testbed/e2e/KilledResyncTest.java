package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGKILL, as a lost agent or the kernel's memory killer does it; nobody cleans up but the next resync. */
@WithServers
class KilledResyncTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"Setup", "Snapshot", "Soft-deleted rows", "Verification", "Resync", HeldResync.ALL_EXCHANGED})
    void theNextResyncSucceeds(String phase, TestDatabase database) {
        HeldResync.prepare(database);
        List<List<String>> originals = HeldResync.originals(database);
        try (HeldResync held = HeldResync.in(phase, database)) {
            held.process().kill();
            held.release();
            if (!phase.startsWith("Resync")) {
                assertThat(HeldResync.originals(database)).isEqualTo(originals);
            }
        }
        database.executeTarget("DROP TABLE IF EXISTS hold SYNC");

        EngineProcess.run(HeldResync.pipe(database), "resync").assertSucceeded();

        assertThat(HeldResync.generations(database)).isEqualTo(Collections.nCopies(HeldResync.TABLES, List.of("2")));
        assertThat(database.queryTarget("SELECT count() FROM t0 WHERE _peerdb_is_deleted = 0"))
                .isEqualTo(database.querySource("SELECT count(*) FROM t0"));
        assertThat(database.queryTarget("SELECT count() FROM t0 WHERE _peerdb_is_deleted = 1"))
                .containsExactly(List.of("280"));
        Footprint footprint = new Footprint(database);
        footprint.assertNothingRuns();
        assertThat(footprint.resyncTables()).isEmpty();
        assertThat(footprint.slots()).as("no leftover beside the new one").hasSize(1);
    }
}
