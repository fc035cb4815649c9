package io.jenkins.plugins.clickpipe.engine.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.journal.Generations.Kept;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Random swaps of all or some tables, kept or not, rollbacks and expiries, against a store of tables by name. */
final class GenerationsModel {
    private static final List<String> TABLES = List.of("a", "b", "c");

    private final long seed;
    private final Random random;
    /** What stands under each name. */
    private final Map<String, UUID> store = new HashMap<>();

    private Generations generations = Generations.NONE;
    /** What a rollback has to put in place: of the tables of the newest swap, what they were before it. */
    private Optional<Map<String, Optional<UUID>>> before = Optional.empty();

    private String newest = "";
    private long number;

    GenerationsModel(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            switch (random.nextInt(4)) {
                case 0, 1 -> swap();
                case 2 -> rollback();
                default -> expire();
            }
            TABLES.forEach(table -> assertThat(Optional.ofNullable(store.get(table)))
                    .as("seed %d, %s in place", seed, table)
                    .isEqualTo(generations.inPlace().getOrDefault(table, Optional.empty())));
        }
    }

    private void swap() {
        String run = "run" + ++number;
        boolean keep = random.nextBoolean();
        // As the engine does it: in part only where no table is rolled back.
        boolean part = generations.rolledBack().isEmpty() && random.nextBoolean();
        List<String> tables = part ? List.of(TABLES.get(random.nextInt(TABLES.size()))) : TABLES;
        Map<String, Optional<UUID>> was = new HashMap<>();
        ObjectNode plan = plan("swap", run, keep);
        for (String table : tables) {
            UUID uuid = new UUID(seed, ++number);
            Optional<UUID> outgoing = Optional.ofNullable(store.put(table, uuid));
            was.put(table, outgoing);
            step(plan, table, Optional.of(uuid), outgoing, keep ? Optional.of(table + "_" + run) : Optional.empty());
            outgoing.filter(any -> keep).ifPresent(old -> store.put(table + "_" + run, old));
        }
        generations = generations.after(run, plan);
        newest = run;
        before = Optional.of(was).filter(any -> keep);
    }

    private void rollback() {
        Optional<Kept> kept = generations.rollback();
        assertThat(kept.isPresent())
                .as("seed %d: something to roll back to", seed)
                .isEqualTo(before.isPresent());
        if (kept.isEmpty()) {
            return;
        }
        ObjectNode plan = plan("rollback", kept.get().id(), true);
        Map<String, Optional<UUID>> was = new HashMap<>();
        for (Generations.KeptTable table : kept.get().tables()) {
            Optional<UUID> outgoing = Optional.ofNullable(store.remove(table.table()));
            Optional<UUID> incoming = Optional.ofNullable(store.remove(table.name()));
            assertThat(incoming).as("seed %d: %s aside", seed, table.table()).isEqualTo(table.uuid());
            assertThat(outgoing).as("seed %d: %s in place", seed, table.table()).isEqualTo(table.instead());
            was.put(table.table(), outgoing);
            incoming.ifPresent(uuid -> store.put(table.table(), uuid));
            outgoing.ifPresent(uuid -> store.put(table.name(), uuid));
            step(plan, table.table(), incoming, outgoing, Optional.of(table.name()));
        }
        before.orElseThrow().forEach((table, uuid) -> assertThat(Optional.ofNullable(store.get(table)))
                .as("seed %d: %s after the rollback", seed, table)
                .isEqualTo(uuid));
        generations = generations.after("back" + ++number, plan);
        before = Optional.of(was);
    }

    private void expire() {
        List<Kept> kept = generations.kept();
        if (kept.isEmpty()) {
            return;
        }
        Kept gone = kept.get(random.nextInt(kept.size()));
        gone.tables().forEach(table -> assertThat(Optional.ofNullable(store.remove(table.name())))
                .as("seed %d: only what was kept is dropped", seed)
                .isEqualTo(table.uuid()));
        generations = generations.without(gone.id());
        before = before.filter(any -> !gone.id().equals(newest));
    }

    private static ObjectNode plan(String kind, String generation, boolean keep) {
        ObjectNode plan = Journal.object().put("kind", kind);
        if (keep) {
            plan.put("generation", generation).put("keptUntil", Instant.EPOCH.toString());
        }
        plan.putArray("steps");
        return plan;
    }

    private static void step(
            ObjectNode plan,
            String table,
            Optional<UUID> incoming,
            Optional<UUID> outgoing,
            Optional<String> previous) {
        ObjectNode step =
                ((ArrayNode) plan.get("steps")).addObject().put("table", table).put("resyncTable", "elsewhere");
        incoming.ifPresent(uuid -> step.put("resyncUuid", uuid.toString()));
        outgoing.ifPresent(uuid -> step.put("originalUuid", uuid.toString()));
        previous.ifPresent(name -> step.put("previousTable", name));
    }
}
