package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Duration;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** A swap that waits for somebody's decision. */
@WithServers
class ApprovalTest {
    private static final String OPEN = ".clickpipe-approval:not([hidden]) div:not([hidden]) form button";

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void aSwapIsApprovedAfterARestartByWhoMayResync(TestDatabase database) throws Throwable {
        sessions.then(jenkins -> {
            ShopPipe pipe = ShopPipe.create(database);
            WorkflowJob job = Jobs.pipeline(
                    jenkins,
                    "resync",
                    "node { def r = resyncClickPipe pipe: '%s', approveSwap: true; echo \"end: ${r.status}\" }"
                            .formatted(pipe.name()));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            awaitApproval(run);
        });
        sessions.then(jenkins -> {
            ShopPipe pipe = new ShopPipe(database);
            WorkflowRun run = jenkins.jenkins
                    .getItemByFullName("resync", WorkflowJob.class)
                    .getBuildByNumber(1);
            jenkins.waitForMessage("Resuming build", run);
            jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
            jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                    .grant(Jenkins.READ, Item.READ)
                    .everywhere()
                    .to("reader", "resyncer")
                    .grant(ClickPipePermissions.RESYNC)
                    .onItems(run.getParent())
                    .to("resyncer"));
            String page = run.getUrl() + "clickpipe/";
            String pipePage = "clickpipes/pipe/" + pipe.name() + "/";
            try (WebClient web = client(jenkins)) {
                assertThat(post(web, page + "swap/swap")).as("anonymous").isIn(403, 404);
                web.login("reader");
                HtmlPage build = web.goTo(page);
                assertThat(build.asNormalizedText()).contains("The swap waits for a decision until");
                assertThat(build.querySelector("[aria-current=step]").asNormalizedText())
                        .contains("Approval");
                for (String each : new String[] {page, pipePage}) {
                    assertThat(web.goTo(each).querySelectorAll(OPEN)).as(each).isEmpty();
                    for (String verb : new String[] {"swap", "reject"}) {
                        assertThat(post(web, each + "swap/" + verb)).as(each).isEqualTo(403);
                    }
                    assertThat(get(web, each + "swap/")).as(each).isEqualTo(403);
                }
            }
            try (WebClient web = client(jenkins)) {
                web.login("resyncer");
                assertThat(get(web, page + "swap/swap")).isEqualTo(405);
                for (String each : new String[] {run.getUrl(), page, pipePage}) {
                    assertThat(web.goTo(each).querySelectorAll(OPEN)).as(each).hasSize(2);
                }
                HtmlPage question =
                        web.goTo(pipePage).<DomElement>querySelector(OPEN).click();
                assertThat(question.asNormalizedText())
                        .contains("Swap the tables of ClickPipe " + pipe.name(), "readers see them at once");
                question.<DomElement>querySelector("form[action=swap] button").click();

                jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
                assertThat(post(web, page + "swap/swap")).as("decided").isEqualTo(409);
            }
            jenkins.assertLogContains("was approved by resyncer", run);
            jenkins.assertLogContains("end: Running", run);
            assertThat(run.getAction(ResyncAction.class).getDecidedBy()).isEqualTo("resyncer");
            assertThat(pipe.targetRows("orders")).isEqualTo("20000");
            assertThat(pipe.record().approval().isEmpty()).isTrue();
            BuildFiles.assertNothingLeft(jenkins);
        });
    }

    @Test
    void aRejectedSwapFailsTheBuildAndReadersKeepTheOriginals(TestDatabase database) throws Throwable {
        sessions.then(jenkins -> {
            ShopPipe pipe = ShopPipe.create(database);
            FreeStyleProject job = job(jenkins, pipe, false);
            jenkins.buildAndAssertSuccess(job);
            database.executeSource("INSERT INTO orders VALUES (999999, 'new')");
            job.getBuildersList().get(ResyncBuilder.class).setApproveSwap(true);
            FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
            awaitApproval(build);
            try (WebClient web = client(jenkins)) {
                assertThat(post(web, build.getUrl() + "clickpipe/swap/reject")).isEqualTo(200);
            }
            jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(build));
            jenkins.assertLogContains("was rejected by anonymous", build);
            jenkins.assertLogNotContains("\tat ", build);
            assertThat(build.getAction(ResyncAction.class).getApproval()).isEqualTo("rejected");
            assertThat(pipe.targetRows("orders")).isEqualTo("20000");
            assertThat(database.queryTarget("SHOW TABLES LIKE '%\\\\_resync'")).isEmpty();
        });
    }

    @Test
    void anAbortedBuildDecidesAgainstTheSwap(TestDatabase database) throws Throwable {
        sessions.then(jenkins -> {
            ShopPipe pipe = ShopPipe.create(database);
            pipe.settings(settings -> settings.setApproveSwap(true));
            FreeStyleBuild build = job(jenkins, pipe, false).scheduleBuild2(0).waitForStart();
            awaitApproval(build);
            build.getExecutor().interrupt();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(build));
            assertThat(pipe.slots()).isEmpty();
            assertThat(database.queryTarget("SHOW TABLES LIKE '%\\\\_resync'")).isEmpty();
            assertThat(pipe.record().approval().isEmpty()).isTrue();
        });
    }

    @Test
    void nobodysDecisionGivesTheResyncUp(TestDatabase database) throws Throwable {
        sessions.then(jenkins -> {
            ShopPipe pipe = ShopPipe.create(database);
            pipe.settings(settings -> settings.setApprovalTimeout("1s"));
            FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.FAILURE, job(jenkins, pipe, true));
            jenkins.assertLogContains("Nobody has decided about the swap", build);
            assertThat(build.getAction(ResyncAction.class).getApproval()).isEqualTo("expired");
        });
    }

    private static void awaitApproval(Run<?, ?> run) {
        Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> {
            ResyncAction action = run.getAction(ResyncAction.class);
            return action != null && action.isApprovalAwaited();
        });
    }

    private static FreeStyleProject job(JenkinsRule jenkins, ShopPipe pipe, boolean approve) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("resync");
        ResyncBuilder step = new ResyncBuilder(pipe.name());
        step.setApproveSwap(approve);
        job.getBuildersList().add(step);
        return job;
    }

    private static int post(WebClient web, String path) throws Exception {
        return status(web, path, HttpMethod.POST);
    }

    private static int get(WebClient web, String path) throws Exception {
        return status(web, path, HttpMethod.GET);
    }

    private static int status(WebClient web, String path, HttpMethod method) throws Exception {
        return web.<Page>getPage(new WebRequest(web.createCrumbedUrl(path), method))
                .getWebResponse()
                .getStatusCode();
    }

    /** Stays on the page that refuses an anonymous request, where a browser goes on to the login. */
    private static WebClient client(JenkinsRule jenkins) {
        WebClient web =
                jenkins.createWebClient().withJavaScriptEnabled(false).withThrowExceptionOnFailingStatusCode(false);
        web.setRefreshHandler((page, url, seconds) -> assertThat(url.getPath()).contains("login"));
        return web;
    }
}
