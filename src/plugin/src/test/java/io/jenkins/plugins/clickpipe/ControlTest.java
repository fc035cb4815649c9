package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.status.Activity;
import io.jenkins.plugins.clickpipe.status.Actor;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.JenkinsRule.WebClient;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockFolder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The buttons of a pipe's page that need no build. */
@WithJenkins
@WithServers
class ControlTest {
    private static final List<String> VERBS = List.of("pause", "resume", "rollback");

    @Test
    void aPersonPausesResumesAndRollsBackWithoutABuild(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        pipe.settings(settings -> settings.setKeepPreviousTables("24h"));
        FreeStyleProject job = job(jenkins, pipe.name());
        jenkins.buildAndAssertSuccess(job);
        database.executeSource("INSERT INTO orders VALUES (999999, 'new')");
        jenkins.buildAndAssertSuccess(job);
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        try (WebClient web = client(jenkins)) {
            web.login("ada");
            assertThat(buttons(web, pipe)).containsExactly("Pause", "Roll back");

            HtmlPage question = press(web, pipe, "Pause", "Readers go on seeing the tables as they are now");
            assertThat(question.getUrl().getPath()).endsWith("/clickpipes/pipe/" + pipe.name() + "/");
            awaitDone(pipe, "pause");
            assertThat(pipe.record().status()).isEqualTo("Paused");
            assertThat(buttons(web, pipe)).containsExactly("Resume", "Roll back");
            assertThat(web.goTo("clickpipes/pipe/" + pipe.name()).asNormalizedText())
                    .contains("pause by ada succeeded");

            press(web, pipe, "Resume", "The next sync applies the changes");
            awaitDone(pipe, "resume");
            assertThat(pipe.record().status()).isEqualTo("Running");

            press(web, pipe, "Roll back", "Readers see the previous tables at once");
            awaitDone(pipe, "rollback");
            assertThat(pipe.targetRows("orders")).isEqualTo("20000");
            assertThat(pipe.record().status()).isEqualTo("Paused");
            assertThat(database.queryTarget(
                            "SELECT kind, JSONExtractString(data, 'by') AS person FROM _clickpipe_journal"
                                    + " WHERE person != '' ORDER BY sequence"))
                    .as("the engine's journal knows who has resumed and rolled back")
                    .containsExactly(List.of("STATUS", "ada"), List.of("SWAP_PLANNED", "ada"));
            assertThat(buttons(web, pipe))
                    .as("the slot belongs to other tables")
                    .containsExactly("Roll back");

            press(web, pipe, "Roll back", "To roll back once more takes that back");
            Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> !pipe.record()
                    .isRolledBack());
            assertThat(pipe.targetRows("orders")).isEqualTo("20001");
        }
        assertThat(job.getBuilds()).hasSize(2);
    }

    @Test
    void whatTheEngineRefusesIsAnErrorOnThePage(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        jenkins.buildAndAssertSuccess(job(jenkins, pipe.name()));
        PipeRecords.get().swapped(PipeId.configured(pipe.name()), Duration.ofHours(1));
        try (WebClient web = client(jenkins)) {
            press(web, pipe, "Roll back", "Readers see the previous tables at once");
            Awaitility.await()
                    .atMost(Duration.ofMinutes(5))
                    .until(() -> !pipe.record().errors().isEmpty());
            assertThat(web.goTo("clickpipes/pipe/" + pipe.name()).asNormalizedText())
                    .contains("rollback by anonymous", "no previous tables");
        }
        Awaitility.await()
                .atMost(Duration.ofMinutes(5))
                .until(() -> pipe.record().previousUntil().isEmpty());
        assertThat(pipe.record().status()).isEqualTo("Running");
    }

    @Test
    void aPipeThatAStepDefinesIsControlledAsItsLastBuildHadIt(JenkinsRule jenkins, TestDatabase database)
            throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        MockFolder team = jenkins.createFolder("team");
        FreeStyleProject job = team.createProject(FreeStyleProject.class, "resync");
        ResyncBuilder step = new ResyncBuilder(null);
        step.setDefinition(ClickPipesConfiguration.get().pipe(pipe.name()).orElseThrow());
        job.getBuildersList().add(step);
        ClickPipesConfiguration.get().setPipes(List.of());
        jenkins.buildAndAssertSuccess(job);
        PipeId id = new PipeId("team", pipe.name());
        try (WebClient web = client(jenkins)) {
            assertThat(web.goTo("clickpipes/").asNormalizedText()).contains(pipe.name(), "team");
            assertThat(post(web, "clickpipes/pipe/team:" + pipe.name() + "/control/startPause"))
                    .isEqualTo(200);
        }
        Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> PipeRecords.get()
                .record(id)
                .last()
                .filter(last -> last.command().equals("pause"))
                .isPresent());
        assertThat(PipeRecords.get().record(id).status()).isEqualTo("Paused");
        assertThat(PipeRecords.get().record(PipeId.configured(pipe.name())).status())
                .isEqualTo(PipeRecord.UNKNOWN);
    }

    @Test
    void onlyWhoMayResyncPressesAButton(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        FreeStyleProject job = job(jenkins, pipe.name());
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Jenkins.SYSTEM_READ, Item.READ)
                .everywhere()
                .to("reader", "resyncer", "everywhere")
                .grant(ClickPipePermissions.RESYNC)
                .onItems(job)
                .to("resyncer")
                .grant(ClickPipePermissions.RESYNC)
                .onRoot()
                .to("everywhere"));
        String control = "clickpipes/pipe/" + pipe.name() + "/control/";
        for (String user : new String[] {"", "reader"}) {
            try (WebClient web = client(jenkins)) {
                if (!user.isEmpty()) {
                    web.login(user);
                    assertThat(settings(web, pipe).querySelectorAll(".clickpipe-controls form"))
                            .isEmpty();
                }
                for (String verb : VERBS) {
                    String start = control + "start" + Character.toUpperCase(verb.charAt(0)) + verb.substring(1);
                    assertThat(post(web, start)).as(user + " " + verb).isIn(403, 404);
                    assertThat(get(web, control + verb + "/"))
                            .as(user + " " + verb)
                            .isIn(403, 404);
                }
            }
        }
        for (String user : new String[] {"resyncer", "everywhere"}) {
            try (WebClient web = client(jenkins)) {
                web.login(user);
                assertThat(settings(web, pipe).querySelectorAll(".clickpipe-controls form"))
                        .hasSize(3);
                for (String verb : VERBS) {
                    String start = control + "start" + Character.toUpperCase(verb.charAt(0)) + verb.substring(1);
                    assertThat(get(web, start)).as(user + " " + verb).isEqualTo(405);
                    assertThat(get(web, control + verb + "/"))
                            .as(user + " " + verb)
                            .isEqualTo(200);
                    assertThat(post(web, start)).as("of an unknown pipe").isEqualTo(409);
                }
            }
        }
        assertThat(pipe.record().last()).isEmpty();
    }

    private static void awaitDone(ShopPipe pipe, String command) {
        Awaitility.await().atMost(Duration.ofMinutes(5)).untilAsserted(() -> {
            Activity last = pipe.record().last().orElseThrow();
            assertThat(last.command()).isEqualTo(command);
            assertThat(last.actor()).isEqualTo(Actor.person("ada"));
            assertThat(last.succeeded()).as(last.message()).isTrue();
            assertThat(pipe.record().retainedBytes()).as("asked the servers").isPresent();
        });
    }

    /** Presses a button and answers its question, without JavaScript; returns the page that one is led to. */
    private static HtmlPage press(WebClient web, ShopPipe pipe, String label, String sentence) throws Exception {
        for (var button : settings(web, pipe).querySelectorAll(".clickpipe-controls form:not([hidden]) button")) {
            if (button.asNormalizedText().equals(label)) {
                HtmlPage question = ((DomElement) button).click();
                assertThat(question.asNormalizedText()).contains(label + " ClickPipe " + pipe.name() + "?", sentence);
                return question.getFormByName("").getButtonByName("Submit").click();
            }
        }
        throw new AssertionError("There is no button " + label);
    }

    private static List<String> buttons(WebClient web, ShopPipe pipe) throws Exception {
        return settings(web, pipe).querySelectorAll(".clickpipe-controls form:not([hidden]) button").stream()
                .map(button -> button.asNormalizedText())
                .toList();
    }

    private static HtmlPage settings(WebClient web, ShopPipe pipe) throws Exception {
        return web.goTo("clickpipes/pipe/" + pipe.name() + "/settings");
    }

    private static int post(WebClient web, String path) throws Exception {
        return web.<Page>getPage(new WebRequest(web.createCrumbedUrl(path), HttpMethod.POST))
                .getWebResponse()
                .getStatusCode();
    }

    private static int get(WebClient web, String path) throws Exception {
        return web.<Page>getPage(new WebRequest(web.createCrumbedUrl(path), HttpMethod.GET))
                .getWebResponse()
                .getStatusCode();
    }

    private static FreeStyleProject job(JenkinsRule jenkins, String pipe) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("resync");
        job.getBuildersList().add(new ResyncBuilder(pipe));
        return job;
    }

    /** Stays on the page that refuses an anonymous request, where a browser goes on to the login. */
    private static WebClient client(JenkinsRule jenkins) {
        WebClient web =
                jenkins.createWebClient().withJavaScriptEnabled(false).withThrowExceptionOnFailingStatusCode(false);
        web.setRefreshHandler((page, url, seconds) -> assertThat(url.getPath()).contains("login"));
        return web;
    }
}
