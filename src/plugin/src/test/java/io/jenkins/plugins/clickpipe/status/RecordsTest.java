package io.jenkins.plugins.clickpipe.status;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleProject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class RecordsTest {
    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void recordsAreThereAfterARestart() throws Throwable {
        sessions.then(jenkins -> {
            BuildReference build = build(jenkins);
            Course resync = new Course("resync", build);
            PipeRecords records = PipeRecords.get();
            records.begun("orders", resync);
            records.told("orders", resync, List.of(phase("Setup"), phase("Running")));
            records.ended("orders", resync, true, "done");
            records.begun("broken", resync);
            records.told("broken", resync, List.of(phase("Setup")));
            Files.writeString(
                    jenkins.jenkins.getRootDir().toPath().resolve("clickpipes").resolve("torn.json"), "{\"status\":");
        });
        sessions.then(jenkins -> {
            PipeRecord orders = PipeRecords.get().record("orders");
            assertThat(orders.status()).isEqualTo("Running");
            assertThat(orders.lastSuccess()).isPresent();
            assertThat(orders.loadBuild()).map(BuildReference::number).contains(1);
            PipeRecord broken = PipeRecords.get().record("broken");
            assertThat(broken.status()).isEqualTo("Failed");
            assertThat(broken.activity()).isEmpty();
            assertThat(broken.reason()).contains("before the engine had told how it went");
        });
    }

    @Test
    void aRecordFollowsItsJobToAnotherName() throws Throwable {
        sessions.then(jenkins -> {
            BuildReference build = build(jenkins);
            PipeRecords.get().begun("orders", new Course("sync", build));
            jenkins.jenkins.getItemByFullName("shop", FreeStyleProject.class).renameTo("store");
            assertThat(PipeRecords.get().record("orders").jobs()).containsExactly("store");
        });
    }

    @Test
    void aPipeThatOnlyStepsDefineGoesWithItsLastJob() throws Throwable {
        sessions.then(jenkins -> {
            Course sync = new Course("sync", build(jenkins));
            for (String pipe : List.of("defined", "configured")) {
                PipeRecords.get().begun(pipe, sync);
                PipeRecords.get().ended(pipe, sync, true, "done");
            }
            PipeRecords.get().defined("defined", Map.of("source.host", "db.example.com"));
            jenkins.jenkins.getItemByFullName("shop", FreeStyleProject.class).delete();
            assertThat(PipeRecords.get().all()).extracting(PipeRecord::name).containsExactly("configured");
            assertThat(PipeRecords.get().record("configured").jobs()).isEmpty();
            Path directory = jenkins.jenkins.getRootDir().toPath().resolve("clickpipes");
            assertThat(directory.resolve("configured.json")).exists();
            assertThat(directory.resolve("defined.json")).doesNotExist();
        });
    }

    @Test
    void aFileIsWrittenWholeAndHoldsTheLastState() throws Throwable {
        sessions.then(jenkins -> {
            Course resync = new Course("resync", build(jenkins));
            PipeRecords.get().begun("orders", resync);
            for (int i = 0; i < 1000; i++) {
                PipeRecords.get().told("orders", resync, List.of(phase("Phase " + i)));
            }
            Path directory = jenkins.jenkins.getRootDir().toPath().resolve("clickpipes");
            assertThat(directory.resolve("orders.json")).doesNotExist();
            PipeRecords.get().ended("orders", resync, true, "done");
            assertThat(directory).isDirectoryContaining("glob:**orders.json");
            assertThat(PipeRecord.read(JsonObject.parse(Files.readString(directory.resolve("orders.json"))))
                            .last()
                            .orElseThrow()
                            .message())
                    .isEqualTo("done");
        });
    }

    private static BuildReference build(JenkinsRule jenkins) throws Exception {
        return BuildReference.to(jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject("shop")));
    }

    private static JsonObject phase(String name) {
        return JsonObject.of(Map.of("type", "phase", "time", "2026-03-14T12:00:00Z", "phase", name));
    }
}
