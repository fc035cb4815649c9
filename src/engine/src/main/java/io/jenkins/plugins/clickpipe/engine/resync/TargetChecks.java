package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.changes.RowVersion;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TableDefinition;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetColumn;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.replication.LogSequenceNumber;

/** What the destination must offer: version, a database that exchanges tables, privileges, names, disk. */
final class TargetChecks {
    private static final List<String> PRIVILEGES =
            List.of("SELECT", "INSERT", "CREATE TABLE", "DROP TABLE", "ALTER TABLE");
    /** What a user may read of these needs a grant where select_from_system_db_requires_grant is set, the default. */
    private static final List<String> SYSTEM_TABLES =
            List.of("disks", "data_skipping_indices", "projections", "processes");

    private static final int ACCESS_DENIED = 497;
    /** ClickHouse keeps a table's definition in a file named after it, and takes 206 bytes at most. */
    private static final int LONGEST_NAME_BYTES = 206;

    /** Columnar, compressed data needs less than the heap; half of it leaves room for merges. */
    private static final double DISK_SHARE = 0.5;

    private final ClickHouse clickHouse;
    private final TargetCatalog catalog;
    private final List<Finding> findings;

    TargetChecks(ClickHouse clickHouse, TargetCatalog catalog, List<Finding> findings) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.catalog = Objects.requireNonNull(catalog);
        this.findings = Objects.requireNonNull(findings);
    }

    /** Returns false when nothing else can be looked at. */
    boolean server() {
        String version = catalog.serverVersion();
        findings.add(
                isSupported(version)
                        ? Finding.ok("ClickHouse", "version " + version)
                        : Finding.fault("ClickHouse", "version " + version + " is not supported; 23.8 or newer is"));
        if (!new EnvironmentChecks(clickHouse, findings).settings()) {
            return false;
        }
        Optional<String> engine = catalog.databaseEngine();
        if (engine.isEmpty()) {
            findings.add(Finding.fault(
                    "target.database",
                    "there is no database " + clickHouse.database()
                            + ", or the user may not see it; run CREATE DATABASE "
                            + TargetSql.quote(clickHouse.database())));
            return false;
        }
        findings.add(database(clickHouse.database(), engine.get(), catalog.replicas(engine.get())));
        return true;
    }

    /**
     * Judges the database's engine.
     *
     * @param replicas of a database of engine Replicated
     */
    static Finding database(String name, String engine, long replicas) {
        if (!TargetCatalog.canExchangeTables(engine)) {
            return Finding.fault(
                    "target.database",
                    "engine " + engine + " of database " + name
                            + " cannot exchange tables; use a database with ENGINE = Atomic");
        }
        return replicas > 1
                ? Finding.fault(
                        "target.database",
                        "database " + name + " has " + replicas + " replicas, and the engine's journal and its plain"
                                + " tables would have rows on one of them and be empty on the others; use a database"
                                + " with ENGINE = Atomic")
                : Finding.ok("target.database", "engine " + engine + " exchanges tables atomically");
    }

    static boolean isSupported(String version) {
        String[] parts = version.split("\\.");
        int major = Integer.parseInt(parts[0]);
        int minor = Integer.parseInt(parts[1]);
        return major > 23 || major == 23 && minor >= 8;
    }

    /** @param engines table engines that the pipe makes, beside the journal's MergeTree */
    void privileges(Set<TableEngine> engines) {
        String database = TargetSql.quote(clickHouse.database()) + ".*";
        List<String> wanted = new ArrayList<>(
                PRIVILEGES.stream().map(p -> p + " ON " + database).toList());
        wanted.add("TABLE ENGINE ON " + TableEngine.MERGE_TREE.label());
        engines.stream()
                .filter(engine -> engine != TableEngine.MERGE_TREE)
                .forEach(engine -> wanted.add("TABLE ENGINE ON " + engine.label()));
        try {
            List<String> missing = new ArrayList<>(wanted.stream()
                    .filter(grant -> clickHouse.value("CHECK GRANT " + grant).asInt() == 0)
                    .toList());
            SYSTEM_TABLES.stream()
                    .filter(table -> !readable(table))
                    .forEach(table -> missing.add("SELECT ON system." + table));
            findings.add(
                    missing.isEmpty()
                            ? Finding.ok("ClickHouse privileges", "sufficient on " + clickHouse.database())
                            : Finding.fault(
                                    "ClickHouse privileges",
                                    "user " + clickHouse.server().user() + " lacks some; run GRANT "
                                            + String.join(", ", missing) + " TO "
                                            + TargetSql.quote(
                                                    clickHouse.server().user())));
        } catch (TargetException e) {
            if (e.isTransient()) {
                throw e;
            }
            // CHECK GRANT came with ClickHouse 24.11; older servers are not asked.
            findings.add(Finding.warning("ClickHouse privileges", "could not be looked up on this version"));
        }
    }

    private boolean readable(String systemTable) {
        try {
            clickHouse.rows("SELECT 1 AS one FROM system." + systemTable + " LIMIT 0");
            return true;
        } catch (TargetException e) {
            if (e.code() == ACCESS_DENIED) {
                return false;
            }
            throw e;
        }
    }

    /** @param tables every one that the run reads, present or to come */
    void policies(Set<String> tables) {
        RowPolicies policies = new RowPolicies(clickHouse);
        Set<String> hidden = policies.of(tables);
        if (!hidden.isEmpty()) {
            findings.add(Finding.fault("ClickHouse row policies", policies.sentence(hidden)));
        }
    }

    void tables(List<TableMapping> mappings, Map<String, TargetTable> targets, PipeState state, String pipe) {
        ResyncTables resyncTables = new ResyncTables(clickHouse, pipe);
        Set<String> names = mappings.stream().map(TableMapping::target).collect(Collectors.toSet());
        for (TableMapping mapping : mappings) {
            String subject = mapping.target();
            TargetTable original = targets.get(mapping.target());
            if (original != null
                    && !original.engine().endsWith("MergeTree")
                    && !original.engine().equals("Null")) {
                findings.add(Finding.fault(
                        subject,
                        "the destination has a " + original.engine() + " of that name, which cannot be exchanged with a"
                                + " table; rename it or choose another target"));
            }
            TargetTable leftover = targets.get(mapping.resyncTarget());
            if (names.contains(mapping.resyncTarget())) {
                findings.add(Finding.fault(
                        subject,
                        mapping.resyncTarget() + " is both its _resync table and a target of the pipe; choose another"
                                + " target"));
            } else if (leftover != null && !resyncTables.isOurs(leftover, state)) {
                findings.add(Finding.fault(subject, ResyncTables.refusal(mapping.resyncTarget())));
            } else if (leftover != null) {
                findings.add(Finding.ok(subject, "a leftover " + leftover.name() + " of ours will be replaced"));
            }
        }
    }

    /**
     * Tables that are there already and are to take changes as they are need a column for each of the mapping's.
     *
     * @param wal where the source's WAL is now: no row may have a later version
     */
    void takeChanges(List<TableMapping> mappings, Map<String, TargetTable> targets, LogSequenceNumber wal) {
        for (TableMapping mapping : mappings) {
            TargetTable present = targets.get(mapping.target());
            if (present == null) {
                continue;
            }
            String missing = Stream.concat(
                            mapping.columnNames().stream(),
                            TableDefinition.METADATA.stream().map(TargetColumn::name))
                    .filter(column -> !present.hasColumn(column))
                    .collect(Collectors.joining(", "));
            String fault = !missing.isEmpty()
                    ? "the destination table lacks " + missing
                            + "; add them, rename the table, or use replicationMode: cdc"
                    : unfit(present, wal);
            findings.add(
                    fault.isEmpty()
                            ? Finding.ok(mapping.target(), "takes changes as it is")
                            : Finding.fault(mapping.target(), fault));
        }
    }

    /** Why changes would be lost in a table, or stand in it twice; empty when it is fit. */
    private String unfit(TargetTable table, LogSequenceNumber wal) {
        String name = TargetSql.quote(clickHouse.database(), table.name());
        if (table.engine().equals("MergeTree") && !table.engineFull().contains("non_replicated_deduplication_window")) {
            return "a batch that has to be sent again would stand twice in the destination table; run ALTER TABLE "
                    + name + " MODIFY SETTING non_replicated_deduplication_window = 10000";
        }
        if (!table.engine().contains("ReplacingMergeTree")) {
            return "";
        }
        String newest = clickHouse
                .value("SELECT toString(max(_peerdb_version)) FROM " + name)
                .asText();
        String next = Long.toUnsignedString(RowVersion.first(wal));
        return new BigInteger(newest).compareTo(new BigInteger(next)) < 0
                ? ""
                : "its newest _peerdb_version is " + newest + ", which no change of this server has reached (" + next
                        + " now), so changes would lose against its rows; use replicationMode: cdc";
    }

    /** @param run its id is part of the names under which previous tables are kept */
    void previousTables(List<TableMapping> mappings, String run) {
        for (TableMapping mapping : mappings) {
            String name = SwapPlan.previousName(mapping.target(), run);
            if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME_BYTES) {
                findings.add(Finding.fault(
                        mapping.target(),
                        "the name is too long to keep its previous table as " + name
                                + "; choose a shorter target or keepPreviousTables: 0h"));
            }
        }
    }

    void disk(List<TableMapping> mappings) {
        long source = mappings.stream()
                .filter(m -> m.engine() != TableEngine.NULL)
                .mapToLong(m -> m.source().bytes())
                .sum();
        try {
            findings.add(disk(source, catalog.freeBytes()));
        } catch (TargetException e) {
            if (e.code() != ACCESS_DENIED) {
                throw e;
            }
            // The missing grant is among the faults already.
        }
    }

    /**
     * Judges the disk.
     *
     * @param sourceBytes size of the tables in PostgreSQL
     * @param freeBytes what ClickHouse can still write
     */
    static Finding disk(long sourceBytes, long freeBytes) {
        long needed = (long) (sourceBytes * DISK_SHARE);
        String numbers = "about " + HumanUnits.bytes(needed) + " needed, " + HumanUnits.bytes(freeBytes) + " free";
        return freeBytes < needed
                ? Finding.fault("ClickHouse disk", "nearly full: " + numbers + "; free some or add a disk")
                : Finding.ok("ClickHouse disk", numbers);
    }
}
