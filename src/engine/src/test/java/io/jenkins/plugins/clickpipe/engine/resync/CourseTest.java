package io.jenkins.plugins.clickpipe.engine.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.changes.ChangeCounts;
import io.jenkins.plugins.clickpipe.engine.changes.SyncResult;
import io.jenkins.plugins.clickpipe.engine.resync.PipeSync.Extent;
import io.jenkins.plugins.clickpipe.engine.source.SourceException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class CourseTest {
    private static final SourceException BROKEN = SourceException.of("reading", new SQLException("gone", "08006"));

    private final AtomicLong nanos = new AtomicLong();
    private final Course course = new Course(new Extent.UntilStopped(), nanos::get);

    @Test
    void aFaultBeforeItHasBegunIsNotWaitedFor() {
        assertThatThrownBy(() -> course.pauseAfter(BROKEN)).isSameAs(BROKEN);
    }

    @Test
    void serversThatAnswerAndThenFailEachTimeAreGivenUpAfterTheLimit() {
        Duration waited = Duration.ZERO;
        try {
            for (int i = 0; i < 1000; i++) {
                begin();
                Duration pause = course.pauseAfter(BROKEN);
                waited = waited.plus(pause);
                pass(pause);
            }
        } catch (SourceException e) {
            assertThat(waited).isBetween(Patience.LIMIT, Patience.LIMIT.plusMinutes(1));
            return;
        }
        throw new AssertionError("it goes on for ever");
    }

    @Test
    void aCycleWithoutChangesSaysNothingOfAServerThatIsNotAsked() {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 1000; i++) {
                        begin();
                        course.progress(SyncResult.NONE);
                        pass(course.pauseAfter(BROKEN));
                    }
                })
                .isSameAs(BROKEN);
    }

    @Test
    void faultsThatLieFarApartAreEachSatOut() {
        for (int i = 0; i < 20; i++) {
            begin();
            pass(Patience.LIMIT.plusMinutes(1));
            assertThat(course.pauseAfter(BROKEN)).isEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void whatWasAppliedInBetweenBeginsTheTimeAnew() {
        for (int i = 0; i < 20; i++) {
            begin();
            course.progress(batch(i + 1));
            assertThat(course.pauseAfter(BROKEN)).isEqualTo(Duration.ofSeconds(1));
            pass(Duration.ofMinutes(2));
        }
    }

    private static SyncResult batch(int inserts) {
        return new SyncResult(
                new ChangeCounts(inserts, 0, 0, 0, inserts, 0),
                LogSequenceNumber.valueOf(inserts),
                Optional.empty(),
                0,
                false);
    }

    private void begin() {
        course.begin(LogSequenceNumber.valueOf(1));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
