package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exit code 2: a command or pipe file that cannot be meant so, told before a server is asked. */
@WithServers
class RefusedInputTest {
    private static final String ORDERS = "tables: [{source: public.orders}]\n";

    @Test
    void anUnknownSettingIsNamedWithTheNearestKnownOne(TestDatabase database) {
        resync(database, ORDERS + "settings: {initialLoadParalelism: 2}\n")
                .assertRefused(2, "settings.initialLoadParalelism", "initialLoadParallelism");
    }

    @Test
    void anUnknownKeyOfATableIsNamedWithItsPath(TestDatabase database) {
        resync(database, "tables: [{source: public.orders, sortingKey: [id]}]\n")
                .assertRefused(2, "tables[0].sortingKey", "sortingKeys");
    }

    @Test
    void allFaultsAreToldAtOnce(TestDatabase database) {
        resync(
                        database,
                        "tables: [{source: public.orders, tableEngine: Log}]\n"
                                + "settings: {verify: maybe, initialLoadParallelism: 0, keepPreviousTables: soon}\n")
                .assertRefused(
                        2,
                        "tables[0].tableEngine",
                        "settings.verify",
                        "settings.initialLoadParallelism",
                        "settings.keepPreviousTables");
    }

    @Test
    void twoTablesWithOneTargetAreRefused(TestDatabase database) {
        resync(database, "tables: [{source: public.a, target: same}, {source: public.b, target: same}]\n")
                .assertRefused(2, "same", "tables[1]");
    }

    @ParameterizedTest
    @CsvSource({"verify=perhaps, verify", "verfy=off, verify", "initialLoadParallelism, name=value"})
    void anOverrideIsCheckedAsTheFileIs(String override, String told, TestDatabase database) {
        EngineProcess.run(database.pipeYaml(ORDERS), "resync", "--set", override)
                .assertRefused(2, "--set", told);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        plain("resync", "no-such-file.yaml").assertRefused(2, "no-such-file.yaml");
    }

    @Test
    void aDirectoryIsNoPipeFile() {
        plain("resync", "/").assertExit(2);
    }

    @Test
    void anEmptyStandardInputIsNoPipeFile() {
        plain("resync", "-").assertRefused(2, "empty");
    }

    @Test
    void brokenYamlIsToldWithItsPlaceAndWithoutItsContent(TestDatabase database) {
        String yaml = database.pipeYaml(ORDERS).replace("tables: [", "tables: [[");

        EngineRun run = EngineProcess.run(yaml, "resync").assertRefused(2, "line");

        run.assertKeepsSecret(database.servers().postgresPipeUser().password());
    }

    @Test
    void aVariableThatIsNotSetIsNamed(TestDatabase database) {
        String yaml = database.pipeYaml(ORDERS)
                .replace(database.servers().postgresPipeUser().password(), "${NO_SUCH_PASSWORD_VARIABLE}");

        EngineProcess.run(yaml, "resync").assertRefused(2, "NO_SUCH_PASSWORD_VARIABLE", "source.password");
    }

    @Test
    void anUnknownCommandIsRefused() {
        plain("resink", "pipe.yaml").assertRefused(2, "resink");
    }

    @Test
    void aMissingCommandIsRefused() {
        plain().assertRefused(2, "resync");
    }

    @Test
    void helpNamesEveryCommandAndExitCode() {
        EngineRun help = plain("--help").assertSucceeded();

        assertThat(help.output())
                .contains("check", "plan", "create", "resync", "sync", "status", "pause", "resume", "drop", "130");
    }

    private static EngineRun plain(String... arguments) {
        try (EngineProcess process = EngineProcess.startPlain(Map.of(), arguments)) {
            return process.awaitEnd();
        }
    }

    private static EngineRun resync(TestDatabase database, String tablesAndSettings) {
        return EngineProcess.run(database.pipeYaml(tablesAndSettings), "resync")
                .assertKeepsSecret(
                        database.servers().postgresPipeUser().password(),
                        database.servers().clickHousePipeUser().password());
    }
}
