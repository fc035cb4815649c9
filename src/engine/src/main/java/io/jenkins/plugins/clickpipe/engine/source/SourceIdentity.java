package io.jenkins.plugins.clickpipe.engine.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/**
 * Which database of which PostgreSQL cluster a session speaks to, whatever host, port and name have led there. A copy
 * of a cluster's files has the same system identifier; its history tells the two apart ({@link TimelineHistory}).
 *
 * @param system the cluster's system identifier, made by initdb
 * @param database the database's name
 * @param databaseOid its OID, which stays when it is renamed
 * @param timeline of the WAL that the server writes, from 1; 0 on a standby, which writes none
 */
public record SourceIdentity(String system, String database, long databaseOid, int timeline) {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    public SourceIdentity {
        Objects.requireNonNull(system);
        Objects.requireNonNull(database);
    }

    /**
     * Looks.
     *
     * @param connection a session of the database
     * @param database opens a session of the replication protocol where the role may not ask in SQL
     */
    public static SourceIdentity of(SourceDatabase database, Connection connection) {
        try {
            return ofSession(connection);
        } catch (SourceException e) {
            if (!INSUFFICIENT_PRIVILEGE.equals(e.sqlState())) {
                throw e;
            }
        }
        Connection replication = database.connectForReplication();
        try {
            return ofReplication(connection, replication);
        } finally {
            database.release(replication);
        }
    }

    private static SourceIdentity ofSession(Connection connection) {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SourceSql.IDENTITY)) {
            row.next();
            return new SourceIdentity(row.getString(1), row.getString(2), row.getLong(3), row.getInt(4));
        } catch (SQLException e) {
            throw SourceException.of("asking PostgreSQL for its system identifier", e);
        }
    }

    /** IDENTIFY_SYSTEM needs the right to replicate and no other. */
    private static SourceIdentity ofReplication(Connection connection, Connection replication) {
        try (Statement identify = replication.createStatement();
                ResultSet system = identify.executeQuery("IDENTIFY_SYSTEM");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SourceSql.DATABASE_IDENTITY)) {
            system.next();
            row.next();
            int timeline = row.getBoolean(3) ? 0 : system.getInt("timeline");
            return new SourceIdentity(system.getString("systemid"), row.getString(1), row.getLong(2), timeline);
        } catch (SQLException e) {
            throw SourceException.of("asking PostgreSQL for its system identifier", e);
        }
    }

    /** Whether both are one database of one cluster; its name and its timeline may have changed. */
    public boolean isSameDatabase(SourceIdentity other) {
        return system.equals(other.system) && databaseOid == other.databaseOid;
    }

    public boolean isStandby() {
        return timeline == 0;
    }

    @Override
    public String toString() {
        return "database " + database + " (OID " + databaseOid + ") of the PostgreSQL system " + system;
    }
}
