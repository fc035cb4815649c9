package io.jenkins.plugins.clickpipe.view;

import groovy.json.JsonOutput;
import hudson.Util;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import io.jenkins.plugins.clickpipe.status.Activity;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.status.VisibleJobs;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What pages show of one record, rendered once: open pages that ask again and again get the same bytes until the record
 * changes. The texts are those that Jelly renders, so a page looks the same before and after it is refreshed.
 */
public final class LiveView {
    /** By the record and the reader; a record that has changed is another one, and the old one goes. */
    private static final Map<PipeRecord, Map<Reader, LiveView>> CACHE =
            Collections.synchronizedMap(new WeakHashMap<>());

    private final Map<String, Object> whole;
    private final String wholeJson;
    private final String rowJson;
    private final String version;

    private LiveView(PipeRecord record, Reader reader) {
        PipeView view = new PipeView(record, reader);
        this.whole = view.whole();
        this.wholeJson = JsonOutput.toJson(whole);
        this.rowJson = JsonOutput.toJson(view.row());
        this.version = Util.getDigestOf(wholeJson);
    }

    /** For the present user, who may see the pipe. Builds of jobs that he may not see are left out. */
    public static LiveView of(PipeRecord record) {
        Set<String> jobs =
                record.namedJobs().stream().filter(VisibleJobs::isVisible).collect(Collectors.toUnmodifiableSet());
        boolean mayDecide = record.activity()
                .flatMap(Activity::build)
                .flatMap(build -> VisibleJobs.find(build.job()))
                .filter(job -> job.hasPermission(ClickPipePermissions.RESYNC))
                .isPresent();
        return of(record, new Reader(jobs, mayDecide, record.id().url() + "swap/"));
    }

    /** For one who looks at a build that worked on the pipe, on a page of this address relative to Jenkins' own. */
    static LiveView ofBuild(PipeRecord record, String url, boolean mayDecide) {
        return of(record, new Reader(Set.of(), mayDecide, url + "swap/"));
    }

    private static LiveView of(PipeRecord record, Reader reader) {
        return CACHE.computeIfAbsent(record, key -> new ConcurrentHashMap<>())
                .computeIfAbsent(reader, one -> new LiveView(record, one));
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
