package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Queue;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.SourceServer;
import io.jenkins.plugins.clickpipe.configuration.TableRule;
import io.jenkins.plugins.clickpipe.configuration.TargetServer;
import io.jenkins.plugins.clickpipe.jobs.JobResyncAction;
import io.jenkins.plugins.clickpipe.jobs.ResyncCause;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
@WithServers
class PipeResyncTest {
    private static final String SETTINGS = "clickpipes/pipe/orders/settings";
    private static final String START = "clickpipes/pipe/orders/resync/start";

    @Test
    void theSettingsTabStartsThePipesOnlyJob(JenkinsRule jenkins) throws Exception {
        orders();
        FreeStyleProject job = job(jenkins, "nightly");
        jenkins.jenkins.setNumExecutors(0);
        try (WebClient web = jenkins.createWebClient().withJavaScriptEnabled(false)) {
            HtmlPage settings = web.goTo(SETTINGS);
            DomElement chosen = settings.querySelector("form.clickpipe-resync input[name=job]");
            assertThat(chosen.getAttribute("data-clickpipe-title")).isEqualTo("Resync ClickPipe orders?");
            assertThat(chosen.getAttribute("data-clickpipe-message"))
                    .contains("all tables of public/*, sales.order.", "A build of nightly starts at once");

            HtmlPage question = settings.<DomElement>querySelector("form.clickpipe-resync button")
                    .click();
            HtmlPage after = question.<DomElement>querySelector("form[action=start] button")
                    .click();

            assertThat(after.getUrl().getPath()).endsWith("/clickpipes/pipe/orders/");
            assertThat(job.getQueueItem().getCauses()).hasOnlyElementsOfType(ResyncCause.class);
        }
    }

    @Test
    void thePersonChoosesWhereSeveralJobsResyncThePipe(JenkinsRule jenkins) throws Exception {
        orders();
        FreeStyleProject nightly = job(jenkins, "nightly");
        FreeStyleProject now = job(jenkins, "now");
        jenkins.jenkins.setNumExecutors(0);
        try (WebClient web = client(jenkins)) {
            assertThat(web.goTo(SETTINGS).querySelectorAll("form.clickpipe-resync option"))
                    .extracting(option -> option.getTextContent())
                    .containsExactly("nightly", "now");
            assertThat(start(web, "now")).isEqualTo(200);
            assertThat(now.isInQueue()).isTrue();
            assertThat(nightly.isInQueue()).isFalse();
        }
    }

    @Test
    void aPipeWithoutAJobTellsHowToMakeOne(JenkinsRule jenkins) throws Exception {
        orders();
        FreeStyleProject other = jenkins.createFreeStyleProject("other");
        try (WebClient web = client(jenkins)) {
            assertThat(web.goTo(SETTINGS).asNormalizedText())
                    .contains("No job resyncs ClickPipe orders yet", "resyncClickPipe 'orders'");
            assertThat(start(web, "other")).isEqualTo(409);
        }
        assertThat(other.isInQueue()).isFalse();
    }

    @Test
    void onlyWhoMayResyncTheJobStartsItFromThePipe(JenkinsRule jenkins) throws Exception {
        orders();
        FreeStyleProject job = job(jenkins, "nightly");
        jenkins.jenkins.setNumExecutors(0);
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Jenkins.SYSTEM_READ, Item.READ)
                .everywhere()
                .to("reader", "resyncer")
                .grant(ClickPipePermissions.RESYNC)
                .onItems(job)
                .to("resyncer"));
        try (WebClient web = client(jenkins)) {
            assertThat(start(web, "nightly")).as("anonymous").isEqualTo(403);
            web.login("reader");
            assertThat(web.goTo(SETTINGS).asNormalizedText()).contains("You may not resync this pipe");
            assertThat(start(web, "nightly")).as("reader").isEqualTo(403);
            assertThat(job.isInQueue()).isFalse();
        }
        try (WebClient web = client(jenkins)) {
            web.login("resyncer");
            WebRequest get = new WebRequest(web.createCrumbedUrl(START), HttpMethod.GET);
            assertThat(web.<Page>getPage(get).getWebResponse().getStatusCode()).isEqualTo(405);
            assertThat(start(web, "nightly")).as("resyncer").isEqualTo(200);
            assertThat(job.isInQueue()).isTrue();
        }
        Queue.getInstance().clear();
    }

    @Test
    void aPipelineJobHasTheButtonAfterItsFirstResync(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        WorkflowJob job = Jobs.pipeline(jenkins, "node { resyncClickPipe '" + pipe.name() + "' }");
        assertThat(job.getAction(JobResyncAction.class)).isNull();
        jenkins.buildAndAssertSuccess(job);

        assertThat(job.getAction(JobResyncAction.class).getQuestion().getMessage())
                .contains("2 tables at the last resync");
        try (WebClient web = jenkins.createWebClient()) {
            assertThat(web.getPage(job).querySelectorAll("a[data-clickpipe-start]"))
                    .hasSize(1);
            assertThat(web.goTo("clickpipes/pipe/" + pipe.name() + "/settings")
                            .querySelectorAll("form.clickpipe-resync button"))
                    .hasSize(1);
        }
    }

    private static int start(WebClient web, String job) throws Exception {
        WebRequest post = new WebRequest(web.createCrumbedUrl(START + "?job=" + job), HttpMethod.POST);
        return web.<Page>getPage(post).getWebResponse().getStatusCode();
    }

    /** Stays on the page that refuses an anonymous request, where a browser goes on to the login. */
    private static WebClient client(JenkinsRule jenkins) {
        WebClient web =
                jenkins.createWebClient().withJavaScriptEnabled(false).withThrowExceptionOnFailingStatusCode(false);
        web.setRefreshHandler((page, url, seconds) -> assertThat(url.getPath()).contains("login"));
        return web;
    }

    private static FreeStyleProject job(JenkinsRule jenkins, String name) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject(name);
        job.getBuildersList().add(new ResyncBuilder("orders"));
        return job;
    }

    private static void orders() {
        Pipe pipe = new Pipe(
                "orders", new SourceServer("db", "shop", "pg"), new TargetServer("http://127.0.0.1:8123", "shop"));
        pipe.setTables(List.of(new TableRule("public/*"), new TableRule("sales.order")));
        ClickPipesConfiguration.get().setPipes(List.of(pipe));
    }
}
