package io.jenkins.plugins.clickpipe.engine.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class RowVersionTest {
    private static final LogSequenceNumber COMMIT = LogSequenceNumber.valueOf("16/B374D848");
    /** No two records begin nearer to each other. */
    private static final LogSequenceNumber NEXT = LogSequenceNumber.valueOf(COMMIT.asLong() + 8);

    @Test
    void aSnapshotLiesAboveWhatCommittedBeforeItsConsistentPointAndBelowTheRest() {
        assertThat(RowVersion.ofSnapshot(NEXT)).isGreaterThanOrEqualTo(RowVersion.ofRow(COMMIT, RowVersion.STEPS - 1));
        assertThat(RowVersion.ofSnapshot(NEXT)).isLessThan(RowVersion.ofTombstone(RowVersion.ofRow(NEXT, 0)));
    }

    @Test
    void rowsOfAStepWinOverItsTombstonesAndLoseAgainstThoseOfTheNext() {
        assertThat(RowVersion.ofRow(COMMIT, 0)).isGreaterThan(RowVersion.ofTombstone(RowVersion.ofRow(COMMIT, 0)));
        assertThat(RowVersion.ofTombstone(RowVersion.ofRow(COMMIT, 1))).isGreaterThan(RowVersion.ofRow(COMMIT, 0));
    }

    @Test
    void everyVersionIsHigherThanThePositionThatTheFirstBuildsHadForOne() {
        assertThat(RowVersion.ofTombstone(RowVersion.ofRow(COMMIT, 0))).isGreaterThan(COMMIT.asLong());
    }

    @Test
    void aPositionBeyondTheBitsIsRefused() {
        assertThatThrownBy(() -> RowVersion.first(LogSequenceNumber.valueOf(1L << 51)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("2 PiB");
    }

    @Test
    void aTransactionHasStepsEnoughForItsPartsAndNoMore() {
        TransactionSteps steps = new TransactionSteps();
        steps.begin();
        steps.enter(COMMIT);
        for (int i = 1; i < RowVersion.STEPS; i++) {
            steps.next();
        }
        assertThat(steps.version()).isEqualTo(RowVersion.ofSnapshot(NEXT));
        assertThatThrownBy(steps::next).isInstanceOf(EngineException.class).hasMessageContaining("Run resync");
    }
}
