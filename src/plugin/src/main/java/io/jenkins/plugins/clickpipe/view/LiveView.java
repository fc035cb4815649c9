package io.jenkins.plugins.clickpipe.view;

import static java.util.Objects.requireNonNull;

import groovy.json.JsonOutput;
import io.jenkins.plugins.clickpipe.status.BuildReference;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.status.VisibleJobs;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What pages show of one record, rendered once: open pages that ask again and again get the same bytes until the record
 * changes. The texts are those that Jelly renders, so a page looks the same before and after it is refreshed.
 */
public final class LiveView {
    private static final Map<String, LiveView> CACHE = new ConcurrentHashMap<>();
    private static final String NONCE = UUID.randomUUID().toString().substring(0, 8);
    private static final AtomicLong VERSIONS = new AtomicLong();

    private final PipeRecord record;
    private final Map<String, Object> whole;
    private final String wholeJson;
    private final String rowJson;
    private final String version;

    private LiveView(PipeRecord record, boolean builds) {
        this.record = requireNonNull(record);
        PipeView view = new PipeView(record, builds);
        this.whole = view.whole();
        this.wholeJson = JsonOutput.toJson(whole);
        this.rowJson = JsonOutput.toJson(view.row());
        this.version = NONCE + "-" + VERSIONS.incrementAndGet();
    }

    /**
     * For the present user, who may see the pipe. The builds are left out for one who may not see the job that is named.
     */
    public static LiveView of(PipeRecord record) {
        boolean builds = record.activity()
                .or(record::last)
                .map(activity -> activity.build())
                .or(record::loadBuild)
                .map(BuildReference::job)
                .filter(VisibleJobs::isVisible)
                .isPresent();
        return of(record, builds);
    }

    /** For one who looks at a build that worked on the pipe. */
    public static LiveView ofBuild(PipeRecord record) {
        return of(record, false);
    }

    private static LiveView of(PipeRecord record, boolean builds) {
        LiveView cached = CACHE.get(record.name() + builds);
        if (cached != null && cached.record == record) {
            return cached;
        }
        LiveView fresh = new LiveView(record, builds);
        if (record.status().equals(PipeRecord.UNKNOWN)) {
            return fresh;
        }
        CACHE.put(record.name() + builds, fresh);
        return fresh;
    }

    /** For Jelly. */
    public Map<String, Object> texts() {
        return whole;
    }

    /** All of it, as JSON. */
    public String json() {
        return wholeJson;
    }

    /** The list's line, as JSON. */
    public String rowJson() {
        return rowJson;
    }

    /** Another one for other content. */
    public String version() {
        return version;
    }
}
