package io.jenkins.plugins.clickpipe.engine.report;

import java.io.IOException;
import java.util.List;

/**
 * Writes {@code plan.sql}: the statements in the order they ran, each under a comment that names its time and
 * server.
 */
final class PlanSql {
    private PlanSql() {}

    static void write(Appendable out, StatementLog.Recorded recorded) throws IOException {
        out.append("-- Every statement that ClickPipe Resync ran, in order. Each comment names time and server.\n");
        out.append("-- A record to read and review, not a script: the two servers' statements stand side by side.\n");
        write(out, recorded.first());
        if (recorded.omitted() > 0) {
            out.append("\n-- ")
                    .append(HumanUnits.count(recorded.omitted(), "statement"))
                    .append(" left out here\n");
        }
        write(out, recorded.latest());
    }

    private static void write(Appendable out, List<Statement> statements) throws IOException {
        for (Statement statement : statements) {
            out.append("\n-- ")
                    .append(statement.time().toString())
                    .append("  ")
                    .append(statement.server().label())
                    .append('\n')
                    .append(terminated(statement.sql()))
                    .append('\n');
        }
    }

    /** The statement with one semicolon at its end, on a line of its own when a comment ends the statement. */
    private static String terminated(String sql) {
        String text = sql.strip();
        while (text.endsWith(";")) {
            text = text.substring(0, text.length() - 1).stripTrailing();
        }
        boolean comment = text.substring(text.lastIndexOf('\n') + 1).contains("--");
        return text + (comment ? "\n;" : ";");
    }
}
