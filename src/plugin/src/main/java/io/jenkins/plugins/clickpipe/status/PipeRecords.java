package io.jenkins.plugins.clickpipe.status;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.init.Terminator;
import hudson.model.Run;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The records of all pipes that builds have worked on, by name. Builds push what they read of the engine; pages take
 * the present record from memory: no page asks a database or reads a file for a pipe's status.
 */
@Extension
public final class PipeRecords {
    private final Clock clock = Clock.systemUTC();
    private final Map<String, PipeRecord> records = new ConcurrentHashMap<>();
    private final RecordFiles files =
            new RecordFiles(Jenkins.get().getRootDir().toPath().resolve("clickpipes"), records::get);

    /** Reads what was known when Jenkins stopped. */
    public PipeRecords() {
        files.readAll().forEach(record -> records.put(record.name(), record));
    }

    public static PipeRecords get() {
        return ExtensionList.lookupSingleton(PipeRecords.class);
    }

    /** A page's first request need not wait for files. */
    @Restricted(NoExternalUse.class)
    @Initializer(after = InitMilestone.JOB_LOADED, before = InitMilestone.COMPLETED)
    public static void load() {
        get().all().forEach(get()::endUnlessBuilding);
    }

    @Restricted(NoExternalUse.class)
    @Terminator
    public static void save() {
        get().files.flush();
    }

    /** A snapshot. Of a pipe that no build has worked on it says so. */
    public PipeRecord record(String pipe) {
        PipeRecord record = records.get(pipe);
        return record == null ? PipeRecord.unknown(pipe) : record;
    }

    /** Of the pipes that builds have worked on, by name. */
    public List<PipeRecord> all() {
        return records.values().stream()
                .sorted(Comparator.comparing(PipeRecord::name))
                .toList();
    }

    /** Whether the job's builds have worked on a pipe. */
    public boolean knowsJob(String fullName) {
        return records.values().stream().anyMatch(record -> record.jobs().contains(fullName));
    }

    /** A step defines the pipe itself. */
    public void defined(String pipe, Map<String, String> settings) {
        change(pipe, record -> record.with("settings", new TreeMap<>(settings)));
    }

    /** A build starts the engine. */
    public void begun(String pipe, Course course) {
        change(pipe, record -> course.begun(record, clock.instant()));
    }

    /** A build has read events of the engine. */
    public void told(String pipe, Course course, Collection<JsonObject> events) {
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
    public void ended(String pipe, Course course, boolean well, String message) {
        change(pipe, record -> course.ended(record, well, message, clock.instant()));
        files.flush(pipe);
    }

    /**
     * A sync that no build has asked for has applied all changes.
     *
     * @param lagBytes WAL bytes that the destination was behind at its end, when that was told
     */
    public void keptInSync(String pipe, Optional<Long> lagBytes) {
        change(pipe, record -> {
            PipeRecord next = record.activity().isPresent() ? record : record.inStatus("Running", "", clock.instant());
            return lagBytes.isEmpty()
                    ? next
                    : next.with("lagBytes", lagBytes.get())
                            .with("lagTime", clock.instant().toString());
        });
    }

    /** A sync that no build has asked for has failed. */
    public void notKeptInSync(String pipe, String message) {
        change(pipe, record -> record.withError("sync", JsonObject.EMPTY, message, clock.instant()));
    }

    /** A build has asked the servers; the report is that of {@code status --json}. */
    public void standing(String pipe, JsonObject report) {
        change(pipe, record -> Standing.applied(record, report, clock.instant()));
    }

    /** The job has another name now. */
    void renamed(String before, String after) {
        records.values().stream()
                .filter(record -> record.jobs().contains(before))
                .forEach(record -> change(record.name(), old -> old.renamedJob(before, after)));
    }

    /** The job is gone; with the last job that worked on it goes a pipe that only steps define. */
    void deleted(String job) {
        records.values().stream().filter(record -> record.jobs().contains(job)).forEach(record -> {
            change(record.name(), old -> old.withoutJob(job));
            records.computeIfPresent(record.name(), (name, now) -> now.isForgotten() ? null : now);
            files.flush(record.name());
        });
    }

    /** A build that is over can tell no more, whatever the record says. */
    void endUnlessBuilding(PipeRecord record) {
        record.activity().filter(activity -> !isBuilding(activity.build())).ifPresent(activity -> {
            String message = "The build ended before the engine had told how it went. Readers see the original tables,"
                    + " or all new ones if the swap had begun. Run it again.";
            ended(record.name(), new Course(activity.command(), activity.build()), false, message);
        });
    }

    private static boolean isBuilding(BuildReference build) {
        return build.run().filter(Run::isLogUpdated).isPresent();
    }

    private void change(String pipe, UnaryOperator<PipeRecord> change) {
        PipeRecord changed = records.compute(
                pipe, (name, record) -> change.apply(record == null ? PipeRecord.unknown(name) : record));
        files.changed(changed.name());
    }
}
