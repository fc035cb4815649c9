package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds tables of which the server hides rows from the engine's user. It asks for the policies where it may, and looks
 * at the plan of a read of each table that there is.
 */
final class RowPolicies {
    private static final int ACCESS_DENIED = 497;

    /** A policy without a table counts for all of the database. */
    private static final String POLICIES =
            """
            SELECT DISTINCT table AS name FROM system.row_policies
             WHERE database IN (%1$s, '') AND (table IN %2$s OR table IN ('', '*'))
               AND (apply_to_all AND NOT hasAny(apply_to_except, %3$s) OR hasAny(apply_to_list, %3$s))""";

    private static final String ME = "arrayConcat([currentUser()], enabledRoles())";

    private final ClickHouse clickHouse;

    RowPolicies(ClickHouse clickHouse) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
    }

    /** @throws EngineException naming those of these tables that the user does not see whole */
    void refuse(Collection<String> tables) {
        Set<String> hidden = of(tables);
        if (!hidden.isEmpty()) {
            throw new EngineException(sentence(hidden) + ".");
        }
    }

    /** Those of these tables, present or to come, that the user does not see whole. */
    Set<String> of(Collection<String> tables) {
        Set<String> hidden = new TreeSet<>(named(tables));
        for (String present :
                new TargetCatalog(clickHouse).uuids(new HashSet<>(tables)).keySet()) {
            if (!hidden.contains(present) && isFiltered(present)) {
                hidden.add(present);
            }
        }
        return hidden;
    }

    String sentence(Set<String> tables) {
        return "row policies hide rows of " + String.join(", ", tables) + " from user "
                + clickHouse.server().user() + ", so the engine would not find what it has written; except the user"
                + " from them (ALTER ROW POLICY ... TO ALL EXCEPT "
                + TargetSql.quote(clickHouse.server().user()) + "), or give the pipe a user of its own";
    }

    private List<String> named(Collection<String> tables) {
        try {
            return clickHouse
                    .rows(POLICIES.formatted(TargetSql.literal(clickHouse.database()), TargetSql.literals(tables), ME))
                    .stream()
                    .map(row -> row.get("name").asText())
                    .map(name -> name.isEmpty() || name.equals("*") ? "every table" : name)
                    .toList();
        } catch (TargetException e) {
            if (e.code() != ACCESS_DENIED) {
                throw e;
            }
            // Then the plans alone tell.
            return List.of();
        }
    }

    private boolean isFiltered(String table) {
        String plan =
                clickHouse
                        .rows("EXPLAIN actions = 1 SELECT * FROM " + TargetSql.quote(clickHouse.database(), table))
                        .stream()
                        .map(row -> row.path("explain").asText())
                        .collect(Collectors.joining("\n"));
        return plan.toLowerCase(Locale.ROOT).contains("row level filter");
    }
}
