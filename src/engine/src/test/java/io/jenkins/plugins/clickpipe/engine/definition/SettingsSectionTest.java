package io.jenkins.plugins.clickpipe.engine.definition;

import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.SMALLEST;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.faults;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.read;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.withSettings;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsSectionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    syncIntervalSeconds: 0                  | must be a whole number from 1 to 86400, not "0"
                    syncIntervalSeconds: 86401              | must be a whole number from 1 to 86400, not "86401"
                    pullBatchSize: 10000001                 | must be a whole number from 1 to 10000000, not "10000001"
                    pullBatchSize: [1]                      | must be one value, not a list
                    initialLoadParallelism: 65              | must be a whole number from 1 to 64, not "65"
                    snapshotNumRowsPerPartition: 99         | must be a whole number from 100 to 1000000000, not "99"
                    snapshotNumberOfParallelTables: many    | must be a whole number from 1 to 64, not "many"
                    maxSourceConnections: 2                 | must be a whole number from 3 to 10000, not "2"
                    maxMegabytesPerSecond: 0                | must be a whole number from 1 to 100000, not "0"
                    maxRowLossPercent: 101                  | must be a whole number from 0 to 100, not "101"
                    allowNullableColumns: yes               | must be true or false, not "yes"
                    keepOriginalLive: on                    | must be true or false, not "on"
                    strictTypes: {a: b}                     | must be one value, not keys and values
                    replicationMode: cdc-only               | must be one of cdc, snapshot, cdc_only, not "cdc-only"; did you mean cdc_only?
                    replicationMode: CDC                    | must be one of cdc, snapshot, cdc_only, not "CDC"; did you mean cdc?
                    softDeletedRows: drop                   | must be one of transfer, discard, not "drop"
                    verify: checksum                        | must be one of counts, checksums, off, not "checksum"; did you mean checksums?
                    replicationSlotName: My-Slot            | must be 1 to 63 lower-case letters, digits and underscores, as PostgreSQL's slots
                    publicationName: ""                     | must not be empty
                    """)
    void aValueThatDoesNotFitIsRefused(String line, String message) {
        String key = line.substring(0, line.indexOf(':'));

        assertThat(faults(withSettings(line))).containsExactly("settings." + key + ": " + message + " (line 7)");
    }

    @Test
    void theLimitsOfNumbersAreAllowed() {
        assertThat(read(withSettings("syncIntervalSeconds: 86400\nsnapshotNumRowsPerPartition: 1000000000"))
                        .settings())
                .returns(86_400, Settings::syncIntervalSeconds)
                .returns(1_000_000_000L, Settings::snapshotNumRowsPerPartition);
    }

    @Test
    void namesOfPublicationsAndSlotsHaveAtMost63Bytes() {
        String allowed = "ä".repeat(31) + "a";

        assertThat(read(withSettings("publicationName: " + allowed)).settings().publicationName())
                .contains(allowed);
        assertThat(faults(withSettings(
                        "publicationName: " + "ä".repeat(32) + "\nreplicationSlotName: " + "a".repeat(64))))
                .containsExactly(
                        "settings.publicationName: must be 1 to 63 bytes long, as PostgreSQL's names (line 7)",
                        "settings.replicationSlotName: must be 1 to 63 lower-case letters, digits and underscores,"
                                + " as PostgreSQL's slots (line 8)");
    }

    @ParameterizedTest
    @CsvSource({"0h, 0", "0, 0", "90s, 90", "30m, 1800", "24h, 86400", "7d, 604800", "365d, 31536000"})
    void durationsHaveAUnit(String text, long seconds) {
        assertThat(read(withSettings("keepPreviousTables: " + text)).settings().keepPreviousTables())
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"24", "1.5h", "-1h", "h", "1h30m", "366d", "9999999999s", "1 h", "1w"})
    void otherDurationsAreRefused(String text) {
        assertThat(faults(withSettings("keepPreviousTables: " + text)))
                .containsExactly("settings.keepPreviousTables: must be a number with s, m, h or d, such as 90s, 30m,"
                        + " 24h or 7d, from 0h to 365d, not \"" + text + "\" (line 7)");
    }

    @Test
    void anApprovalIsAwaitedForASecondAtLeast() {
        assertThat(faults(withSettings("approvalTimeout: 0s")))
                .singleElement()
                .asString()
                .contains("settings.approvalTimeout", "from 1s to 30d");
        assertThat(read(withSettings("approvalTimeout: 90m")).settings().approvalTimeout())
                .isEqualTo(Duration.ofMinutes(90));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 60, 90, 3600, 86_400, 172_800, 604_800, 90_000})
    void aFormattedDurationReadsAsItself(long seconds) {
        Duration duration = Duration.ofSeconds(seconds);

        assertThat(DurationText.parse(DurationText.format(duration))).contains(duration);
    }

    @Test
    void anOverrideWinsOverTheFileAndALaterOneOverAnEarlier() {
        assertThat(read(withSettings("verify: off\npullBatchSize: 5"), "pullBatchSize=6", "pullBatchSize = 7")
                        .settings())
                .returns(7, Settings::pullBatchSize)
                .returns(Settings.Verify.OFF, Settings::verify);
    }

    @ParameterizedTest
    @ValueSource(strings = {"publicationName=", "publicationName=null"})
    void anEmptyOverrideBringsTheDefaultBack(String override) {
        assertThat(read(withSettings("publicationName: mine"), override)
                        .settings()
                        .publicationName())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    verfy=off            | --set verfy: unknown key; did you mean verify?
                    name=other           | --set name: unknown key
                    source.host=other    | --set source...: unknown key
                    verify               | --set verify: must be name=value
                    verify=some          | --set verify: must be one of counts, checksums, off, not "some"
                    strictTypes=1        | --set strictTypes: must be true or false, not "1"
                    """)
    void aFaultOfAnOverrideIsNamedByIt(String override, String fault) {
        assertThat(faults(SMALLEST, override)).containsExactly(fault);
    }

    @Test
    void faultsOfOverridesAreToldTogetherWithASyntaxError() {
        assertThat(faults("name: a: b\n", "verfy=off"))
                .containsExactly(
                        "line 1, column 8: YAML syntax: mapping values are not allowed here",
                        "--set verfy: unknown key; did you mean verify?");
    }

    @Test
    void settingsThatAreNoMappingAreRefused() {
        assertThat(faults(SMALLEST + "settings: [verify]\n"))
                .containsExactly("settings: must be keys and values, not a list (line 6)");
    }
}
