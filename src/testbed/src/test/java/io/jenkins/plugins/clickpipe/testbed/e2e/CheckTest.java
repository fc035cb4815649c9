package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@code check} of one server alone, and for programs. What it finds in a whole pipe is in the tests of refusals. */
@WithServers
class CheckTest {
    private static final String TABLES = "tables: [{source: public/*}]\n";

    @Test
    void oneServerIsCheckedWithoutTheOther(TestDatabase database) {
        PostgresEndpoint source = database.servers().postgresPipeUser();
        ClickHouseEndpoint target = database.servers().clickHousePipeUser();
        ClickHouseEndpoint nowhere = new ClickHouseEndpoint("http://127.0.0.1:1", target.user(), target.password());
        PostgresEndpoint noOne = new PostgresEndpoint(source.host(), source.port(), source.user(), "wrong");

        EngineRun left = EngineProcess.run(database.pipeYaml(source, nowhere, TABLES), "check", "--only", "source");
        EngineRun right = EngineProcess.run(database.pipeYaml(noOne, target, TABLES), "check", "--only", "target");

        assertThat(left.assertSucceeded().stdout())
                .contains("ok       PostgreSQL: version", "wal_level: logical", "replication privilege")
                .doesNotContain("ClickHouse");
        assertThat(right.assertSucceeded().stdout())
                .contains("ok       ClickHouse: version", "ClickHouse privileges: sufficient")
                .doesNotContain("PostgreSQL");
    }

    @Test
    void aServerThatLetsNobodyInIsAFaultOfItsOwnCheck(TestDatabase database) {
        PostgresEndpoint source = database.servers().postgresPipeUser();
        String yaml = database.pipeYaml(
                new PostgresEndpoint(source.host(), source.port(), source.user(), "wr0ng-and-secret"),
                new ClickHouseEndpoint("http://127.0.0.1:1", "nobody", ""),
                TABLES);

        EngineRun left = EngineProcess.run(yaml, "check", "--only", "source").assertExit(1);
        EngineRun right = EngineProcess.run(yaml, "check", "--only", "target").assertExit(1);

        assertThat(left.stdout()).contains("FAULT    source: ").doesNotContain("wr0ng-and-secret");
        assertThat(right.stdout()).contains("FAULT    target: ");
    }

    @Test
    void programsReadFindingsAsJson(TestDatabase database) throws IOException {
        EngineRun run = EngineProcess.run(database.pipeYaml(TABLES), "check", "--json");

        JsonNode report = new ObjectMapper().readTree(run.stdout());
        assertThat(report.path("pipe").asText()).isEqualTo(database.name());
        assertThat(report.path("findings")).isNotEmpty().allSatisfy(finding -> {
            assertThat(finding.path("level").asText()).isIn("ok", "warning", "fault");
            assertThat(finding.path("subject").asText()).isNotEmpty();
            assertThat(finding.path("message").asText()).isNotEmpty();
        });
    }
}
