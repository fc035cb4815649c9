package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A table that has lost most of its rows since its last load is swapped in only when the user says so. */
@WithServers
class RowLossTest {
    private static final String TABLES = "tables: [{source: public.orders}]\n";

    private TestDatabase database;

    @BeforeEach
    void aLoadedTable(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE orders (id int PRIMARY KEY)",
                "INSERT INTO orders SELECT i FROM generate_series(1, 1000) i");
        resync().assertSucceeded();
    }

    @Test
    void aTableThatLostMostOfItsRowsIsNotSwappedIn() {
        database.executeSource("DELETE FROM orders WHERE id > 400");

        EngineRun run = resync().assertRefused(
                        3,
                        "orders",
                        "400 rows loaded",
                        "1 000 before",
                        "60 %",
                        "count the rows of public.orders on the source",
                        "--set maxRowLossPercent=60");

        assertThat(run.phases()).contains("Verification").doesNotContain("Resync");
        assertThat(rows()).isEqualTo("1000");
        assertThat(new Footprint(database).slots()).isEmpty();

        resync("--set", "maxRowLossPercent=60").assertSucceeded();
        assertThat(rows()).isEqualTo("400");
    }

    @Test
    void aLossWithinTheLimitPasses() {
        database.executeSource("DELETE FROM orders WHERE id > 500");
        resync().assertSucceeded();

        assertThat(rows()).isEqualTo("500");
    }

    @Test
    void aSmallLossPassesOnASmallTableAndARefusedLoadIsNotTheNextMeasure() {
        database.executeSource("DELETE FROM orders WHERE id > 10");
        resync().assertExit(3);
        resync().assertExit(3);
        resync("--set", "maxRowLossPercent=100").assertSucceeded();

        database.executeSource("DELETE FROM orders");
        resync().assertSucceeded();

        assertThat(rows()).isEqualTo("0");
    }

    @Test
    void rowsThatCameByChangesCountToo() {
        database.executeSource("INSERT INTO orders SELECT i FROM generate_series(1001, 5000) i");
        EngineProcess.run(database.pipeYaml(TABLES), "sync", "--once").assertSucceeded();
        database.executeSource("DELETE FROM orders WHERE id > 1000");

        resync().assertRefused(3, "1 000 rows loaded", "5 000 before");
    }

    @Test
    void aTableOfAnotherPipesMakingIsMeasuredByItsLiveRows() {
        database.executeSource(
                "CREATE TABLE foreign_made (id int PRIMARY KEY)",
                "INSERT INTO foreign_made SELECT i FROM generate_series(1, 300) i");
        database.executeTarget(
                "CREATE TABLE foreign_made (id Int32, _peerdb_is_deleted UInt8, _peerdb_version UInt64)"
                        + " ENGINE = ReplacingMergeTree(_peerdb_version) ORDER BY id",
                "INSERT INTO foreign_made SELECT number, number >= 300, 1 FROM numbers(2000)");
        String yaml = Pipe.of(
                        database, "tables: [{source: public.foreign_made}]\nsettings: {replicationMode: snapshot}")
                .named(database.name() + "_b")
                .yaml();

        EngineProcess.run(yaml, "resync").assertSucceeded();

        database.executeTarget(
                "INSERT INTO foreign_made (id, _peerdb_is_deleted, _peerdb_version) SELECT number, 0, 1 FROM numbers(2000)");
        EngineProcess.run(yaml, "resync", "--set", "verify=off").assertRefused(3, "300 rows loaded", "2 000 before");
    }

    private EngineRun resync(String... options) {
        return EngineProcess.run(database.pipeYaml(TABLES), "resync", options);
    }

    private String rows() {
        List<List<String>> count =
                database.queryTarget("SELECT count() FROM orders FINAL WHERE _peerdb_is_deleted = 0");
        return count.get(0).get(0);
    }
}
