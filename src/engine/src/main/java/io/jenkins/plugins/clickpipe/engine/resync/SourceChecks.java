package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.Settings;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.Publication;
import io.jenkins.plugins.clickpipe.engine.source.PublicationState;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog.UnreadablePart;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the source must offer: version, logical decoding, a free slot, privileges, a publication. */
final class SourceChecks {
    private static final int OLDEST = 120000;

    private final Connection connection;
    private final SourceCatalog catalog;
    private final Settings settings;
    private final List<Finding> findings;

    SourceChecks(Connection connection, SourceCatalog catalog, Settings settings, List<Finding> findings) {
        this.connection = Objects.requireNonNull(connection);
        this.catalog = Objects.requireNonNull(catalog);
        this.settings = Objects.requireNonNull(settings);
        this.findings = Objects.requireNonNull(findings);
    }

    private boolean replicatesChanges() {
        return settings.replicationMode() != ReplicationMode.SNAPSHOT;
    }

    void server(int version) {
        String text = catalog.value("SHOW server_version");
        findings.add(
                version >= OLDEST
                        ? Finding.ok("PostgreSQL", "version " + text)
                        : Finding.fault("PostgreSQL", "version " + text + " is not supported; 12 or newer is"));
        if (catalog.value("SELECT pg_is_in_recovery()").equals("t")) {
            findings.add(Finding.fault("PostgreSQL", "the server is a standby; connect to the primary"));
        }
        if (!replicatesChanges()) {
            return;
        }
        String walLevel = catalog.value("SHOW wal_level");
        findings.add(
                walLevel.equals("logical")
                        ? Finding.ok("wal_level", walLevel)
                        : Finding.fault(
                                "wal_level",
                                "is " + walLevel
                                        + ", and changes cannot be replicated; run ALTER SYSTEM SET wal_level ="
                                        + " 'logical' and restart PostgreSQL, or use replicationMode: snapshot"));
        boolean replication = catalog.value(
                        """
                        SELECT bool_or(r.rolsuper OR r.rolreplication) OR EXISTS (
                                   SELECT 1 FROM pg_roles m WHERE m.rolname IN ('rds_replication', 'rds_superuser')
                                      AND pg_has_role(m.oid, 'MEMBER'))
                          FROM pg_roles r WHERE r.rolname = current_user""")
                .equals("t");
        String user = SourceSql.quote(catalog.value("SELECT current_user"));
        findings.add(
                replication
                        ? Finding.ok("replication privilege", user + " may replicate")
                        : Finding.fault(
                                "replication privilege",
                                user + " may not create replication slots; run ALTER ROLE " + user + " REPLICATION"));
    }

    /** A load with fewer sessions than asked for is slower, not wrong. */
    void connections() {
        long free = catalog.freeConnections();
        int wanted = settings.initialLoadParallelism() * settings.snapshotNumberOfParallelTables();
        if (free < LoadSessions.LEAST_FREE) {
            findings.add(Finding.fault(
                    "connections",
                    free + " are free and a load needs " + LoadSessions.LEAST_FREE
                            + "; end sessions that are not needed, or raise max_connections or the role's or the"
                            + " database's CONNECTION LIMIT"));
        } else if (settings.maxSourceConnections() == 0 && free - LoadSessions.LEAST_FREE < wanted) {
            findings.add(Finding.warning(
                    "connections",
                    free + " are free, so a load reads with fewer sessions than the " + wanted
                            + " that the settings ask for"));
        } else {
            findings.add(Finding.ok("connections", free + " free"));
        }
    }

    /**
     * The slots that the pipe itself gives up count as free.
     *
     * @param keepsSlot the pipe's own slot stays while the new one is used
     */
    void slots(PipeState state, boolean keepsSlot) {
        if (!replicatesChanges()) {
            return;
        }
        String own = state.knownSlots().stream()
                .filter(slot -> !keepsSlot || !slot.equals(state.liveSlot().orElse("")))
                .map(SourceSql::literal)
                .collect(Collectors.joining(", "));
        long used = Long.parseLong(catalog.value("SELECT count(*) FROM pg_replication_slots"
                + (own.isEmpty() ? "" : " WHERE slot_name NOT IN (" + own + ")")));
        long limit = Long.parseLong(catalog.value("SHOW max_replication_slots"));
        findings.add(
                used < limit
                        ? Finding.ok("replication slots", (limit - used) + " of " + limit + " free")
                        : Finding.fault(
                                "replication slots",
                                "all " + limit + " are taken; drop one that nobody reads (SELECT * FROM"
                                        + " pg_replication_slots) or raise max_replication_slots and restart"));
        long senders = Long.parseLong(catalog.value("SELECT count(*) FROM pg_stat_replication"));
        long senderLimit = Long.parseLong(catalog.value("SHOW max_wal_senders"));
        if (senders >= senderLimit) {
            findings.add(Finding.fault(
                    "WAL senders", "all " + senderLimit + " are taken; stop one or raise max_wal_senders and restart"));
        }
        if (settings.keepOriginalLive()
                && settings.replicationSlotName().isPresent()
                && settings.replicationSlotName().equals(state.liveSlot())) {
            findings.add(Finding.fault(
                    "replicationSlotName",
                    "with keepOriginalLive the old and the new slot stand at the same time and cannot share a name;"
                            + " leave replicationSlotName out"));
        }
        if (settings.replicationSlotName().isPresent()
                && !state.knownSlots().contains(settings.replicationSlotName().get())) {
            String name = settings.replicationSlotName().get();
            long taken = Long.parseLong(catalog.value(
                    "SELECT count(*) FROM pg_replication_slots WHERE slot_name = " + SourceSql.literal(name)));
            if (taken > 0) {
                findings.add(Finding.fault(
                        "replicationSlotName",
                        "slot " + name + " exists and is not this pipe's; drop it or choose another name"));
            }
        }
    }

