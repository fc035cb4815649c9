package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An Ant-style pattern of source tables, or the exact name of one, such as {@code public.orders}, {@code public/*},
 * {@code sales_*.order_?} or {@code **}. {@code .} and {@code /} both separate, in patterns and in names; upper and
 * lower case differ. A pattern that ends in {@code /} means everything below.
 *
 * <p>A dot inside a table's name may be met either way: {@code public.a.b} and {@code public.*} both match the table
 * {@code a.b} of the schema {@code public}.
 */
public record TablePattern(String text) {
    private static final String ALL = "**";

    /** @throws IllegalArgumentException for a text that could match no table; its message says what is wrong */
    public TablePattern {
        if (text.isBlank() || !text.equals(text.strip())) {
            throw new IllegalArgumentException("must not be empty nor start or end with a space");
        }
        String[] segments = path(text).split("/", -1);
        for (String segment : segments) {
            if (segment.isEmpty()) {
                throw new IllegalArgumentException("must have text on both sides of each dot and slash");
            }
            if (segment.startsWith("%regex[") || segment.startsWith("%ant[")) {
                throw new IllegalArgumentException("must be an Ant-style pattern without a prefix");
            }
        }
        if (segments.length == 1 && !text.equals(ALL)) {
            throw new IllegalArgumentException("must name schema and table, such as public.orders or public.*");
        }
    }

    /** It holds no wildcard, so it is the name of one table. */
    public boolean isLiteral() {
        return path().indexOf('*') < 0 && path().indexOf('?') < 0;
    }

    public boolean matches(TableName table) {
        if (isLiteral()) {
            return path().equals(separated(table.schema() + "." + table.table()));
        }
        List<String> pattern = segments(path());
        for (List<String> schema : List.of(List.of(table.schema()), segments(separated(table.schema())))) {
            for (List<String> name : List.of(List.of(table.table()), segments(separated(table.table())))) {
                List<String> path = new ArrayList<>(schema);
                path.addAll(name);
                if (matches(pattern, path)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<String> segments(String path) {
        return Arrays.asList(path.split("/", -1));
    }

    /** {@code **} stands for any number of segments, also none. */
    private static boolean matches(List<String> pattern, List<String> path) {
        if (pattern.isEmpty()) {
            return path.isEmpty();
        }
        List<String> rest = pattern.subList(1, pattern.size());
        if (pattern.get(0).equals(ALL)) {
            return matches(rest, path) || !path.isEmpty() && matches(pattern, path.subList(1, path.size()));
        }
        return !path.isEmpty()
                && matchesSegment(pattern.get(0), path.get(0))
                && matches(rest, path.subList(1, path.size()));
    }

    /** Every character but the two wildcards stands for itself; goes back to the last {@code *} where it must. */
    private static boolean matchesSegment(String pattern, String text) {
        int[] wanted = pattern.codePoints().toArray();
        int[] present = text.codePoints().toArray();
        int p = 0;
        int t = 0;
        int star = -1;
        int resumed = 0;
        while (t < present.length) {
            if (p < wanted.length && wanted[p] == '*') {
                star = p++;
                resumed = t;
            } else if (p < wanted.length && (wanted[p] == '?' || wanted[p] == present[t])) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++resumed;
            } else {
                return false;
            }
        }
        while (p < wanted.length && wanted[p] == '*') {
            p++;
        }
        return p == wanted.length;
    }

    /** Both are names of the same table, or the same pattern, whichever separators they use. */
    boolean sameAs(TablePattern other) {
        return path().equals(other.path());
    }

    /** What stands between the last separator and the end. */
    String lastSegment() {
        return path().substring(path().lastIndexOf('/') + 1);
    }

    /** It has exactly a schema and a table, neither with a dot or slash inside. */
    boolean hasTwoSegments() {
        return path().indexOf('/') == path().lastIndexOf('/');
    }

    private String path() {
        return path(text);
    }

    private static String path(String text) {
        return separated(text.endsWith("/") ? text + ALL : text);
    }

    private static String separated(String name) {
        return name.replace('.', '/');
    }

    @Override
    public String toString() {
        return text;
    }
}
