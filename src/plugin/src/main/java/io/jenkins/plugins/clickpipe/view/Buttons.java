package io.jenkins.plugins.clickpipe.view;

import io.jenkins.plugins.clickpipe.status.PipeRecord;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Which of a pipe's buttons make sense in its present status; the engine has the last word. */
public final class Buttons {
    private static final Set<String> SWAPPED = Set.of("Running", "Paused", "Completed");

    private Buttons() {}

    /** A sync may be under way: the pause ends it. */
    public static boolean mayPause(PipeRecord record) {
        return record.status().equals("Running");
    }

    /** After a rollback the slot belongs to other tables than those in place. A pause that is not done yet is withdrawn. */
    public static boolean mayResume(PipeRecord record) {
        boolean paused = isIdle(record) && record.status().equals("Paused") && !record.isRolledBack();
        return paused || record.status().equals("Pausing");
    }

    /** While the tables that the last swap has put aside are there. */
    public static boolean mayRollBack(PipeRecord record) {
        boolean kept = record.previousUntil()
                .filter(until -> until.isAfter(Instant.now()))
                .isPresent();
        return isIdle(record) && kept && SWAPPED.contains(record.status());
    }

    private static boolean isIdle(PipeRecord record) {
        return record.activity().isEmpty();
    }

    static Map<String, Object> of(PipeRecord record) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("mayPause", mayPause(record));
        view.put("mayResume", mayResume(record));
        view.put("mayRollBack", mayRollBack(record));
        view.put("noButton", !mayPause(record) && !mayResume(record) && !mayRollBack(record));
        return view;
    }
}
