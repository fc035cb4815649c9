package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.StringParameterDefinition;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.PipeSettings;
import io.jenkins.plugins.clickpipe.configuration.SourceServer;
import io.jenkins.plugins.clickpipe.configuration.TableRule;
import io.jenkins.plugins.clickpipe.configuration.TargetServer;
import io.jenkins.plugins.clickpipe.jobs.JobResyncAction;
import io.jenkins.plugins.clickpipe.jobs.ResyncCause;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import java.net.URL;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.SleepBuilder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class JobResyncTest {
    private static final String LINK = "a[data-clickpipe-start]";

    @Test
    void aJobWithTheBuildStepHasTheButtonAndAnotherHasNot(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = job(jenkins);
        FreeStyleProject other = jenkins.createFreeStyleProject();
        try (WebClient web = jenkins.createWebClient()) {
            DomElement link = web.getPage(job).querySelector(LINK);
            assertThat(link.asNormalizedText()).isEqualTo("Resync");
            assertThat(link.getAttribute("data-clickpipe-title")).isEqualTo("Resync ClickPipe orders?");
            assertThat(link.getAttribute("data-clickpipe-message"))
                    .contains("ClickPipe orders: the tables")
                    .contains("Readers see the original tables until the swap");
            assertThat(web.getPage(other).querySelectorAll(LINK)).isEmpty();
            assertThat(other.getAction(JobResyncAction.class)).isNull();
            web.assertFails(other.getUrl() + "clickpipe-resync/", 404);
        }
    }

    @Test
    void theQuestionKnowsWhatTheBuildStepLimitsAndChanges(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        ResyncBuilder step = new ResyncBuilder(null);
        Pipe orders = new Pipe(
                "orders",
                new SourceServer("db.example.com", "shop", "pg"),
                new TargetServer("https://ch.example.com:8443", "shop"));
        orders.setTables(List.of(new TableRule("public/*"), new TableRule("sales/*")));
        step.setDefinition(orders);
        step.setTables("public/o*");
        PipeSettings settings = new PipeSettings();
        settings.setKeepOriginalLive(true);
        step.setSettings(settings);
        job.getBuildersList().add(step);
        assertThat(job.getAction(JobResyncAction.class).getQuestion().getSentences())
                .first()
                .isEqualTo("ClickPipe orders: the tables that public/o* names, of public/*, sales/*.");
        assertThat(job.getAction(JobResyncAction.class).getQuestion().getMessage())
                .contains("these go on following the source");
    }

    @Test
    void thePageThatAsksStartsABuildThatTellsWhoPressed(JenkinsRule jenkins) throws Exception {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        FreeStyleProject job = job(jenkins);
        job.setQuietPeriod(3600);
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("WHERE", "here")));
        try (WebClient web = jenkins.createWebClient().withJavaScriptEnabled(false)) {
            web.login("ada");
            HtmlPage question = web.getPage(job, "clickpipe-resync/");
            assertThat(question.asNormalizedText()).contains("Resync ClickPipe orders?");
            Page after = question.getFormByName("").getButtonByName("Submit").click();
            assertThat(after.getUrl().toString()).endsWith(job.getUrl());

            jenkins.waitUntilNoActivity();
            FreeStyleBuild build = job.getLastBuild();
            jenkins.assertBuildStatus(Result.FAILURE, build);
            ResyncCause cause = build.getCause(ResyncCause.class);
            assertThat(cause.getUserId()).isEqualTo("ada");
            assertThat(cause.getPipes()).isEqualTo("orders");
            jenkins.assertLogContains("Resync of ClickPipe orders, started by ada", build);
            assertThat(build.getAction(ParametersAction.class)
                            .getParameter("WHERE")
                            .getValue())
                    .isEqualTo("here");
            assertThat(web.getPage(build).asNormalizedText()).contains("Resync of ClickPipe orders, started by ada");
        }
    }

    @Test
    void theCauseIsKeptWithTheBuild(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = job(jenkins);
        press(jenkins, job, "anybody");
        jenkins.waitUntilNoActivity();
        job.doReload();
        assertThat(jenkins.jenkins
                        .getItemByFullName(job.getFullName(), FreeStyleProject.class)
                        .getLastBuild()
                        .getCause(ResyncCause.class)
                        .getPipes())
                .isEqualTo("orders");
    }

    @Test
    void aJobThatIsQueuedIsNotQueuedTwice(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = job(jenkins);
        jenkins.jenkins.setNumExecutors(0);
        assertThat(press(jenkins, job, "ada")).isEqualTo(200);
        assertThat(press(jenkins, job, "ada")).isEqualTo(409);
        assertThat(press(jenkins, job, "bob")).isEqualTo(409);
        assertThat(Queue.getInstance().getItems()).hasSize(1);
    }

    @Test
    void aJobThatIsRunningIsNotStartedAgain(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.setConcurrentBuild(true);
        job.getBuildersList().add(new SleepBuilder(60_000));
        job.getBuildersList().add(new ResyncBuilder("orders"));
        Run<?, ?> running = job.scheduleBuild2(0).waitForStart();

        try (WebClient web = client(jenkins)) {
            Page refused = web.getPage(post(web, job.getUrl() + "clickpipe-resync/start"));
            assertThat(refused.getWebResponse().getStatusCode()).isEqualTo(409);
            assertThat(((HtmlPage) refused).asNormalizedText())
                    .contains(running.getFullDisplayName() + " is still running");
        }
        assertThat(Queue.getInstance().getItems()).isEmpty();
        running.getExecutor().interrupt();
        jenkins.waitForCompletion(running);
        assertThat(job.getBuilds()).hasSize(1);
    }

    @Test
    void aDisabledJobSaysSo(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = job(jenkins);
        job.disable();
        try (WebClient web = client(jenkins)) {
            Page refused = web.getPage(post(web, job.getUrl() + "clickpipe-resync/start"));
            assertThat(refused.getWebResponse().getStatusCode()).isEqualTo(409);
            assertThat(((HtmlPage) refused).asNormalizedText()).contains("is disabled. Enable the job");
        }
        assertThat(job.isInQueue()).isFalse();
    }

    @Test
    void onlyAPostWithACrumbStarts(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = job(jenkins);
        try (WebClient web = client(jenkins)) {
            URL url = web.createCrumbedUrl(job.getUrl() + "clickpipe-resync/start");
            assertThat(status(web, new WebRequest(url, HttpMethod.GET))).isEqualTo(405);
            URL bare = new URL(jenkins.getURL(), job.getUrl() + "clickpipe-resync/start");
            assertThat(status(web, new WebRequest(bare, HttpMethod.POST))).isEqualTo(403);
        }
        assertThat(job.isInQueue()).isFalse();
        assertThat(job.getBuilds()).isEmpty();
    }

    @Test
    void onlyWhoMayResyncSeesTheButtonAndCanPressIt(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = job(jenkins);
        jenkins.jenkins.setNumExecutors(0);
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .toEveryone()
                .grant(Item.BUILD)
                .everywhere()
                .to("builder")
                .grant(ClickPipePermissions.RESYNC)
                .onItems(job)
                .to("resyncer"));
        try (WebClient web = client(jenkins)) {
            assertThat(web.getPage(job).querySelectorAll(LINK)).isEmpty();
            assertRefused(web, job);
            web.login("reader");
            assertThat(web.getPage(job).querySelectorAll(LINK)).isEmpty();
            assertRefused(web, job);
        }
        for (String user : new String[] {"builder", "resyncer"}) {
            try (WebClient web = client(jenkins)) {
                web.login(user);
                assertThat(web.getPage(job).querySelectorAll(LINK)).hasSize(1);
                assertThat(status(web, new WebRequest(new URL(jenkins.getURL(), job.getUrl() + "clickpipe-resync/"))))
                        .isEqualTo(200);
                assertThat(status(web, post(web, job.getUrl() + "clickpipe-resync/start")))
                        .isEqualTo(200);
                assertThat(job.isInQueue()).as(user).isTrue();
                Queue.getInstance().clear();
            }
        }
    }

    private static void assertRefused(WebClient web, FreeStyleProject job) throws Exception {
        assertThat(status(web, new WebRequest(web.createCrumbedUrl(job.getUrl() + "clickpipe-resync/"))))
                .isEqualTo(403);
        assertThat(status(web, post(web, job.getUrl() + "clickpipe-resync/start")))
                .isEqualTo(403);
        assertThat(job.isInQueue()).isFalse();
    }

    private static int press(JenkinsRule jenkins, FreeStyleProject job, String user) throws Exception {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        try (WebClient web = client(jenkins)) {
            web.login(user);
            return status(web, post(web, job.getUrl() + "clickpipe-resync/start"));
        }
    }

    private static FreeStyleProject job(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(new ResyncBuilder("orders"));
        return job;
    }

    /** Stays on the page that refuses an anonymous request, where a browser goes on to the login. */
    private static WebClient client(JenkinsRule jenkins) {
        WebClient web =
                jenkins.createWebClient().withJavaScriptEnabled(false).withThrowExceptionOnFailingStatusCode(false);
        web.setRefreshHandler((page, url, seconds) -> assertThat(url.getPath()).contains("login"));
        return web;
    }

    private static WebRequest post(WebClient web, String path) throws Exception {
        return new WebRequest(web.createCrumbedUrl(path), HttpMethod.POST);
    }

    private static int status(WebClient web, WebRequest request) throws Exception {
        return web.getPage(request).getWebResponse().getStatusCode();
    }
}
