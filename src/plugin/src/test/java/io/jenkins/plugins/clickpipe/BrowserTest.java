package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.clickpipe.browser.BrowserPage;
import io.jenkins.plugins.clickpipe.browser.Chromium;
import io.jenkins.plugins.clickpipe.browser.PageRequest;
import io.jenkins.plugins.clickpipe.jobs.ResyncCause;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jenkins.security.csp.CspHeader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The pages in a real Chromium; skipped where none is installed. */
@WithJenkins
@WithServers
class BrowserTest {
    private static final String HEADER = CspHeader.class.getName() + ".headerName";
    private static final String LINK = "a[data-clickpipe-start]";
    private static final String SHOWN = ".clickpipe-controls form:not([hidden]) button";
    private static final String DECIDE =
            ".clickpipe-approval:not([hidden]) .clickpipe-buttons:not([hidden]) form button";
    private static final String STATUS = "[role=status] span";
    private static final String PERCENT =
            "Number(document.querySelector('.clickpipe-load [role=progressbar]').getAttribute('aria-valuenow'))";
    private static final String FIELDS_WITHOUT_LABEL = """
            Array.from(document.querySelector('.clickpipe-check').closest('.repeated-chunk')
                    .querySelectorAll('input:not([type=hidden]), select, textarea'))
                .filter(field => field.labels.length === 0
                    && field.closest('.jenkins-form-item').querySelector('label, .jenkins-form-label') === null)
                .map(field => field.name).join()""";
    /** Seconds between two requests of a page while something is under way. */
    private static final int ACTIVE = 3;
    /** Longer than a page waits between two requests when nothing is under way. */
    private static final Duration QUIET = Duration.ofSeconds(7);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static Chromium chromium;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        chromium = Chromium.start(directory);
    }

    @AfterAll
    static void end() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void theDialogAsksAndStartsOneBuildOrNone(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        FreeStyleProject job = job(jenkins, pipe);
        BrowserPage page = chromium.page().go(job.getAbsoluteUrl());
        page.click(LINK);
        page.await("document.querySelector('dialog[open]') !== null");
        assertThat(page.text("dialog[open]"))
                .contains("Resync ClickPipe " + pipe.name() + "?", "all tables of public/*", "Cancel");
        page.click("dialog[open] [data-id=cancel]");
        page.await("document.querySelector('dialog[open]') === null");
        assertThat(job.isInQueue()).isFalse();
        assertThat(job.getLastBuild()).isNull();

        page.click(LINK);
        page.click("dialog[open] [data-id=ok]");
        assertThatOneMoreBuildSucceeded(jenkins, job, 1);
        assertThat(page.requestsTo("clickpipe-resync/start"))
                .extracting(PageRequest::method)
                .containsExactly("POST");
        assertThat(page.complaints()).isEmpty();

        BrowserPage plain = chromium.page();
        plain.withoutScripts();
        plain.go(job.getAbsoluteUrl());
        plain.click(LINK);
        plain.await("document.querySelector('form[action=start]') !== null");
        assertThat(plain.text("#main-panel")).contains("all tables of public/*");
        plain.click("form[action=start] button");
        assertThatOneMoreBuildSucceeded(jenkins, job, 2);
    }

    private static void assertThatOneMoreBuildSucceeded(JenkinsRule jenkins, FreeStyleProject job, int builds)
            throws Exception {
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> job.getLastBuild() != null && job.getBuilds().size() == builds);
        FreeStyleBuild build = job.getLastBuild();
        jenkins.waitForCompletion(build);
        jenkins.waitUntilNoActivity();
        jenkins.assertBuildStatus(Result.SUCCESS, build);
        assertThat(job.getLastBuild().getNumber()).isEqualTo(builds);
        assertThat(build.getCauses()).singleElement().isInstanceOf(ResyncCause.class);
    }

    @Test
    void openPagesFollowAResyncAndAskSeldom(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        FreeStyleProject job = job(jenkins, pipe);
        PostgresEndpoint direct = database.servers().postgresPipeUser();
        String address = jenkins.getURL() + "clickpipes/pipe/" + pipe.name() + "/";
        BrowserPage metrics = marked(chromium.page().go(address));
        BrowserPage tables = marked(chromium.page().go(address + "tables"));
        try (TcpProxy proxy = TcpProxy.to(direct.host(), direct.port())) {
            pipe.configure(direct.throughPort(proxy.port()));
            proxy.pauseAfterBytesToClient(ShopPipe.BYTES_INTO_THE_LOAD);
            FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
            Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(metrics.text(STATUS))
                    .isIn("Setup", "Snapshot"));
            BrowserPage resync = marked(chromium.page().go(jenkins.getURL() + build.getUrl() + "clickpipe/"));
            for (BrowserPage page : List.of(metrics, tables, resync)) {
                Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(page.text(STATUS))
                        .isEqualTo("Snapshot"));
                page.await(PERCENT + " < 100");
                assertThatItAsksSeldom(page);
            }
            assertThat(resync.evaluate("window.marked")).isEqualTo(true);

            proxy.resume();
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
            for (BrowserPage page : List.of(metrics, tables)) {
                Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(page.text(STATUS))
                        .isEqualTo("Running"));
                assertThat(percent(page)).isEqualTo(100);
                assertThat(page.evaluate("window.marked")).as("not reloaded").isEqualTo(true);
            }
            resync.await("document.querySelector('.clickpipe-head .jenkins-badge').innerText === 'Running'");
        }
        assertThatAnUnchangedPageIsToldSoAndAHiddenOneDoesNotAsk(metrics);
    }

    private static BrowserPage marked(BrowserPage page) {
        page.evaluate("window.marked = true");
        return page;
    }

    private static int percent(BrowserPage page) {
        return ((Number) page.evaluate(PERCENT)).intValue();
    }

    private static void assertThatItAsksSeldom(BrowserPage page) {
        int before = page.requestsTo("/live").size();
        long start = System.nanoTime();
        Awaitility.await().atMost(LIMIT).until(() -> page.requestsTo("/live").size() >= before + 3);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(page.requestsTo("/live").size() - before).isLessThanOrEqualTo((int) Math.ceil(seconds / ACTIVE) + 2);
        assertThat(page.requestsTo("/live"))
                .allSatisfy(request -> assertThat(request.inFlight()).isOne());
    }

    private static void assertThatAnUnchangedPageIsToldSoAndAHiddenOneDoesNotAsk(BrowserPage page) {
        Awaitility.await().atMost(LIMIT).until(() -> page.requestsTo("/live").stream()
                .anyMatch(request -> request.status() == 304));
        page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})");
        int before = page.requestsTo("/live").size();
        Awaitility.await()
                .during(QUIET)
                .atMost(LIMIT)
                .until(() -> page.requestsTo("/live").size() == before);
        page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))");
        Awaitility.await().atMost(LIMIT).until(() -> page.requestsTo("/live").size() > before);
    }

    @Test
    void aPauseIsAskedAboutAndThePageFollowsIt(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        jenkins.buildAndAssertSuccess(job(jenkins, pipe));
        String settings = jenkins.getURL() + "clickpipes/pipe/" + pipe.name() + "/settings";
        BrowserPage watching = marked(chromium.page().go(settings));
        BrowserPage page = chromium.page().go(settings);
        assertThat(page.text(SHOWN)).isEqualTo("Pause");
        page.click(SHOWN);
        page.await("document.querySelector('dialog[open]') !== null");
        assertThat(page.text("dialog[open]")).contains("Pause ClickPipe " + pipe.name() + "?", "Cancel");
        page.click("dialog[open] [data-id=cancel]");
        page.await("document.querySelector('dialog[open]') === null");
        assertThat(pipe.record().status()).isEqualTo("Running");

        page.click(SHOWN);
        page.click("dialog[open] [data-id=ok]");
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(watching.text(STATUS))
                .isEqualTo("Paused"));
        watching.await("document.querySelector(\"%s\")?.innerText.trim() === 'Resume'".formatted(SHOWN));
        assertThat(watching.evaluate("window.marked")).as("not reloaded").isEqualTo(true);
        assertThat(page.requestsTo("control/startPause"))
                .extracting(PageRequest::method)
                .containsExactly("POST");
        assertThat(page.complaints()).isEmpty();
        assertThat(watching.complaints()).isEmpty();
    }

    @Test
    void aSwapIsApprovedOnAPageThatWasOpenBefore(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        pipe.settings(settings -> settings.setApproveSwap(true));
        FreeStyleProject job = job(jenkins, pipe);
        BrowserPage page = chromium.page().go(jenkins.getURL() + "clickpipes/pipe/" + pipe.name() + "/");
        FreeStyleBuild build = job.scheduleBuild2(0).waitForStart();
        page.await("document.querySelector(\"%s\") !== null".formatted(DECIDE));
        BrowserPage buildPage = chromium.page().go(jenkins.getURL() + build.getUrl() + "clickpipe/");
        assertThat(buildPage.text("[aria-current=step] .clickpipe-step__name")).isEqualTo("Approval");
        assertThat(buildPage.count(DECIDE)).isEqualTo(2);

        page.click(DECIDE);
        page.await("document.querySelector('dialog[open]') !== null");
        assertThat(page.text("dialog[open]")).contains("Swap the new tables in?", "Readers see the new tables at once");
        page.click("dialog[open] [data-id=ok]");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(build));
        jenkins.assertLogContains("was approved by", build);
        assertThat(page.complaints()).isEmpty();
        assertThat(buildPage.complaints()).isEmpty();
    }

    @Test
    void noPageOffendsItsSecurityPolicyOrItsReaders(JenkinsRule jenkins, TestDatabase database) throws Exception {
        // what other parts of that page complain of is not this plugin's
        List<String> others =
                chromium.page().go(jenkins.getURL() + "manage/configure").complaints();
        ShopPipe pipe = ShopPipe.create(database);
        FreeStyleProject job = job(jenkins, pipe);
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(job);
        String root = jenkins.getURL().toString();
        String address = root + "clickpipes/pipe/" + pipe.name() + "/";
        List<String> addresses = List.of(
                root + "clickpipes/",
                address,
                address + "tables",
                address + "settings",
                address + "resync/",
                address + "control/pause/",
                address + "control/rollback/",
                job.getAbsoluteUrl(),
                job.getAbsoluteUrl() + "clickpipe-resync/",
                root + build.getUrl(),
                root + build.getUrl() + "clickpipe/");
        for (CspHeader header : List.of(CspHeader.ContentSecurityPolicyReportOnly, CspHeader.ContentSecurityPolicy)) {
            System.setProperty(HEADER, header.getHeaderName());
            try {
                BrowserPage page = chromium.page();
                for (String each : addresses) {
                    page.go(each);
                    assertThat(page.complaints()).as(header + " of " + each).isEmpty();
                }
                assertThatTheFormIsSilent(page, root, others);
                assertThatAnInlineScriptIsNoticed(page);
            } finally {
                System.clearProperty(HEADER);
            }
        }
    }

    private static void assertThatTheFormIsSilent(BrowserPage page, String root, List<String> others) {
        page.go(root + "manage/configure");
        page.evaluate("document.querySelectorAll('.validate-button').forEach("
                + "button => /Test connection/.test(button.textContent) && button.click())");
        page.click(".clickpipe-check");
        page.await("document.querySelector('.clickpipe-check__result table') !== null");
        assertThat(page.complaints()).containsExactlyInAnyOrderElementsOf(others);
        assertThat(page.evaluate(FIELDS_WITHOUT_LABEL)).isEqualTo("");
    }

    private static void assertThatAnInlineScriptIsNoticed(BrowserPage page) {
        page.evaluate("document.body.appendChild(document.createElement('script')).textContent = 'window.inline = 1'");
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(page.complaints())
                .anySatisfy(complaint -> assertThat(complaint).contains("Content Security Policy")));
    }

    private static FreeStyleProject job(JenkinsRule jenkins, ShopPipe pipe) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject("shop");
        job.getBuildersList().add(new ResyncBuilder(pipe.name()));
        return job;
    }
}
