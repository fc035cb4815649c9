package io.jenkins.plugins.clickpipe.testbed;

import java.util.ArrayList;
import java.util.List;

/** Reads ClickHouse's TabSeparated format (ClickHouse documentation, Formats, TabSeparated). */
final class TabSeparated {
    private TabSeparated() {}

    /** Rows of unescaped fields; NULL is {@code null}. */
    static List<List<String>> rows(String text) {
        List<List<String>> rows = new ArrayList<>();
        text.lines().forEach(line -> {
            List<String> row = new ArrayList<>();
            for (String field : line.split("\t", -1)) {
                row.add(field.equals("\\N") ? null : unescape(field));
            }
            rows.add(row);
        });
        return rows;
    }

    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder plain = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c != '\\' || i + 1 == field.length()) {
                plain.append(c);
                continue;
            }
            i++;
            char escaped = field.charAt(i);
            plain.append(
                    switch (escaped) {
                        case 'b' -> '\b';
                        case 'f' -> '\f';
                        case 'r' -> '\r';
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case '0' -> '\0';
                        default -> escaped;
                    });
        }
        return plain.toString();
    }
}
