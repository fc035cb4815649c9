package io.jenkins.plugins.clickpipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleProject;
import hudson.model.Item;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What the form says while the schedule is filled in, and to whom. */
@WithJenkins
class QuartzCronFormTest {
    @Test
    void itShowsTheLastAndTheNextFiveRuns(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("job");
        String shown = check(jenkins, null, "checkExpression", "value", "0 0 2 1 1 ?", "timeZone", "Asia/Kolkata");
        assertThat(shown.split("Next: ", -1)).hasSize(6);
        assertThat(shown).contains("Last: ").contains("-01-01 02:00:00 +05:30 Asia/Kolkata");

        assertThat(check(jenkins, null, "checkExpression", "value", "30 2 * * *"))
                .contains("Try: 0 30 2 * * ?");
        assertThat(check(jenkins, null, "checkExpression", "value", "0 0 0 30 2 ?"))
                .contains("This schedule never runs");
        assertThat(check(jenkins, null, "checkExpression", "value", "0 0 2 24 12 ?", "excludedDates", "12-24"))
                .contains("This schedule never runs");
        assertThat(check(jenkins, null, "checkTimeZone", "value", "Europe/Belin"))
                .contains("There is no time zone Europe/Belin");
        assertThat(check(jenkins, null, "checkExcludedDates", "value", "12-24\n99-99"))
                .contains("Line 2: 99-99");
        assertThat(check(jenkins, null, "checkGraceMinutes", "value", "0")).contains("error");
        assertThat(check(jenkins, null, "fillTimeZoneItems")).contains("Australia/Lord_Howe");
        assertThat(job.getTriggers()).isEmpty();
    }

    @Test
    void onlyWhoMayConfigureTheJobIsAnswered(JenkinsRule jenkins) throws Exception {
        jenkins.createFreeStyleProject("job");
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "owner")
                .grant(Item.CONFIGURE)
                .everywhere()
                .to("owner"));
        for (String endpoint : List.of("checkExpression", "checkTimeZone", "checkExcludedDates", "checkGraceMinutes")) {
            assertThat(check(jenkins, "owner", endpoint, "value", "wrong")).contains("error");
            assertThat(check(jenkins, "reader", endpoint, "value", "wrong")).doesNotContain("error");
        }
        assertThat(check(jenkins, "reader", "checkExpression", "value", "0 0 2 1 1 ?"))
                .doesNotContain("Next");
        assertThat(check(jenkins, "owner", "fillTimeZoneItems")).contains("Africa/Cairo");
        assertThat(check(jenkins, "reader", "fillTimeZoneItems")).doesNotContain("Africa/Cairo");
    }

    @Test
    void theFormsQuestionsAreAnsweredToPostAlone(JenkinsRule jenkins) throws Exception {
        jenkins.createFreeStyleProject("job");
        for (String endpoint : List.of(
                "checkExpression", "checkTimeZone", "checkExcludedDates", "checkGraceMinutes", "fillTimeZoneItems")) {
            try (JenkinsRule.WebClient web = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false)) {
                WebRequest get = new WebRequest(url(web, endpoint), HttpMethod.GET);
                assertThat(web.loadWebResponse(get).getStatusCode())
                        .as(endpoint)
                        .isIn(404, 405);
            }
        }
    }

    @Test
    void aFaultyScheduleIsNotSaved(JenkinsRule jenkins) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("job");
        job.addTrigger(new QuartzCronTrigger("0 30 2 * * ?"));
        try (JenkinsRule.WebClient web = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false)) {
            HtmlForm form = web.getPage(job, "configure").getFormByName("config");
            form.getInputByName("_.expression").setValue("30 2 * * *");
            HtmlPage answer = jenkins.submit(form);
            assertThat(answer.asNormalizedText()).contains("Try: 0 30 2 * * ?").doesNotContain("Exception");
        }
        assertThat(job.getTrigger(QuartzCronTrigger.class).getExpression()).isEqualTo("0 30 2 * * ?");
    }

    private static String check(JenkinsRule jenkins, String user, String endpoint, String... parameters)
            throws Exception {
        try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
            if (user != null) {
                web.login(user);
            }
            WebRequest post = new WebRequest(url(web, endpoint), HttpMethod.POST);
            StringBuilder body = new StringBuilder();
            for (int i = 0; i < parameters.length; i += 2) {
                body.append(body.isEmpty() ? "" : "&")
                        .append(parameters[i])
                        .append('=')
                        .append(URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
            }
            post.setRequestBody(body.toString());
            WebResponse response = web.loadWebResponse(post);
            assertThat(response.getStatusCode()).isEqualTo(200);
            return response.getContentAsString();
        }
    }

    private static URL url(JenkinsRule.WebClient web, String endpoint) throws Exception {
        return web.createCrumbedUrl("job/job/descriptorByName/" + QuartzCronTrigger.class.getName() + "/" + endpoint);
    }
}
