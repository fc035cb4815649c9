package io.jenkins.plugins.clickpipe.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import io.jenkins.plugins.clickpipe.engine.load.TableProgress;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {
    private final SteppingClock clock = new SteppingClock();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Events events =
            new Events(out, "shop", "r1", clock, Redaction.of(List.of(new Secret("hunter2-hunter2"))));

    @Test
    void eachLineIsAnObjectWithTimePipeRunAndType() {
        events.phase("Snapshot", "12 tables, 633 partitions");

        assertThat(lines()).singleElement().satisfies(event -> {
            assertThat(event.get("time").asText()).isEqualTo("2026-03-14T02:00:00.250Z");
            assertThat(event.get("pipe").asText()).isEqualTo("shop");
            assertThat(event.get("run").asText()).isEqualTo("r1");
            assertThat(event.get("type").asText()).isEqualTo("phase");
        });
    }

    @Test
    void aMessageOfSeveralLinesStaysOneEventAndShowsNoSecret() {
        events.log("ERROR", "no login\nwith hunter2-hunter2");

        assertThat(lines())
                .singleElement()
                .satisfies(event -> assertThat(event.get("message").asText()).isEqualTo("no login\nwith ****"));
    }

    @Test
    void progressIsWrittenOnceASecondAndAtTheEnd() {
        events.progress(new LoadProgress(0, 1000, 0, 0, 10), List.of());
        clock.advance(Duration.ofMillis(400));
        events.progress(new LoadProgress(100, 1000, 5000, 1, 10), List.of());
        clock.advance(Duration.ofMillis(600));
        events.progress(new LoadProgress(200, 1000, 10_000, 2, 10), List.of());
        clock.advance(Duration.ofMillis(1));
        events.progress(new LoadProgress(1010, 1000, 50_000, 10, 10), List.of());

        assertThat(lines()).extracting(event -> event.get("rows").asLong()).containsExactly(0L, 200L, 1010L);
        JsonNode second = lines().get(1);
        assertThat(second.get("rowsPerSecond").asDouble()).isEqualTo(200);
        assertThat(second.get("bytesPerSecond").asDouble()).isEqualTo(10_000);
        assertThat(second.get("secondsLeft").asLong()).isEqualTo(4);
        assertThat(lines().get(0).get("secondsLeft").isNull()).isTrue();
        assertThat(lines().get(2).get("fraction").asDouble()).isEqualTo(1);
    }

    @Test
    void aTableIsToldWhenItHasChangedAndBeforeTheProgressThatCountsIt() {
        TableProgress orders = new TableProgress("public.orders", "orders", 10, 2);
        TableProgress idle = new TableProgress("public.idle", "idle", 0, 1);
        events.tables(List.of(orders.statistics(), idle.statistics()));
        events.tables(List.of(orders.statistics(), idle.statistics()));
        progress(orders, idle);
        orders.softDeletedRowsTransferred(1);
        clock.advance(Duration.ofMillis(900));
        progress(orders, idle);
        clock.advance(Duration.ofMillis(100));
        progress(orders, idle);

        assertThat(lines())
                .extracting(event -> event.has("table")
                        ? event.get("table").get("source").asText()
                        : event.get("type").asText())
                .containsExactly("public.orders", "public.idle", "progress", "public.orders", "progress");
    }

    private void progress(TableProgress... tables) {
        List<TableStatistics> now =
                Stream.of(tables).map(TableProgress::statistics).toList();
        events.progress(LoadProgress.of(now), now);
    }

    @Test
    void linesOfManyThreadsDoNotMix() {
        IntStream.range(0, 2000).parallel().forEach(i -> events.log("INFO", "line " + i));

        assertThat(lines())
                .extracting(event -> event.get("message").asText())
                .doesNotHaveDuplicates()
                .hasSize(2000);
    }

    @Test
    void everyLineIsFlushed() {
        AtomicInteger flushes = new AtomicInteger();
        OutputStream counting = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                flushes.incrementAndGet();
            }
        };
        Events flushing = new Events(counting, "shop", "r1", clock, Redaction.NONE);

        flushing.log("INFO", "one");
        flushing.log("INFO", "two");

        assertThat(flushes).hasValue(2);
    }

    @Test
    void aReaderThatIsGoneStopsTheEventsNotTheRun() {
        AtomicInteger attempts = new AtomicInteger();
        Events broken = new Events(
                new OutputStream() {
                    @Override
                    public void write(int character) throws IOException {
                        attempts.incrementAndGet();
                        throw new IOException("Broken pipe");
                    }
                },
                "shop",
                "r1",
                clock,
                Redaction.NONE);

        broken.log("INFO", "one");
        broken.statistics(SampleLoad.shop());
        broken.finished(0, "Running", "done");
        broken.close();

        assertThat(attempts).hasValue(1);
    }

    @Test
    void anEventFileIsMadeWithItsDirectory(@TempDir Path temporary) throws Exception {
        Path file = temporary.resolve("deep/events.jsonl");
        try (Events toFile = new Events(Events.open(file.toString()), "shop", "r1", clock, Redaction.NONE)) {
            toFile.finished(0, "Running", "done");
        }

        assertThat(file).content().endsWith("}\n").contains("\"exitCode\":0");
    }

    private List<JsonNode> lines() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> {
                    try {
                        return new JsonMapper().readTree(line);
                    } catch (IOException broken) {
                        throw new AssertionError(line, broken);
                    }
                })
                .toList();
    }
}
