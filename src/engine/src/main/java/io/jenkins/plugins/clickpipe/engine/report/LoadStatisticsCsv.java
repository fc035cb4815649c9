package io.jenkins.plugins.clickpipe.engine.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import java.io.IOException;
import java.io.Writer;
import java.util.StringJoiner;

/**
 * Writes {@code load-stats.csv}: a header, one line a table, and a last line with the totals whose
 * {@code source} is {@code total}. The columns are the fields of {@code load-stats.json}, and
 * the names of the columns that differ in place of the checks.
 */
final class LoadStatisticsCsv {
    private static final CsvSchema SCHEMA = CsvSchema.builder()
            .addColumn("source")
            .addColumn("target")
            .addColumn("estimatedRows")
            .addColumn("rows")
            .addColumn("bytes")
            .addColumn("seconds")
            .addColumn("rowsPerSecond")
            .addColumn("bytesPerSecond")
            .addColumn("partitionsDone")
            .addColumn("partitionsTotal")
            .addColumn("retries")
            .addColumn("alteredValues")
            .addColumn("alteredValuesByColumn")
            .addColumn("softDeletedRows")
            .addColumn("started")
            .addColumn("ended")
            .addColumn("verification")
            .addColumn("verificationDetail")
            .addColumn("differingColumns")
            .setUseHeader(true)
            .build();
    private static final ObjectWriter WRITER = new CsvMapper().writer(SCHEMA);

    private LoadStatisticsCsv() {}

    static void write(Writer out, LoadStatistics statistics) throws IOException {
        ObjectNode json = LoadStatisticsJson.write(statistics);
        try (SequenceWriter lines = WRITER.writeValues(out)) {
            for (var table : json.get("tables")) {
                ObjectNode line = (ObjectNode) table;
                StringJoiner columns = new StringJoiner("; ");
                line.get("alteredValuesByColumn")
                        .properties()
                        .forEach(column -> columns.add(
                                column.getKey() + "=" + column.getValue().asLong()));
                line.put("alteredValuesByColumn", columns.toString());
                line.put("differingColumns", differing(line.remove("checks")));
                lines.write(line);
            }
            ObjectNode total = (ObjectNode) json.get("total");
            total.remove("tables");
            total.put("source", "total");
            lines.write(total);
        }
    }

    private static String differing(JsonNode checks) {
        StringJoiner columns = new StringJoiner("; ");
        for (JsonNode check : checks) {
            for (JsonNode column : check.get("columns")) {
                if (column.get("result").asText().equals(Verification.FAILED.name())) {
                    columns.add(column.get("column").asText());
                }
            }
        }
        return columns.toString();
    }
}
