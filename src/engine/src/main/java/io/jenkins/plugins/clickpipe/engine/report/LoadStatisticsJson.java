package io.jenkins.plugins.clickpipe.engine.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadTotals;
import io.jenkins.plugins.clickpipe.engine.statistics.PhaseTiming;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.statistics.ThroughputSample;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.ColumnResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Load statistics as JSON, the form of {@code load-stats.json}, of the {@code statistics} event and of the
 * journal. {@code docs/load-stats-schema.md} describes every field. Derived figures (rates, totals, durations)
 * are written for readers' convenience and ignored when read back.
 */
public final class LoadStatisticsJson {
    /** Raised when a field changes its meaning or goes; new fields do not raise it. */
    public static final int SCHEMA_VERSION = 1;

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private LoadStatisticsJson() {}

    /** The statistics as a JSON object that begins with {@code schemaVersion}. */
    public static ObjectNode write(LoadStatistics statistics) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("schemaVersion", SCHEMA_VERSION);
        json.put("pipe", statistics.pipe());
        json.put("run", statistics.run());
        json.put("status", statistics.status());
        json.put("failure", statistics.failure().orElse(null));
        json.put("started", statistics.started().toString());
        put(json, "ended", statistics.ended());
        json.put("seconds", seconds(statistics.elapsed()));
        json.set("total", total(statistics.total()));
        ArrayNode phases = json.putArray("phases");
        statistics.phases().forEach(phase -> phases.add(phase(phase, statistics.asOf())));
        ArrayNode tables = json.putArray("tables");
        statistics.tables().forEach(table -> tables.add(table(table, statistics.asOf())));
        ArrayNode samples = json.putArray("samples");
        statistics.samples().forEach(sample -> samples.add(sample(sample)));
        return json;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException when the JSON is of another schema version or a field is missing
     */
    public static LoadStatistics read(JsonNode json) {
        int version = json.path("schemaVersion").asInt();
        if (version != SCHEMA_VERSION) {
            throw new IllegalArgumentException("load statistics of schema version " + version
                    + " cannot be read, this program knows version " + SCHEMA_VERSION);
        }
        return new LoadStatistics(
                json.required("pipe").asText(),
                json.required("run").asText(),
                json.required("status").asText(),
                optional(json, "failure").map(JsonNode::asText),
                Instant.parse(json.required("started").asText()),
                instant(json, "ended"),
                list(json, "phases", LoadStatisticsJson::readPhase),
                list(json, "tables", LoadStatisticsJson::readTable),
                list(json, "samples", LoadStatisticsJson::readSample));
    }

