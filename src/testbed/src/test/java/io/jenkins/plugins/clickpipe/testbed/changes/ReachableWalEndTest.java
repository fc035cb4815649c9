package io.jenkins.plugins.clickpipe.testbed.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.changes.WalEnd;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

@WithServers
class ReachableWalEndTest {
    /** What it has written is flushed when it commits, or when other work of the server happens to flush it. */
    @RepeatedTest(3)
    void whatAnOpenTransactionHasWrittenIsReachable(TestDatabase database) throws SQLException {
        database.executeSource("CREATE TABLE t (id int)");
        try (Connection open = database.sourceAdmin();
                Statement write = open.createStatement();
                Connection session = database.sourceAdmin()) {
            open.setAutoCommit(false);
            write.execute("INSERT INTO t VALUES (1)");

            LogSequenceNumber end = WalEnd.reachable(session).walEnd();

            assertThat(flushed(database)).isGreaterThanOrEqualTo(end);
        }
    }

    @Test
    void aRoleThatMayNotWriteIsGivenThePositionAllTheSame(TestDatabase database) throws SQLException {
        database.executeSource("CREATE TABLE t (id int)");
        try (Connection open = database.sourceAdmin();
                Statement write = open.createStatement();
                Connection session = database.sourceAdmin();
                Statement readOnly = session.createStatement()) {
            readOnly.execute("SET default_transaction_read_only = on");
            open.setAutoCommit(false);
            write.execute("INSERT INTO t VALUES (1)");

            assertThat(WalEnd.reachable(session).walEnd()).isGreaterThan(LogSequenceNumber.INVALID_LSN);
        }
    }

    private static LogSequenceNumber flushed(TestDatabase database) {
        return LogSequenceNumber.valueOf(
                database.querySource("SELECT pg_current_wal_flush_lsn()").get(0).get(0));
    }
}
