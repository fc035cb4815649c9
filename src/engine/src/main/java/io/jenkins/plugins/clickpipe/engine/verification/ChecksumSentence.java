package io.jenkins.plugins.clickpipe.engine.verification;

import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.ColumnResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says what the checksums of a table have shown. */
final class ChecksumSentence {
    private static final int MOST_NAMES = 8;

    private ChecksumSentence() {}

    static String of(boolean equal, List<ColumnResult> columns) {
        String remark = remark(columns);
        if (equal) {
            return "checksums of " + HumanUnits.count(columns.size(), "column") + " are equal" + remark;
        }
        Map<String, List<ColumnResult>> byDetail = columns.stream()
                .filter(column -> column.result() == Verification.FAILED)
                .collect(Collectors.groupingBy(ColumnResult::detail, LinkedHashMap::new, Collectors.toList()));
        if (byDetail.isEmpty()) {
            return "every column has the source's values, but the rows combine them in another way" + remark;
        }
        return byDetail.entrySet().stream()
                        .map(found -> names(found.getValue()) + ": " + found.getKey())
                        .collect(Collectors.joining("; "))
                + remark;
    }

    private static String names(List<ColumnResult> columns) {
        String first =
                columns.stream().limit(MOST_NAMES).map(ColumnResult::column).collect(Collectors.joining(", "));
        int more = columns.size() - MOST_NAMES;
        return (columns.size() == 1 ? "column " : "columns ") + first + (more > 0 ? " and " + more + " more" : "");
    }

    private static String remark(List<ColumnResult> columns) {
        List<ColumnResult> counted = columns.stream()
                .filter(column -> column.result() == Verification.NOT_RUN)
                .toList();
        return counted.isEmpty() ? "" : " (" + names(counted) + " compared by the number of NULLs alone)";
    }
}
