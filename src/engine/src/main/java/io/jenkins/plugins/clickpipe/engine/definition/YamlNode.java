package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value of a pipe file, with the place it stands at. Scalars keep the text of the file: what type it is, the reader
 * of the key decides, so that a table column may be called {@code no} and a password may be {@code 007}.
 */
sealed interface YamlNode {
    /** For example {@code tables[0].source}; empty for the root. */
    String path();

    /** From 1; 0 for a value that is not from the file. */
    int line();

    record Mapping(String path, int line, Map<String, YamlNode> entries) implements YamlNode {}

    record Sequence(String path, int line, List<YamlNode> items) implements YamlNode {}

    /**
     * One value.
     *
     * @param secret the text holds something read from the environment, so no message may quote it
     */
    record Scalar(String path, int line, String text, boolean secret) implements YamlNode {
        private static final int LONGEST_QUOTE = 40;

        /** For messages: the text in quotes, or where it came from. */
        String quoted() {
            if (secret) {
                return "the value read from the environment";
            }
            return text.length() <= LONGEST_QUOTE ? '"' + text + '"' : '"' + text.substring(0, LONGEST_QUOTE) + "...\"";
        }

        @Override
        public String toString() {
            return "Scalar[" + path + "]";
        }
    }

    /**
     * A key without a value, or with YAML's null: the same as a key that is not there.
     *
     * @param text how the file says so, for example {@code ~} or {@code Null}
     */
    record Empty(String path, int line, String text) implements YamlNode {}

    /** A value whose fault is reported already. */
    record Unreadable(String path, int line) implements YamlNode {}

    /** The path of a key below {@code parent}. */
    static String path(String parent, String key) {
        return parent.isEmpty() ? shown(key) : parent + "." + shown(key);
    }

    /** A key for messages. A forgotten space makes {@code password:xyz} a key, so only its beginning is shown. */
    static String shown(String key) {
        Matcher word = Pattern.compile("[A-Za-z0-9_-]{0,50}").matcher(key);
        return word.lookingAt() && word.end() == key.length() ? key : key.substring(0, word.end()) + "...";
    }
}
