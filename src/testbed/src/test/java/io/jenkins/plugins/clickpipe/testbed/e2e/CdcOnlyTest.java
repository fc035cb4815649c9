package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** replicationMode: cdc_only: a pipe that begins with the changes. */
@WithServers
class CdcOnlyTest {
    private static final String PIPE =
            """
            tables: [{source: public.made}, {source: public.there}]
            settings: {replicationMode: cdc_only}
            """;

    private TestDatabase database;

    @BeforeEach
    void tables(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE made (id bigint PRIMARY KEY, note text)",
                "CREATE TABLE there (id bigint PRIMARY KEY, note text)",
                "INSERT INTO made VALUES (1, 'before')",
                "INSERT INTO there VALUES (1, 'before')");
        database.executeTarget(
                """
                CREATE TABLE there (id Int64, note Nullable(String), mine UInt8 DEFAULT 7,
                    _peerdb_synced_at DateTime64(9) DEFAULT now64(), _peerdb_is_deleted UInt8, _peerdb_version UInt64)
                ENGINE = ReplacingMergeTree(_peerdb_version) ORDER BY id""",
                "INSERT INTO there (id, note) VALUES (1, 'loaded by another tool')");
    }

    @Test
    void missingTablesAreMadeOthersAreUsedAndChangesFollow() {
        run("create").assertSucceeded();
        assertThat(run("status").stdout()).contains("Running");
        assertThat(database.queryTarget("SELECT count() FROM made")).containsExactly(List.of("0"));
        database.executeSource(
                "INSERT INTO made VALUES (2, 'after')",
                "INSERT INTO there VALUES (2, 'after')",
                "DELETE FROM there WHERE id = 1");

        run("sync", "--once").assertSucceeded();

        assertThat(database.queryTarget("SELECT id, note FROM made FINAL")).containsExactly(List.of("2", "after"));
        assertThat(database.queryTarget("SELECT id, note, mine FROM there FINAL WHERE _peerdb_is_deleted = 0"))
                .containsExactly(List.of("2", "after", "7"));
        Footprint footprint = new Footprint(database);
        assertThat(footprint.slots()).hasSize(1);
        assertThat(footprint.resyncTables()).isEmpty();
        run("resync").assertRefused(1, "no initial load", "replicationMode: cdc");
    }

    @Test
    void aTableThatCannotTakeTheChangesIsRefusedBeforeAnythingIsChanged() {
        database.executeTarget("ALTER TABLE there DROP COLUMN note");

        run("create").assertRefused(1, "there", "lacks note");

        new Footprint(database).assertNothingLeft();
        assertThat(run("status").stdout()).contains("Not created");
    }

    /** PeerDB counts nanoseconds: a change would lose against each of its rows. */
    @Test
    void aTableWhoseVersionsAreNoWalPositionsIsRefused() {
        database.executeTarget("INSERT INTO there (id, note, _peerdb_version) VALUES (1, 'x', 1780000000000000000)");

        run("create").assertRefused(1, "there", "_peerdb_version", "replicationMode: cdc");

        new Footprint(database).assertNothingLeft();
    }

    @Test
    void aTableThatKeepsNoTokensIsRefusedWhereARepeatedBatchWouldStandTwice() {
        database.executeTarget(
                "DROP TABLE there SYNC",
                """
                CREATE TABLE there (id Int64, note Nullable(String),
                    _peerdb_synced_at DateTime64(9), _peerdb_is_deleted UInt8, _peerdb_version UInt64)
                ENGINE = MergeTree ORDER BY id""");

        run("create").assertRefused(1, "there", "non_replicated_deduplication_window", "ALTER TABLE");

        database.executeTarget("ALTER TABLE there MODIFY SETTING non_replicated_deduplication_window = 10000");
        run("create").assertSucceeded();
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(PIPE), command, options);
    }
}
