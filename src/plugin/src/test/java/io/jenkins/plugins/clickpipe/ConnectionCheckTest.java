package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.SourceServer;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.net.HttpURLConnection;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlButton;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.util.NameValuePair;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The buttons of the forms that have the engine look at servers. */
@WithJenkins
@WithServers
class ConnectionCheckTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void theFormTestsConnectionsAndChecksThePipeAsItIsTyped(JenkinsRule jenkins, TestDatabase database)
            throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
            HtmlPage page = web.goTo("configure");
            List<HtmlButton> tests =
                    page.getByXPath("//button[contains(@class, 'validate-button')][contains(., 'Test connection')]");
            assertThat(tests).hasSize(2);
            for (HtmlButton test : tests) {
                test.click();
            }
            awaitText(page, "privilege", "ClickHouse privileges");

            HtmlButton check = page.querySelector(".clickpipe-check");
            check.click();
            awaitText(page, "will be made", "ClickHouse disk");
            assertThat(page.querySelectorAll(".clickpipe-check__result .ok tr")).hasSizeGreaterThan(4);

            HtmlInput tables = page.getFirstByXPath("//input[@name='_.source' and contains(@value, 'public')]");
            tables.setValue("public.<b>none</b>");
            check.click();
            awaitText(page, "public.<b>none</b>");
            assertThat(page.querySelectorAll(".clickpipe-check__result .error tr"))
                    .isNotEmpty();
            assertThat(page.querySelectorAll(".clickpipe-check__result b")).isEmpty();
        }
        assertThat(ClickPipesConfiguration.get()
                        .pipe(pipe.name())
                        .orElseThrow()
                        .getTables()
                        .get(0)
                        .getSource())
                .as("what is saved")
                .isEqualTo("public/*");
    }

    private static void awaitText(HtmlPage page, String... texts) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(page.getBody().getTextContent()).contains(texts));
    }

    @Test
    void aStoredPasswordGoesToNoAddressThatSomebodyElseTyped(JenkinsRule jenkins, TestDatabase database)
            throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        FreeStyleProject job = jenkins.createFreeStyleProject("job");
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ)
                .everywhere()
                .to("dev", "reader")
                .grant(Item.READ)
                .onItems(job)
                .to("reader")
                .grant(Item.READ, Item.CONFIGURE)
                .onItems(job)
                .to("dev"));
        SourceServer saved = ClickPipesConfiguration.get()
                .pipe(pipe.name())
                .map(Pipe::getSource)
                .orElseThrow();
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        try (TcpProxy listener = TcpProxy.to(direct.host(), direct.port())) {
            String refusal = "Only an administrator can test a server";
            assertThat(test(jenkins, "dev", "job/job/", saved, saved.getPort(), "prefer")
                            .getContentAsString())
                    .contains("PostgreSQL")
                    .doesNotContain(refusal);
            assertThat(test(jenkins, "dev", "job/job/", saved, listener.port(), "prefer")
                            .getContentAsString())
                    .contains(refusal);
            assertThat(test(jenkins, "dev", "job/job/", saved, saved.getPort(), "disable")
                            .getContentAsString())
                    .contains(refusal);
            assertThat(listener.connections()).isZero();
            assertThat(test(jenkins, "admin", "", saved, listener.port(), "prefer")
                            .getContentAsString())
                    .contains("wal_level");
            assertThat(listener.connections()).isPositive();
        }
        assertThat(test(jenkins, "dev", "", saved, saved.getPort(), "prefer").getStatusCode())
                .isEqualTo(HttpURLConnection.HTTP_FORBIDDEN);
        assertThat(test(jenkins, "reader", "job/job/", saved, saved.getPort(), "prefer")
                        .getStatusCode())
                .isEqualTo(HttpURLConnection.HTTP_FORBIDDEN);
        try (JenkinsRule.WebClient web = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false)) {
            web.login("admin");
            assertThat(web.getPage(url(jenkins, "", "")).getWebResponse().getStatusCode())
                    .isEqualTo(HttpURLConnection.HTTP_NOT_FOUND);
        }
    }

    private static URL url(JenkinsRule jenkins, String context, String query) throws Exception {
        return new URL(
                jenkins.getURL(),
                context + "descriptorByName/" + SourceServer.class.getName() + "/testConnection" + query);
    }

    private static WebResponse test(
            JenkinsRule jenkins, String user, String context, SourceServer server, int port, String sslMode)
            throws Exception {
        try (JenkinsRule.WebClient web = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false)) {
            web.login(user);
            WebRequest request = new WebRequest(url(jenkins, context, ""), HttpMethod.POST);
            request.setRequestParameters(List.of(
                    new NameValuePair("host", server.getHost()),
                    new NameValuePair("port", String.valueOf(port)),
                    new NameValuePair("database", server.getDatabase()),
                    new NameValuePair("credentialsId", server.getCredentialsId()),
                    new NameValuePair("sslMode", sslMode)));
            return web.getPage(web.addCrumb(request)).getWebResponse();
        }
    }
}
