package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import java.util.Objects;
import java.util.function.Consumer;

/** How many sessions may read the source: what the settings ask for, within their own bound and the server's room. */
final class LoadSessions {
    /** One holds the pipe's lock and one the snapshot. */
    private static final int CONTROL = 2;

    /** The sync of originals that stay live: one session for look-ups, one that watches the catalog, one for its slot. */
    private static final int LIVE = 3;

    /** What a check has to find free: those two and one that reads. */
    static final int LEAST_FREE = CONTROL + 1;

    /** Left for others. */
    private static final int SPARE = 1;

    /** More than that is not faster on any server, and each takes memory. */
    private static final int MOST = 128;

    private final Settings settings;
    private final boolean live;
    private final SourceCatalog catalog;
    private final Consumer<String> warnings;

    /**
     * @param live the pipe's own slot is read meanwhile
     * @param catalog of a session that counts as taken already
     */
    LoadSessions(Settings settings, boolean live, SourceCatalog catalog, Consumer<String> warnings) {
        this.settings = Objects.requireNonNull(settings);
        this.live = live;
        this.catalog = Objects.requireNonNull(catalog);
        this.warnings = Objects.requireNonNull(warnings);
    }

    /**
     * Sessions for a load, 1 to 128; says so when they are fewer than asked for.
     *
     * @param tables in the load
     * @throws EngineException when the server has no connection left
     */
    int count(int tables) {
        int parallelTables = Math.max(1, Math.min(settings.snapshotNumberOfParallelTables(), tables));
        int wanted = Math.min(MOST, settings.initialLoadParallelism() * parallelTables);
        int bound = settings.maxSourceConnections();
        int control = live ? CONTROL + LIVE : CONTROL;
        int allowed = bound == 0 ? wanted : Math.min(wanted, Math.max(1, bound - control));
        if (allowed < wanted) {
            warnings.accept("maxSourceConnections is " + bound + ", so the source is read by " + sessions(allowed)
                    + " instead of " + wanted + ".");
        }
        long free = catalog.freeConnections();
        if (free < 1) {
            throw new EngineException("PostgreSQL has no connection left for the load (max_connections is "
                    + catalog.value("SHOW max_connections") + "). End sessions that are not needed, or raise"
                    + " max_connections or the role's or the database's CONNECTION LIMIT.");
        }
        if (free - SPARE >= allowed) {
            return allowed;
        }
        int reduced = (int) Math.max(1, free - SPARE);
        if (reduced < allowed) {
            warnings.accept("PostgreSQL has only " + free + " free connections (max_connections is "
                    + catalog.value("SHOW max_connections") + "), so the source is read by "
                    + sessions(reduced) + " instead of " + allowed + ".");
        }
        return reduced;
    }

    private static String sessions(int count) {
        return count == 1 ? "1 session" : count + " sessions";
    }
}
