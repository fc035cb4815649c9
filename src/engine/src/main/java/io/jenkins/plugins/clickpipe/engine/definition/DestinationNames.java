package io.jenkins.plugins.clickpipe.engine.definition;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The destination tables of a pipe with what writes to each. Two sources must not share one, and none may have a name
 * that the engine makes for itself.
 */
final class DestinationNames {
    private static final String RESYNC_SUFFIX = "_resync";
    private static final String JOURNAL = "_clickpipe_journal";
    private static final int LONGEST_BYTES = 200;

    private final Map<String, String> writers = new LinkedHashMap<>();

    /**
     * Takes a name.
     *
     * @param writer who writes to it, for messages: a table or a path of the pipe file
     * @return what is wrong with that
     */
    Optional<String> take(String name, String writer) {
        if (name.equals(JOURNAL)) {
            return Optional.of(name + " is the table of the engine's own journal");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_BYTES) {
            return Optional.of("a destination table's name must be at most " + LONGEST_BYTES
                    + " bytes long, for the sake of ClickHouse's file names");
        }
        String other = writers.putIfAbsent(name, writer);
        if (other != null) {
            return Optional.of(other + " and " + writer + " would both be written to " + name);
        }
        String longer = name + RESYNC_SUFFIX;
        if (writers.containsKey(longer)) {
            return Optional.of(clash(longer, name));
        }
        if (name.endsWith(RESYNC_SUFFIX)) {
            String shorter = name.substring(0, name.length() - RESYNC_SUFFIX.length());
            return writers.containsKey(shorter) ? Optional.of(clash(name, shorter)) : Optional.empty();
        }
        return Optional.empty();
    }

    private static String clash(String longer, String shorter) {
        return longer + " is the name of the table that a resync of " + shorter + " fills";
    }
}
