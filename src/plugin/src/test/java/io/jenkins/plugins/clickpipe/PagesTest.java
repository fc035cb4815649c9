package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.Util;
import hudson.model.Result;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import net.sf.json.JSONObject;
import org.awaitility.Awaitility;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
@WithServers
class PagesTest {
    private static final int REQUESTS = 500;
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aResyncCanBeWatchedFromItsSetupToItsEnd(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        String page = "clickpipes/pipe/" + pipe.name() + "/";
        WorkflowJob job = job(jenkins, pipe);
        jenkins.buildAndAssertSuccess(job);
        assertThatTheButtonStandsInTheSettings(jenkins, page);
        database.executeSource("CREATE TABLE \"<b>x\" (id bigint PRIMARY KEY)", "INSERT INTO \"<b>x\" VALUES (1)");
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        try (TcpProxy proxy = TcpProxy.to(direct.host(), direct.port());
                JenkinsRule.WebClient web = jenkins.createWebClient()) {
            pipe.configure(direct.throughPort(proxy.port()));
            proxy.pauseAfterBytesToClient(ShopPipe.BYTES_INTO_THE_LOAD);
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> tables(pipe) == 3);

            assertThat(web.goTo("clickpipes/").asNormalizedText()).contains(pipe.name(), "Snapshot", "Wait for");
            assertThat(web.goTo(page + "tables").asNormalizedText())
                    .contains("Initial Load Stats", "public.<b>x", "public.orders")
                    .doesNotContain("20,500");
            HtmlPage build = web.getPage(run, "clickpipe/");
            assertThat(build.querySelector("[aria-current=step]").asNormalizedText())
                    .contains("Snapshot");
            assertThat(build.querySelectorAll("[role=progressbar][aria-valuenow]"))
                    .hasSizeGreaterThanOrEqualTo(4);
            assertThat(web.getPage(run).asNormalizedText()).contains("ClickPipe " + pipe.name(), "Snapshot");
            assertThat(get(jenkins, run.getUrl() + "clickpipe/live", null).body())
                    .contains("\"done\":false");
            aStatusRequestAsksNoServer(jenkins, proxy, page + "live");
            HtmlPage open = web.goTo(page);
            assertThat(open.querySelector("[role=status]").asNormalizedText()).contains("Snapshot");

            proxy.resume();
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            web.waitForBackgroundJavaScript(6_000);
            assertThat(open.querySelector("[role=status]").asNormalizedText()).contains("Running");
            assertThat(open.asNormalizedText()).contains("20,501");
            assertThat(get(jenkins, run.getUrl() + "clickpipe/live", null).body())
                    .isEqualTo("{\"done\":true}");
            HtmlPage done = web.getPage(run, "clickpipe/");
            assertThat(done.asNormalizedText())
                    .contains("Running", "20,501 rows of 3 tables", "load-stats.html", "Passed");
            assertThat(done.querySelectorAll(".clickpipe-step--done")).hasSizeGreaterThanOrEqualTo(6);
            assertThat(done.querySelectorAll("[data-clickpipe-live]")).isEmpty();
        }
        assertThatProgramsAreTold(jenkins, pipe, page);
    }

    private static void assertThatTheButtonStandsInTheSettings(JenkinsRule jenkins, String page) throws Exception {
        try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
            HtmlPage settings = web.goTo(page + "settings");
            assertThat(settings.asNormalizedText()).contains("initialLoadParallelism");
            assertThat(settings.querySelectorAll("form.clickpipe-resync button[data-clickpipe-start]"))
                    .hasSize(1);
        }
    }

    /** Open pages ask every few seconds: whatever they are told must come from memory. */
    private void aStatusRequestAsksNoServer(JenkinsRule jenkins, TcpProxy proxy, String address) throws Exception {
        HttpResponse<String> first = get(jenkins, address, null);
        assertThat(first.statusCode()).isEqualTo(200);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        int connections = proxy.connections();
        Util.deleteRecursive(
                jenkins.jenkins.getRootDir().toPath().resolve("clickpipes").toFile());
        long start = System.nanoTime();
        int unchanged = 0;
        for (int i = 0; i < REQUESTS; i++) {
            HttpResponse<String> next = get(jenkins, address, tag);
            assertThat(next.statusCode()).isIn(200, 304);
            assertThat(next.body().isEmpty()).isEqualTo(next.statusCode() == 304);
            unchanged += next.statusCode() == 304 ? 1 : 0;
            tag = next.headers().firstValue("ETag").orElseThrow();
        }
        assertThat(unchanged).isPositive();
        System.out.printf("%d status requests, %.3f ms each%n", REQUESTS, (System.nanoTime() - start) / 1e6 / REQUESTS);
        assertThat(get(jenkins, address, "\"another\"").statusCode()).isEqualTo(200);
        assertThat(proxy.connections()).isEqualTo(connections);
    }

    private void assertThatProgramsAreTold(JenkinsRule jenkins, ShopPipe pipe, String page) throws Exception {
        JSONObject told =
                JSONObject.fromObject(get(jenkins, page + "api/json", null).body());
        assertThat(told.getString("status")).isEqualTo("Running");
        assertThat(told.getJSONObject("load").getLong("rows")).isEqualTo(20_501);
        assertThat(told.getJSONArray("tables").size()).isEqualTo(3);
        assertThat(get(jenkins, "clickpipes/api/json", null).body()).contains("\"name\":\"" + pipe.name() + "\"");
        assertThat(get(jenkins, "job/shop/2/api/json", null).body()).contains("\"rows\":20501");
        assertThat(get(jenkins, "clickpipes/prometheus", null).body())
                .contains("# TYPE clickpipe_status gauge")
                .contains("clickpipe_status{pipe=\"" + pipe.name() + "\",status=\"Running\"} 1")
                .contains("clickpipe_load_rows{pipe=\"" + pipe.name() + "\"} 20501");
    }

    @Test
    void aFailureIsToldAndThePipeStaysWhatItWas(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        WorkflowJob job = job(jenkins, pipe);
        jenkins.buildAndAssertSuccess(job);
        PostgresEndpoint right = database.servers().postgresPipeUser();
        pipe.configure(new PostgresEndpoint(right.host(), right.port(), right.user(), "wr0ng-and-secret"));
        WorkflowRun failed = jenkins.buildAndAssertStatus(Result.FAILURE, job);

        try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
            HtmlPage build = web.getPage(failed, "clickpipe/");
            assertThat(build.asNormalizedText()).contains("resync failed", "password");
            assertThat(build.querySelector("[aria-current=step]").asNormalizedText())
                    .contains("Checks", "failed");
            assertThat(web.getPage(failed).asNormalizedText()).contains("resync failed");
            assertThat(web.getPage(job.getBuildByNumber(1), "clickpipe/").asNormalizedText())
                    .contains("20,500 rows of 2 tables", "public.customers");
            HtmlPage page = web.goTo("clickpipes/pipe/" + pipe.name() + "/");
            assertThat(page.asNormalizedText()).contains("Running", "Last errors", "resync failed");
            assertThat(web.goTo("job/shop/clickpipe-trend/chart").querySelectorAll("rect"))
                    .hasSize(2);
        }
        assertThat(failed.getAction(ResyncAction.class).getFailure()).contains("password");
        BuildFiles.assertNoSecrets(jenkins, failed, List.of("wr0ng-and-secret"));
    }

    private static int tables(ShopPipe pipe) {
        return PipeRecords.get()
                .record(PipeId.configured(pipe.name()))
                .load()
                .map(load -> load.tables().size())
                .orElse(0);
    }

    private HttpResponse<String> get(JenkinsRule jenkins, String address, String tag) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(jenkins.getURL().toString() + address))
                .timeout(Duration.ofSeconds(30));
        if (tag != null) {
            request.header("If-None-Match", tag);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static WorkflowJob job(JenkinsRule jenkins, ShopPipe pipe) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "shop");
        job.setDefinition(new CpsFlowDefinition("node { resyncClickPipe '" + pipe.name() + "' }", true));
        return job;
    }
}
