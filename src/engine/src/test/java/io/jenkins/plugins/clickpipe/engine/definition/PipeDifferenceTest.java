package io.jenkins.plugins.clickpipe.engine.definition;

import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.SMALLEST;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.read;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.with;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.withRules;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.withSettings;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class PipeDifferenceTest {
    @Test
    void theJsonOfADefinitionHasEveryDefaultAndNoPassword() {
        PipeDefinition pipe = read(with("user: clickpipe", "user: clickpipe, password: hunter2"));

        assertThat(PipeFile.write(pipe))
                .hasToString("{\"name\":\"orders\","
                        + "\"source\":{\"host\":\"127.0.0.1\",\"port\":5432,\"database\":\"shop\","
                        + "\"user\":\"clickpipe\",\"sslMode\":\"prefer\"},"
                        + "\"target\":{\"url\":\"http://127.0.0.1:8123\",\"database\":\"shop\",\"user\":\"default\"},"
                        + "\"tables\":[{\"source\":\"public.orders\",\"exclude\":[],\"target\":null,"
                        + "\"excludedColumns\":[],\"sortingKeys\":[],\"tableEngine\":null,\"partitionKey\":null,\"partitionBy\":null}],"
                        + "\"settings\":{\"replicationMode\":\"cdc\",\"syncIntervalSeconds\":60,"
                        + "\"pullBatchSize\":100000,\"streamLargeTransactions\":true,"
                        + "\"allowNullableColumns\":true,\"initialLoadParallelism\":4,"
                        + "\"snapshotNumRowsPerPartition\":100000,\"snapshotNumberOfParallelTables\":1,"
                        + "\"maxSourceConnections\":null,\"maxMegabytesPerSecond\":null,"
                        + "\"publicationName\":null,\"replicationSlotName\":null,\"softDeletedRows\":\"transfer\","
                        + "\"catchUpBeforeSwap\":true,"
                        + "\"keepOriginalLive\":false,\"approveSwap\":false,\"approvalTimeout\":\"24h\",\"verify\":\"counts\",\"keepPreviousTables\":\"0h\","
                        + "\"maxRowLossPercent\":50,\"strictTypes\":false,\"ignoredOperations\":\"none\"}}");
    }

    @Test
    void theJsonOfADefinitionIsAPipeFileThatReadsAsTheSameDefinition() {
        PipeDefinition pipe =
                read(withRules("- {source: a.b, target: c, tableEngine: MergeTree, partitionBy: 'toDate(\"d\")'}")
                        + "settings: {verify: checksums, keepPreviousTables: 36h, publicationName: p}\n");

        assertThat(read(PipeFile.write(pipe).toString())).isEqualTo(pipe);
    }

    @Test
    void equalDefinitionsHaveNoDifference() {
        assertThat(between(SMALLEST, SMALLEST)).isEmpty();
    }

    @Test
    void aChangedPasswordIsNoDifference() {
        ObjectNode before = PipeFile.write(read(SMALLEST));
        ObjectNode after = before.deepCopy();
        after.withObject("/source").put("password", "hunter2");

        assertThat(PipeDifference.between(before, after)).isEmpty();
    }

    @Test
    void changedValuesAreShownWithTheirPaths() {
        assertThat(between(
                        SMALLEST,
                        withSettings("verify: checksums\npublicationName: mine\nkeepPreviousTables: 24h")
                                .replace("127.0.0.1, d", "db, d")))
                .containsExactly(
                        "source.host: 127.0.0.1 -> db",
                        "settings.publicationName: default -> mine",
                        "settings.verify: counts -> checksums",
                        "settings.keepPreviousTables: 0h -> 24h");
    }

    @Test
    void rulesArePairedByTheirSource() {
        assertThat(between(
                        withRules("- source: a.gone\n- {source: a.stays, sortingKeys: [x]}"),
                        withRules("- {source: a.new, target: n}\n- {source: a.stays, sortingKeys: [x, y]}")))
                .containsExactly(
                        "tables[a.new]: none -> target n",
                        "tables[a.stays].sortingKeys: x -> x, y",
                        "tables[a.gone]: with defaults -> none");
    }

    @Test
    void anotherOrderOfTheRulesIsADifference() {
        assertThat(between(
                        withRules("- source: a.x\n- source: a.*\n- source: b.*"),
                        withRules("- source: a.*\n- source: a.x")))
                .containsExactly("tables[b.*]: with defaults -> none", "order of tables: a.x, a.* -> a.*, a.x");
    }

    @Test
    void aSettingThatAnOlderJournalDoesNotKnowCountsAsDefault() {
        ObjectNode before = PipeFile.write(read(SMALLEST));
        before.withObject("/settings").remove(List.of("strictTypes", "verify"));

        assertThat(PipeDifference.between(before, PipeFile.write(read(SMALLEST, "verify=off"))))
                .containsExactly(new PipeDifference.Change("settings.verify", "counts", "off"));
    }

    private static List<String> between(String before, String after) {
        return PipeDifference.between(PipeFile.write(read(before)), PipeFile.write(read(after))).stream()
                .map(PipeDifference.Change::toString)
                .toList();
    }
}
