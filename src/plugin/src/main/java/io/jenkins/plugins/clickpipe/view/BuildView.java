package io.jenkins.plugins.clickpipe.view;

import static java.util.Objects.requireNonNull;

import groovy.json.JsonException;
import hudson.Functions;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.status.Activity;
import io.jenkins.plugins.clickpipe.status.BuildReference;
import io.jenkins.plugins.clickpipe.status.JsonObject;
import io.jenkins.plugins.clickpipe.status.LoadStatistics;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.VirtualFile;

/**
 * What the page of a build shows of its resync: from the pipe's record while it is about this build, later from the
 * build's artifact.
 */
public final class BuildView {
    private static final Logger LOG = Logger.getLogger(BuildView.class.getName());
    private static final int MOST_BYTES = 64 << 20;
    private static final int MOST_ARTIFACTS = 1000;

    private final Run<?, ?> run;
    private final PipeId pipe;
    private final String url;
    private final boolean mayDecide;

    /**
     * @param url of the page, relative to Jenkins' own, with a slash at its end
     * @param mayDecide whether the reader may decide about a swap that waits for that
     */
    public BuildView(Run<?, ?> run, PipeId pipe, String url, boolean mayDecide) {
        this.run = requireNonNull(run);
        this.pipe = requireNonNull(pipe);
        this.url = requireNonNull(url);
        this.mayDecide = mayDecide;
    }

    /** The record's present view, when it is about this build. */
    private Optional<LiveView> live() {
        PipeRecord record = PipeRecords.get().record(pipe);
        BuildReference here = BuildReference.to(run);
        boolean about = record.activity()
                .flatMap(Activity::build)
                .or(record::loadBuild)
                .filter(here::equals)
                .isPresent();
        return about ? Optional.of(LiveView.ofBuild(record, url, mayDecide)) : Optional.empty();
    }

    /**
     * For Jelly. Of a resync that is over, it reads the artifact when the record is about a later one.
     *
     * @param done whether the resync is over
     * @param status the pipe's at the end of the resync
     */
    public Map<String, Object> texts(boolean done, String status, boolean failed) {
        if (!done) {
            Optional<LiveView> live = live();
            if (live.isPresent()) {
                return live.get().texts();
            }
        }
        PipeRecord record = PipeRecords.get().record(pipe);
        LoadStatistics load = record.load()
                .filter(last -> record.loadBuild().equals(Optional.of(BuildReference.to(run))))
                .orElseGet(() -> LoadStatistics.of(done ? artifact() : JsonObject.EMPTY));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("load", LoadView.of(load, status, !done, failed));
        return view;
    }

    /** For an open page; reads no file. */
    public LiveResponse response(boolean done) {
        Optional<LiveView> live = done ? Optional.empty() : live();
        return live.map(view -> new LiveResponse("{\"done\":false,\"view\":" + view.json() + "}", view.version()))
                .orElseGet(() -> new LiveResponse("{\"done\":" + done + "}", done ? "done" : "none"));
    }

    private JsonObject artifact() {
        VirtualFile file = run.getArtifactManager()
                .root()
                .child("clickpipe")
                .child(pipe.name())
                .child("load-stats.json");
        try {
            if (!file.isFile() || file.length() > MOST_BYTES) {
                return JsonObject.EMPTY;
            }
            try (InputStream in = file.open()) {
                return JsonObject.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException | JsonException e) {
            LOG.log(Level.WARNING, e, () -> "The load statistics of " + run + " cannot be read");
            return JsonObject.EMPTY;
        }
    }

    /** The resync's artifacts, when the present user may have them. */
    public List<? extends Run<?, ?>.Artifact> artifacts() {
        if (Functions.isArtifactsPermissionEnabled() && !run.hasPermission(Run.ARTIFACTS)) {
            return List.of();
        }
        String directory = "clickpipe/" + pipe.name() + "/";
        return run.getArtifactsUpTo(MOST_ARTIFACTS).stream()
                .filter(artifact -> artifact.relativePath.startsWith(directory))
                .toList();
    }
}
