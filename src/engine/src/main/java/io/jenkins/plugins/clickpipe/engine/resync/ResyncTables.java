package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.EngineTraits;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Makes, replaces and drops {@code _resync} tables; only ever the pipe's own. */
final class ResyncTables {
    private static final int ATTEMPTS = 5;

    private final ClickHouse clickHouse;
    private final String pipe;

    ResyncTables(ClickHouse clickHouse, String pipe) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.pipe = Objects.requireNonNull(pipe);
    }

    /** A comment that marks a table as made or kept by a run of any pipe, and not a user's own. */
    static boolean isOfTheEngine(String comment) {
        return comment.startsWith("ClickPipe Resync: pipe ");
    }

    private static String commentOf(String pipe) {
        return "ClickPipe Resync: pipe " + pipe + ",";
    }

    private String comment(String run) {
        return commentOf(pipe) + " run " + run;
    }

    /** A table that a run of this pipe made: its comment says so, or the journal names its UUID. */
    boolean isOurs(TargetTable table, PipeState state) {
        return table.comment().startsWith(commentOf(pipe))
                || table.uuid().equals(state.resyncTables().get(table.name()));
    }

    /** @param original the table that it is to replace; empty where there is none */
    String createSql(TableMapping mapping, String run, Optional<TargetTable> original) {
        return mapping.definition()
                .createSql(
                        clickHouse.database(),
                        mapping.resyncTarget(),
                        comment(run),
                        original.map(table -> EngineTraits.of(table, mapping.definition()))
                                .orElse(EngineTraits.NONE));
    }

    /**
     * Makes a mapping's table, replacing a leftover of ours. A statement whose outcome is unknown is judged by looking
     * at what stands there now.
     *
     * @param original the table that it is to replace; empty where there is none
     * @return its UUID
     */
    UUID create(TableMapping mapping, Optional<TargetTable> original, Journal journal) {
        String name = mapping.resyncTarget();
        TargetCatalog catalog = new TargetCatalog(clickHouse);
        for (int attempt = 1; ; attempt++) {
            Optional<TargetTable> present = catalog.table(name);
            if (present.isPresent() && present.get().comment().equals(comment(journal.run()))) {
                UUID uuid = present.get().uuid();
                journal.append(
                        EntryKind.RESYNC_TABLE,
                        mapping.target(),
                        Journal.object().put("table", name).put("uuid", uuid.toString()));
                return uuid;
            }
            if (present.isPresent() && !isOurs(present.get(), journal.state())) {
                throw new EngineException(refusal(name));
            }
            try {
                if (present.isPresent()) {
                    drop(present.get());
                }
                clickHouse.execute(createSql(mapping, journal.run(), original));
            } catch (TargetException e) {
                if (!e.isTransient() || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Makes a mapping's table in place of one that this run has made before.
     *
     * @param original the table that it is to replace at the swap; empty where there is none
     * @param before its UUID; a table with another one stays
     * @return the new one's UUID
     */
    UUID replace(TableMapping mapping, Optional<TargetTable> original, UUID before, Journal journal) {
        TargetCatalog catalog = new TargetCatalog(clickHouse);
        for (int attempt = 1; ; attempt++) {
            Optional<TargetTable> present = catalog.table(mapping.resyncTarget())
                    .filter(table -> table.uuid().equals(before));
            if (present.isEmpty()) {
                return create(mapping, original, journal);
            }
            try {
                drop(present.get());
            } catch (TargetException e) {
                if (!e.isTransient() || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    static String refusal(String name) {
        return "Table " + name + " exists and was not made by a resync of this pipe, so it is not replaced; rename or"
                + " drop it, or give the source table another target.";
    }

    /** Drops what runs of this pipe have made and not swapped in. */
    void dropAll(PipeState state) {
        Map<String, TargetTable> present =
                new TargetCatalog(clickHouse).tables(state.resyncTables().keySet());
        present.values().stream()
                .filter(table -> table.uuid().equals(state.resyncTables().get(table.name())))
                .forEach(this::drop);
    }

    private void drop(TargetTable table) {
        clickHouse.execute(
                "DROP TABLE IF EXISTS " + TargetSql.quote(clickHouse.database(), table.name()) + " SYNC",
                Map.of("max_table_size_to_drop", "0", "max_partition_size_to_drop", "0"));
    }
}
