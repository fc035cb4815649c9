package io.jenkins.plugins.clickpipe.engine.definition;

import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.SMALLEST;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.faults;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.read;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.definition.Settings.IgnoredOperations;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.SoftDeletedRows;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.Verify;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PipeFileTest {
    private static final String EVERYTHING =
            """
            name: orders-2
            owner: Jenkins folder team/europe
            source: {host: "::1", port: 6432, database: shop, user: clickpipe, password: "${PGPASSWORD}", sslMode: verify-full}
            target: {url: "https://ch.example.org:8443/path", database: shop, user: loader, password: plain}
            tables:
              - source: public.orders
                target: all_orders
                excludedColumns: [note, no]
                sortingKeys: [tenant_id, id]
                tableEngine: MergeTree
                partitionKey: created_at
                partitionBy: toYYYYMM(created_at)
              - source: sales_**/order_?
                exclude: [sales_1.*]
            settings:
              replicationMode: cdc_only
              syncIntervalSeconds: 5
              pullBatchSize: 1_000
              streamLargeTransactions: false
              allowNullableColumns: false
              initialLoadParallelism: 8
              snapshotNumRowsPerPartition: 500000
              snapshotNumberOfParallelTables: 2
              maxSourceConnections: 12
              maxMegabytesPerSecond: 40
              publicationName: My publication
              replicationSlotName: my_slot_1
              softDeletedRows: discard
              catchUpBeforeSwap: false
              keepOriginalLive: true
              approveSwap: true
              approvalTimeout: 90m
              verify: off
              keepPreviousTables: 24h
              maxRowLossPercent: 20
              strictTypes: true
              ignoredOperations: delete
            """;

    @Test
    void everyKeyIsRead() {
        PipeDefinition pipe = PipeFile.read(EVERYTHING, Map.of("PGPASSWORD", "from outside"), List.of());

        assertThat(pipe)
                .isEqualTo(new PipeDefinition(
                        "orders-2",
                        Optional.of("Jenkins folder team/europe"),
                        new SourceServer("::1", 6432, "shop", "clickpipe", new Secret("from outside"), "verify-full"),
                        new TargetServer(
                                URI.create("https://ch.example.org:8443/path"), "shop", "loader", new Secret("plain")),
                        List.of(
                                new TableRule(
                                        "public.orders",
                                        List.of(),
                                        Optional.of("all_orders"),
                                        List.of("note", "no"),
                                        List.of("tenant_id", "id"),
                                        Optional.of(TableEngine.MERGE_TREE),
                                        Optional.of("created_at"),
                                        Optional.of("toYYYYMM(created_at)")),
                                new TableRule(
                                        "sales_**/order_?",
                                        List.of("sales_1.*"),
                                        Optional.empty(),
                                        List.of(),
                                        List.of(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty())),
                        new Settings(
                                ReplicationMode.CDC_ONLY,
                                5,
                                1000,
                                false,
                                false,
                                8,
                                500_000,
                                2,
                                12,
                                40,
                                Optional.of("My publication"),
                                Optional.of("my_slot_1"),
                                SoftDeletedRows.DISCARD,
                                false,
                                true,
                                true,
                                Duration.ofMinutes(90),
                                Verify.OFF,
                                Duration.ofHours(24),
                                20,
                                true,
                                IgnoredOperations.DELETE)));
    }

    @Test
    void whatTheFileLeavesOutHasItsDefault() {
        PipeDefinition pipe = read(SMALLEST);

        assertThat(pipe.source())
                .isEqualTo(new SourceServer("127.0.0.1", 5432, "shop", "clickpipe", Secret.NONE, "prefer"));
        assertThat(pipe.target().user()).isEqualTo("default");
        assertThat(pipe.target().password()).isEqualTo(Secret.NONE);
        assertThat(pipe.settings()).isEqualTo(Settings.DEFAULTS);
    }

    @Test
    void aKeyWithoutValueOrWithNullHasItsDefault() {
        PipeDefinition pipe = read(SMALLEST + "settings: {publicationName: null, verify: , pullBatchSize: ~}\n");

        assertThat(pipe.settings()).isEqualTo(Settings.DEFAULTS);
        assertThat(read(SMALLEST + "settings:\n").settings()).isEqualTo(Settings.DEFAULTS);
    }

    @Test
    void jsonIsAPipeFileToo() {
        assertThat(
                        read(
                                """
                                {"name": "orders", "source": {"host": "127.0.0.1", "database": "shop", "user": "clickpipe"},
                                 "target": {"url": "http://127.0.0.1:8123", "database": "shop"},
                                 "tables": [{"source": "public.orders"}], "settings": {"pullBatchSize": "7"}}
                                """))
                .extracting(pipe -> pipe.settings().pullBatchSize())
                .isEqualTo(7);
    }

    @Test
    void allFaultsAreToldAtOnceWithTheirLines() {
        assertThat(faults(
                        """
                                name: my pipe
                                source: {host: localhost, port: 70000, user: x}
                                tables:
                                  - source: public.orders
                                    sortingKey: [id]
                                settings:
                                  verify: check
                                """,
                        "foo=1"))
                .containsExactly(
                        "name: must be 1 to 50 letters, digits, underscores and hyphens, not \"my pipe\" (line 1)",
                        "source.port: must be a whole number from 1 to 65535, not \"70000\" (line 2)",
                        "source.database: is required (line 2)",
                        "target: is required (line 1)",
                        "tables[0].sortingKey: unknown key; did you mean sortingKeys? (line 5)",
                        "--set foo: unknown key",
                        "settings.verify: must be one of counts, checksums, off, not \"check\" (line 7)");
    }

    @Test
    void theMessageOfTheExceptionHoldsEveryFault() {
        assertThat(PipeFiles.refusal("name: [a]\n", Map.of()))
                .hasMessage(
                        """
                        The pipe file has 4 faults:
                          name: must be one value, not a list (line 1)
                          source: is required (line 1)
                          target: is required (line 1)
                          tables: is required (line 1)""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    nam: x                                  | nam: unknown key; did you mean name? (line 6)
                    setings: {}                             | setings: unknown key; did you mean settings? (line 6)
                    entirelyDifferent: 1                    | entirelyDifferent: unknown key (line 6)
                    <<: {}                                  | ...: unknown key (line 6)
                    """)
    void anUnknownKeyIsNamedWithTheNearestKnownOne(String line, String fault) {
        assertThat(faults(with("", line))).containsExactly(fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A-b_9", "01234567890123456789012345678901234567890123456789"})
    void goodNamesAreTaken(String name) {
        assertThat(read(with("name: orders", "name: " + name)).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "'a b'", "ä", "012345678901234567890123456789012345678901234567890", "\"a\\n\""})
    void badNamesAreRefused(String name) {
        assertThat(faults(with("name: orders", "name: " + name)))
                .singleElement()
                .asString()
                .startsWith("name: must be 1 to 50 letters, digits, underscores and hyphens");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name: ''", "name: '  '"})
    void anEmptyNameIsRefused(String line) {
        assertThat(faults(with("name: orders", line))).containsExactly("name: must not be empty (line 1)");
    }
}
