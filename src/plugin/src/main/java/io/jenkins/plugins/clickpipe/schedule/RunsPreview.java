package io.jenkins.plugins.clickpipe.schedule;

import hudson.util.FormValidation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The last and the next runs of a schedule, as the form shows them while it is filled in. */
final class RunsPreview {
    private static final int NEXT_RUNS = 5;

    private RunsPreview() {}

    static FormValidation of(Schedule schedule, Instant now) {
        Optional<Instant> next = schedule.next(now);
        List<FormValidation> lines = new ArrayList<>();
        lines.add(FormValidation.ok(schedule.last(now)
                .map(last -> Messages.RunsPreview_Last(QuartzCronCause.shown(last, schedule.zone())))
                .orElseGet(Messages::RunsPreview_NeverBefore)));
        if (next.isEmpty()) {
            lines.add(FormValidation.warning(Messages.RunsPreview_NoneToCome()));
        }
        for (int i = 0; i < NEXT_RUNS && next.isPresent(); i++) {
            lines.add(FormValidation.ok(Messages.RunsPreview_Next(QuartzCronCause.shown(next.get(), schedule.zone()))));
            next = schedule.next(next.get());
        }
        return FormValidation.aggregate(lines);
    }
}
