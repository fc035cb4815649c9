package io.jenkins.plugins.clickpipe.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

@WithServers
class TestDatabaseTest {
    private static final Set<String> SEEN = new HashSet<>();

    private TestDatabase prepared;

    @BeforeEach
    void prepare(TestDatabase database) {
        prepared = database;
    }

    @RepeatedTest(2)
    void eachTestHasADatabaseOfItsOwnAndTheFormerOnesAreGone(TestDatabase database) {
        assertThat(database).isSameAs(prepared);
        for (String former : SEEN) {
            assertThat(database.querySource("SELECT count(*) FROM pg_database WHERE datname = '" + former + "'"))
                    .containsExactly(List.of("0"));
            assertThat(database.queryTarget("SELECT count() FROM system.databases WHERE name = '" + former + "'"))
                    .containsExactly(List.of("0"));
        }
        assertThat(SEEN.add(database.name())).isTrue();
    }

    @Test
    void rowsComeBackAsTextWithNullsAndSpecialCharacters(TestDatabase database) {
        database.executeSource("CREATE TABLE t (a int, b text)", "INSERT INTO t VALUES (1, NULL), (2, 'x')");
        assertThat(database.querySource("SELECT * FROM t ORDER BY a"))
                .containsExactly(Arrays.asList("1", null), List.of("2", "x"));
        assertThat(database.queryTarget("SELECT NULL, 'tab\\there', 'line\\nend', '', 'back\\\\N'"))
                .containsExactly(Arrays.asList(null, "tab\there", "line\nend", "", "back\\N"));
    }

    @Test
    void closingDropsWhatATestHasLeftBehind(Servers servers) throws Exception {
        TestDatabase left = TestDatabase.create(servers);
        left.executeSource(
                "CREATE TABLE t (a int)",
                "CREATE PUBLICATION p FOR TABLE t",
                "SELECT pg_create_logical_replication_slot('left_" + left.name() + "', 'pgoutput')");
        left.source().setAutoCommit(false);
        left.executeTarget("CREATE TABLE t (a Int8) ENGINE = MergeTree ORDER BY a");
        left.close();
        assertThat(servers.postgresAdmin()
                        .query(
                                "postgres",
                                "SELECT count(*) FROM pg_replication_slots WHERE database = '" + left.name() + "'"))
                .containsExactly(List.of("0"));
        assertThat(servers.clickHouseAdmin()
                        .query("SELECT count() FROM system.tables WHERE database = '" + left.name() + "'"))
                .containsExactly(List.of("0"));
    }

    @Test
    void thePipeFileNamesBothServersAndTakesTheRest(TestDatabase database) {
        String yaml =
                database.pipeYaml("""
                tables:
                  - source: public.t
                """);
        assertThat(yaml)
                .startsWith("name: " + database.name() + "\nsource: {host: \"")
                .contains("url: \"" + database.servers().clickHouseAdmin().url() + "\"")
                .endsWith("tables:\n  - source: public.t\n");
    }
}
