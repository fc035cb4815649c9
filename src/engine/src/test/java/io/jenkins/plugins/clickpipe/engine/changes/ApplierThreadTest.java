package io.jenkins.plugins.clickpipe.engine.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.BatchLog.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.replication.LogSequenceNumber;

class ApplierThreadTest {
    private final List<ChangeBatch> heard = new ArrayList<>();

    @AfterEach
    void leaveNoInterrupt() {
        Thread.interrupted();
    }

    @Test
    void batchesAreHeardOfInTheirOrderByTheOwner() {
        try (ApplierThread applier =
                new ApplierThread(batch -> ChangeCounts.NONE, (batch, counts) -> heard.add(batch))) {
            applier.submit(batch(0));
            applier.submit(batch(1));
            applier.await();
            assertThat(applier.isIdle()).isTrue();
        }

        assertThat(heard).extracting(ChangeBatch::part).containsExactly(0, 1);
    }

    @Test
    @Timeout(30)
    void anInterruptBreaksOffWhatIsBeingApplied() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        try (ApplierThread applier = new ApplierThread(
                batch -> {
                    begun.countDown();
                    return waitForEver();
                },
                (batch, counts) -> heard.add(batch))) {
            applier.submit(batch(0));
            begun.await();
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(applier::await)
                    .withMessage("broken off");
        }

        assertThat(heard).isEmpty();
    }

    /** The thread may not have taken the batch yet when the interrupt comes. */
    @RepeatedTest(200)
    @Timeout(30)
    void anInterruptAtOnceLeavesNothingToWaitFor() {
        ApplierThread applier = new ApplierThread(batch -> ChangeCounts.NONE, (batch, counts) -> heard.add(batch));
        applier.submit(batch(0));
        applier.submit(batch(1));
        Thread.currentThread().interrupt();
        try {
            applier.await();
            assertThat(heard).hasSize(2);
        } catch (EngineException e) {
            assertThat(e).hasMessage("Stopped while changes were applied.");
            assertThat(heard).hasSize(1);
        } finally {
            applier.close();
        }
        assertThat(applier.isIdle()).isTrue();
    }

    /** The owner may fail between the two, and closes without having waited. */
    @RepeatedTest(200)
    @Timeout(30)
    void closingAtOnceLeavesNothingToWaitFor() {
        ApplierThread applier = new ApplierThread(batch -> ChangeCounts.NONE, (batch, counts) -> heard.add(batch));
        applier.submit(batch(0));
        applier.submit(batch(1));
        applier.close();

        assertThat(applier.isIdle()).isTrue();
        assertThat(heard).hasSize(1);
    }

    private static ChangeCounts waitForEver() {
        try {
            new CountDownLatch(1).await();
            return ChangeCounts.NONE;
        } catch (InterruptedException e) {
            throw new EngineException("broken off");
        }
    }

    private static ChangeBatch batch(int part) {
        LogSequenceNumber lsn = LogSequenceNumber.valueOf(1);
        return new ChangeBatch(new Plan(lsn, lsn, 1), part, false, List.of(), Optional.empty(), 1);
    }
}
