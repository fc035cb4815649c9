package io.jenkins.plugins.clickpipe.testbed.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.Kind;
import io.jenkins.plugins.clickpipe.engine.types.TypeMapping;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens to loaded rows, checksums find it and name the columns. */
@WithServers
class DamageTest {
    private static final String COLUMNS =
            "n int, price numeric(10, 2), day date, note text, ok boolean, w float8, tags text[]";
    private static final String ROWS =
            " SELECT i, i % 7, i / 4.0, '2024-01-01'::date + i, 'note ' || i, i % 2 = 0, i / 3.0, ARRAY[i::text, NULL]"
                    + " FROM generate_series(1, 500) i";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    n = n + 1 WHERE id = 250                              | [n]
                    price = price + 0.01 WHERE id = 1                     | [price]
                    day = day + 1 WHERE id = 500                          | [day]
                    note = concat(note, ' ') WHERE id = 3                 | [note]
                    note = NULL WHERE id = 3                              | [note]
                    ok = NOT ok WHERE id = 4                              | [ok]
                    w = nan WHERE id = 4                                  | [w]
                    w = w * (1 + 1e-15) WHERE id = 1                      | [w]
                    tags = [tags[1], ''] WHERE id = 9                     | [tags]
                    n = 0, note = '' WHERE id = 9                         | [n, note]
                    price = if(id = 8, 2.25, 2.00) WHERE id IN (8, 9)     | [price]
                    """)
    void aChangedValueIsFoundInItsColumn(String change, String columns, TestDatabase database) throws Exception {
        make(database, ", PRIMARY KEY (id)");
        try (LoadedTable table = LoadedTable.load(database, TypeMapping.Options.DEFAULTS)) {
            assertThat(table.verify().verification()).isEqualTo(Verification.PASSED);

            mutate(database, "UPDATE " + change);

            TableStatistics found = table.verify();
            assertThat(found.verification()).isEqualTo(Verification.FAILED);
            assertThat(LoadedTable.differing(found)).hasToString(columns);
            assertThat(found.verificationDetail()).contains(columns.replaceAll("[\\[\\]]", ""));
        }
    }

    @Test
    void aMissingRowIsFoundThoughAnotherOneIsThereTwice(TestDatabase database) throws Exception {
        make(database, ", PRIMARY KEY (id)");
        try (LoadedTable table = LoadedTable.load(database, TypeMapping.Options.DEFAULTS)) {
            mutate(database, "DELETE WHERE id = 77");
            database.executeTarget("INSERT INTO t_resync SELECT * FROM t_resync WHERE id = 78");

            TableStatistics found = table.verify();

            assertThat(found.checks().get(0).kind()).isEqualTo(Kind.ROW_COUNTS);
            assertThat(found.checks().get(0).result()).isEqualTo(Verification.PASSED);
            assertThat(LoadedTable.differing(found)).contains("id", "note");
        }
    }

    @Test
    void valuesThatStandInEachOthersRowsAreFoundInTheirColumn(TestDatabase database) throws Exception {
        make(database, ", PRIMARY KEY (id)");
        try (LoadedTable table = LoadedTable.load(database, TypeMapping.Options.DEFAULTS)) {
            mutate(database, "UPDATE note = if(id = 8, 'note 9', 'note 8') WHERE id IN (8, 9)");

            TableStatistics found = table.verify();

            assertThat(LoadedTable.differing(found)).containsExactly("note");
            assertThat(found.verificationDetail()).contains("note", "in other rows");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEFAULT", "FULL"})
    void valuesThatStandInEachOthersRowsAreFoundWithoutAKeyToo(String identity, TestDatabase database)
            throws Exception {
        make(database, "");
        database.executeSource("ALTER TABLE t REPLICA IDENTITY " + identity);
        try (LoadedTable table = LoadedTable.load(database, TypeMapping.Options.DEFAULTS)) {
            assertThat(table.verify().verification()).isEqualTo(Verification.PASSED);
            mutate(database, "UPDATE note = if(id = 8, 'note 9', 'note 8') WHERE id IN (8, 9)");

            TableStatistics found = table.verify();

            assertThat(found.verification()).isEqualTo(Verification.FAILED);
            assertThat(found.verificationDetail()).contains("combine them in another way");
        }
    }

    @Test
    void tombstonesAndTheMetadataColumnsAreNotCompared(TestDatabase database) throws Exception {
        make(database, ", PRIMARY KEY (id)");
        try (LoadedTable table = LoadedTable.load(database, TypeMapping.Options.DEFAULTS)) {
            mutate(database, "UPDATE _peerdb_synced_at = now64() WHERE 1");
            database.executeTarget("INSERT INTO t_resync (id, _peerdb_is_deleted, _peerdb_version) VALUES (900, 1, 1)");

            assertThat(table.verify().verification()).isEqualTo(Verification.PASSED);
        }
    }

    @Test
    void aTableWithoutRowsAgrees(TestDatabase database) throws Exception {
        make(database, ", PRIMARY KEY (id)");
        database.executeSource("TRUNCATE t");
        try (LoadedTable table = LoadedTable.load(database, TypeMapping.Options.DEFAULTS)) {
            assertThat(table.verify().verification()).isEqualTo(Verification.PASSED);

            database.executeTarget("INSERT INTO t_resync (id) VALUES (1)");

            assertThat(table.verify().verification()).isEqualTo(Verification.FAILED);
        }
    }

    private static void make(TestDatabase database, String key) {
        database.executeSource("CREATE TABLE t (id int, " + COLUMNS + key + ")", "INSERT INTO t" + ROWS, "ANALYZE t");
    }

    private static void mutate(TestDatabase database, String command) {
        database.executeTarget("ALTER TABLE t_resync " + command + " SETTINGS mutations_sync = 2");
    }
}