    void table(SourceTable table) {
        String hidden = "SELECT row_security_active(" + SourceSql.literal(table.quoted()) + "::regclass)";
        if (catalog.value(hidden).equals("t")) {
            String user = catalog.value("SELECT current_user");
            findings.add(Finding.fault(
                    table.qualifiedName(),
                    "row-level security hides rows of it from the role; run ALTER ROLE " + SourceSql.quote(user)
                            + " BYPASSRLS, or exclude the table"));
        }
        if (!table.readable()) {
            String user = catalog.value("SELECT current_user");
            findings.add(Finding.fault(
                    table.qualifiedName(),
                    "the role may not read it; run GRANT SELECT ON " + table.quoted() + " TO "
                            + SourceSql.quote(user)));
        }
        parts(table);
    }

    /** Each partition and child is read by itself, so the rights of the table alone are not enough. */
    private void parts(SourceTable table) {
        String user = SourceSql.quote(catalog.value("SELECT current_user"));
        for (UnreadablePart part : catalog.unreadableParts(table)) {
            findings.add(Finding.fault(
                    table.qualifiedName(),
                    switch (part.reason()) {
                        case FOREIGN ->
                            part.name()
                                    + " is a foreign table, whose rows are in no snapshot of this server; detach it,"
                                    + " or exclude the table";
                        case PRIVILEGE ->
                            "the role may not read " + part.name() + ", which is read by itself; run GRANT SELECT ON "
                                    + part.name() + " TO " + user;
                        case ROW_SECURITY ->
                            "row-level security hides rows of " + part.name() + " from the role; run ALTER ROLE " + user
                                    + " BYPASSRLS, or exclude the table";
                    }));
        }
    }

    void publication(String pipe, List<TableMapping> tables) {
        if (!replicatesChanges()) {
            return;
        }
        String name = Publications.name(pipe, settings);
        Publication publication = new Publication(connection, name, sql -> {});
        List<SourceTable> sources = tables.stream().map(TableMapping::source).toList();
        if (!Publications.isOurs(settings)) {
            if (!publication.exists()) {
                findings.add(Finding.fault(
                        "publicationName",
                        "there is no publication " + name + "; create it, or leave publicationName out and the pipe"
                                + " makes its own"));
                return;
            }
            PublicationRules rules = new PublicationRules(name, publication.relations());
            List<String> faults = Stream.concat(
                            PublicationRules.operations(
                                    name,
                                    PublicationState.read(connection, name, List.of())
                                            .orElseThrow(),
                                    settings.ignoredOperations())
                                    .stream(),
                            tables.stream().map(rules::table).flatMap(Optional::stream))
                    .toList();
            faults.forEach(fault -> findings.add(Finding.fault("publicationName", fault)));
            if (faults.isEmpty()) {
                findings.add(Finding.ok("publication", name + " publishes every table whole"));
            }
            return;
        }
        List<String> foreign = sources.stream()
                .filter(t -> !t.owned())
                .map(SourceTable::qualifiedName)
                .toList();
        boolean create = catalog.value("SELECT has_database_privilege(current_database(), 'CREATE')")
                .equals("t");
        if (!foreign.isEmpty()) {
            findings.add(Finding.fault(
                    "publication",
                    "only a table's owner can publish it, and the role does not own " + String.join(", ", foreign)
                            + "; have the owner run CREATE PUBLICATION and name it in publicationName"));
        } else if (!create && !publication.exists()) {
            findings.add(Finding.fault(
                    "publication",
                    "the role may not create a publication; run GRANT CREATE ON DATABASE "
                            + SourceSql.quote(catalog.value("SELECT current_database()")) + " TO "
                            + SourceSql.quote(catalog.value("SELECT current_user"))));
        } else {
            findings.add(Finding.ok("publication", name + (publication.exists() ? " is ours" : " will be made")));
        }
    }
}
