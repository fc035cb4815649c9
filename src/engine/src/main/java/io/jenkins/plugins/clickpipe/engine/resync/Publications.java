package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.Publication;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which publication a pipe uses, whose it is, and that it names no table the pipe has given up. */
final class Publications {
    private static final Logger LOG = LoggerFactory.getLogger(Publications.class);

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
            new Publication(session, state.publication().orElseThrow(), workspace::hearSource)
                    .bringUpToDate(
                            sources, state.ignoredOperations().published(), new SourceCatalog(session).serverVersion());
            new Published(workspace, journal, session).journal(sources);
        }
        removed.forEach(table -> journal.append(EntryKind.TABLE_REMOVED, table, Journal.object()));
        LOG.info(
                "The pipe no longer has {}; the destination keeps it as it is, without further changes.",
                String.join(", ", removed));
        return true;
    }
}
