package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.Settings;

/** Which publication a pipe uses, and whose it is. */
final class Publications {
    private Publications() {}

    static String name(String pipe, Settings settings) {
        return settings.publicationName().orElse("clickpipe_" + pipe);
    }

    /** The engine makes, alters and drops it; one that the pipe file names belongs to the user. */
    static boolean isOurs(Settings settings) {
        return settings.publicationName().isEmpty();
    }
}
