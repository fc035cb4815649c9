package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.SourceChangedException;
import io.jenkins.plugins.clickpipe.engine.changes.SourceWatch;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.PublicationState;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.TableShape;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks whether the publication and the tables of a sync are still what they were when its mappings were made. What a look finds different
 * has left a lasting trace in the catalog, so that it is enough to look after reading and before confirming.
 */
final class CatalogWatch implements SourceWatch {
    private static final Duration INTERVAL = Duration.ofMillis(250);
    /** A look takes this part of the time at most. */
    private static final int SHARE = 20;
    /** So long a transaction may be sent and not visible yet, while it waits for a synchronous standby. */
    private static final Duration VISIBLE_LIMIT = Duration.ofMinutes(10);

    private final Connection session;
    private final Map<Long, SourceTable> tables = new LinkedHashMap<>();
    private final Map<Long, String> destinations = new HashMap<>();
    /** By name, what it was; empty where only relations are asked for. */
    private final Map<String, PublicationState> publication;

    private long next = System.nanoTime();

    private CatalogWatch(
            Connection session, Collection<TableMapping> mappings, Map<String, PublicationState> publication) {
        this.session = Objects.requireNonNull(session);
        this.publication = Map.copyOf(publication);
        for (TableMapping mapping : mappings) {
            SourceTable source = mapping.source();
            tables.put(source.oid(), source);
            source.shape().relations().forEach(relation -> destinations.put(relation, mapping.target()));
        }
    }

    /** @param session an ordinary session of the thread that reads the stream */
    static CatalogWatch of(
            Connection session, Collection<TableMapping> mappings, String name, PublicationState publication) {
        return new CatalogWatch(session, mappings, Map.of(name, publication));
    }

    /** Knows relations alone: what else changes is told by the first sync, to which the journal has what was before. */
    static CatalogWatch ofRelations(Connection session, Collection<TableMapping> mappings) {
        return new CatalogWatch(session, mappings, Map.of());
    }

    @Override
    public Optional<String> destination(long relation, long xid) {
        String known = destinations.get(relation);
        if (known != null) {
            return Optional.of(known);
        }
        SourceCatalog catalog = SourceCatalog.withoutMeasuring(session);
        awaitVisible(catalog, xid);
        List<Long> ancestors = catalog.ancestors(relation);
        ancestors.stream().filter(tables::containsKey).findFirst().ifPresent(root -> {
            throw new SourceChangedException("Table " + tables.get(root).qualifiedName());
        });
        return Optional.empty();
    }

    private static void awaitVisible(SourceCatalog catalog, long xid) {
        long end = System.nanoTime() + VISIBLE_LIMIT.toNanos();
        while (catalog.isRunning(xid)) {
            if (System.nanoTime() > end || Thread.currentThread().isInterrupted()) {
                throw new EngineException("Transaction " + xid + " was sent and is not visible on the source. It waits"
                        + " for a synchronous standby: look at pg_stat_replication, then run the command again.");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean verify(boolean now) {
        if (publication.isEmpty()) {
            return true;
        }
        long begin = System.nanoTime();
        if (!now && begin - next < 0) {
            return false;
        }
        Map<Long, String> fingerprints = TableShape.fingerprints(session, tables.keySet());
        tables.forEach((oid, table) -> {
            if (!table.shape().fingerprint().equals(fingerprints.get(oid))) {
                throw new SourceChangedException("Table " + table.qualifiedName());
            }
        });
        publication.forEach((name, before) -> {
            Set<Long> known = before.entries().keySet();
            if (!PublicationState.read(session, name, known).equals(Optional.of(before))) {
                throw new SourceChangedException("Publication " + name);
            }
        });
        long end = System.nanoTime();
        next = end + Math.max(INTERVAL.toNanos(), SHARE * (end - begin));
        return true;
    }
}
