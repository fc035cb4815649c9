package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import hudson.model.Run;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A build by name, which may be gone meanwhile.
 *
 * @param job the job's full name
 * @param url of the build, relative to Jenkins' own
 */
public record BuildReference(String job, int number, String url) {
    public BuildReference {
        requireNonNull(job);
        requireNonNull(url);
    }

    public static BuildReference to(Run<?, ?> run) {
        return new BuildReference(run.getParent().getFullName(), run.getNumber(), run.getUrl());
    }

    /** Empty for an object without fields. */
    static Optional<BuildReference> read(JsonObject json) {
        return json.isEmpty()
                ? Optional.empty()
                : Optional.of(new BuildReference(json.text("job"), (int) json.count("number"), json.text("url")));
    }

    JsonObject toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("job", job);
        json.put("number", number);
        json.put("url", url);
        return JsonObject.of(json);
    }

    /** The build, when it is still there, whoever asks. */
    public Optional<Run<?, ?>> run() {
        return VisibleJobs.find(job).map(present -> present.getBuildByNumber(number));
    }

    /** For people. */
    @Override
    public String toString() {
        return job + " #" + number;
    }
}
