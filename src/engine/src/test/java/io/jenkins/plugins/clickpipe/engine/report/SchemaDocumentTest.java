package io.jenkins.plugins.clickpipe.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jenkins.plugins.clickpipe.engine.changes.ChangeCounts;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps docs/load-stats-schema.md and what is written the same, in both directions. */
class SchemaDocumentTest {
    private static final Pattern FIELD = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);

    @Test
    void everyFieldOfTheStatisticsIsDocumentedAndNoOther() throws Exception {
        Set<String> written = new TreeSet<>();
        collect("", LoadStatisticsJson.write(SampleLoad.shop()), written);

        assertThat(documented("## load-stats.json")).isEqualTo(written);
    }

    @Test
    void everyFieldOfEveryEventIsDocumentedAndNoOther() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Events events = new Events(out, "shop", "1", new SteppingClock(), Redaction.NONE);
        events.phase("Snapshot", "12 tables");
        events.progress(new LoadProgress(1, 2, 3, 1, 2), SampleLoad.shop().tables());
        events.sync(new ChangeCounts(2, 1, 0, 0, 1, 0), "0/16B3748", Optional.of(56L), Optional.of(1.5), 0.25);
        events.approval(Events.ApprovalState.APPROVED, Optional.of("ann"), Instant.EPOCH);
        events.log("WARN", "slow");
        events.statistics(SampleLoad.shop());
        events.finished(0, "Running", "done");
        Set<String> common = documented("### Every event");

        for (String line : out.toString(StandardCharsets.UTF_8).lines().toList()) {
            JsonNode event = new JsonMapper().readTree(line);
            Set<String> expected = new TreeSet<>(common);
            expected.addAll(documented("### " + event.get("type").asText()));
            Set<String> written = new TreeSet<>();
            event.fieldNames().forEachRemaining(written::add);

            assertThat(written).as(line).isEqualTo(expected);
        }
    }

    private static void collect(String path, JsonNode node, Set<String> fields) {
        if (path.equals("tables[].alteredValuesByColumn") || node.isValueNode()) {
            fields.add(path);
        } else if (node.isArray()) {
            node.forEach(element -> collect(path + "[]", element, fields));
        } else {
            node.properties()
                    .forEach(field -> collect(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), fields));
        }
    }

    private static Set<String> documented(String heading) throws Exception {
        String document = Files.readString(Path.of("../../docs/load-stats-schema.md"));
        int start = document.indexOf("\n" + heading + "\n");
        assertThat(start).as("heading %s", heading).isPositive();
        int end = document.indexOf("\n#", start + heading.length());
        return FIELD.matcher(document.substring(start, end < 0 ? document.length() : end))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
