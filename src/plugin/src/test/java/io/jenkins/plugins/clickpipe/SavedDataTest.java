package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.TableRule;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import io.jenkins.plugins.clickpipe.steps.SyncBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.jvnet.hudson.test.recipes.LocalData;

/** What earlier versions have saved is read by this one. A home that was once saved here is never changed. */
@WithJenkins
class SavedDataTest {
    @Test
    @LocalData
    void theFirstVersionsPipesJobsAndBuilds(JenkinsRule jenkins) throws Exception {
        assertThat(ClickPipesConfiguration.get().getEngineMemory()).isEqualTo(512);
        assertOrders(ClickPipesConfiguration.get().pipe("orders").orElseThrow());

        FreeStyleProject job = jenkins.jenkins.getItemByFullName("resync", FreeStyleProject.class);
        ResyncBuilder resync = job.getBuildersList().get(ResyncBuilder.class);
        assertThat(resync.getPipe()).isNull();
        assertThat(resync.getTables()).isEqualTo("public/o*");
        assertThat(resync.getSettings().named()).isEqualTo(Map.of("verify", "off"));
        assertOrders(resync.getDefinition());
        assertThat(job.getBuildersList().get(SyncBuilder.class).getPipe()).isEqualTo("orders");

        FreeStyleBuild build = job.getBuildByNumber(1);
        assertThat(build.getResult()).isEqualTo(Result.SUCCESS);
        ResyncAction action = build.getAction(ResyncAction.class);
        assertThat(action.getStatus()).isEqualTo("Running");
        assertThat(action.getRows()).isEqualTo(20_500);
        assertThat(action.getTables()).isEqualTo(2);
        assertThat(build.getArtifacts())
                .extracting(artifact -> artifact.relativePath)
                .containsExactly("clickpipe/shop/load-stats.json");
        assertThat(JenkinsRule.getLog(build)).contains("[Snapshot] loading 2 tables");
        try (JenkinsRule.WebClient web = jenkins.createWebClient()) {
            assertThat(web.getPage(build).asNormalizedText()).contains("resync");
        }
    }

    private static void assertOrders(Pipe pipe) {
        assertThat(pipe.getName()).isEqualTo("orders");
        assertThat(pipe.getEngineMemory()).isEqualTo(1024);
        assertThat(pipe.getSource().getHost()).isEqualTo("db.example.com");
        assertThat(pipe.getSource().getPort()).isEqualTo(6432);
        assertThat(pipe.getSource().getSslMode()).isEqualTo("verify-full");
        assertThat(pipe.getSource().getCredentialsId()).isEqualTo("pg");
        assertThat(pipe.getTarget().getUrl()).isEqualTo("https://ch.example.com:8443");
        assertThat(pipe.getTarget().getCredentialsId()).isEqualTo("ch");
        TableRule rule = pipe.getTables().get(0);
        assertThat(rule.getSource()).isEqualTo("public/orders");
        assertThat(rule.getTarget()).isEqualTo("sales");
        assertThat(rule.getExclude()).containsExactly("public.x");
        assertThat(rule.getExcludedColumns()).containsExactly("note");
        assertThat(rule.getSortingKeys()).containsExactly("tenant_id", "id");
        assertThat(rule.getTableEngine()).isEqualTo("MergeTree");
        assertThat(rule.getPartitionBy()).isEqualTo("toYYYYMM(created_at)");
        assertThat(pipe.getTables()).extracting(TableRule::getSource).isEqualTo(List.of("public/orders", "public/*"));
        assertThat(pipe.getSettings().named())
                .containsEntry("replicationMode", "cdc")
                .containsEntry("syncIntervalSeconds", 30)
                .containsEntry("pullBatchSize", 5000)
                .containsEntry("allowNullableColumns", false)
                .containsEntry("initialLoadParallelism", 8)
                .containsEntry("snapshotNumRowsPerPartition", 50_000L)
                .containsEntry("snapshotNumberOfParallelTables", 2)
                .containsEntry("publicationName", "pub")
                .containsEntry("replicationSlotName", "slot")
                .containsEntry("softDeletedRows", "discard")
                .containsEntry("keepOriginalLive", false)
                .containsEntry("verify", "counts")
                .containsEntry("keepPreviousTables", "24h")
                .containsEntry("strictTypes", true);
    }
}
