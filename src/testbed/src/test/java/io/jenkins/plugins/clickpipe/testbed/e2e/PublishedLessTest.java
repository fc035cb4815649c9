package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A publication that publishes less than the pipe needs is refused, or stops the pipe; nothing is left out in silence. */
@WithServers
class PublishedLessTest {
    private static final String OWN = "tables: [{source: public.*}]\nsettings: {syncIntervalSeconds: 1}\n";
    private static final String USERS = OWN.replace("settings: {", "settings: {publicationName: pub, ");

    private TestDatabase database;

    @BeforeEach
    void tables(TestDatabase fresh) {
        database = fresh;
        database.executeSource(
                "CREATE TABLE items (id int PRIMARY KEY, note text, twice int GENERATED ALWAYS AS (id * 2) STORED)",
                "CREATE TABLE others (id int PRIMARY KEY, note text)",
                "INSERT INTO items SELECT i, 'loaded' FROM generate_series(1, 10) i",
                "INSERT INTO others SELECT i, 'loaded' FROM generate_series(1, 10) i");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            FOR TABLE items, others WITH (publish = 'insert', publish_generated_columns = stored)           | publishes no UPDATE and no DELETE and no TRUNCATE
            FOR ALL TABLES WITH (publish = 'insert, update, delete', publish_generated_columns = stored)    | publishes no TRUNCATE; run ALTER PUBLICATION "pub" SET (publish
            FOR TABLE items, others                                                                         | does not publish twice of public.items
            FOR TABLE items (id, twice), others                                                             | does not publish note of public.items
            FOR TABLE items, others WHERE (id > 5) WITH (publish_generated_columns = stored)                | has a row filter for public.others
            FOR TABLE items WITH (publish_generated_columns = stored)                                       | lacks public.others
            """)
    void aPublicationOfTheUsersThatPublishesLessIsRefusedBeforeAnythingIsChanged(String what, String reason) {
        database.servers().postgresAdmin().execute(database.name(), "CREATE PUBLICATION pub " + what);

        assertThat(run(USERS, "check").assertExit(1).output()).contains(reason);
        run(USERS, "create").assertRefused(1, "Refused before anything was changed", reason);

        assertThat(database.querySource(
                        "SELECT slot_name FROM pg_replication_slots WHERE database = current_database()"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            DROP PUBLICATION clickpipe_%s                                         | is missing
            ALTER PUBLICATION clickpipe_%s SET (publish = 'insert')               | was altered
            ALTER PUBLICATION clickpipe_%1$s SET (publish = 'insert'); DELETE FROM items; ALTER PUBLICATION clickpipe_%1$s SET (publish = 'insert, update, delete, truncate') | was altered
            """)
    void aPublicationThatWasAlteredMeanwhileFailsThePipeUntilAResync(String statements, String reason) {
        run(OWN, "create").assertSucceeded();
        database.executeSource("INSERT INTO items VALUES (11, 'later')");
        for (String statement : statements.formatted(database.name()).split(";")) {
            database.executeSource(statement);
        }

        run(OWN, "sync", "--once").assertRefused(1, "is Failed", reason, "run resync");

        assertThat(run(OWN, "status").stdout()).contains("Failed", reason);
        run(OWN, "resync").assertSucceeded();
        assertSame("items");
        assertThat(run(OWN, "sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"DROP PUBLICATION clickpipe_%s", "ALTER PUBLICATION clickpipe_%s SET (publish = 'insert')"})
    void aPublicationThatIsAlteredWhileSyncRunsEndsIt(String statement) {
        run(OWN, "create").assertSucceeded();
        try (EngineProcess sync = EngineProcess.start(database.pipeYaml(OWN), "sync")) {
            database.executeSource("INSERT INTO items VALUES (11, 'before')");
            await().until(() -> count("items").equals("11"));
            database.executeSource(
                    statement.formatted(database.name()),
                    "DELETE FROM items WHERE id = 1",
                    "INSERT INTO others VALUES (20, 'x')");
            sync.awaitEnd().assertExit(1);
        }
        assertThat(run(OWN, "status").stdout()).contains("Failed", "publication clickpipe_" + database.name());
    }

    @Test
    void aTableTakenOutForATimeStopsAlone() {
        run(OWN, "create").assertSucceeded();
        String publication = "ALTER PUBLICATION clickpipe_" + database.name();
        database.executeSource(
                publication + " DROP TABLE items",
                "DELETE FROM items WHERE id = 1",
                publication + " ADD TABLE items",
                "INSERT INTO others VALUES (11, 'later')");

        run(OWN, "sync", "--once")
                .assertSucceeded()
                .assertTells("public.items is not followed any more", "was taken out of publication");

        assertThat(count("others")).isEqualTo("11");
        run(OWN, "resync", "--tables", "public.items").assertSucceeded();
        run(OWN, "sync", "--once").assertSucceeded();
        assertSame("items");
    }

    @Test
    void aResyncOfAnotherTableDoesNotCoverUpThatATableWasTakenOut() {
        run(OWN, "create").assertSucceeded();
        run(OWN, "pause").assertSucceeded();
        String publication = "ALTER PUBLICATION clickpipe_" + database.name();
        database.executeSource(
                publication + " DROP TABLE items", "DELETE FROM items WHERE id = 1", publication + " ADD TABLE items");

        run(OWN, "resync", "--tables", "public.others").assertSucceeded();

        assertThat(run(OWN, "status").stdout()).contains("Table items is not followed", "was taken out of publication");
    }

    @Test
    void aPipeOfAnOlderVersionLearnsWhatItsTablesAreMadeOfAndGoesOn() {
        run(OWN, "create").assertSucceeded();
        database.executeTarget(
                "ALTER TABLE _clickpipe_journal DELETE WHERE kind = 'PUBLISHED' SETTINGS mutations_sync = 1",
                "ALTER TABLE _clickpipe_journal UPDATE data = replaceRegexpOne(replaceRegexpOne(data,"
                        + " ',\"shape\":\\\\{.*\\\\}(,\"resync\":true)?\\\\}$', '\\\\1}'), '\"oid\":\\\\d+,', '')"
                        + " WHERE kind = 'STRUCTURE' SETTINGS mutations_sync = 1");
        assertThat(
                        database.queryTarget(
                                "SELECT count() FROM _clickpipe_journal WHERE position(data, 'shape') > 0 OR position(data, '\"oid\"') > 0"))
                .containsExactly(List.of("0"));
        database.executeSource("INSERT INTO items VALUES (11, 'later')");

        assertThat(run(OWN, "sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");

        assertSame("items");
        database.executeSource("DROP TABLE items; CREATE TABLE items (id int PRIMARY KEY, note text, twice int)");
        run(OWN, "sync", "--once").assertSucceeded().assertTells("another table of that name");
    }

    @Test
    void aTableThatOthersAddToThePublicationDisturbsNobody() {
        database.executeSource(
                "CREATE SCHEMA s",
                "CREATE TABLE s.foreign_one (id int PRIMARY KEY)",
                "CREATE PUBLICATION pub FOR TABLE items, others WITH (publish_generated_columns = stored)");
        run(USERS, "create").assertSucceeded();
        database.executeSource(
                "ALTER PUBLICATION pub ADD TABLE s.foreign_one",
                "INSERT INTO s.foreign_one VALUES (1)",
                "INSERT INTO items VALUES (11, 'later')");

        assertThat(run(USERS, "sync", "--once").assertSucceeded().stderr()).doesNotContain("WARN");

        assertSame("items");
    }

    @Test
    void deletedRowsStayWhereThatIsAskedForAndStatusSaysSo() {
        String history = OWN.replace("settings: {", "settings: {ignoredOperations: delete_and_truncate, ");
        run(history, "create").assertSucceeded();
        database.executeSource("DELETE FROM items WHERE id <= 5", "UPDATE items SET note = 'new'", "TRUNCATE others");

        run(history, "sync", "--once").assertSucceeded();

        assertThat(count("items")).isEqualTo("10");
        assertThat(count("others")).isEqualTo("10");
        assertThat(database.queryTarget("SELECT count() FROM items FINAL WHERE note = 'new'"))
                .containsExactly(List.of("5"));
        assertThat(run(history, "status").stdout()).contains("Ignored operations: DELETE and TRUNCATE");
        run(OWN, "resync", "--tables", "public.items").assertRefused(1, "resync the whole pipe");
        assertThat(run(OWN, "status").stdout()).contains("settings.ignoredOperations: delete_and_truncate -> none");
        run(OWN, "resync", "--set", "maxRowLossPercent=100").assertSucceeded();
        database.executeSource("DELETE FROM items WHERE id = 6");
        run(OWN, "sync", "--once").assertSucceeded();
        assertSame("items");
    }

    @Test
    void anEmptyChildIsPublishedBeforeItsFirstRow() {
        run(OWN, "create").assertSucceeded();
        database.executeSource("CREATE TABLE more_items (PRIMARY KEY (id)) INHERITS (others)");
        run(OWN.replace("public.*", "public.others"), "sync", "--once").assertSucceeded();
        database.executeSource("INSERT INTO more_items VALUES (50, 'in the child')");
        run(OWN.replace("public.*", "public.others"), "sync", "--once").assertSucceeded();

        assertSame("others");
    }

    private void assertSame(String table) {
        assertThat(database.queryTarget(
                        "SELECT id, note FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0 ORDER BY id"))
                .isEqualTo(database.querySource("SELECT id, note FROM " + table + " ORDER BY id"));
    }

    private String count(String table) {
        return database.queryTarget("SELECT count() FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0")
                .get(0)
                .get(0);
    }

    private EngineRun run(String tables, String command, String... options) {
        return EngineProcess.run(database.pipeYaml(tables), command, options);
    }
}
