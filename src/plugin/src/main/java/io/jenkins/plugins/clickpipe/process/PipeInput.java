package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

/**
 * What a process of the engine is given of its pipe. Holds secrets and so is never kept.
 *
 * @param file the text of a pipe file
 * @param place the pipe's name and source database: two inputs with the same place are the same pipe
 * @param memory of the process' Java heap, in megabytes
 */
public record PipeInput(String file, String place, int memory) {
    public PipeInput {
        requireNonNull(file);
        requireNonNull(place);
    }

    @Override
    public String toString() {
        return place;
    }
}
