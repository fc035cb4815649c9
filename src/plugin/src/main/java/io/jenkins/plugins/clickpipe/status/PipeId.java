package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import hudson.Util;
import hudson.model.Job;
import java.util.Comparator;

/**
 * A pipe as Jenkins knows it. A pipe of the configuration has its name alone. One that the steps of jobs define has their
 * folder beside it, so that two folders can use one name for pipes of their own.
 *
 * @param folder full name of the folder that holds the jobs; empty for the configuration and for jobs outside of folders
 */
public record PipeId(String folder, String name) implements Comparable<PipeId> {
    /** Jenkins allows it in no item's name. */
    private static final char SEPARATOR = ':';

    private static final Comparator<PipeId> ORDER =
            Comparator.comparing(PipeId::name).thenComparing(PipeId::folder);

    public PipeId {
        requireNonNull(folder);
        requireNonNull(name);
    }

    /** Of a pipe that the configuration may hold. */
    public static PipeId configured(String name) {
        return new PipeId("", name);
    }

    /** Of a pipe that a step of the job defines. */
    public static PipeId definedIn(Job<?, ?> job, String name) {
        return new PipeId(job.getParent().getFullName(), name);
    }

    /** Reads what {@link #toString} gives. */
    public static PipeId parse(String text) {
        int at = text.lastIndexOf(SEPARATOR);
        return at < 0
                ? configured(text)
                : new PipeId(text.substring(0, at).replace(SEPARATOR, '/'), text.substring(at + 1));
    }

    /** Of the pipe's page, relative to Jenkins' own, with a slash at its end. */
    public String url() {
        return "clickpipes/pipe/" + Util.rawEncode(toString()) + "/";
    }

    @Override
    public int compareTo(PipeId other) {
        return ORDER.compare(this, other);
    }

    /** For example {@code orders}, or {@code team:europe:orders} for a pipe of the folder {@code team/europe}. */
    @Override
    public String toString() {
        return folder.isEmpty() ? name : folder.replace('/', SEPARATOR) + SEPARATOR + name;
    }
}
