package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.Publication;
import io.jenkins.plugins.clickpipe.engine.source.Publication.Standing;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which publication a pipe uses, whose it is, and that it names no table the pipe has given up. A publication of the
 * pipe's name is the pipe's own only where the journal knows its OID, or where its comment has the pipe's identity.
 */
final class Publications {
    private static final Logger LOG = LoggerFactory.getLogger(Publications.class);
    private static final String MARK = "ClickPipe Resync: pipe ";

    private final Workspace workspace;
    private final Connection session;

    Publications(Workspace workspace, Connection session) {
        this.workspace = Objects.requireNonNull(workspace);
        this.session = Objects.requireNonNull(session);
    }

    static String name(String pipe, Settings settings) {
        return settings.publicationName().orElse("clickpipe_" + pipe);
    }

    /** The engine makes, alters and drops it; one that the pipe file names belongs to the user. */
    static boolean isOurs(Settings settings) {
        return settings.publicationName().isEmpty();
    }

    /** The comment of a publication that the engine has made for a pipe. */
    static String mark(String pipe, PipeState state) {
        return MARK + pipe + ", " + state.identity().orElseThrow().pipe();
    }

    /** Why the publication that would be the pipe's own is not, with the way out; empty where it is, or will be made. */
    Optional<String> foreign(PipeState state) {
        String name = name(workspace.pipe(), workspace.definition().settings());
        return publication(name).find().flatMap(standing -> foreign(name, standing, state));
    }

    private Optional<String> foreign(String name, Standing standing, PipeState state) {
        boolean marked = state.identity().isPresent() && standing.comment().equals(mark(workspace.pipe(), state));
        boolean another = standing.comment().startsWith(MARK)
                && !marked
                && state.identity().isPresent();
        boolean known = state.publicationIsOurs()
                && state.publication().filter(name::equals).isPresent()
                && state.publicationOid()
                        .map(oid -> oid == standing.oid())
                        // a journal of an older version knows the name alone
                        .orElse(!another);
        return known || marked
                ? Optional.empty()
                : Optional.of("publication " + name + " exists and is not this pipe's"
                        + (standing.comment().startsWith(MARK) ? " (" + standing.comment() + ")" : "")
                        + "; give this pipe another name, name a publication of its own in publicationName, or, where"
                        + " nobody reads it, run DROP PUBLICATION " + SourceSql.quote(name));
    }

    /** Why changes that come through the pipe's publication are not all that were meant, as a clause. */
    Optional<String> replaced(PipeState state) {
        String name = state.publication().orElseThrow();
        Optional<Standing> standing = publication(name).find();
        if (standing.isEmpty()) {
            return Optional.of(
                    "publication " + name + " is missing, and with it the changes since it was dropped; run resync");
        }
        return state.publicationOid()
                .filter(before -> before != standing.get().oid())
                .map(before -> "publication " + name + " was dropped and made anew (its OID was " + before + " and is "
                        + standing.get().oid() + "), and changes in between are lost; "
                        + (state.publicationIsOurs() ? "drop it, then run resync" : "run resync"));
    }

    /** Journals which publication a pipe uses of which only the name was known. */
    void learn(Journal journal) {
        PipeState state = journal.state();
        if (state.publicationOid().isEmpty()) {
            journal(journal, state.publication().orElseThrow(), state.publicationIsOurs());
        }
    }

    /**
     * Makes the publication name these tables where it is the pipe's own, and journals which one it is.
     *
     * @throws EngineException when one of its name stands that is not the pipe's
     */
    void bringUpToDate(Journal journal, List<SourceTable> tables, int serverVersion) {
        Settings settings = workspace.definition().settings();
        String name = name(workspace.pipe(), settings);
        boolean ours = isOurs(settings);
        PipeState before = journal.state();
        if (ours) {
            foreign(before).ifPresent(why -> {
                throw new EngineException("Refused: " + why + ".");
            });
            publication(name)
                    .bringUpToDate(
                            tables,
                            settings.ignoredOperations().published(),
                            serverVersion,
                            mark(workspace.pipe(), before));
        }
        if (before.publication().filter(old -> !old.equals(name)).isPresent()) {
            drop(before);
        }
        journal(journal, name, ours);
    }

    private void journal(Journal journal, String name, boolean ours) {
        publication(name)
                .find()
                .ifPresent(standing -> journal.append(
                        EntryKind.PUBLICATION,
                        Journal.object()
                                .put("publication", name)
                                .put("ours", ours)
                                .put("publicationOid", standing.oid())));
    }

    /** Drops the pipe's publication where it is the pipe's own; says so where another one has its name. */
    void drop(PipeState state) {
        if (!state.publicationIsOurs()) {
            return;
        }
        String name = state.publication().orElseThrow();
        Optional<Standing> standing = publication(name).find();
        boolean ours = standing.filter(now ->
                        state.publicationOid().map(oid -> oid == now.oid()).orElse(true))
                .isPresent();
        if (ours) {
            publication(name).drop();
        } else if (standing.isPresent()) {
            String message = "Publication " + name + " is not the one that this pipe has made, and stays.";
            LOG.warn(message);
            workspace.events().log("WARN", message);
        }
    }

    private Publication publication(String name) {
        return new Publication(session, name, workspace::hearSource);
    }

    /**
     * Forgets tables that the pipe file no longer names, so that they are loaded anew when they come back, and takes
     * them out of the pipe's own publication; their destination tables stay.
     *
     * @return whether there was one
     */
    boolean withdrawRemoved(LoadedTables tables, Journal journal) {
        PipeState state = journal.state();
        Set<String> removed = new TreeSet<>(tables.removed());
        if (removed.isEmpty()) {
            return false;
        }
        List<SourceTable> sources =
                tables.mappings().stream().map(TableMapping::source).toList();
        if (state.publicationIsOurs() && !sources.isEmpty()) {
            publication(state.publication().orElseThrow())
                    .bringUpToDate(
                            sources,
                            state.ignoredOperations().published(),
                            new SourceCatalog(session).serverVersion(),
                            mark(workspace.pipe(), state));
            new Published(workspace, journal, session).journal(sources);
        }
        removed.forEach(table -> journal.append(EntryKind.TABLE_REMOVED, table, Journal.object()));
        LOG.info(
                "The pipe no longer has {}; the destination keeps it as it is, without further changes.",
                String.join(", ", removed));
        return true;
    }
}
