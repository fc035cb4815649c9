package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pattern means every table whatever its name, and what it does not reach is told. */
@WithServers
class HostileNamesTest {
    private static final List<String> NAMES = List.of(
            "back\\slash",
            "sl/ash",
            "dot.ted",
            "st*ar",
            "que?stion",
            "sp ace",
            "quo'te",
            "dou\"ble",
            "ti`ck",
            "[a]",
            "größe",
            "😀",
            "100%",
            "$1");
    private static final String ALL = "tables: [{source: s.*}]\n";

    @Test
    void everyTableIsLoadedAndFollowedWhateverItsName(TestDatabase database) {
        database.executeSource("CREATE SCHEMA s");
        for (String name : NAMES) {
            database.executeSource(
                    "CREATE TABLE s." + source(name) + " (id int PRIMARY KEY, v text)",
                    "INSERT INTO s." + source(name) + " VALUES (1, 'loaded')");
        }

        run(database, ALL, "resync").assertSucceeded();
        NAMES.forEach(name -> database.executeSource("INSERT INTO s." + source(name) + " VALUES (2, 'synced')"));
        run(database, ALL, "sync", "--once").assertSucceeded();
        run(database, ALL + "settings: {keepPreviousTables: 1h}\n", "resync").assertSucceeded();

        for (String name : NAMES) {
            assertThat(database.queryTarget("SELECT id, v FROM `"
                            + name.replace("\\", "\\\\").replace("`", "\\`") + "` FINAL ORDER BY id"))
                    .as(name)
                    .containsExactly(List.of("1", "loaded"), List.of("2", "synced"));
        }
    }

    @Test
    void whatARuleMeansAndDoesNotReachIsNamed(TestDatabase database) {
        database.executeSource(
                "CREATE SCHEMA s",
                "CREATE TABLE s.a (id int PRIMARY KEY)",
                "CREATE VIEW s.v AS SELECT 1 AS one",
                "CREATE UNLOGGED TABLE s.u (id int PRIMARY KEY)",
                "CREATE TABLE s.p (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE s.p1 PARTITION OF s.p FOR VALUES FROM (0) TO (9)");

        assertThat(run(database, "tables: [{source: s.*, exclude: [s.old_*]}]\n", "check")
                        .assertSucceeded()
                        .stdout())
                .contains("s.v (a view)", "s.u (an unlogged table)", "s.old_* matches nothing")
                .doesNotContain("s.p1 (");
        run(database, "tables: [{source: s.a}, {source: s.v}, {source: s.p1}]\n", "resync")
                .assertRefused(1, "s.v is a view", "s.p1 is a partition of s.p");
    }

    private static String source(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static EngineRun run(TestDatabase database, String pipe, String command, String... options) {
        return EngineProcess.run(database.pipeYaml(pipe), command, options);
    }
}
