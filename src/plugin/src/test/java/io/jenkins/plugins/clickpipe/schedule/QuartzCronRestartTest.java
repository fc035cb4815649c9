package io.jenkins.plugins.clickpipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.FreeStyleProject;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class QuartzCronRestartTest {
    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void aTimeThatPassedWhileJenkinsWasDownIsMadeUpForOrLeftOut() throws Throwable {
        int hour =
                Instant.now().plus(Duration.ofHours(12)).atZone(ZoneOffset.UTC).getHour();
        sessions.then(jenkins -> {
            SetClock clock = new SetClock("2026-01-10T00:00:00Z");
            for (MisfirePolicy policy : MisfirePolicy.values()) {
                FreeStyleProject job = jenkins.createFreeStyleProject(policy.name());
                QuartzCronTrigger trigger = new QuartzCronTrigger("0 0 " + hour + " * * ?");
                trigger.setTimeZone("UTC");
                trigger.setMisfirePolicy(policy);
                trigger.setGraceMinutes(24 * 60 + 1);
                job.addTrigger(trigger);
                trigger.start(job, true);
            }
            clock.set("2026-01-10T00:00:01Z");
        });
        sessions.then(jenkins -> {
            Instant now = Instant.now();
            FreeStyleProject runOnce = jenkins.jenkins.getItemByFullName("RUN_ONCE", FreeStyleProject.class);
            await().atMost(Duration.ofMinutes(1)).until(() -> runOnce.getBuildByNumber(1) != null);
            jenkins.waitUntilNoActivity();
            TriggerTicks.get().doRun();
            jenkins.waitUntilNoActivity();

            assertThat(runOnce.getBuilds()).hasSize(1);
            ZonedDateTime scheduled =
                    runOnce.getBuildByNumber(1).getCause(QuartzCronCause.class).getScheduled();
            assertThat(scheduled.toInstant()).isBetween(now.minus(Duration.ofDays(1)), now.plusSeconds(60));
            assertThat(scheduled.getHour()).isEqualTo(hour);
            FreeStyleProject skip = jenkins.jenkins.getItemByFullName("SKIP", FreeStyleProject.class);
            assertThat(skip.getBuilds()).isEmpty();
        });
    }

    @Test
    void aTimeThatWasDealtWithDoesNotComeAgainAfterARestart() throws Throwable {
        sessions.then(jenkins -> {
            SetClock clock = new SetClock("2026-01-10T01:00:00Z");
            FreeStyleProject job = jenkins.createFreeStyleProject("job");
            QuartzCronTrigger trigger = new QuartzCronTrigger("0 0 2 10 1 ? 2026");
            trigger.setTimeZone("UTC");
            trigger.setMisfirePolicy(MisfirePolicy.RUN_ONCE);
            job.addTrigger(trigger);
            trigger.start(job, true);
            clock.set("2026-01-10T01:00:01Z");
            clock.set("2026-01-10T02:00:00Z");
            jenkins.waitUntilNoActivity();
            assertThat(job.getBuilds()).hasSize(1);
        });
        sessions.then(jenkins -> {
            FreeStyleProject job = jenkins.jenkins.getItemByFullName("job", FreeStyleProject.class);
            SetClock clock = new SetClock("2026-01-10T02:00:30Z");
            clock.set("2026-01-10T02:00:31Z");
            jenkins.waitUntilNoActivity();
            assertThat(job.getBuilds()).hasSize(1);
        });
    }
}
