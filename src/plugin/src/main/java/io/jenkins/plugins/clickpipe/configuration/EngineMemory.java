package io.jenkins.plugins.clickpipe.configuration;

import hudson.Util;
import hudson.util.FormValidation;
import java.util.Optional;

/** Megabytes of Java heap for a process of the engine: a pipe's own, or those of all pipes, or the default. */
final class EngineMemory {
    static final int DEFAULT = 384;
    private static final int LEAST = 128;
    private static final int MOST = 65_536;

    private EngineMemory() {}

    static int of(Pipe pipe) {
        return Optional.ofNullable(pipe.getEngineMemory())
                .or(() -> Optional.ofNullable(ClickPipesConfiguration.get().getEngineMemory()))
                .orElse(DEFAULT);
    }

    /** @throws IllegalArgumentException naming the range; null is in it and leaves the choice open */
    static Integer checked(Integer megabytes) {
        if (megabytes != null && (megabytes < LEAST || megabytes > MOST)) {
            throw new IllegalArgumentException(Messages.EngineMemory_OutOfRange(LEAST, MOST));
        }
        return megabytes;
    }

    static FormValidation check(String value) {
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.ok()
                : FormValidation.validateIntegerInRange(value, LEAST, MOST);
    }
}
