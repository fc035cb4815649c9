package io.jenkins.plugins.clickpipe.testbed.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody has set the slot's two_phase, so that it sends transactions at PREPARE TRANSACTION. */
@Timeout(120)
class TwoPhaseSlotTest {
    private static final String SMALL = "INSERT INTO public.items VALUES (1, 'prepared')";
    private static final String LARGE =
            "INSERT INTO public.items SELECT g, repeat('x', 100) FROM generate_series(1, 2000) g";

    private static PostgresServer server;
    private static int count;

    private SyncedDatabase db;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.start(Map.of("logical_decoding_work_mem", "64kB"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws SQLException {
        db = new SyncedDatabase(server, "twophase" + ++count);
        db.execute("CREATE TABLE public.items (id int PRIMARY KEY, name text)");
        db.follow("items");
    }

    /** A prepared transaction would keep the server from making the next slot. */
    @AfterEach
    void closeDatabase() throws SQLException {
        for (String gid : db.values("SELECT gid FROM pg_prepared_xacts WHERE database = current_database()")) {
            db.execute("ROLLBACK PREPARED '" + gid + "'");
        }
        db.close();
    }

    private void prepare(String change) throws SQLException {
        db.execute("BEGIN; " + change + "; PREPARE TRANSACTION 'waiting'");
    }

    private void assertRefused() {
        assertThatThrownBy(db::sync)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("'waiting'")
                .hasMessageContaining("two_phase")
                .hasMessageContaining("resync");
    }

    private void assertSame() throws SQLException {
        assertThat(db.alive("items")).containsExactlyInAnyOrderElementsOf(db.sourceRows("items"));
    }

    @Test
    void whatWasPreparedBeforeIsNotLost() throws SQLException {
        prepare(SMALL);
        db.execute("INSERT INTO public.items VALUES (2, 'before')");
        db.sync();
        db.setTwoPhase(true);
        db.execute("INSERT INTO public.items VALUES (3, 'between')", "COMMIT PREPARED 'waiting'");
        assertRefused();

        db.setTwoPhase(false);
        db.sync();

        assertThat(db.alive("items")).hasSize(3);
        assertSame();
    }

    @ParameterizedTest
    @ValueSource(strings = {SMALL, LARGE})
    void aFirstPhaseIsRefusedAndItsTransactionComesWholeWhenTheSlotIsSetBack(String change) throws SQLException {
        db.setTwoPhase(true);
        db.execute("INSERT INTO public.items VALUES (9998, 'before')");
        prepare(change);
        db.execute("INSERT INTO public.items VALUES (9999, 'between')");
        assertRefused();

        db.setTwoPhase(false);
        db.sync();
        assertThat(db.alive("items")).containsExactlyInAnyOrder(List.of("9998", "before"), List.of("9999", "between"));
        db.execute("COMMIT PREPARED 'waiting'");
        db.sync();

        assertThat(db.alive("items")).hasSizeGreaterThan(2);
        assertSame();
    }

    @Test
    void itMattersToPreparedTransactionsAlone() throws SQLException {
        db.setTwoPhase(true);
        db.execute("INSERT INTO public.items VALUES (1, 'one')");

        db.sync();

        assertSame();
    }
}
