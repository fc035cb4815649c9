package io.jenkins.plugins.clickpipe.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final SteppingClock clock = new SteppingClock();
    private final List<String> lines = new ArrayList<>();

    @Test
    void offATerminalALineAppearsAtMostEveryFiveSecondsAndAtTheEnd() {
        try (Progress progress = Progress.lines(lines::add, clock)) {
            for (int second = 1; second <= 12; second++) {
                clock.advance(Duration.ofSeconds(1));
                progress.update(new LoadProgress(second * 1000L, 100_000, second * 250_000L, second, 100));
            }
        }

        assertThat(lines)
                .containsExactly(
                        "5 000 of about 100 000 rows (5 %), 1 000 rows/s, 250.0 kB/s, 5/100 partitions, ETA 1 min 35 s",
                        "10 000 of about 100 000 rows (10 %), 1 000 rows/s, 250.0 kB/s, 10/100 partitions, ETA 1 min 30 s",
                        "12 000 of about 100 000 rows (12 %), 1 000 rows/s, 250.0 kB/s, 12/100 partitions, ETA 1 min 28 s");
    }

    @Test
    void theLastLineIsNotRepeatedAndNothingFollowsIt() {
        Progress progress = Progress.lines(lines::add, clock);
        clock.advance(Duration.ofSeconds(6));
        progress.update(new LoadProgress(300, 0, 900, 1, 1));
        progress.close();
        progress.update(new LoadProgress(400, 0, 900, 1, 1));
        progress.close();

        assertThat(lines).containsExactly("300 rows (100 %), 50 rows/s, 150 B/s, 1/1 partitions");
    }

    @Test
    void aLoadThatNeverBeganPrintsNothing() {
        Progress.lines(lines::add, clock).close();

        assertThat(lines).isEmpty();
    }

    @Test
    void anEstimateThatWasTooLowNeverShowsAHundredPercentBeforeTheEnd() {
        assertThat(new LoadProgress(500, 100, 0, 3, 4).fraction()).isEqualTo(0.99);
        assertThat(new LoadProgress(500, 0, 0, 3, 4).fraction()).isEqualTo(0.75);
        assertThat(new LoadProgress(0, 0, 0, 0, 0).fraction()).isZero();
        assertThat(new LoadProgress(1, 100, 0, 4, 4).fraction()).isEqualTo(1);
    }

    @Test
    void aPauseLetsTheSpeedFallToZeroAndTheRemainingTimeBecomeUnknown() {
        ThroughputMeter meter = new ThroughputMeter(clock);
        LoadProgress stuck = new LoadProgress(1000, 2000, 0, 1, 2);
        clock.advance(Duration.ofSeconds(1));
        assertThat(meter.measure(stuck).rowsPerSecond()).isEqualTo(1000);
        clock.advance(Duration.ofSeconds(11));
        meter.measure(stuck);
        clock.advance(Duration.ofSeconds(11));

        assertThat(meter.measure(stuck).rowsPerSecond()).isZero();
        assertThat(meter.measure(stuck).remaining()).isEmpty();
    }

    @Test
    void onATerminalTheBarShowsRowsSpeedAndPartitions() throws Exception {
        CompletableFuture<String> shown = new CompletableFuture<>();
        ByteArrayOutputStream terminal = new ByteArrayOutputStream() {
            @Override
            public synchronized void flush() {
                String text = toString(StandardCharsets.UTF_8);
                if (text.contains("7/20 partitions") && text.contains("35%")) {
                    shown.complete(text);
                }
            }
        };
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        try (Progress progress = Progress.bar(new TerminalLine(terminal, 140), clock, () -> ended.complete(true))) {
            clock.advance(Duration.ofSeconds(2));
            progress.update(new LoadProgress(700_000, 2_000_000, 9_000_000, 7, 20));

            assertThat(shown.get(20, TimeUnit.SECONDS))
                    .contains("Snapshot", "35%", "350 000 rows/s", "4.5 MB/s", "ETA 4.0 s");
        }
        assertThat(ended).isCompletedWithValue(true);
        assertThat(terminal.toString(StandardCharsets.UTF_8)).endsWith("\r\u001b[2K");
    }

    @Test
    void logLinesGoAboveTheBarAndStayWhole() {
        ByteArrayOutputStream terminal = new ByteArrayOutputStream();
        TerminalLine line = new TerminalLine(terminal, 80);
        PrintStream log = new PrintStream(line, true, StandardCharsets.UTF_8);

        line.accept("[==  ]");
        log.println("one");
        log.print("tw");
        line.accept("[=== ]");
        log.println("o");
        line.close();
        log.println("after");

        assertThat(terminal.toString(StandardCharsets.UTF_8).replace("\r\u001b[2K", "~"))
                .isEqualTo("[==  ]~one\n[==  ]~two\n[=== ]~after\n");
    }
}
