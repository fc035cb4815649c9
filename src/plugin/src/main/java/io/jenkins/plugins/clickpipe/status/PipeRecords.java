package io.jenkins.plugins.clickpipe.status;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.init.Terminator;
import hudson.model.Job;
import hudson.model.Run;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The records of all pipes that Jenkins has worked on. Who reads the engine's events pushes them; pages take the present
 * record from memory: no page asks a database or reads a file for a pipe's status.
 */
@Extension
public final class PipeRecords {
    private static final String ENDED =
            "The build ended before the engine had told how it went. Readers see the original"
                    + " tables, or all new ones if the swap had begun. Run it again.";
    private static final String STOPPED =
            "Jenkins stopped before the engine had told how it went. Look at the pipe's status, then try again.";

    private final Clock clock = Clock.systemUTC();
    private final Map<PipeId, PipeRecord> records = new ConcurrentHashMap<>();
    private final RecordFiles files =
            new RecordFiles(Jenkins.get().getRootDir().toPath().resolve("clickpipes"), records::get);

    /** Reads what was known when Jenkins stopped. */
    public PipeRecords() {
        files.readAll().forEach(record -> records.put(record.id(), record));
    }

    public static PipeRecords get() {
        return ExtensionList.lookupSingleton(PipeRecords.class);
    }

    /** A page's first request need not wait for files. */
    @Restricted(NoExternalUse.class)
    @Initializer(after = InitMilestone.JOB_LOADED, before = InitMilestone.COMPLETED)
    public static void load() {
        PipeRecords records = get();
        records.all().forEach(records::divide);
        records.all().forEach(records::endUnlessWorking);
    }

    @Restricted(NoExternalUse.class)
    @Terminator
    public static void save() {
        get().files.flush();
    }

    /** A snapshot. Of a pipe that was never worked on it says so. */
    public PipeRecord record(PipeId pipe) {
        PipeRecord record = records.get(pipe);
        return record == null ? PipeRecord.unknown(pipe) : record;
    }

    /** Of the pipes that were worked on, by name. */
    public List<PipeRecord> all() {
        return records.values().stream()
                .sorted(Comparator.comparing(PipeRecord::id))
                .toList();
    }

    /** Whether the job's builds have worked on a pipe. */
    public boolean knowsJob(String fullName) {
        return records.values().stream().anyMatch(record -> record.jobs().contains(fullName));
    }

    /** Which pipe an older build of the job meant by a name: one that its steps define, if there is such a one. */
    public PipeId idOf(Job<?, ?> job, String name) {
        PipeId defined = PipeId.definedIn(job, name);
        return records.containsKey(defined) ? defined : PipeId.configured(name);
    }

    /** A step defines the pipe itself. */
    public void defined(PipeId pipe, Map<String, String> settings) {
        change(pipe, record -> record.with("settings", new TreeMap<>(settings)));
    }

    /** The engine is about to be started. */
    public void begun(PipeId pipe, Course course) {
        change(pipe, record -> course.begun(record, clock.instant()));
    }

    /** Events of the engine were read. */
    public void told(PipeId pipe, Course course, Collection<JsonObject> events) {
        change(pipe, record -> {
            PipeRecord next = record;
            for (JsonObject event : events) {
                next = course.after(next, event);
            }
            return next;
        });
    }

    /**
     * The engine's process has ended.
     *
     * @param message why it did not succeed, or what it did
     */
    public void ended(PipeId pipe, Course course, boolean well, String message) {
        change(pipe, record -> course.ended(record, well, message, clock.instant()));
        files.flush(pipe);
    }

    /**
     * A swap has put the previous tables aside.
     *
     * @param kept how long they stay; zero when they are gone already
     */
    public void swapped(PipeId pipe, Duration kept) {
        Instant until = clock.instant().plus(kept);
        change(pipe, record -> record.with("previousUntil", kept.isZero() ? null : until.toString())
                .with("rolledBack", false));
    }

