package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.SourceServer;
import io.jenkins.plugins.clickpipe.configuration.TableRule;
import io.jenkins.plugins.clickpipe.configuration.TargetServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class ClickPipesConfigurationTest {
    private static final String YAML = """
            unclassified:
              clickPipes:
                alertMegabytes: 2048
                alertMinutes: 30
                engineMemory: 512
                pipes:
                - engineMemory: 1024
                  name: "orders"
                  settings:
                    allowNullableColumns: false
                    approvalTimeout: "90m"
                    approveSwap: true
                    initialLoadParallelism: 8
                    keepPreviousTables: "24h"
                    publicationName: "shop_publication"
                    replicationMode: "snapshot"
                    snapshotNumRowsPerPartition: 5000
                  source:
                    credentialsId: "pg"
                    database: "shop"
                    host: "db.example.com"
                    port: 6432
                    sslMode: "verify-full"
                  tables:
                  - exclude:
                    - "public.*_archive"
                    source: "public/*"
                  - excludedColumns:
                    - "note"
                    partitionBy: "toYYYYMM(created_at)"
                    sortingKeys:
                    - "tenant_id"
                    - "id"
                    source: "sales.order"
                    tableEngine: "MergeTree"
                    target: "sales_order"
                  target:
                    credentialsId: "ch"
                    database: "shop"
                    url: "https://ch.example.com:8443"
            """;

    @Test
    void codeIsImportedAndExportedTheSame(JenkinsRule jenkins, @TempDir Path directory) throws Exception {
        configure(directory);

        assertOrders();
        assertThat(export()).contains(YAML.substring(YAML.indexOf("  clickPipes:")));
    }

    @Test
    void theFormKeepsWhatCodeConfigured(JenkinsRule jenkins, @TempDir Path directory) throws Exception {
        configure(directory);

        jenkins.configRoundtrip();

        assertOrders();
        assertThat(export()).contains(YAML.substring(YAML.indexOf("  clickPipes:")));
    }

    @Test
    void whatIsSavedIsLoadedAgain(JenkinsRule jenkins, @TempDir Path directory) throws Exception {
        configure(directory);
        ClickPipesConfiguration.get().load();
        assertOrders();
    }

    @Test
    void twoPipesOfOneNameAreRefused(JenkinsRule jenkins) {
        List<Pipe> twins = List.of(pipe(), pipe());
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> ClickPipesConfiguration.get().setPipes(twins))
                .withMessageContaining("orders");
        assertThat(ClickPipesConfiguration.get().getPipes()).isEmpty();
    }

    private static Pipe pipe() {
        return new Pipe(
                "orders", new SourceServer("db", "shop", "pg"), new TargetServer("http://127.0.0.1:8123", "shop"));
    }

    private static void assertOrders() {
        Pipe orders = ClickPipesConfiguration.get().pipe("orders").orElseThrow();
        assertThat(orders.getSource().getPort()).isEqualTo(6432);
        assertThat(orders.getSettings().named())
                .containsOnlyKeys(
                        "replicationMode",
                        "allowNullableColumns",
                        "initialLoadParallelism",
                        "publicationName",
                        "snapshotNumRowsPerPartition",
                        "approveSwap",
                        "approvalTimeout",
                        "keepPreviousTables");
        TableRule second = orders.getTables().get(1);
        assertThat(second.getSortingKeys()).containsExactly("tenant_id", "id");
        assertThat(second.getTableEngine()).isEqualTo("MergeTree");
        assertThat(orders.getTables().get(0).getExclude()).containsExactly("public.*_archive");
    }

    private static void configure(Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("jenkins.yaml"), YAML);
        ConfigurationAsCode.get().configure(file.toString());
    }

    private static String export() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ConfigurationAsCode.get().export(out);
        return out.toString(StandardCharsets.UTF_8);
    }
}
