package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** What runs of the engine have left on the two servers of a test. */
record Footprint(TestDatabase database) {
    /** Invariant 11 says seconds. */
    private static final Duration SECONDS = Duration.ofSeconds(30);

    List<String> slots() {
        return column(
                database.querySource("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"));
    }

    List<String> publications() {
        return column(database.querySource("SELECT pubname FROM pg_publication"));
    }

    /** Sessions of the engine's, with what they do. */
    List<String> sessions() {
        return column(
                database.querySource(
                        """
                        SELECT application_name || ' ' || coalesce(state, '') || ': ' || query FROM pg_stat_activity
                         WHERE datname = current_database() AND application_name LIKE 'clickpipe-resync%'"""));
    }

    /** Queries that run on ClickHouse in the database. */
    List<String> queries() {
        return column(database.queryTarget("SELECT query FROM system.processes WHERE current_database = "
                + "currentDatabase() AND query NOT LIKE '%system.processes%'"));
    }

    List<String> resyncTables() {
        return column(database.queryTarget(
                "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE '%\\\\_resync'"));
    }

    /** A stopped or finished engine works on neither server. */
    void assertNothingRuns() {
        Awaitility.await().atMost(SECONDS).untilAsserted(() -> {
            assertThat(sessions()).isEmpty();
            assertThat(queries()).isEmpty();
        });
    }

    /** A run that did not come to its swap leaves no slot, session, query or {@code _resync} table. */
    void assertNothingLeft() {
        assertNothingRuns();
        assertThat(slots()).isEmpty();
        assertThat(resyncTables()).isEmpty();
    }

    private static List<String> column(List<List<String>> rows) {
        return rows.stream().map(row -> row.get(0)).toList();
    }
}
