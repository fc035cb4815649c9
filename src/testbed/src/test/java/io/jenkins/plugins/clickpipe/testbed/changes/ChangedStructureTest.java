package io.jenkins.plugins.clickpipe.testbed.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.StructureChangedException;
import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.replication.LogSequenceNumber;

/** A stream that announces a table otherwise than it is mapped ends before a change of that structure is applied. */
@Timeout(120)
class ChangedStructureTest {
    private static PostgresServer server;
    private static int count;

    private SyncedDatabase db;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        db = new SyncedDatabase(server, "structure" + ++count);
    }

    @AfterEach
    void closeDatabase() throws SQLException {
        db.close();
    }

    private void followItems() throws SQLException {
        db.execute("CREATE TABLE public.items (id int PRIMARY KEY, name text, big text)");
        db.follow("items");
    }

    @Test
    void truncatingOnlyAChildStopsInsteadOfBuryingItsParentsRows() throws SQLException {
        db.execute(
                "CREATE TABLE public.parent (id int PRIMARY KEY, v text)",
                "CREATE TABLE public.child (extra int) INHERITS (public.parent)");
        db.follow("parent");
        db.execute("INSERT INTO public.parent VALUES (1, 'p')", "TRUNCATE public.child");

        assertThatThrownBy(db::sync)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("Table public.parent changed")
                .hasMessageContaining("only a part of it was truncated (public.child)")
                .hasMessageContaining("Run resync");
    }

    @Test
    void aDroppedColumnStopsTheSyncAndConfirmsNothing() throws SQLException {
        followItems();
        LogSequenceNumber before = db.confirmedFlush();
        db.execute("ALTER TABLE public.items DROP COLUMN name", "INSERT INTO public.items VALUES (1, NULL)");

        assertThatThrownBy(db::sync)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("Table public.items changed")
                .hasMessageContaining("column name was dropped")
                .hasMessageContaining("Run resync");
        assertThat(db.confirmedFlush()).isEqualTo(before);
    }

    @Test
    void aRetypedColumnOrAnotherKeyStopsTheSync() throws SQLException {
        db.execute(
                "CREATE TABLE public.a (id int PRIMARY KEY, n numeric(10, 2))",
                "CREATE TABLE public.b (id int PRIMARY KEY, c int NOT NULL)");
        db.follow("a", "b");
        db.execute("ALTER TABLE public.a ALTER n TYPE numeric(10, 4)", "INSERT INTO public.a VALUES (1, 1)");
        assertThatThrownBy(db::sync).hasMessageContaining("column n has another type");
    }

    @Test
    void anotherKeyStopsTheSync() throws SQLException {
        db.execute("CREATE TABLE public.b (id int PRIMARY KEY, c int NOT NULL)");
        db.follow("b");
        db.execute(
                "ALTER TABLE public.b DROP CONSTRAINT b_pkey, ADD PRIMARY KEY (id, c)",
                "INSERT INTO public.b VALUES (1, 1)");
        assertThatThrownBy(db::sync).hasMessageContaining("named by").hasMessageContaining("Run resync");
    }

    @Test
    void anAddedColumnEndsTheStreamSoThatTheDestinationCanGetIt() throws SQLException {
        followItems();
        db.execute(
                "ALTER TABLE public.items ADD COLUMN extra int", "INSERT INTO public.items VALUES (1, 'one', NULL, 2)");

        assertThatThrownBy(db::sync)
                .isInstanceOfSatisfying(StructureChangedException.class, change -> assertThat(change.added())
                        .containsExactly("extra"));
    }
}
