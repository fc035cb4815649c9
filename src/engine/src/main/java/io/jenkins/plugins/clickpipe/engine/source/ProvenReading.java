package io.jenkins.plugins.clickpipe.engine.source;

import static java.util.Objects.requireNonNull;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One reading of a relation in a session that has joined a snapshot. Names lead to what the catalog has now, not to what
 * the snapshot saw, and a relation that was rewritten since is empty to the snapshot. So the relation is locked against
 * both, proven to be the one of before the snapshot, read, and let go of at once: the lock belongs to a savepoint, since
 * the transaction of the snapshot lasts and an ALTER TABLE that waits for it would keep every other reader waiting.
 */
public final class ProvenReading {
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String UNDO = "ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading";

    private final Connection session;
    private final RelationState relation;

    private ProvenReading(Connection session, RelationState relation) {
        this.session = requireNonNull(session);
        this.relation = requireNonNull(relation);
    }

    /**
     * Locks a relation for one reading.
     *
     * @param before what it was before the snapshot; empty when there was no such relation
     * @param statements hears the lock's statement before it runs
     * @throws RelationMovedException when it is not that any more; the session can be used on
     * @throws SourceException when the session fails
     */
    public static ProvenReading of(Connection session, Optional<RelationState> before, Consumer<String> statements) {
        RelationState relation = before.orElseThrow(
                () -> new RelationMovedException("has a partition or child that was not there before the snapshot"));
        ProvenReading reading = new ProvenReading(session, relation);
        statements.accept(SourceSql.lockForReading(relation));
        try {
            reading.lock();
        } catch (SQLException e) {
            throw reading.fault(e);
        }
        return reading;
    }

    /** Functions on OIDs see the catalog as it is; a query of {@code pg_class} would see it as it was. */
    private void lock() throws SQLException {
        try (Statement statement = session.createStatement()) {
            boolean isResult = statement.execute("SAVEPOINT reading; " + SourceSql.lockForReading(relation) + "; "
                    + SourceSql.presentStorage(relation));
            while (!isResult) {
                isResult = statement.getMoreResults();
            }
            try (ResultSet row = statement.getResultSet()) {
                row.next();
                if (row.getLong("oid") != relation.oid()) {
                    throw moved("was replaced by another table of its name");
                }
                if (row.getLong("file") != relation.fileNode()) {
                    throw moved("was rewritten (TRUNCATE, VACUUM FULL, CLUSTER or an ALTER TABLE)");
                }
            }
        }
    }

    private RelationMovedException moved(String how) {
        end();
        return new RelationMovedException(how);
    }

    private RuntimeException fault(SQLException fault) {
        String state = String.valueOf(fault.getSQLState());
        if (state.equals(INSUFFICIENT_PRIVILEGE)) {
            return moved("may no longer be read by the role");
        }
        // 42P01, 42809, 3F000: no such relation, or something else of its name
        if (state.startsWith("42") || state.startsWith("3F")) {
            return moved("was dropped or renamed");
        }
        return SourceException.of("locking " + relation.quoted() + " for reading", fault);
    }

    /**
     * Lets go of the relation, once all of it is read.
     *
     * @throws SourceException when the session fails
     */
    public void end() {
        try (Statement statement = session.createStatement()) {
            statement.execute(UNDO);
        } catch (SQLException e) {
            throw SourceException.of("letting go of " + relation.quoted(), e);
        }
    }
}
