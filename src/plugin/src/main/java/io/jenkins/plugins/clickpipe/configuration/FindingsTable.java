package io.jenkins.plugins.clickpipe.configuration;

import hudson.AbortException;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.clickpipe.process.EngineCheck;
import io.jenkins.plugins.clickpipe.process.EngineCheck.Finding;
import java.io.IOException;
import java.util.List;

/** What a check has found, as a form shows it: a row for each finding, its texts escaped. */
final class FindingsTable {
    private FindingsTable() {}

    /** The text of a pipe file, when somebody may have it. */
    interface FileText {
        String get() throws AbortException;
    }

    static FormValidation of(EngineCheck check, FileText file) {
        try {
            return shown(check.run(file.get()));
        } catch (AbortException e) {
            return FormValidation.error(e.getMessage());
        } catch (IOException e) {
            return FormValidation.error(e, Messages.FindingsTable_NotMade());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FormValidation.error(Messages.FindingsTable_NotMade());
        }
    }

    static FormValidation shown(List<Finding> findings) {
        StringBuilder table = new StringBuilder("<table class=\"jenkins-table jenkins-table--small\"><tbody>");
        for (Finding finding : findings) {
            table.append("<tr><td>")
                    .append(Util.escape(word(finding.level())))
                    .append("</td><td>")
                    .append(Util.escape(finding.subject()))
                    .append("</td><td>")
                    .append(Util.escape(finding.message()))
                    .append("</td></tr>");
        }
        String markup = table.append("</tbody></table>").toString();
        if (has(findings, "fault")) {
            return FormValidation.errorWithMarkup(markup);
        }
        return has(findings, "warning")
                ? FormValidation.warningWithMarkup(markup)
                : FormValidation.okWithMarkup(markup);
    }

    private static boolean has(List<Finding> findings, String level) {
        return findings.stream().anyMatch(finding -> finding.level().equals(level));
    }

    private static String word(String level) {
        return switch (level) {
            case "ok" -> Messages.FindingsTable_Ok();
            case "warning" -> Messages.FindingsTable_Warning();
            default -> Messages.FindingsTable_Fault();
        };
    }
}
