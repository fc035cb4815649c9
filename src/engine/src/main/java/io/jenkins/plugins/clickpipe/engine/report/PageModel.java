package io.jenkins.plugins.clickpipe.engine.report;

import java.util.List;

/**
 * What the template of {@code load-stats.html} shows, every value already in words. Empty strings and lists are
 * what is not there.
 *
 * @param tone {@code good}, {@code bad}, {@code busy} or {@code quiet}, the colour of the status
 * @param verdict one sentence: what came of it
 */
record PageModel(
        String pipe,
        String run,
        String status,
        String tone,
        String verdict,
        String failure,
        Moment started,
        List<Moment> ended,
        List<Figure> headline,
        List<Figure> details,
        List<Phase> phases,
        Axis timeAxis,
        List<ThroughputChart> charts,
        String barsNote,
        List<Bar> bars,
        List<Row> tables,
        List<Row> total,
        List<Altered> altered,
        List<Failed> failed) {

    /** An instant for people, in UTC, and for programs. */
    record Moment(String text, String iso) {}

    /** A figure, its name, and a remark under it. */
    record Figure(String name, String value, String remark, String tone) {}

    /** A phase on the timeline; {@code start} and {@code width} in percent. */
    record Phase(String name, String start, String width, String duration, String tone, String title) {}

    /** A table's bar; widths in percent of the longest. */
    record Bar(
            String schema,
            String name,
            String width,
            String expected,
            String rows,
            String rate,
            String tone,
            String title) {}

    /** A line of the statistics table. {@code schema} ends with its dot; {@code target} is empty when it
     * is named like the source. */
    record Row(
            String schema,
            String name,
            String target,
            String rows,
            String bytes,
            String duration,
            String rate,
            String partitions,
            String retries,
            String altered,
            String softDeleted,
            String verification,
            String tone) {}

    /** Values altered in one column. */
    record Altered(String table, String column, String values) {}

    /** A table whose verification failed. */
    record Failed(String table, String detail) {}
}