    private static ObjectNode total(LoadTotals total) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("tables", total.tables());
        json.put("estimatedRows", total.estimatedRows());
        json.put("rows", total.rows());
        json.put("bytes", total.bytes());
        json.put("rowsPerSecond", rounded(total.rowsPerSecond()));
        json.put("bytesPerSecond", rounded(total.bytesPerSecond()));
        json.put("partitionsDone", total.partitionsDone());
        json.put("partitionsTotal", total.partitionsTotal());
        json.put("retries", total.retries());
        json.put("alteredValues", total.alteredValues());
        json.put("softDeletedRows", total.softDeletedRows());
        put(json, "started", total.started());
        put(json, "ended", total.ended());
        json.put("seconds", seconds(total.elapsed()));
        json.put("verification", total.verification().name());
        return json;
    }

    private static ObjectNode phase(PhaseTiming phase, Instant asOf) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("phase", phase.phase());
        json.put("started", phase.started().toString());
        put(json, "ended", phase.ended());
        json.put("seconds", seconds(phase.elapsed(asOf)));
        return json;
    }

    private static PhaseTiming readPhase(JsonNode json) {
        return new PhaseTiming(
                json.required("phase").asText(),
                Instant.parse(json.required("started").asText()),
                instant(json, "ended"));
    }

    static ObjectNode table(TableStatistics table, Instant asOf) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("source", table.source());
        json.put("target", table.target());
        json.put("estimatedRows", table.estimatedRows());
        json.put("rows", table.rows());
        json.put("bytes", table.bytes());
        json.put("rowsPerSecond", rounded(table.rowsPerSecond(asOf)));
        json.put("bytesPerSecond", rounded(table.bytesPerSecond(asOf)));
        json.put("partitionsDone", table.partitionsDone());
        json.put("partitionsTotal", table.partitionsTotal());
        json.put("retries", table.retries());
        json.put("alteredValues", table.alteredTotal());
        ObjectNode altered = json.putObject("alteredValuesByColumn");
        new TreeMap<>(table.alteredValues()).forEach(altered::put);
        json.put("softDeletedRows", table.softDeletedRows());
        put(json, "started", table.started());
        put(json, "ended", table.ended());
        json.put("seconds", seconds(table.elapsed(asOf)));
        json.put("verification", table.verification().name());
        json.put("verificationDetail", table.verificationDetail());
        ArrayNode checks = json.putArray("checks");
        table.checks().forEach(check -> checks.add(check(check)));
        return json;
    }

    private static ObjectNode check(VerificationCheck check) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("check", check.kind().key());
        json.put("result", check.result().name());
        json.put("detail", check.detail());
        ArrayNode columns = json.putArray("columns");
        check.columns().forEach(column -> columns.addObject()
                .put("column", column.column())
                .put("result", column.result().name())
                .put("detail", column.detail()));
        return json;
    }

    private static VerificationCheck readCheck(JsonNode json) {
        String key = json.required("check").asText();
        return new VerificationCheck(
                Arrays.stream(VerificationCheck.Kind.values())
                        .filter(kind -> kind.key().equals(key))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("unknown check " + key)),
                Verification.valueOf(json.required("result").asText()),
                json.required("detail").asText(),
                list(
                        json,
                        "columns",
                        column -> new ColumnResult(
                                column.required("column").asText(),
                                Verification.valueOf(column.required("result").asText()),
                                column.required("detail").asText())));
    }

    private static TableStatistics readTable(JsonNode json) {
        Map<String, Long> altered = new LinkedHashMap<>();
        json.required("alteredValuesByColumn")
                .properties()
                .forEach(
                        column -> altered.put(column.getKey(), column.getValue().asLong()));
        return new TableStatistics(
                json.required("source").asText(),
                json.required("target").asText(),
                json.required("estimatedRows").asLong(),
                json.required("rows").asLong(),
                json.required("bytes").asLong(),
                json.required("partitionsDone").asInt(),
                json.required("partitionsTotal").asInt(),
                json.required("retries").asInt(),
                altered,
                json.required("softDeletedRows").asLong(),
                instant(json, "started"),
                instant(json, "ended"),
                list(json, "checks", LoadStatisticsJson::readCheck));
    }

    private static ObjectNode sample(ThroughputSample sample) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("time", sample.time().toString());
        json.put("rows", sample.rows());
        json.put("bytes", sample.bytes());
        return json;
    }

    private static ThroughputSample readSample(JsonNode json) {
        return new ThroughputSample(
                Instant.parse(json.required("time").asText()),
                json.required("rows").asLong(),
                json.required("bytes").asLong());
    }

    private static <T> List<T> list(JsonNode json, String field, Function<JsonNode, T> reader) {
        List<T> values = new ArrayList<>();
        json.required(field).forEach(element -> values.add(reader.apply(element)));
        return values;
    }

    private static void put(ObjectNode json, String field, Optional<Instant> instant) {
        json.put(field, instant.map(Instant::toString).orElse(null));
    }

    private static Optional<Instant> instant(JsonNode json, String field) {
        return optional(json, field).map(JsonNode::asText).map(Instant::parse);
    }

    private static Optional<JsonNode> optional(JsonNode json, String field) {
        return Optional.ofNullable(json.get(field)).filter(value -> !value.isNull());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** Tenths are enough for a rate. */
    private static double rounded(double rate) {
        return Math.round(rate * 10) / 10.0;
    }
}
