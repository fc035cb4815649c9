package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that denies the exchange of tables half way, and the way back too. */
@WithServers
class DeniedSwapTest {
    private static final String PIPE =
            """
            tables: [{source: public.a}, {source: public.b}, {source: public.c}]
            settings: {keepPreviousTables: 1h}
            """;

    private TestDatabase database;
    private RefusingTarget door;
    private int exchanges;

    @BeforeEach
    void threeLoadedTables(TestDatabase fresh) throws IOException {
        database = fresh;
        door = RefusingTarget.before(database.servers().clickHousePipeUser());
        for (String table : List.of("a", "b", "c")) {
            database.executeSource(
                    "CREATE TABLE " + table + " (id int PRIMARY KEY, v text)",
                    "INSERT INTO " + table + " VALUES (1, 'old')");
        }
        run("resync").assertSucceeded();
        for (String table : List.of("a", "b", "c")) {
            database.executeSource("UPDATE " + table + " SET v = 'new'");
        }
    }

    @AfterEach
    void close() {
        door.close();
    }

    @Test
    void deniedHalfWayAllTablesAreTakenBack() {
        door.refuse(statement -> statement.startsWith("EXCHANGE") && ++exchanges == 2);

        run("resync").assertRefused(1, "all tables were taken back", "originals as before");

        assertThat(values()).containsExactly("old", "old", "old");
    }

    @Test
    void deniedOnTheWayBackTooItSaysWhichTablesAreNewAndWhichAreOld() throws IOException {
        door.refuse(statement -> statement.startsWith("EXCHANGE") && ++exchanges >= 2);

        EngineRun resync = run("resync");

        List<String> mixed = values();
        assertThat(mixed).contains("old", "new");
        String sentence = sentence(mixed);
        resync.assertRefused(1, sentence, "run sync or resync");
        JsonNode status = new ObjectMapper()
                .readTree(run("status", "--json").assertSucceeded().stdout());
        assertThat(status.path("status").asText()).isEqualTo("Failed");
        assertThat(status.path("reason").asText()).contains(sentence, "sync or resync");
        run("sync", "--once").assertRefused(1, sentence);
        run("rollback").assertRefused(1, sentence);

        door.refuse(statement -> false);
        run("sync", "--once").assertRefused(1, "resync");
        assertThat(values()).as("taken back, as was begun").containsExactly("old", "old", "old");
        run("resync").assertSucceeded();
        assertThat(values()).containsExactly("new", "new", "new");
    }

    @Test
    void aRollbackDeniedBothWaysSaysSoTooAndIsCompletedByTheNextCommand() {
        run("resync").assertSucceeded();
        door.refuse(statement -> statement.startsWith("EXCHANGE") && ++exchanges >= 2);

        EngineRun rollback = run("rollback");

        assertThat(values()).contains("old", "new");
        rollback.assertRefused(1, "The tables are mixed", "previous", "run rollback");
        door.refuse(statement -> false);
        run("sync", "--once").assertSucceeded();
        assertThat(values()).as("taken back, as was begun").containsExactly("new", "new", "new");
        run("rollback").assertSucceeded();
        assertThat(values()).containsExactly("old", "old", "old");
    }

    private static String sentence(List<String> values) {
        List<String> names = List.of("a", "b", "c");
        StringBuilder incoming = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            if (values.get(i).equals("new")) {
                incoming.append(names.get(i));
            }
        }
        return "readers have the new " + incoming + ", and the old ";
    }

    private List<String> values() {
        return List.of("a", "b", "c").stream()
                .map(table -> database.queryTarget("SELECT v FROM " + table + " FINAL")
                        .get(0)
                        .get(0))
                .toList();
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(
                database.pipeYaml(database.servers().postgresPipeUser(), door.endpoint(), PIPE), command, options);
    }
}
