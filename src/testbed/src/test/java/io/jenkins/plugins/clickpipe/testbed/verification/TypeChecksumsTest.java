package io.jenkins.plugins.clickpipe.testbed.verification;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.types.TypeMapping;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import io.jenkins.plugins.clickpipe.testbed.types.AlteredValues;
import io.jenkins.plugins.clickpipe.testbed.types.TypeCase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values of every type have the same checksums on both servers, as they are and as the mapping alters them. */
@WithServers
class TypeChecksumsTest {
    @ParameterizedTest
    @CsvSource({"true, true, false", "true, false, true", "false, true, false", "false, false, true"})
    void theValuesOfEveryTypeAgree(boolean nullable, boolean time64, boolean numericAsString, TestDatabase database)
            throws Exception {
        TypeCase.makeTable(database);

        assertAgrees(database, new TypeMapping.Options(nullable, time64, false, numericAsString));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void alteredValuesAgree(boolean nullable, TestDatabase database) throws Exception {
        AlteredValues.makeTable(database);

        assertAgrees(database, new TypeMapping.Options(nullable, true, false, false));
    }

    @Test
    void aColumnOfJsonIsComparedByItsNullsAloneAndSaysSo(TestDatabase database) throws Exception {
        database.executeSource(
                "CREATE TABLE t (id int PRIMARY KEY, doc jsonb)", "INSERT INTO t VALUES (1, '{\"a\": 1}'), (2, NULL)");
        try (LoadedTable table = LoadedTable.load(database, new TypeMapping.Options(true, true, true, false))) {
            TableStatistics found = table.verify();

            assertThat(found.verification()).isEqualTo(Verification.PASSED);
            assertThat(found.verificationDetail()).contains("column doc compared by the number of NULLs alone");
            database.executeTarget("ALTER TABLE t_resync UPDATE doc = NULL WHERE 1 SETTINGS mutations_sync = 2");
            assertThat(LoadedTable.differing(table.verify())).containsExactly("doc");
        }
    }

    private static void assertAgrees(TestDatabase database, TypeMapping.Options options) throws Exception {
        try (LoadedTable table = LoadedTable.load(database, options)) {
            TableStatistics found = table.verify();

            assertThat(LoadedTable.differing(found))
                    .as(
                            "%s",
                            database.querySource("SELECT attname, format_type(atttypid, atttypmod)"
                                    + " FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"))
                    .isEmpty();
            assertThat(found.verification()).as(found.verificationDetail()).isEqualTo(Verification.PASSED);
            assertThat(LoadedTable.checksums(found).columns())
                    .allSatisfy(column -> assertThat(column.result()).isEqualTo(Verification.PASSED));
        }
    }
}
