package io.jenkins.plugins.clickpipe.engine.target;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Reads what stands in the destination database from the server's system tables. */
public final class TargetCatalog {
    /** Database engines that give tables UUIDs and exchange them atomically. */
    private static final Set<String> EXCHANGING_ENGINES = Set.of("Atomic", "Replicated", "Shared");

    private final ClickHouse clickHouse;

    public TargetCatalog(ClickHouse clickHouse) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
    }

    public String serverVersion() {
        return clickHouse.value("SELECT version()").asText();
    }

    /** The time by the server's clock, which all that work on a pipe have in common. */
    public Instant now() {
        return Instant.EPOCH.plus(
                clickHouse.value("SELECT toUnixTimestamp64Micro(now64(6))").asLong(), ChronoUnit.MICROS);
    }

    /** The engine of the destination database; empty when there is no such database. */
    public Optional<String> databaseEngine() {
        List<JsonNode> rows = clickHouse.rows(
                "SELECT engine FROM system.databases WHERE name = {database:String}",
                Map.of("database", clickHouse.database()));
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(rows.get(0).get("engine").asText());
    }

    /** Replicas of the destination database where it is of engine Replicated, which shows as a cluster of its name. */
    public long replicas(String databaseEngine) {
        return databaseEngine.equals("Replicated")
                ? clickHouse
                        .value("SELECT count() FROM system.clusters WHERE cluster = " + database())
                        .asLong()
                : 1;
    }

    /**
     * What tells the destination database from a copy of it: its UUID, or the path under which its replicas agree; empty
     * when there is no such database.
     */
    public Optional<String> databaseIdentity() {
        List<JsonNode> rows = clickHouse.rows(
                "SELECT engine, toString(uuid) AS uuid FROM system.databases WHERE name = {database:String}",
                Map.of("database", clickHouse.database()));
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        if (!rows.get(0).get("engine").asText().equals("Replicated")) {
            return Optional.of(rows.get(0).get("uuid").asText());
        }
        return Optional.of(clickHouse
                        .rows(
                                "SELECT extract(engine_full, '\\'([^\\']*)\\'') AS path FROM system.databases"
                                        + " WHERE name = {database:String}",
                                Map.of("database", clickHouse.database()))
                        .get(0)
                        .get("path")
                        .asText()
                + " " + clickHouse.database());
    }

    public static boolean canExchangeTables(String databaseEngine) {
        return EXCHANGING_ENGINES.contains(databaseEngine);
    }

    /** The server knows the type {@code Time64} (ClickHouse 25.6 and newer). */
    public boolean hasTime64() {
        return !clickHouse
                .rows("SELECT 1 AS one FROM system.data_type_families WHERE name = 'Time64'")
                .isEmpty();
    }

    /** Bytes that can still be written to the disks of the server; the smallest disk of the default policy counts. */
    public long freeBytes() {
        return clickHouse
                .value("SELECT min(unreserved_space) FROM system.disks WHERE NOT is_read_only AND NOT is_remote")
                .asLong(Long.MAX_VALUE);
    }

    public Optional<TargetTable> table(String name) {
        return Optional.ofNullable(tables(Set.of(name)).get(name));
    }

    /** The tables of these names that there are, by name. */
    public Map<String, TargetTable> tables(Set<String> names) {
        String list = TargetSql.literals(names);
        Map<String, List<TargetColumn>> columns = new HashMap<>();
        clickHouse
                .rows("SELECT table, name, type FROM system.columns WHERE database = " + database() + " AND table IN "
                        + list + " ORDER BY table, position")
                .forEach(row -> columns.computeIfAbsent(row.get("table").asText(), t -> new ArrayList<>())
                        .add(new TargetColumn(
                                row.get("name").asText(), row.get("type").asText())));
        Map<String, TargetTable> tables = new HashMap<>();
        for (JsonNode row : clickHouse.rows(
                """
                SELECT name, uuid, engine, engine_full, sorting_key, comment, create_table_query,
                       ifNull(total_rows, 0) AS rows, ifNull(total_bytes, 0) AS bytes
                  FROM system.tables WHERE database = %s AND name IN %s"""
                        .formatted(database(), list))) {
            String name = row.get("name").asText();
            tables.put(
                    name,
                    new TargetTable(
                            name,
                            UUID.fromString(row.get("uuid").asText()),
                            row.get("engine").asText(),
                            row.get("engine_full").asText(),
                            row.get("sorting_key").asText(),
                            row.get("comment").asText(),
                            row.get("create_table_query").asText(),
                            row.get("rows").asLong(),
                            row.get("bytes").asLong(),
                            columns.getOrDefault(name, List.of())));
        }
        return tables;
    }

    /** The UUIDs of the tables of these names that there are, by name. */
    public Map<String, UUID> uuids(Set<String> names) {
        Map<String, UUID> uuids = new HashMap<>();
        clickHouse
                .rows("SELECT name, uuid FROM system.tables WHERE database = " + database() + " AND name IN "
                        + TargetSql.literals(names))
                .forEach(row -> uuids.put(
                        row.get("name").asText(),
                        UUID.fromString(row.get("uuid").asText())));
        return uuids;
    }

    private String database() {
        return TargetSql.literal(clickHouse.database());
    }
}
