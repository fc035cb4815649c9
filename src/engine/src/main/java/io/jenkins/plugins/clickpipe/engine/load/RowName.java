package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** How a message names a row of COPY text: by its key, or by its beginning where it has none. */
final class RowName {
    private static final int SHOWN_CHARACTERS = 200;

    private RowName() {}

    /**
     * The name of the row that a piece of COPY holds.
     *
     * @param from where it begins, or where what is known of it begins
     * @param whole it begins there
     */
    static String of(TableMapping mapping, byte[] piece, int from, boolean whole) {
        int to = from;
        while (to < piece.length && piece[to] != '\n') {
            to++;
        }
        String row = new String(piece, from, Math.min(to + 1, piece.length) - from, StandardCharsets.UTF_8);
        List<String> names = mapping.columnNames();
        String[] fields = row.split("[\t\n]", -1);
        boolean named = whole
                && !mapping.identity().isEmpty()
                && mapping.identity().stream().allMatch(column -> names.indexOf(column) < fields.length - 1);
        return shortened(
                named
                        ? mapping.identity().stream()
                                .map(column -> column + "=" + fields[names.indexOf(column)])
                                .collect(Collectors.joining(", "))
                        : row);
    }

    private static String shortened(String row) {
        String line = row.strip();
        return line.length() > SHOWN_CHARACTERS ? line.substring(0, SHOWN_CHARACTERS) + "..." : line;
    }
}
