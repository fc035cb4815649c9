package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseServer;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands against a resync on the ClickHouse side: one clear sentence, exit code 1, nothing changed. */
@WithServers
class RefusedTargetTest {
    private static final String ORDERS = "tables: [{source: public.orders}]\n";

    private TestDatabase database;
    private ClickHouseEndpoint user;

    @BeforeEach
    void orders(TestDatabase fresh) {
        database = fresh;
        user = fresh.servers().clickHousePipeUser();
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT i, repeat('x', 500) FROM generate_series(1, 20000) i");
    }

    @AfterEach
    void nothingWasChanged() {
        Footprint footprint = new Footprint(database);
        footprint.assertNothingLeft();
        assertThat(footprint.publications()).isEmpty();
    }

    @Test
    void aWrongPassword() {
        refused(new ClickHouseEndpoint(user.url(), user.user(), "wr0ng-pass"), "target.password", user.user());
    }

    @Test
    void aClosedPort() throws IOException {
        String url = "http://127.0.0.1:" + RefusedSourceTest.closedPort();
        refused(new ClickHouseEndpoint(url, user.user(), user.password()), url, "target.url");
    }

    @Test
    void aDatabaseThatIsNotThere() {
        told(inLine(database.pipeYaml(ORDERS), "target:", database.name(), "nowhere"), "nowhere", "database");
    }

    @Test
    void aDatabaseEngineThatCannotExchangeTables() {
        String memory = database.name() + "_memory";
        database.executeTarget("CREATE DATABASE " + memory + " ENGINE = Memory");
        try {
            told(inLine(database.pipeYaml(ORDERS), "target:", database.name(), memory), "Memory", "ENGINE = Atomic");
        } finally {
            database.executeTarget("DROP DATABASE " + memory);
        }
    }

    @Test
    void aViewOfTheTargetsName() {
        database.executeTarget("CREATE VIEW orders AS SELECT 1 AS id");

        told(database.pipeYaml(ORDERS), "orders", "View");
        assertThat(database.queryTarget("SELECT id FROM orders")).containsExactly(List.of("1"));
    }

    @Test
    void aDiskThatIsNearlyFull() {
        try (ClickHouseServer server = ClickHouseServer.start(Map.of(
                "storage_configuration",
                "<disks><default><keep_free_space_bytes>1000000000000000</keep_free_space_bytes></default></disks>"))) {
            server.createDatabase(database.name());

            refused(server.pipeUser(), "disk", "nearly full");
        }
    }

    private void refused(ClickHouseEndpoint target, String... words) {
        String yaml = database.pipeYaml(database.servers().postgresPipeUser(), target, ORDERS);
        told(yaml, words).assertKeepsSecret(target.password());
    }

    private EngineRun told(String yaml, String... words) {
        EngineRun run = EngineProcess.run(yaml, "resync").assertRefused(1, words);
        run.assertKeepsSecret(database.servers().postgresPipeUser().password(), user.password());
        assertThat(run.phases()).doesNotContain("Setup");
        return run;
    }

    /** Replaces a text in the pipe file's line that begins so. */
    static String inLine(String yaml, String start, String text, String replacement) {
        return yaml.lines()
                .map(line -> line.startsWith(start) ? line.replace(text, replacement) : line)
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
