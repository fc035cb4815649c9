package io.jenkins.plugins.clickpipe.schedule;

import static java.util.Objects.requireNonNull;

import hudson.Extension;
import hudson.Util;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.Job;
import hudson.triggers.Trigger;
import hudson.triggers.TriggerDescriptor;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.TimeZone;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;
import jenkins.model.ParameterizedJobMixIn.ParameterizedJob;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * Runs a job at the times of a Quartz cron expression. Which these are, also where a zone's clock is put forward or
 * back, tells {@link Schedule}.
 */
public final class QuartzCronTrigger extends Trigger<Job<?, ?>> {
    private static final Logger LOG = Logger.getLogger(QuartzCronTrigger.class.getName());
    /** Later than this a time counts as passed while Jenkins was not ready; Quartz's own default. */
    private static final Duration IN_TIME = Duration.ofMinutes(1);

    private static final int DEFAULT_GRACE_MINUTES = 60;
    private static final int MOST_GRACE_MINUTES = 31 * 24 * 60;

    private final String expression;
    private String timeZone;
    private MisfirePolicy misfirePolicy = MisfirePolicy.SKIP;
    private int graceMinutes = DEFAULT_GRACE_MINUTES;
    private String excludedDates;

    private transient Schedule schedule;
    private transient Instant dealtWith;
    private transient Instant due;

    /**
     * @param expression six or seven fields, the first for seconds
     * @throws IllegalArgumentException with a sentence that names the fault
     */
    @DataBoundConstructor
    public QuartzCronTrigger(String expression) {
        this.expression = Util.fixNull(expression).strip();
        QuartzExpression.parse(this.expression);
    }

    public String getExpression() {
        return expression;
    }

    /** Null for Jenkins' own. */
    public String getTimeZone() {
        return timeZone;
    }

    /** @throws IllegalArgumentException when the zone is unknown */
    @DataBoundSetter
    public void setTimeZone(String timeZone) {
        this.timeZone = Util.fixEmptyAndTrim(timeZone);
        zone(this.timeZone);
    }

    public MisfirePolicy getMisfirePolicy() {
        return misfirePolicy;
    }

    @DataBoundSetter
    public void setMisfirePolicy(MisfirePolicy misfirePolicy) {
        this.misfirePolicy = misfirePolicy == null ? MisfirePolicy.SKIP : misfirePolicy;
    }

    /** How old a missed time may be, for {@link MisfirePolicy#RUN_ONCE}; 1 to 44640. */
    public int getGraceMinutes() {
        return graceMinutes;
    }

    @DataBoundSetter
    public void setGraceMinutes(int graceMinutes) {
        this.graceMinutes = Math.max(1, Math.min(graceMinutes, MOST_GRACE_MINUTES));
    }

    /** Lines as {@link ExcludedDates} reads them; null for none. */
    public String getExcludedDates() {
        return excludedDates;
    }

    /** @throws IllegalArgumentException with a sentence that names the first faulty line */
    @DataBoundSetter
    public void setExcludedDates(String excludedDates) {
        this.excludedDates = Util.fixEmptyAndTrim(excludedDates);
        ExcludedDates.parse(Util.fixNull(this.excludedDates));
    }

    @Override
    public void start(Job<?, ?> project, boolean newInstance) {
        super.start(project, newInstance);
        TriggerTicks.get().add(this);
    }

    @Override
    public void stop() {
        TriggerTicks.get().remove(this);
        super.stop();
    }

    /** Hands the job to the queue when a time has come since the last one that was dealt with. */
    synchronized void tick(Instant now) {
        boolean clockWasPutBack = dealtWith != null && dealtWith.isAfter(now.plus(IN_TIME));
        if (dealtWith == null || clockWasPutBack) {
            begin(now);
        }
        if (due.isAfter(now) || !isInForce()) {
            return;
        }
        Instant latest = schedule.last(now).orElse(due);
        keep(latest);
        Duration late = Duration.between(latest, now);
        if (late.compareTo(IN_TIME) <= 0) {
            run(latest, Duration.ZERO);
        } else if (misfirePolicy == MisfirePolicy.RUN_ONCE && late.compareTo(Duration.ofMinutes(graceMinutes)) <= 0) {
            run(latest, late);
        } else {
            LOG.log(Level.INFO, "{0} was due at {1} while Jenkins was not ready; this run is left out", new Object[] {
                owner().getFullName(), QuartzCronCause.shown(latest, schedule.zone())
            });
        }
    }

