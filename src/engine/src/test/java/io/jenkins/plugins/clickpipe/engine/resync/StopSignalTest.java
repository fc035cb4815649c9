package io.jenkins.plugins.clickpipe.engine.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.resync.StopSignal.StoppedException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The worker is the test's own thread. */
@Timeout(60)
class StopSignalTest {
    private final StopSignal stop = new StopSignal(Thread.currentThread());
    private final CountDownLatch cancelling = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);
    private Thread asking = new Thread(stop::request);

    @AfterEach
    void end() throws InterruptedException {
        answered.countDown();
        asking.join();
        Thread.interrupted();
    }

    private void stopWhileAServerIsSilent() throws InterruptedException {
        stop.onStop(() -> {
            cancelling.countDown();
            awaitAnswer();
        });
        asking.start();
        cancelling.await();
    }

    private void awaitAnswer() {
        try {
            answered.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void otherThreadsHearOfItWhileAServerIsSilent() throws InterruptedException {
        stopWhileAServerIsSilent();
        AtomicBoolean heard = new AtomicBoolean();
        Thread other = new Thread(() -> heard.set(stop.isRequested()));
        other.start();
        other.join(TimeUnit.SECONDS.toMillis(30));

        assertThat(heard).isTrue();
    }

    @Test
    void theWorkersInterruptNeverComesAfterItHasBegunToCleanUp() throws InterruptedException {
        stopWhileAServerIsSilent();
        Thread server = new Thread(answered::countDown);
        server.start();

        assertThat(stop.beginCleanup()).isTrue();
        asking.join();
        assertThat(Thread.interrupted()).isFalse();
        server.join();
    }

    @Test
    void cleaningUpAfterAFaultComesToItsEnd() throws InterruptedException {
        assertThat(stop.beginCleanup()).isFalse();
        stop.onStop(cancelling::countDown);
        asking.start();
        asking.join();

        assertThat(cancelling.getCount()).isEqualTo(1);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(stop.isRequested()).isTrue();
    }

    @Test
    void whatMustNotStopHalfWayIsNotCancelled() {
        stop.onStop(cancelling::countDown);
        stop.shield(stop::request);

        assertThat(cancelling.getCount()).isEqualTo(1);
        assertThat(Thread.interrupted()).isFalse();
        assertThatThrownBy(stop::check).isInstanceOf(StoppedException.class);
    }
}
