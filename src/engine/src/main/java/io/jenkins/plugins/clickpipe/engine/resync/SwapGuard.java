package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.Dependants;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import io.jenkins.plugins.clickpipe.engine.target.ViewTrial;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What hangs on the originals, just before and after others take their place: TTL and constraints are given to the new
 * tables once these are loaded and compared, views are tried on them, and materialized views must still be fired.
 */
final class SwapGuard {
    private final ClickHouse clickHouse;
    private final Map<String, TargetTable> originals;
    private final Consumer<String> warnings;
    private final Map<String, Set<String>> fired = new HashMap<>();

    /** @param originals by destination table */
    SwapGuard(ClickHouse clickHouse, Map<String, TargetTable> originals, Consumer<String> warnings) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.originals = Map.copyOf(originals);
        this.warnings = Objects.requireNonNull(warnings);
    }

    /** @throws EngineException naming the views that would not work any more */
    void complete(List<TableMapping> loaded) {
        CarryOver carryOver = new CarryOver(clickHouse, warnings);
        ViewTrial trial = new ViewTrial(clickHouse);
        List<String> failures = new ArrayList<>();
        for (TableMapping mapping : loaded) {
            TargetTable original = originals.get(mapping.target());
            if (original != null) {
                carryOver.carryWhatActsOnRows(original, mapping);
                trial.onTable(mapping.target(), mapping.resyncTarget())
                        .forEach(failure -> failures.add(failure.sentence()));
            }
        }
        if (!failures.isEmpty()) {
            throw new EngineException("The swap is refused, since it would break what reads the tables: "
                    + String.join("; ", failures) + ".");
        }
        fired.putAll(new Dependants(clickHouse)
                .triggered(loaded.stream().map(TableMapping::target).collect(Collectors.toSet())));
    }

    /** Some versions of ClickHouse lose materialized views in an exchange. */
    void tellLostViews() {
        Map<String, Set<String>> now = new Dependants(clickHouse).triggered(fired.keySet());
        fired.forEach((table, views) -> views.stream()
                .filter(view -> !now.getOrDefault(table, Set.of()).contains(view))
                .forEach(view -> warnings.accept("ClickHouse has lost materialized view " + view + " of " + table
                        + " in the swap, so it sees no insert any more: run DETACH TABLE and ATTACH TABLE of the view"
                        + " before the next sync.")));
    }
}
