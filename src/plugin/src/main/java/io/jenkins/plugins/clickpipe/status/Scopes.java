package io.jenkins.plugins.clickpipe.status;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** To which folder a pipe belongs that only steps define. */
final class Scopes {
    private Scopes() {}

    /**
     * A record that earlier versions kept for all pipes of one name, as one for each folder whose jobs define one. What it
     * tells is about the pipe that was worked on last; of the others it knows no more than their jobs.
     */
    static List<PipeRecord> split(PipeRecord record) {
        if (!record.isDefined()
                || !record.id().folder().isEmpty()
                || record.jobs().isEmpty()) {
            return List.of(record);
        }
        if (record.jobs().stream().allMatch(job -> folder(job).isEmpty())) {
            return List.of(record);
        }
        Map<String, List<String>> byFolder = record.jobs().stream()
                .collect(Collectors.groupingBy(Scopes::folder, LinkedHashMap::new, Collectors.toList()));
        String latest = folder(record.jobs().get(0));
        return byFolder.entrySet().stream()
                .map(folder -> {
                    PipeId id = new PipeId(folder.getKey(), record.name());
                    return folder.getKey().equals(latest)
                            ? record.ofJobs(folder.getValue()).as(id)
                            : PipeRecord.unknown(id).ofJobs(folder.getValue());
                })
                .toList();
    }

    /** Where the pipe of a job belongs that has this name now. */
    static PipeId moved(PipeRecord record, String job) {
        boolean ofFolder = record.isDefined();
        return ofFolder ? new PipeId(folder(job), record.name()) : record.id();
    }

    private static String folder(String job) {
        int slash = job.lastIndexOf('/');
        return slash < 0 ? "" : job.substring(0, slash);
    }
}
