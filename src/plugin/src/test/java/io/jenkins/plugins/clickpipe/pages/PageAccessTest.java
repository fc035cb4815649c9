package io.jenkins.plugins.clickpipe.pages;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.SourceServer;
import io.jenkins.plugins.clickpipe.configuration.TargetServer;
import io.jenkins.plugins.clickpipe.status.BuildReference;
import io.jenkins.plugins.clickpipe.status.Course;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.net.URL;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class PageAccessTest {
    private static final List<String> PIPE_PAGES = List.of(
            "clickpipes/pipe/orders/",
            "clickpipes/pipe/orders/tables",
            "clickpipes/pipe/orders/settings",
            "clickpipes/pipe/orders/live",
            "clickpipes/pipe/orders/api/json");

    private JenkinsRule jenkins;

    @BeforeEach
    void aPipeThatTheJobShopHasWorkedOn(JenkinsRule rule) throws Exception {
        jenkins = rule;
        FreeStyleProject shop = jenkins.createFreeStyleProject("shop");
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(shop);
        jenkins.createFreeStyleProject("other");
        Pipe pipe = new Pipe(
                "orders",
                new SourceServer("db.example.com", "shop_source", "secret-id-of-source"),
                new TargetServer("http://ch.example.com:8123", "shop_target"));
        ClickPipesConfiguration.get().setPipes(List.of(pipe));
        Course course = Course.of("resync", BuildReference.to(build));
        PipeRecords.get().begun(PipeId.configured("orders"), course);
        PipeRecords.get()
                .told(
                        PipeId.configured("orders"),
                        course,
                        List.of(
                                event("phase", "phase", "Snapshot"),
                                event("table", "table", Map.of("source", "public.<b>x", "rows", 5))));
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("stranger", "reader", "auditor")
                .grant(Item.READ)
                .onItems(shop)
                .to("reader")
                .grant(Item.READ)
                .onItems(jenkins.jenkins.getItemByFullName("other", FreeStyleProject.class))
                .to("stranger")
                .grant(Jenkins.SYSTEM_READ)
                .everywhere()
                .to("auditor"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reader", "auditor"})
    void whoMayReadTheJobOrTheSystemSeesThePipe(String user) throws Exception {
        for (String page : PIPE_PAGES) {
            assertThat(get(user, page).getWebResponse().getStatusCode())
                    .as(page)
                    .isEqualTo(200);
        }
        assertThat(text(user, "clickpipes/live")).contains("orders");
        assertThat(text(user, "clickpipes/")).contains("orders");
        assertThat(text(user, "clickpipes/api/json")).contains("orders");
        assertThat(text(user, "clickpipes/prometheus")).contains("{pipe=\"orders\"}");
    }

    @Test
    void forOthersThePipeIsNotThere() throws Exception {
        for (String page : PIPE_PAGES) {
            assertThat(get("stranger", page).getWebResponse().getStatusCode())
                    .as(page)
                    .isEqualTo(404);
        }
        for (String page : List.of("clickpipes/", "clickpipes/live", "clickpipes/api/json", "clickpipes/prometheus")) {
            assertThat(get("stranger", page).getWebResponse().getStatusCode())
                    .as(page)
                    .isEqualTo(200);
            assertThat(text("stranger", page)).doesNotContain("orders", "public.");
        }
        assertThat(get("stranger", "clickpipes/pipe/nowhere/").getWebResponse().getStatusCode())
                .isEqualTo(404);
    }

    @Test
    void whoMayNotReadJenkinsSeesNothing() throws Exception {
        for (String page : List.of("clickpipes/", "clickpipes/live", "clickpipes/prometheus", "clickpipes/api/json")) {
            assertThat(get("nobody", page).getWebResponse().getStatusCode())
                    .as(page)
                    .isEqualTo(403);
        }
    }

    @Test
    void idsOfCredentialsAreForThoseWhoSeeTheSystem() throws Exception {
        assertThat(text("reader", "clickpipes/pipe/orders/settings"))
                .contains("db.example.com", "shop_source", "shop_target")
                .doesNotContain("secret-id-of-source");
        assertThat(text("auditor", "clickpipes/pipe/orders/settings")).contains("secret-id-of-source");
        for (String page : PIPE_PAGES.subList(3, 5)) {
            assertThat(text("auditor", page)).doesNotContain("secret-id-of-source");
        }
    }

    @Test
    void aBuildIsNamedOnlyToThoseWhoMayReadItsJob() throws Exception {
        assertThat(text("reader", "clickpipes/pipe/orders/live")).contains("shop #1");
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Jenkins.SYSTEM_READ)
                .everywhere()
                .to("auditor"));
        assertThat(text("auditor", "clickpipes/pipe/orders/live"))
                .contains("Snapshot")
                .doesNotContain("shop #1");
        assertThat(text("auditor", "clickpipes/live")).doesNotContain("shop #1");
    }

    @Test
    void anErrorsBuildIsNamedOnlyToThoseWhoMayReadItsJob() throws Exception {
        BuildReference hidden = new BuildReference("other", 7, "job/other/7/");
        PipeRecords.get().ended(PipeId.configured("orders"), Course.of("sync", hidden), false, "no connection");
        assertThat(text("reader", "clickpipes/pipe/orders/live"))
                .contains("no connection", "shop #1")
                .doesNotContain("other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"clickpipes/live", "clickpipes/prometheus", "clickpipes/pipe/orders/live"})
    void whatOnlyTellsIsNotPosted(String page) throws Exception {
        try (JenkinsRule.WebClient web = client("reader")) {
            WebRequest post = new WebRequest(new URL(jenkins.getURL(), page), HttpMethod.POST);
            web.addCrumb(post);
            assertThat(web.getPage(post).getWebResponse().getStatusCode()).isEqualTo(404);
        }
    }

    @Test
    void aTablesNameIsTextAndNothingElse() throws Exception {
        assertThat(get("reader", "clickpipes/pipe/orders/tables")
                        .getWebResponse()
                        .getContentAsString())
                .contains("public.&lt;b&gt;x")
                .doesNotContain("<b>x");
    }

    private String text(String user, String page) throws Exception {
        return get(user, page).getWebResponse().getContentAsString();
    }

    private Page get(String user, String page) throws Exception {
        try (JenkinsRule.WebClient web = client(user)) {
            return web.goTo(page, null);
        }
    }

    private JenkinsRule.WebClient client(String user) throws Exception {
        JenkinsRule.WebClient web = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false);
        web.getOptions().setJavaScriptEnabled(false);
        web.getOptions().setPrintContentOnFailingStatusCode(false);
        return web.withBasicApiToken(user);
    }

    private static JsonObject event(String type, String field, Object value) {
        return JsonObject.of(Map.of("type", type, "time", "2026-03-14T12:00:00Z", field, value));
    }
}
