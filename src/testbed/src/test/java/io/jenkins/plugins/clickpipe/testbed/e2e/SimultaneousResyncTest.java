package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

@WithServers
class SimultaneousResyncTest {
    @Test
    void theSecondIsRefusedAtOnceAndNamesTheHolder(TestDatabase database) {
        HeldResync.prepare(database);
        try (HeldResync held = HeldResync.in("Setup", database)) {
            String holder = database.querySource(
                            """
                            SELECT a.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                             WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()""")
                    .get(0)
                    .get(0);

            EngineProcess.run(HeldResync.pipe(database), "resync")
                    .assertRefused(1, "is being worked on by", "clickpipe-resync " + database.name(), holder);
            EngineProcess.run(HeldResync.pipe(database), "sync", "--once").assertRefused(1, holder);
            EngineProcess.run(HeldResync.pipe(database), "drop").assertRefused(1, holder);

            held.release();
            held.process().awaitEnd().assertSucceeded();
        }
        assertThat(HeldResync.generations(database)).isEqualTo(Collections.nCopies(HeldResync.TABLES, List.of("2")));
    }
}
