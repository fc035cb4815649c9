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
import org.jvnet.hudson.test.MockFolder;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class RecordsTest {
    private static final PipeId ORDERS = PipeId.configured("orders");
    private static final PipeId BROKEN = PipeId.configured("broken");

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @Test
    void recordsAreThereAfterARestart() throws Throwable {
        sessions.then(jenkins -> {
            BuildReference build = build(jenkins);
            Course resync = Course.of("resync", build);
            PipeRecords records = PipeRecords.get();
            records.begun(ORDERS, resync);
            records.told(ORDERS, resync, List.of(phase("Setup"), phase("Running")));
            records.ended(ORDERS, resync, true, "done");
            records.begun(BROKEN, resync);
            records.told(BROKEN, resync, List.of(phase("Setup")));
            Files.writeString(
                    jenkins.jenkins.getRootDir().toPath().resolve("clickpipes").resolve("torn.json"), "{\"status\":");
        });
        sessions.then(jenkins -> {
            PipeRecord orders = PipeRecords.get().record(ORDERS);
            assertThat(orders.status()).isEqualTo("Running");
            assertThat(orders.lastSuccess()).isPresent();
            assertThat(orders.loadBuild()).map(BuildReference::number).contains(1);
            PipeRecord broken = PipeRecords.get().record(BROKEN);
            assertThat(broken.status()).isEqualTo("Failed");
            assertThat(broken.activity()).isEmpty();
            assertThat(broken.reason()).contains("before the engine had told how it went");
        });
    }

    @Test
    void aRecordFollowsItsJobToAnotherName() throws Throwable {
        sessions.then(jenkins -> {
            BuildReference build = build(jenkins);
            PipeRecords.get().begun(ORDERS, Course.of("sync", build));
            jenkins.jenkins.getItemByFullName("shop", FreeStyleProject.class).renameTo("store");
            assertThat(PipeRecords.get().record(ORDERS).jobs()).containsExactly("store");
        });
    }

    @Test
    void aPipeThatOnlyStepsDefineGoesWithItsLastJob() throws Throwable {
        sessions.then(jenkins -> {
            Course sync = Course.of("sync", build(jenkins));
            for (PipeId pipe : List.of(PipeId.configured("defined"), PipeId.configured("configured"))) {
                PipeRecords.get().begun(pipe, sync);
                PipeRecords.get().ended(pipe, sync, true, "done");
            }
            PipeRecords.get().defined(PipeId.configured("defined"), Map.of("source.host", "db.example.com"));
            jenkins.jenkins.getItemByFullName("shop", FreeStyleProject.class).delete();
            assertThat(PipeRecords.get().all()).extracting(PipeRecord::name).containsExactly("configured");
            assertThat(PipeRecords.get().record(PipeId.configured("configured")).jobs())
                    .isEmpty();
            Path directory = jenkins.jenkins.getRootDir().toPath().resolve("clickpipes");
            assertThat(directory.resolve("configured.json")).exists();
            assertThat(directory.resolve("defined.json")).doesNotExist();
        });
    }

    @Test
    void aFileIsWrittenWholeAndHoldsTheLastState() throws Throwable {
        sessions.then(jenkins -> {
            Course resync = Course.of("resync", build(jenkins));
            PipeRecords.get().begun(ORDERS, resync);
            for (int i = 0; i < 1000; i++) {
                PipeRecords.get().told(ORDERS, resync, List.of(phase("Phase " + i)));
            }
            Path directory = jenkins.jenkins.getRootDir().toPath().resolve("clickpipes");
            assertThat(directory.resolve("orders.json")).doesNotExist();
            PipeRecords.get().ended(ORDERS, resync, true, "done");
            assertThat(directory).isDirectoryContaining("glob:**orders.json");
            assertThat(PipeRecord.read(JsonObject.parse(Files.readString(directory.resolve("orders.json"))))
                            .last()
                            .orElseThrow()
                            .message())
                    .isEqualTo("done");
        });
    }

    @Test
    void pipesOfOneNameInTwoFoldersAreTwoPipes() throws Throwable {
        sessions.then(jenkins -> {
            for (String team : List.of("asia", "europe")) {
                BuildReference build = build(jenkins.createProject(MockFolder.class, team));
                PipeId pipe = new PipeId(team, "orders");
                PipeRecords.get().defined(pipe, Map.of("source.host", team));
                PipeRecords.get().begun(pipe, Course.of("resync", build));
                PipeRecords.get().told(pipe, Course.of("resync", build), List.of(phase("Setup")));
            }
            jenkins.jenkins.getItemByFullName("europe", MockFolder.class).renameTo("africa");
        });
        sessions.then(jenkins -> {
            assertThat(PipeRecords.get().all())
                    .extracting(PipeRecord::toString)
                    .containsExactly("africa:orders: Failed", "asia:orders: Failed");
            assertThat(record("africa").settings()).containsEntry("source.host", "europe");
            assertThat(record("africa").jobs()).containsExactly("africa/shop");
            jenkins.jenkins.getItemByFullName("asia/shop").delete();
            assertThat(PipeRecords.get().all())
                    .extracting(PipeRecord::id)
                    .containsExactly(record("africa").id());
        });
    }

    @Test
    void aRecordThatSeveralFoldersSharedIsDivided() throws Throwable {
        sessions.then(jenkins -> {
            Path directory = Files.createDirectories(
                    jenkins.jenkins.getRootDir().toPath().resolve("clickpipes"));
            Files.writeString(directory.resolve("orders.json"), """
                    {"name": "orders", "status": "Running", "settings": {"source.host": "asia"},
                     "jobs": ["asia/shop", "europe/sub/shop", "asia/sync"],
                     "errors": [{"time": "2026-03-14T12:00:00Z", "command": "sync", "message": "no",
                                 "build": {"job": "europe/sub/shop", "number": 1, "url": "x"}}]}""");
            Files.writeString(
                    directory.resolve("customers.json"),
                    "{\"name\": \"customers\", \"status\": \"Running\", \"jobs\": [\"asia/shop\"]}");
        });
        sessions.then(jenkins -> {
            assertThat(PipeRecords.get().all())
                    .extracting(PipeRecord::toString)
                    .containsExactly("customers: Running", "asia:orders: Running", "europe:sub:orders: Unknown");
            assertThat(record("asia").jobs()).containsExactly("asia/shop", "asia/sync");
            assertThat(record("asia").errors()).isEmpty();
            assertThat(record("europe/sub").settings()).isEmpty();
        });
        sessions.then(jenkins -> {
            Path directory = jenkins.jenkins.getRootDir().toPath().resolve("clickpipes");
            assertThat(directory.resolve("orders.json")).doesNotExist();
            assertThat(directory.resolve("folders/europe/folders/sub/orders.json"))
                    .exists();
            assertThat(PipeRecords.get().all()).hasSize(3);
        });
    }

    private static PipeRecord record(String folder) {
        return PipeRecords.get().record(new PipeId(folder, "orders"));
    }

    private static BuildReference build(MockFolder folder) throws Exception {
        FreeStyleProject job = folder.createProject(FreeStyleProject.class, "shop");
        return BuildReference.to(job.scheduleBuild2(0).get());
    }

    private static BuildReference build(JenkinsRule jenkins) throws Exception {
        return BuildReference.to(jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject("shop")));
    }

    private static JsonObject phase(String name) {
        return JsonObject.of(Map.of("type", "phase", "time", "2026-03-14T12:00:00Z", "phase", name));
    }
}
