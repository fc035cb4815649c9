package io.jenkins.plugins.clickpipe.engine.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Aligns lines of cells into a text table: columns two spaces apart, a rule under the header and, when asked
 * for, above the last line. Control characters in a cell become {@code ?}, so that no name can steer a terminal.
 */
public final class ConsoleTable {
    private final List<Column> columns;
    private final List<List<String>> lines = new ArrayList<>();

    public ConsoleTable(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /**
     * Adds a line.
     *
     * @throws IllegalArgumentException when it has not one cell a column
     */
    public ConsoleTable add(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        lines.add(cells.stream().map(ConsoleTable::printable).toList());
        return this;
    }

    /** The table, each line ended by a newline. */
    public String render(boolean lastLineIsTotal) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = length(columns.get(i).title());
            for (List<String> line : lines) {
                widths[i] = Math.max(widths[i], length(line.get(i)));
            }
        }
        StringBuilder text = new StringBuilder();
        append(text, columns.stream().map(Column::title).toList(), widths);
        rule(text, widths);
        for (int i = 0; i < lines.size(); i++) {
            if (lastLineIsTotal && i == lines.size() - 1) {
                rule(text, widths);
            }
            append(text, lines.get(i), widths);
        }
        return text.toString();
    }

    private void append(StringBuilder text, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String padding = " ".repeat(widths[i] - length(cell));
            line.append(i == 0 ? "" : "  ");
            line.append(columns.get(i).right() ? padding + cell : cell + padding);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static void rule(StringBuilder text, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            text.append(i == 0 ? "" : "  ").append("-".repeat(widths[i]));
        }
        text.append('\n');
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String printable(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints().forEach(point -> clean.appendCodePoint(Character.isISOControl(point) ? '?' : point));
        return clean.toString();
    }

    /**
     * A column.
     *
     * @param right whether its cells are set flush right, as numbers are
     */
    public record Column(String title, boolean right) {
        public static Column text(String title) {
            return new Column(title, false);
        }

        public static Column number(String title) {
            return new Column(title, true);
        }
    }
}
