package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
@WithServers
class PipelineStepsTest {
    @Test
    void aResyncLoadsTheTablesAndLeavesItsFiguresAndArtifacts(JenkinsRule jenkins, TestDatabase database)
            throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        WorkflowRun run = jenkins.buildAndAssertSuccess(Jobs.pipeline(
                jenkins,
                "node { def r = resyncClickPipe '%s'; echo \"${r.status}: ${r.rows} rows, ${r.tables} tables\";"
                                .formatted(pipe.name())
                        + " if (r.seconds <= 0) { error 'no time' } }"));

        jenkins.assertLogContains("Running: 20500 rows, 2 tables", run);
        for (String phase : List.of("[Setup]", "[Snapshot]", "[Resync]", "[Running]")) {
            jenkins.assertLogContains(phase, run);
        }
        assertThat(pipe.targetRows("orders")).isEqualTo("20000");
        assertThat(pipe.targetRows("customers")).isEqualTo("500");
        assertThat(run.getArtifacts().stream().map(artifact -> artifact.relativePath))
                .containsExactlyInAnyOrder(
                        "clickpipe/" + pipe.name() + "/load-stats.json",
                        "clickpipe/" + pipe.name() + "/load-stats.csv",
                        "clickpipe/" + pipe.name() + "/load-stats.html",
                        "clickpipe/" + pipe.name() + "/verification.xml",
                        "clickpipe/" + pipe.name() + "/plan.sql");
        ResyncAction action = run.getAction(ResyncAction.class);
        assertThat(action.getRows()).isEqualTo(20_500);
        assertThat(action.getTables()).isEqualTo(2);
        assertThat(action.getStatus()).isEqualTo("Running");
        BuildFiles.assertNoSecrets(jenkins, run, pipe.secrets());
        BuildFiles.assertNothingLeft(jenkins);
        try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
            assertThat(web.getPage(run, "console").querySelectorAll("b.clickpipe-phase"))
                    .hasSizeGreaterThanOrEqualTo(4);
            assertThat(web.getPage(run).asNormalizedText()).contains("20,500 rows of 2 tables");
        }
    }

    @Test
    void planSyncAndStatusTellTheScriptWhatTheyFound(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        WorkflowRun planned = jenkins.buildAndAssertSuccess(Jobs.pipeline(
                jenkins,
                "node { def p = planClickPipe '%1$s'; echo \"mentions orders: ${p.contains('orders')}\"; echo \"before: ${clickPipeStatus('%1$s').status}\"; resyncClickPipe '%1$s' }"
                        .formatted(pipe.name())));
        jenkins.assertLogContains("mentions orders: true", planned);
        jenkins.assertLogContains("before: Not created", planned);

        database.executeSource("INSERT INTO orders VALUES (999999, 'new')");
        WorkflowRun synced = jenkins.buildAndAssertSuccess(Jobs.pipeline(
                jenkins,
                "node { echo \"sync: ${syncClickPipe('%1$s').status}\"; def s = clickPipeStatus '%1$s'; echo \"after: ${s.status}, ${s.rows} rows\" }"
                        .formatted(pipe.name())));
        jenkins.assertLogContains("sync: Running", synced);
        jenkins.assertLogContains("after: Running, 20500 rows", synced);
        assertThat(pipe.targetRows("orders WHERE id = 999999")).isEqualTo("1");
    }

    @Test
    void aRollbackPutsTheKeptTablesBack(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        String resync = "node { resyncClickPipe pipe: '" + pipe.name() + "', settings: [keepPreviousTables: '24h'] }";
        jenkins.buildAndAssertSuccess(Jobs.pipeline(jenkins, resync));
        database.executeSource("INSERT INTO orders VALUES (999999, 'new')");
        jenkins.buildAndAssertSuccess(Jobs.pipeline(jenkins, resync));
        assertThat(pipe.targetRows("orders")).isEqualTo("20001");

        jenkins.buildAndAssertSuccess(Jobs.pipeline(jenkins, "node { rollbackClickPipe '" + pipe.name() + "' }"));

        assertThat(pipe.targetRows("orders")).isEqualTo("20000");
        BuildFiles.assertNothingLeft(jenkins);
    }

    @Test
    void aPasswordMayHoldAnyCharacter(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        PostgresEndpoint owner = database.servers().postgresPipeUser();
        String password = " ${HOME} $${x} 'q' \"d\" \\n \u00fc\u20ac\ud83d\ude00 #: [a] {b} ";
        String role = "odd_" + pipe.name();
        database.servers()
                .postgresAdmin()
                .execute(
                        "postgres",
                        "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD '" + password.replace("'", "''") + "'",
                        "GRANT " + owner.user() + " TO " + role);
        try {
            pipe.configure(new PostgresEndpoint(owner.host(), owner.port(), role, password));
            jenkins.buildAndAssertSuccess(Jobs.pipeline(jenkins, "node { planClickPipe '" + pipe.name() + "' }"));
        } finally {
            database.servers().postgresAdmin().execute("postgres", "DROP ROLE " + role);
        }
    }

    @Test
    void anUnknownPipeIsAUsersErrorWithANextStep(JenkinsRule jenkins) throws Exception {
        WorkflowRun run = jenkins.buildAndAssertStatus(
                Result.FAILURE, Jobs.pipeline(jenkins, "node { resyncClickPipe 'nowhere' }"));
        jenkins.assertLogContains("ERROR: There is no ClickPipe named nowhere. Pipes are added in", run);
        jenkins.assertLogNotContains("\tat ", run);
    }
}
