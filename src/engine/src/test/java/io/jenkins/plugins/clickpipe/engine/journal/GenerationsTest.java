package io.jenkins.plugins.clickpipe.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GenerationsTest {
    private static final UUID OLD = new UUID(0, 1);
    private static final UUID NEW = new UUID(0, 2);
    private static final UUID NEWEST = new UUID(0, 3);

    private static ObjectNode plan(String kind, String generation, UUID incoming, UUID outgoing) {
        ObjectNode plan = Journal.object()
                .put("kind", kind)
                .put("generation", generation)
                .put("keptUntil", Instant.EPOCH.toString());
        ObjectNode step = plan.putArray("steps")
                .addObject()
                .put("table", "orders")
                .put("resyncTable", "elsewhere")
                .put("previousTable", "orders_previous_" + generation);
        Optional.ofNullable(incoming).ifPresent(uuid -> step.put("resyncUuid", uuid.toString()));
        Optional.ofNullable(outgoing).ifPresent(uuid -> step.put("originalUuid", uuid.toString()));
        return plan;
    }

    private static Generations swapped() {
        return Generations.NONE.after("run1", plan("swap", "run1", NEW, OLD));
    }

    @Test
    void aSwapPutsTheNewestLoadInPlaceAndKeepsTheOldTables() {
        Generations generations = swapped();

        assertThat(generations.loaded()).isEqualTo(Map.of("orders", NEW));
        assertThat(generations.rolledBack()).isEmpty();
        assertThat(generations.kept()).singleElement().satisfies(kept -> {
            assertThat(kept.id()).isEqualTo("run1");
            assertThat(kept.tables().get(0).uuid()).contains(OLD);
        });
    }

    @Test
    void aRollbackPutsOldTablesInPlaceAndKeepsTheNewestLoad() {
        Generations generations = swapped().after("back", plan("rollback", "run1", OLD, NEW));

        assertThat(generations.rolledBack()).containsExactly("orders");
        assertThat(generations.loaded()).containsEntry("orders", NEW);
        assertThat(generations.newestLoad()).isPresent();
        assertThat(generations.without("run1").newestLoad()).isEmpty();
    }

    @Test
    void aRollbackOfARollbackLeavesEverythingAsAfterTheSwap() {
        assertThat(swapped()
                        .after("back", plan("rollback", "run1", OLD, NEW))
                        .after("back", plan("rollback", "run1", NEW, OLD)))
                .isEqualTo(swapped());
    }

    @Test
    void aTableThatThePreviousGenerationDidNotHaveIsRolledBackToNothing() {
        Generations generations = Generations.NONE
                .after("run1", plan("swap", "run1", NEW, null))
                .after("back", plan("rollback", "run1", null, NEW));

        assertThat(generations.inPlace()).isEqualTo(Map.of("orders", Optional.empty()));
        assertThat(generations.rolledBack()).containsExactly("orders");
    }

    @Test
    void aLoadAfterARollbackIsTheNewestAgain() {
        Generations generations = swapped()
                .after("back", plan("rollback", "run1", OLD, NEW))
                .after("run2", plan("swap", "run2", NEWEST, OLD));

        assertThat(generations.rolledBack()).isEmpty();
        assertThat(generations.kept()).extracting(Generations.Kept::id).containsExactly("run1", "run2");
    }

    @Test
    void aSwapThatKeepsNothingLeavesNothingToRollBackTo() {
        ObjectNode unkept = plan("swap", "run2", NEWEST, NEW);
        unkept.remove(List.of("generation", "keptUntil"));

        Generations generations = swapped().after("run2", unkept);

        assertThat(generations.kept()).extracting(Generations.Kept::id).containsExactly("run1");
        assertThat(generations.rollback()).isEmpty();
    }

    @Test
    void aTableThatLeavesThePipeIsNotRolledBackAnyMore() {
        Generations rolledBack = swapped().after("back", plan("rollback", "run1", OLD, NEW));

        assertThat(rolledBack.withoutTable("orders").rolledBack()).isEmpty();
    }

    @Test
    void aLoadThatDoesNotBringARolledBackTableBringsThePipeBackAllTheSame() {
        ObjectNode other = plan("swap", "run2", NEWEST, null);
        ((ObjectNode) other.get("steps").get(0)).put("table", "items");

        Generations generations =
                swapped().after("back", plan("rollback", "run1", OLD, NEW)).after("run2", other);

        assertThat(generations.rolledBack()).isEmpty();
        assertThat(generations.loaded()).isEqualTo(Map.of("items", NEWEST));
    }

    /** The oracle remembers what each table was before the newest swap, and nothing older. */
    @Test
    void whateverComesBeforeItARollbackTakesBackTheNewestSwapOrNothing() {
        for (long seed = 1; seed <= 2_000; seed++) {
            new GenerationsModel(seed).run(25);
        }
    }
}