    /** Previous tables are in place now, or those that they had displaced are again. */
    public void rolledBack(PipeId pipe) {
        change(pipe, record -> {
            PipeRecord next = record.with("rolledBack", !record.isRolledBack());
            return record.status().equals("Completed") ? next : next.inStatus("Paused", "", clock.instant());
        });
    }

    /**
     * A sync that no build has asked for has applied all changes.
     *
     * @param status of the pipe at its end
     * @param sync its last event; without fields when it told none
     */
    public void keptInSync(PipeId pipe, String status, JsonObject sync) {
        change(pipe, record -> {
            PipeRecord next = record.activity().isPresent() ? record : record.inStatus(status, "", clock.instant());
            return sync.isEmpty() ? next : next.synced(sync);
        });
    }

    /** A command that no build has given has failed. */
    public void failed(PipeId pipe, String command, String person, String message) {
        change(pipe, record -> record.withError(command, Actor.person(person), message, clock.instant()));
    }

    /** Somebody has decided about the swap; the engine is about to be told. */
    public void deciding(PipeId pipe, boolean swap, String by) {
        change(pipe, record -> {
            JsonObject decided = record.approval().with("decision", swap).with("by", by);
            return record.approval().isEmpty() ? record : record.with("approval", decided);
        });
    }

    /** The engine could not be told what somebody has decided. */
    public void undecided(PipeId pipe) {
        change(pipe, record -> {
            JsonObject open = record.approval().with("decision", null).with("by", null);
            return record.approval().isEmpty() ? record : record.with("approval", open);
        });
    }

    /** The servers were asked; the report is that of {@code status --json}. */
    public void standing(PipeId pipe, JsonObject report) {
        change(pipe, record -> Standing.applied(record, report, clock.instant()));
    }

    /** The job has another name now. A pipe that only steps define goes with its job into another folder. */
    void renamed(String before, String after) {
        all().stream().filter(record -> record.jobs().contains(before)).forEach(record -> {
            change(record.id(), old -> old.renamedJob(before, after));
            PipeId there = Scopes.moved(record, after);
            if (!there.equals(record.id())) {
                PipeRecord moved =
                        record(record.id()).with("jobs", List.of(after)).as(there);
                change(there, old -> old.jobs().isEmpty() ? moved : old.seenIn(after));
                forget(record.id(), after);
            }
        });
    }

    /** The job is gone; with the last job that worked on it goes a pipe that only steps define. */
    void deleted(String job) {
        all().stream().filter(record -> record.jobs().contains(job)).forEach(record -> forget(record.id(), job));
    }

    private void forget(PipeId pipe, String job) {
        change(pipe, old -> old.withoutJob(job));
        records.computeIfPresent(pipe, (id, now) -> now.isForgotten() ? null : now);
        files.flush(pipe);
    }

    /** Once, for what earlier versions have written. */
    private void divide(PipeRecord record) {
        List<PipeRecord> parts = Scopes.split(record);
        if (!parts.equals(List.of(record))) {
            records.remove(record.id());
            files.changed(record.id());
            parts.forEach(part -> change(part.id(), old -> old.jobs().isEmpty() ? part : old));
        }
    }

    /** A build that is over can tell no more, whatever the record says; nor can what a person began before a restart. */
    void endUnlessWorking(PipeRecord record) {
        record.activity().filter(activity -> !isBuilding(activity)).ifPresent(activity -> {
            String message = activity.build().isPresent() ? ENDED : STOPPED;
            ended(record.id(), new Course(activity.command(), activity.actor()), false, message);
        });
    }

    private static boolean isBuilding(Activity activity) {
        return activity.build()
                .flatMap(BuildReference::run)
                .filter(Run::isLogUpdated)
                .isPresent();
    }

    private void change(PipeId pipe, UnaryOperator<PipeRecord> change) {
        records.compute(pipe, (id, record) -> change.apply(record == null ? PipeRecord.unknown(id) : record));
        files.changed(pipe);
    }
}
