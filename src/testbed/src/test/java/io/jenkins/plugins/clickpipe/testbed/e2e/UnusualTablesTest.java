package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

@WithServers
class UnusualTablesTest {
    @Test
    void quotedNamesWithBlanksDotsAndQuotesArrive(TestDatabase database) {
        database.executeSource(
                "CREATE SCHEMA \"My Shop\"",
                "CREATE TABLE \"My Shop\".\"Order.Lines\" (\"Line \"\"No\" int PRIMARY KEY, \"a`b\" text, \"select\" int)",
                "INSERT INTO \"My Shop\".\"Order.Lines\" VALUES (1, 'one', 10), (2, NULL, 20)");
        String yaml = database.pipeYaml("tables: [{source: 'My Shop/*'}]\n");

        EngineProcess.run(yaml, "resync").assertSucceeded();
        database.executeSource("UPDATE \"My Shop\".\"Order.Lines\" SET \"select\" = 30 WHERE \"Line \"\"No\" = 2");
        EngineProcess.run(yaml, "sync", "--once").assertSucceeded();
        EngineProcess.run(yaml, "resync").assertSucceeded();

        assertThat(database.queryTarget("SELECT `Line \"No`, `a\\`b`, `select` FROM `Order.Lines` FINAL ORDER BY 1"))
                .containsExactly(List.of("1", "one", "10"), Arrays.asList("2", null, "30"));
    }

    @Test
    void aPartitionedTableIsOneTable(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE events (id int, day date, note text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
                "CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')",
                "CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
                "INSERT INTO events SELECT i, '2023-01-01'::date + i % 700, 'x' FROM generate_series(1, 2000) i");
        String yaml = database.pipeYaml("tables: [{source: public.events}]\n");

        EngineProcess.run(yaml, "resync").assertSucceeded();
        database.executeSource(
                "INSERT INTO events VALUES (5000, '2024-05-05', 'new')",
                "DELETE FROM events WHERE id = 1",
                "UPDATE events SET day = '2024-12-31' WHERE id = 2");
        EngineProcess.run(yaml, "sync", "--once").assertSucceeded();

        assertThat(database.queryTarget(
                        "SELECT id, day, note FROM events FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id, day"))
                .isEqualTo(database.querySource("SELECT id, day, note FROM events ORDER BY id, day"));
    }

    @Test
    void aTableWithoutAKeyIsLoadedAndFollowed(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE log (a int, b text)",
                "ALTER TABLE log REPLICA IDENTITY FULL",
                "INSERT INTO log SELECT i % 10, 'same' FROM generate_series(1, 1000) i");
        String yaml = database.pipeYaml("tables: [{source: public.log}]\n");

        EngineProcess.run(yaml, "resync").assertSucceeded();
        assertThat(database.queryTarget("SELECT a, count() FROM log GROUP BY a ORDER BY a"))
                .isEqualTo(database.querySource("SELECT a, count(*) FROM log GROUP BY a ORDER BY a"));
        database.executeSource("INSERT INTO log VALUES (11, 'new'), (11, 'new')");
        EngineProcess.run(yaml, "sync", "--once").assertSucceeded();

        assertThat(database.queryTarget("SELECT count() FROM log WHERE a = 11")).containsExactly(List.of("2"));
    }

    @Test
    void emptyTablesAreSwappedToo(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE empty (id int PRIMARY KEY)", "CREATE TABLE one_column (id int PRIMARY KEY)");
        database.executeTarget(
                "CREATE TABLE empty (id Int32) ENGINE = MergeTree ORDER BY id", "INSERT INTO empty VALUES (1)");
        String yaml = database.pipeYaml("tables: [{source: 'public/*'}]\n");

        EngineProcess.run(yaml, "resync").assertSucceeded();

        assertThat(database.queryTarget("SELECT count() FROM empty")).containsExactly(List.of("0"));
        assertThat(database.queryTarget("SELECT count() FROM one_column")).containsExactly(List.of("0"));
    }

    @Test
    void nullIsKeptOrTurnedIntoADefaultAsTheSettingSays(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE orders (id int PRIMARY KEY, n int, t text)", "INSERT INTO orders VALUES (1, NULL, NULL)");
        String tables = "tables: [{source: public.orders}]\n";

        EngineProcess.run(database.pipeYaml(tables), "resync").assertSucceeded();
        assertThat(database.queryTarget("SELECT isNull(n), isNull(t) FROM orders"))
                .containsExactly(List.of("1", "1"));

        EngineProcess.run(database.pipeYaml(tables + "settings: {allowNullableColumns: false}\n"), "resync")
                .assertSucceeded();
        assertThat(database.queryTarget("SELECT n, t FROM orders")).containsExactly(List.of("0", ""));
    }

    @Test
    void aSnapshotPipeIsCompletedAndHasNoSlot(TestDatabase database) {
        database.executeSource("CREATE TABLE keyless (a int)", "INSERT INTO keyless VALUES (1), (1)");
        String yaml = database.pipeYaml("tables: [{source: public.keyless}]\nsettings: {replicationMode: snapshot}\n");

        EngineRun run = EngineProcess.run(yaml, "resync").assertSucceeded();

        assertThat(run.phases()).endsWith("Completed");
        assertThat(new Footprint(database).slots()).isEmpty();
        assertThat(database.queryTarget("SELECT a FROM keyless")).containsExactly(List.of("1"), List.of("1"));
        EngineProcess.run(yaml, "sync", "--once").assertRefused(1, "Completed");
    }
}
