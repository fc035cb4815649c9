package io.jenkins.plugins.clickpipe.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CourseTest {
    private static final Instant NOON = Instant.parse("2026-03-14T12:00:00Z");
    private final Course resync = Course.of("resync", new BuildReference("shop", 7, "job/shop/7/"));
    private PipeRecord record = PipeRecord.unknown(PipeId.configured("orders"));

    @Test
    void aResyncGoesThroughThePhasesThatTheEngineTells() {
        begin(resync);
        assertThat(record.status()).isEqualTo("Setup");
        assertThat(record.activity().orElseThrow().phase()).isEqualTo(Activity.STARTING);

        tell(resync, phase("Setup"));
        tell(resync, phase("Snapshot"));
        tell(resync, Map.of("type", "table", "table", table("public.orders", 0)));
        tell(resync, Map.of("type", "progress", "rows", 10, "bytes", 900, "fraction", 0.5, "partitionsTotal", 2));
        tell(resync, Map.of("type", "table", "table", table("public.orders", 10)));
        assertThat(record.status()).isEqualTo("Snapshot");
        assertThat(record.load().orElseThrow().total().count("rows")).isEqualTo(10);
        assertThat(record.load().orElseThrow().total().count("alteredValues")).isEqualTo(3);
        assertThat(record.load().orElseThrow().tables())
                .singleElement()
                .satisfies(told -> assertThat(told.count("rows")).isEqualTo(10));

        tell(resync, phase("Soft-deleted rows"));
        assertThat(record.status()).isEqualTo("Snapshot");
        tell(resync, phase("Resync"));
        tell(resync, phase("Running"));
        end(resync, true, "done");
        assertThat(record.status()).isEqualTo("Running");
        assertThat(record.activity()).isEmpty();
        assertThat(record.lastSuccess()).contains(NOON);
        assertThat(record.load().orElseThrow().phases())
                .extracting(phase -> phase.text("phase"))
                .containsExactly("Setup", "Snapshot", "Soft-deleted rows", "Resync", "Running");
    }

    @Test
    void aSecondResyncClearsTheStatisticsInItsSetup() {
        aResyncGoesThroughThePhasesThatTheEngineTells();
        Course second = Course.of("resync", new BuildReference("shop", 8, "job/shop/8/"));
        begin(second);
        assertThat(record.load().orElseThrow().tables()).hasSize(1);

        tell(second, phase("Setup"));

        assertThat(record.load().orElseThrow().tables()).isEmpty();
        assertThat(record.load().orElseThrow().total().count("rows")).isZero();
        assertThat(record.loadBuild()).isEqualTo(second.actor().build());
    }

    @Test
    void aResyncThatIsRefusedLeavesThePipeAsItWas() {
        aResyncGoesThroughThePhasesThatTheEngineTells();
        Course second = Course.of("resync", new BuildReference("shop", 8, "job/shop/8/"));
        begin(second);
        end(second, false, "no free slot");

        assertThat(record.status()).isEqualTo("Running");
        assertThat(record.load().orElseThrow().tables()).hasSize(1);
        assertThat(record.errors()).singleElement().satisfies(error -> assertThat(error.text("message"))
                .isEqualTo("no free slot"));
    }

    @Test
    void aBuildThatMustNotWorkOnThePipeDoesNotDisturbTheOneThatDoes() {
        begin(resync);
        tell(resync, phase("Setup"));
        Course other = Course.of("resync", new BuildReference("shop", 8, "job/shop/8/"));
        begin(other);
        tell(other, Map.of("type", "log", "message", "hello"));
        end(other, false, "is being worked on by another");

        assertThat(record.status()).isEqualTo("Setup");
        assertThat(record.activity().orElseThrow().build())
                .isEqualTo(resync.actor().build());
        assertThat(record.errors()).hasSize(1);
    }

    @Test
    void aResyncWhoseEngineIsGoneIsFailed() {
        begin(resync);
        tell(resync, phase("Setup"));
        end(resync, false, "the process is gone");

        assertThat(record.status()).isEqualTo("Failed");
        assertThat(record.reason()).isEqualTo("the process is gone");
    }

    @Test
    void aFailedSyncLeavesTheStatusAndAnError() {
        aResyncGoesThroughThePhasesThatTheEngineTells();
        Course sync = Course.of("sync", new BuildReference("sync", 1, "job/sync/1/"));
        begin(sync);
        end(sync, false, "connection refused");

        assertThat(record.status()).isEqualTo("Running");
        assertThat(record.errors()).hasSize(1);
        assertThat(record.jobs()).containsExactly("sync", "shop");
    }

    @Test
    void aPauseMayEndASyncThatIsUnderWay() {
        aResyncGoesThroughThePhasesThatTheEngineTells();
        Course sync = Course.of("sync", new BuildReference("sync", 1, "job/sync/1/"));
        Course pause = new Course("pause", Actor.person("Ada"));
        begin(sync);
        begin(pause);
        tell(pause, Map.of("type", "finished", "exitCode", 0, "status", "Pausing"));
        end(pause, true, "");
        assertThat(record.status()).isEqualTo("Pausing");
        assertThat(record.activity().orElseThrow().command()).isEqualTo("sync");

        tell(sync, Map.of("type", "finished", "exitCode", 0, "status", "Paused"));
        end(sync, true, "");
        assertThat(record.status()).isEqualTo("Paused");
        assertThat(record.errors()).isEmpty();
    }

    @Test
    void whoPressedAButtonIsKeptWithWhatCameOfIt() {
        Course rollback = new Course("rollback", Actor.person("Ada"));
        begin(rollback);
        end(rollback, false, "has no previous tables to go back to");

        Activity last = PipeRecord.read(JsonObject.parse(record.toJson().toString()))
                .last()
                .orElseThrow();
        assertThat(last.actor()).isEqualTo(Actor.person("Ada"));
        assertThat(last.succeeded()).isFalse();
        assertThat(record.errors()).singleElement().satisfies(error -> assertThat(error.text("person"))
                .isEqualTo("Ada"));
    }

    @Test
    void aSwapWaitsForADecisionUntilTheEngineTellsOne() {
        begin(resync);
        tell(resync, phase("Setup"));
        tell(resync, Map.of("type", "approval", "state", "awaited", "until", "2026-03-15T12:00:00Z"));
        assertThat(record.approval().instant("until")).isPresent();

        tell(resync, Map.of("type", "approval", "state", "approved", "by", "Ada"));
        assertThat(record.approval().isEmpty()).isTrue();
    }

    @Test
    void eachOfTheLastSyncsHasOneLine() {
        Course sync = Course.of("sync", new BuildReference("sync", 1, "job/sync/1/"));
        begin(sync);
        for (int run = 1; run <= 12; run++) {
            tell(sync, Map.of("type", "sync", "run", "r" + run, "inserts", 1, "seconds", 0.5));
            tell(sync, Map.of("type", "sync", "run", "r" + run, "inserts", run, "lagBytes", 7, "lagSeconds", 1.5));
        }
        assertThat(record.syncs()).hasSize(10).first().satisfies(last -> assertThat(last.count("inserts"))
                .isEqualTo(12));
        assertThat(record.lagBytes()).contains(7L);
        assertThat(record.lagSeconds()).contains(1.5);
    }

    @Test
    void onlyTheLatestErrorsAreKept() {
        for (int i = 1; i <= 9; i++) {
            begin(resync);
            end(resync, false, "error " + i);
        }
        assertThat(record.errors())
                .extracting(error -> error.text("message"))
                .containsExactly("error 9", "error 8", "error 7", "error 6", "error 5");
    }

    @Test
    void whatTheServersSayWins() {
        aResyncGoesThroughThePhasesThatTheEngineTells();

        record = Standing.applied(
                record,
                JsonObject.of(Map.of("status", "Failed", "reason", "the slot is invalidated", "lagBytes", 77)),
                NOON);

        assertThat(record.status()).isEqualTo("Failed");
        assertThat(record.lagBytes()).contains(77L);
        assertThat(record.load().orElseThrow().tables()).hasSize(1);
    }

    @Test
    void aRecordIsReadBackAsItWasWritten() {
        aResyncGoesThroughThePhasesThatTheEngineTells();
        JsonObject written = JsonObject.parse(record.toJson().toString());

        JsonObject again = JsonObject.parse(PipeRecord.read(written).toJson().toString());

        assertThat(again).isEqualTo(written);
        assertThat(again.object("load").objects("phases")).hasSize(5);
    }

    private void begin(Course course) {
        record = course.begun(record, NOON);
    }

    private void tell(Course course, Map<String, Object> event) {
        JsonObject timed = JsonObject.of(event).with("time", NOON.toString());
        record = course.after(record, timed);
    }

    private void end(Course course, boolean well, String message) {
        record = course.ended(record, well, message, NOON);
    }

    private static Map<String, Object> phase(String name) {
        return Map.of("type", "phase", "phase", name, "message", "");
    }

    private static Map<String, Object> table(String source, int rows) {
        return Map.of("source", source, "rows", rows, "alteredValues", 3, "phases", List.of());
    }
}
