package io.jenkins.plugins.clickpipe.engine.source;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.ReplicationSlotInfo;
import org.postgresql.replication.fluent.logical.ChainedLogicalCreateSlotBuilder;

/** Creates, looks at and drops logical replication slots for pgoutput. */
public final class ReplicationSlots {
    /** Creation waits for every transaction that is open at its start. */
    private static final Duration CREATION_LIMIT = Duration.ofMinutes(10);

    private final SourceDatabase database;

    public ReplicationSlots(SourceDatabase database) {
        this.database = Objects.requireNonNull(database);
    }

    /**
     * A slot as pg_replication_slots has it.
     *
     * @param invalidReason why the server gave the slot up (its WAL is gone); empty while it is usable
     * @param confirmed up to where changes were confirmed; empty for an invalid slot
     * @param retainedBytes WAL the slot holds back
     * @param foreign why it is none that this engine makes for this database, as a clause about it; empty where it may be
     */
    public record Slot(
            String name,
            boolean active,
            long activePid,
            Optional<String> invalidReason,
            Optional<LogSequenceNumber> confirmed,
            long retainedBytes,
            Optional<String> foreign) {}

    public Optional<Slot> find(Connection connection, String name) {
        try (PreparedStatement statement = connection.prepareStatement(
                """
                SELECT active, coalesce(active_pid, 0), to_jsonb(s) ->> 'wal_status', confirmed_flush_lsn,
                       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint,
                       to_jsonb(s) ->> 'invalidation_reason',
                       CASE WHEN slot_type <> 'logical' THEN 'is a physical one'
                            WHEN plugin <> 'pgoutput' THEN 'has the plugin ' || plugin
                            WHEN database <> current_database() THEN 'belongs to database ' || database END
                  FROM pg_replication_slots s WHERE slot_name = ?
                """)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                boolean lost = "lost".equals(row.getString(3)) || row.getString(6) != null;
                return Optional.of(new Slot(
                        name,
                        row.getBoolean(1),
                        row.getLong(2),
                        lost
                                ? Optional.of(Objects.requireNonNullElse(row.getString(6), "wal_removed"))
                                : Optional.empty(),
                        Optional.ofNullable(row.getString(4)).map(LogSequenceNumber::valueOf),
                        row.getLong(5),
                        Optional.ofNullable(row.getString(7))));
            }
        } catch (SQLException e) {
            throw SourceException.of("looking at replication slot " + name, e);
        }
    }

    /**
     * What a slot may still hold back.
     *
     * @param lost the server has given the slot up
     * @param bytesLeft WAL that may be written until it does; negative when the next checkpoint will
     * @param limitBytes {@code max_slot_wal_keep_size}
     */
    public record WalRoom(boolean lost, long bytesLeft, long limitBytes) {}

    /** Empty where there is no such slot, or the server bounds no slot's WAL (before PostgreSQL 13 it cannot). */
    public Optional<WalRoom> walRoom(Connection connection, String name) {
        try (PreparedStatement statement = connection.prepareStatement(
                """
                SELECT coalesce(to_jsonb(s) ->> 'wal_status', '') = 'lost',
                       (to_jsonb(s) ->> 'safe_wal_size')::bigint,
                       pg_size_bytes(current_setting('max_slot_wal_keep_size', true))
                  FROM pg_replication_slots s
                 WHERE slot_name = ? AND current_setting('max_slot_wal_keep_size', true) <> '-1'
                """)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new WalRoom(row.getBoolean(1), row.getLong(2), row.getLong(3)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw SourceException.of("looking at replication slot " + name, e);
        }
    }

    /**
     * Creates a slot and exports the snapshot from which its changes go on.
     *
     * @throws EngineException when open transactions keep the server from creating it in time
     */
    public ExportedSnapshot create(String name) {
        return create(name, false);
    }

    /**
     * Exports a snapshot with its consistent point by a slot that ends with it, so that nothing needs to read or drop the
     * slot.
     *
     * @throws EngineException when open transactions keep the server from creating it in time
     */
    public ExportedSnapshot snapshotOfItsOwn(String name) {
        return create(name, true);
    }

    private ExportedSnapshot create(String name, boolean temporary) {
        Connection replication = database.connectForReplication();
        try {
            ChainedLogicalCreateSlotBuilder slot = replication
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .createReplicationSlot()
                    .logical()
                    .withSlotName(name)
                    .withOutputPlugin("pgoutput");
            FutureTask<ReplicationSlotInfo> creation =
                    new FutureTask<>((temporary ? slot.withTemporaryOption() : slot)::make);
            Thread thread = new Thread(creation, "slot-creation");
            thread.setDaemon(true);
            thread.start();
            try {
                ReplicationSlotInfo info = creation.get(CREATION_LIMIT.toSeconds(), TimeUnit.SECONDS);
                return new ExportedSnapshot(database, replication, info.getSnapshotName(), info.getConsistentPoint());
            } catch (TimeoutException e) {
                throw new EngineException(
                        "PostgreSQL did not create replication slot " + name + " within " + CREATION_LIMIT.toMinutes()
                                + " minutes: it waits for open transactions to end. " + oldestTransaction(),
                        e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof SQLException fault) {
                    throw SourceException.of("creating replication slot " + name, fault);
                }
                throw EngineException.of(e);
            }
        } catch (SQLException e) {
            database.release(replication);
            throw SourceException.of("creating replication slot " + name, e);
        } catch (InterruptedException e) {
            database.release(replication);
            Thread.currentThread().interrupt();
            throw new EngineException("Stopped while creating replication slot " + name + ".", e);
        } catch (RuntimeException e) {
            database.release(replication);
            throw e;
        }
    }

    private String oldestTransaction() {
        Connection connection = database.connect();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        """
                        SELECT format('The oldest has pid %s, user %s, application %s, open since %s: end it and retry.',
                                      pid, usename, quote_literal(application_name), xact_start)
                          FROM pg_stat_activity
                         WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 1
                        """)) {
            return row.next() ? row.getString(1) : "End them and retry.";
        } catch (SQLException e) {
            return "End them and retry.";
        } finally {
            database.release(connection);
        }
    }

    /** Whether a fault of {@link #create} means that a slot of this name stands already, made by somebody else. */
    public static boolean isTaken(SourceException fault) {
        return "42710".equals(fault.sqlState());
    }

    /**
     * Drops a slot, also an invalidated one; does nothing when there is none. A process that still reads it is
     * stopped first: the pipe's lock is held, so it can only be a leftover.
     */
    public void drop(Connection connection, String name) {
        for (int attempt = 1; ; attempt++) {
            Optional<Slot> slot = find(connection, name);
            if (slot.isEmpty()) {
                return;
            }
            try (Statement statement = connection.createStatement()) {
                if (slot.get().active()) {
                    statement.execute(
                            "SELECT pg_terminate_backend(" + slot.get().activePid() + ")");
                }
                statement.execute("SELECT pg_drop_replication_slot(" + SourceSql.literal(name) + ")");
                return;
            } catch (SQLException e) {
                // 55006 object_in_use: the terminated walsender needs a moment to let go.
                if (attempt == 50 || !"55006".equals(e.getSQLState())) {
                    throw SourceException.of("dropping replication slot " + name, e);
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
