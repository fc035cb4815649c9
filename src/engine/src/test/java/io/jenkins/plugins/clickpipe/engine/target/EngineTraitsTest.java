package io.jenkins.plugins.clickpipe.engine.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A table that replaces another is of its engine's family and goes on hiding what that has hidden. */
class EngineTraitsTest {
    private static TargetTable original(String engineFull) {
        return new TargetTable(
                "orders",
                new UUID(0, 1),
                engineFull.replaceFirst("[( ].*", ""),
                engineFull,
                "id, no",
                "",
                "CREATE TABLE shop.orders (`id` Int64, `no` Int64) ENGINE = " + engineFull,
                0,
                0,
                List.of());
    }

    private static String created(String engineFull, TableEngine engine) {
        TableDefinition definition = new TableDefinition(
                List.of(new TargetColumn("id", "Int64"), new TargetColumn("no", "Int64")),
                engine,
                List.of("id", "no"),
                Optional.empty());
        return definition.createSql("shop", "orders_resync", "", EngineTraits.of(original(engineFull), definition));
    }

    @Test
    void aReplicatedTableIsReplacedByAReplicatedOne() {
        assertThat(created(
                        "ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', _peerdb_version)"
                                + " ORDER BY (id, no)",
                        TableEngine.REPLACING_MERGE_TREE))
                .contains(
                        "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}',"
                                + " `_peerdb_version`)",
                        "SETTINGS replicated_deduplication_window");
        assertThat(created("ReplicatedMergeTree ORDER BY (id, no)", TableEngine.MERGE_TREE))
                .contains("ENGINE = ReplicatedMergeTree\n");
    }

    @Test
    void aPathThatNamesNoUuidBelongsToTheOriginalAlone() {
        TableDefinition definition = new TableDefinition(
                List.of(new TargetColumn("id", "Int64")), TableEngine.MERGE_TREE, List.of("id"), Optional.empty());

        assertThat(EngineTraits.of(
                                original("ReplicatedMergeTree('/clickhouse/orders', '{replica}') ORDER BY id"),
                                definition)
                        .sharesThePath())
                .isTrue();
        assertThat(EngineTraits.of(original("ReplicatedMergeTree('/t/{uuid}', '{replica}') ORDER BY id"), definition)
                        .sharesThePath())
                .isFalse();
    }

    @Test
    void theMarkOfDeletionStaysTheEnginesSecondArgument() {
        assertThat(created("ReplacingMergeTree(v, d) ORDER BY (id, no)", TableEngine.REPLACING_MERGE_TREE))
                .contains("ENGINE = ReplacingMergeTree(`_peerdb_version`, `_peerdb_is_deleted`)");
        assertThat(created("ReplacingMergeTree(v) ORDER BY (id, no)", TableEngine.REPLACING_MERGE_TREE))
                .contains("ENGINE = ReplacingMergeTree(`_peerdb_version`)\n");
    }

    @Test
    void aShorterPrimaryKeyAStoragePolicyAndSamplingStay() {
        assertThat(created(
                        "MergeTree PRIMARY KEY id ORDER BY (id, no) SAMPLE BY id"
                                + " SETTINGS index_granularity = 8192, storage_policy = 'cold, (x)'",
                        TableEngine.MERGE_TREE))
                .contains("PRIMARY KEY id\nORDER BY", "SAMPLE BY id\n", "storage_policy = 'cold, (x)'");
    }
}
