package io.jenkins.plugins.clickpipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Job;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.StringParameterDefinition;
import hudson.model.TopLevelItem;
import java.time.Duration;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class QuartzCronTriggerTest {
    @Test
    void aJobRunsOnceAtItsTimeWithTheDefaultsOfItsParameters(JenkinsRule jenkins) throws Exception {
        SetClock clock = new SetClock("2026-03-28T12:00:00Z");
        FreeStyleProject job = scheduled(jenkins, nightly());
        job.addProperty(new ParametersDefinitionProperty(new StringParameterDefinition("mode", "full")));

        clock.set("2026-03-29T00:59:59Z");
        assertThat(builds(jenkins, job)).isZero();
        clock.set("2026-03-29T01:00:00Z");
        clock.advance(Duration.ofMillis(300));
        clock.advance(Duration.ofSeconds(2));

        assertThat(builds(jenkins, job)).isEqualTo(1);
        FreeStyleBuild build = job.getLastBuild();
        assertThat(build.getAction(ParametersAction.class).getParameter("mode").getValue())
                .isEqualTo("full");
        QuartzCronCause cause = build.getCause(QuartzCronCause.class);
        assertThat(cause.getScheduled()).hasToString("2026-03-29T03:00+02:00[Europe/Berlin]");
        jenkins.assertLogContains(
                "Started by the Quartz schedule for Sun 2026-03-29 03:00:00 +02:00 Europe/Berlin", build);
    }

    @Test
    void aMissedTimeIsTreatedByPolicy(JenkinsRule jenkins) throws Exception {
        SetClock clock = new SetClock("2026-01-10T00:00:00Z");
        FreeStyleProject skip = scheduled(jenkins, missed(MisfirePolicy.SKIP, 60));
        FreeStyleProject runOnce = scheduled(jenkins, missed(MisfirePolicy.RUN_ONCE, 60));
        FreeStyleProject tooLate = scheduled(jenkins, missed(MisfirePolicy.RUN_ONCE, 15));

        clock.set("2026-01-15T01:46:00Z");
        assertThat(builds(jenkins, skip)).isZero();
        assertThat(builds(jenkins, runOnce)).as("once for five nights").isEqualTo(1);
        assertThat(builds(jenkins, tooLate)).isZero();
        QuartzCronCause late = runOnce.getLastBuild().getCause(QuartzCronCause.class);
        assertThat(late.getScheduled()).hasToString("2026-01-15T02:30+01:00[Europe/Berlin]");
        assertThat(late.getMinutesLate()).isEqualTo(16);

        clock.set("2026-01-16T01:31:00Z");
        assertThat(builds(jenkins, skip)).as("a minute late is in time").isEqualTo(1);
        assertThat(builds(jenkins, runOnce)).isEqualTo(2);
        assertThat(builds(jenkins, tooLate)).isEqualTo(1);
        assertThat(skip.getLastBuild().getCause(QuartzCronCause.class).getMinutesLate())
                .isZero();
    }

    @Test
    void theScheduleFollowsARenamedJobAndASavedConfiguration(JenkinsRule jenkins) throws Exception {
        SetClock clock = new SetClock("2026-01-10T00:00:00Z");
        FreeStyleProject job = scheduled(jenkins, nightly());
        clock.set("2026-01-10T00:00:01Z");
        job.renameTo("renamed");
        clock.set("2026-01-10T01:30:00Z");
        assertThat(builds(jenkins, job)).isEqualTo(1);

        jenkins.configRoundtrip(job);
        clock.set("2026-01-10T01:30:30Z");
        assertThat(builds(jenkins, job)).as("not again").isEqualTo(1);
        clock.set("2026-01-11T01:30:00Z");
        assertThat(builds(jenkins, job)).isEqualTo(2);

        job.doReload();
        clock.set("2026-01-11T01:30:30Z");
        assertThat(builds(jenkins, job)).as("not again").isEqualTo(2);
        clock.set("2026-01-12T01:30:00Z");
        assertThat(builds(jenkins, job)).isEqualTo(3);
    }

    @Test
    void aCopyRunsOnItsOwnAndADeletedOrDisabledJobDoesNot(JenkinsRule jenkins) throws Exception {
        SetClock clock = new SetClock("2026-01-10T00:00:00Z");
        FreeStyleProject job = scheduled(jenkins, nightly());
        FreeStyleProject disabled = scheduled(jenkins, nightly());
        clock.set("2026-01-10T00:00:01Z");
        FreeStyleProject copy = (FreeStyleProject) jenkins.jenkins.<TopLevelItem>copy(job, "copy");
        jenkins.configRoundtrip(copy);
        disabled.disable();
        job.delete();
        clock.set("2026-01-10T00:00:02Z");

        clock.set("2026-01-10T01:30:00Z");
        assertThat(builds(jenkins, copy)).isEqualTo(1);
        disabled.enable();
        clock.set("2026-01-10T01:31:00Z");
        assertThat(builds(jenkins, disabled)).isZero();
        clock.set("2026-01-11T01:30:00Z");
        assertThat(builds(jenkins, disabled)).isEqualTo(1);
    }

    @Test
    void theFormKeepsWhatWasEntered(JenkinsRule jenkins) throws Exception {
        QuartzCronTrigger trigger = nightly();
        trigger.setMisfirePolicy(MisfirePolicy.RUN_ONCE);
        trigger.setGraceMinutes(17);
        trigger.setExcludedDates("12-24 to 01-06\n2027-05-01 # holiday");
        FreeStyleProject job = scheduled(jenkins, trigger);

        jenkins.configRoundtrip(job);

        QuartzCronTrigger kept = job.getTrigger(QuartzCronTrigger.class);
        assertThat(kept).isNotSameAs(trigger);
        jenkins.assertEqualDataBoundBeans(trigger, kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "properties([pipelineTriggers([quartzCron(expression: '0 30 2 * * ?', timeZone: 'Europe/Berlin')])])",
                "pipeline { agent none; triggers { quartzCron(expression: '0 30 2 * * ?', timeZone: 'Europe/Berlin') };"
                        + " stages { stage('one') { steps { echo 'one' } } } }"
            })
    void aPipelineJobTakesItsScheduleFromItsScript(String script, JenkinsRule jenkins) throws Exception {
        SetClock clock = new SetClock("2026-01-10T00:00:00Z");
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        jenkins.buildAndAssertSuccess(job);
        clock.set("2026-01-10T00:00:01Z");

        clock.set("2026-01-10T01:30:00Z");
        jenkins.waitUntilNoActivity();

        WorkflowRun run = job.getLastBuild();
        assertThat(run.getNumber()).isEqualTo(2);
        assertThat(run.getCause(QuartzCronCause.class).getScheduled())
                .hasToString("2026-01-10T02:30+01:00[Europe/Berlin]");
        clock.set("2026-01-10T01:30:50Z");
        jenkins.waitUntilNoActivity();
        assertThat(job.getLastBuild())
                .as("the script sets the trigger again in each build")
                .isEqualTo(run);
        clock.set("2026-01-11T01:30:00Z");
        jenkins.waitUntilNoActivity();
        assertThat(job.getLastBuild().getNumber()).isEqualTo(3);
    }

    private static QuartzCronTrigger nightly() {
        QuartzCronTrigger trigger = new QuartzCronTrigger("0 30 2 * * ?");
        trigger.setTimeZone("Europe/Berlin");
        return trigger;
    }

    private static QuartzCronTrigger missed(MisfirePolicy policy, int graceMinutes) {
        QuartzCronTrigger trigger = nightly();
        trigger.setMisfirePolicy(policy);
        trigger.setGraceMinutes(graceMinutes);
        return trigger;
    }

    private static FreeStyleProject scheduled(JenkinsRule jenkins, QuartzCronTrigger trigger) throws Exception {
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.addTrigger(trigger);
        trigger.start(job, true);
        TriggerTicks.get().doRun();
        return job;
    }

    private static int builds(JenkinsRule jenkins, Job<?, ?> job) throws Exception {
        jenkins.waitUntilNoActivity();
        return job.getLastBuild() == null ? 0 : job.getLastBuild().getNumber();
    }
}
