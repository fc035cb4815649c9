package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.ArrayList;
import java.util.List;

/** Collects the faults of one reading of a pipe file, so that all of them are told at once. */
final class Faults {
    private final List<Fault> found = new ArrayList<>();

    /** Names the node's path, and its line where it has one. */
    void add(YamlNode at, String message) {
        add(at.path(), at.line(), message);
    }

    /** @param line from 1; 0 where there is none */
    void add(String path, int line, String message) {
        String where = path.isEmpty() ? "pipe file" : path;
        found.add(new Fault(where, line > 0 ? message + " (line " + line + ")" : message));
    }

    List<Fault> all() {
        return List.copyOf(found);
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidPipeFileException(found);
        }
    }
}
