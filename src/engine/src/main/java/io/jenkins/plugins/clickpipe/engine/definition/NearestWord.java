package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Guesses which of the allowed words a misspelt one was meant to be. */
final class NearestWord {
    private NearestWord() {}

    /**
     * The allowed word with the smallest Levenshtein distance, case apart; empty where even that one is further away
     * than 2 and than a third of the word.
     */
    static Optional<String> to(String word, Collection<String> allowed) {
        int limit = Math.max(2, word.length() / 3);
        LevenshteinDistance distance = new LevenshteinDistance(limit);
        String nearest = null;
        int smallest = limit + 1;
        for (String candidate : allowed) {
            int found = distance.apply(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (found >= 0 && found < smallest) {
                nearest = candidate;
                smallest = found;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** {@code "; did you mean word?"}, or nothing. */
    static String suggestion(String word, Collection<String> allowed) {
        return to(word, allowed)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("");
    }
}
