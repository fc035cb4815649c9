package io.jenkins.plugins.clickpipe.sync;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.util.List;
import java.util.Map;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class SyncMonitorTest {
    private static final long GIGABYTE = 1L << 30;

    @Test
    void eachPipeInTroubleIsNamedWithTheButtonThatHelps(JenkinsRule jenkins) throws Exception {
        told("broken", Map.of("status", "Failed", "reason", "The slot is invalidated."));
        told("late", Map.of("status", "Running", "lagBytes", 9, "lagSeconds", 3600));
        told("paused", Map.of("status", "Paused", "slot", Map.of("retainedBytes", 5 * GIGABYTE)));
        told(
                "rolled-back",
                Map.of(
                        "status",
                        "Paused",
                        "slot",
                        Map.of("retainedBytes", 2 * GIGABYTE),
                        "rolledBackTables",
                        List.of("t")));
        told("well", Map.of("status", "Running", "lagBytes", 9, "lagSeconds", 2));
        SyncMonitor monitor = AdministrativeMonitor.all().get(SyncMonitor.class);

        assertThat(lines(monitor))
                .containsExactly(
                        "broken: it is Failed. The slot is invalidated. Resync clickpipes/pipe/broken/settings",
                        "late: its destination is 60 minutes behind its source. Metrics clickpipes/pipe/late/",
                        "paused: PostgreSQL keeps 5120 MB of WAL for its slot. Resume clickpipes/pipe/paused/settings",
                        "rolled-back: PostgreSQL keeps 2048 MB of WAL for its slot. Resync"
                                + " clickpipes/pipe/rolled-back/settings");
        try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
            HtmlPage manage = web.goTo("manage");
            assertThat(manage.asNormalizedText()).contains("it is Failed. The slot is invalidated. Resync");
            assertThat(manage.getAnchorByText("Resume").getHrefAttribute())
                    .endsWith("/clickpipes/pipe/paused/settings");
        }
    }

    @Test
    void administratorsSayFromWhatOnTheyAreTold(JenkinsRule jenkins) {
        told("late", Map.of("status", "Running", "lagBytes", 9, "lagSeconds", 3600));
        told("paused", Map.of("status", "Paused", "slot", Map.of("retainedBytes", 5 * GIGABYTE)));
        SyncMonitor monitor = AdministrativeMonitor.all().get(SyncMonitor.class);
        assertThat(lines(monitor)).hasSize(2);

        ClickPipesConfiguration.get().setAlertMinutes(90);
        ClickPipesConfiguration.get().setAlertMegabytes(10_000);

        assertThat(monitor.isActivated()).isFalse();
    }

    private static void told(String pipe, Map<String, Object> report) {
        PipeRecords.get().standing(PipeId.configured(pipe), JsonObject.of(report));
    }

    private static List<String> lines(SyncMonitor monitor) {
        return monitor.getTroubles().stream()
                .map(trouble -> trouble.getPipe() + ": " + trouble.getSentence() + " " + trouble.getHelp() + " "
                        + trouble.getHelpUrl())
                .toList();
    }
}