    /** After a restart goes on where the last session ended; a schedule that is new or changed begins now. */
    private void begin(Instant now) {
        schedule = schedule(expression, timeZone, excludedDates);
        Optional<Instant> kept = Optional.empty();
        try {
            kept = lastTime().read().filter(last -> !last.isAfter(now));
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    e,
                    () -> "The last run of " + owner().getFullName() + " on its schedule is not known");
        }
        if (kept.isPresent()) {
            goOnAfter(kept.get());
        } else {
            keep(now);
        }
    }

    private void keep(Instant time) {
        goOnAfter(time);
        try {
            lastTime().write(time);
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    e,
                    () -> "After a restart the schedule of " + owner().getFullName() + " may not know its last run");
        }
    }

    private void goOnAfter(Instant time) {
        dealtWith = time;
        due = schedule.next(time).orElse(Instant.MAX);
    }

    private LastTime lastTime() {
        String dates = Util.fixNull(excludedDates).lines().map(String::strip).reduce("", (a, b) -> a + ";" + b);
        return new LastTime(owner(), expression + " in " + Util.fixNull(timeZone) + " without " + dates);
    }

    /** Whether the job still is and has this trigger; one that was deleted or loaded anew has not. */
    private boolean isInForce() {
        return Jenkins.get().getItemByFullName(owner().getFullName()) == owner()
                && owner() instanceof ParameterizedJob<?, ?> has
                && has.getTriggers().get(getDescriptor()) == this;
    }

    private void run(Instant time, Duration late) {
        QuartzCronCause cause = new QuartzCronCause(time.atZone(schedule.zone()), late.toMinutes());
        ParameterizedJobMixIn.scheduleBuild2(owner(), 0, new CauseAction(cause));
    }

    private Job<?, ?> owner() {
        return requireNonNull(job, "the trigger was not started");
    }

    private static Schedule schedule(String expression, String timeZone, String excludedDates) {
        return new Schedule(
                QuartzExpression.parse(Util.fixNull(expression)),
                zone(timeZone),
                ExcludedDates.parse(Util.fixNull(excludedDates)));
    }

    private static ZoneId zone(String timeZone) {
        String id = Util.fixEmptyAndTrim(timeZone);
        try {
            return id == null ? TimeZone.getDefault().toZoneId() : ZoneId.of(id);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(Messages.QuartzCronTrigger_UnknownZone(id), e);
        }
    }

    @Extension
    @Symbol("quartzCron")
    public static final class DescriptorImpl extends TriggerDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.QuartzCronTrigger_DisplayName();
        }

        @Override
        public boolean isApplicable(Item item) {
            return item instanceof Job && item instanceof ParameterizedJob;
        }

        public int defaultGraceMinutes() {
            return DEFAULT_GRACE_MINUTES;
        }

        @Override
        public Trigger<?> newInstance(StaplerRequest2 req, JSONObject form) throws FormException {
            try {
                schedule(form.optString("expression"), form.optString("timeZone"), form.optString("excludedDates"));
            } catch (IllegalArgumentException e) {
                throw new FormException(e.getMessage(), e, "expression");
            }
            return super.newInstance(req, form);
        }

        @POST
        public ListBoxModel doFillTimeZoneItems(@AncestorInPath Item item) {
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.QuartzCronTrigger_OwnZone(zone(null).getId()), "");
            if (mayConfigure(item)) {
                ZoneId.getAvailableZoneIds().stream().sorted().forEach(items::add);
            }
            return items;
        }

        @POST
        public FormValidation doCheckTimeZone(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, () -> zone(value));
        }

        @POST
        public FormValidation doCheckExcludedDates(@AncestorInPath Item item, @QueryParameter String value) {
            return check(item, () -> ExcludedDates.parse(Util.fixNull(value)));
        }

        @POST
        public FormValidation doCheckGraceMinutes(@AncestorInPath Item item, @QueryParameter String value) {
            return mayConfigure(item)
                    ? FormValidation.validateIntegerInRange(value, 1, MOST_GRACE_MINUTES)
                    : FormValidation.ok();
        }

        /** Tells the fault, or the last and the next runs. */
        @POST
        public FormValidation doCheckExpression(
                @AncestorInPath Item item,
                @QueryParameter String value,
                @QueryParameter String timeZone,
                @QueryParameter String excludedDates) {
            FormValidation fault = check(item, () -> QuartzExpression.parse(Util.fixNull(value)));
            if (fault.kind != FormValidation.Kind.OK || !mayConfigure(item)) {
                return fault;
            }
            try {
                return RunsPreview.of(schedule(value, timeZone, excludedDates), Instant.now());
            } catch (IllegalArgumentException e) {
                return FormValidation.ok(); // the other field's own check tells it
            }
        }

        private static FormValidation check(Item item, Runnable parse) {
            if (!mayConfigure(item)) {
                return FormValidation.ok();
            }
            try {
                parse.run();
                return FormValidation.ok();
            } catch (IllegalArgumentException e) {
                return FormValidation.error(e.getMessage());
            }
        }

        private static boolean mayConfigure(Item item) {
            return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.CONFIGURE);
        }
    }
}
