package io.jenkins.plugins.clickpipe.schedule;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.PeriodicWork;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Asks every started trigger once a second whether its time has come. So a clock that is set, a suspended machine or a
 * long pause delay a run and lose none. Begins when all jobs are loaded and ends with Jenkins.
 */
@Extension
public final class TriggerTicks extends PeriodicWork {
    private static final Logger LOG = Logger.getLogger(TriggerTicks.class.getName());

    /** A trigger belongs to its job; what the job has dropped goes away by itself. */
    private final Set<QuartzCronTrigger> started =
            Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    private volatile Clock clock = Clock.systemUTC();

    static TriggerTicks get() {
        return ExtensionList.lookupSingleton(TriggerTicks.class);
    }

    void add(QuartzCronTrigger trigger) {
        started.add(trigger);
    }

    void remove(QuartzCronTrigger trigger) {
        started.remove(trigger);
    }

    /** Goes by another clock from now on. */
    void use(Clock other) {
        clock = other;
    }

    @Override
    public long getRecurrencePeriod() {
        return 1000;
    }

    @Override
    protected void doRun() {
        Instant now = clock.instant();
        List<QuartzCronTrigger> triggers;
        synchronized (started) {
            triggers = new ArrayList<>(started);
        }
        for (QuartzCronTrigger trigger : triggers) {
            try {
                trigger.tick(now);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, e, () -> "The Quartz schedule " + trigger.getExpression() + " failed");
            }
        }
    }
}
