package io.jenkins.plugins.clickpipe.engine.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.changes.BatchLog.Plan;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Inserted;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class TransactionBufferTest {
    private static final ReplicatedTable TABLE = new ReplicatedTable(
            new TableName("public", "t"),
            Set.of(),
            "t",
            List.of(new ReplicatedTable.Column("id", 23, -1)),
            Set.of(),
            List.of("id"),
            Set.of("id"),
            List.of("id"),
            true,
            false,
            Set.of());

    private final List<ChangeBatch> batches = new ArrayList<>();

    @Test
    void transactionsAreGatheredUntilOneMoreWouldNotFit() {
        TransactionBuffer buffer = buffer(5, Optional.empty());
        transaction(buffer, 100, 2);
        transaction(buffer, 200, 2);
        assertThat(batches).isEmpty();
        transaction(buffer, 300, 2);

        assertThat(batches).singleElement().satisfies(batch -> {
            assertThat(batch.plan()).isEqualTo(new Plan(lsn(100), lsn(200), 5));
            assertThat(batch.changes()).hasSize(4);
            assertThat(batch.end()).contains(end(250));
            assertThat(batch.transactions()).isEqualTo(2);
        });
    }

    @Test
    void aFullBatchDoesNotWaitForTheNextTransaction() {
        TransactionBuffer buffer = buffer(4, Optional.empty());
        transaction(buffer, 100, 2);
        transaction(buffer, 200, 2);

        assertThat(batches).hasSize(1);
        assertThat(buffer.isEmpty()).isTrue();
    }

    @Test
    void aLargeTransactionGoesInPartsOfWhichOnlyTheLastMayBeConfirmed() {
        TransactionBuffer buffer = buffer(3, Optional.empty());
        transaction(buffer, 100, 1);
        transaction(buffer, 200, 7);

        assertThat(batches.stream()
                        .map(b -> b.plan().from() + " " + b.part() + " "
                                + b.changes().size() + " "
                                + b.end().map(end -> end.lsn().asString())))
                .containsExactly(
                        lsn(100) + " 0 1 " + Optional.of(lsn(150).asString()),
                        lsn(200) + " 0 3 Optional.empty",
                        lsn(200) + " 1 3 Optional.empty",
                        lsn(200) + " 2 1 " + Optional.of(lsn(250).asString()));
    }

    @Test
    void thePartsOfAVeryLargeTransactionGrowSoThatVersionsCanCountThem() {
        TransactionBuffer buffer = buffer(1, Optional.empty());
        transaction(buffer, 100, 5000);

        assertThat(batches).hasSize(1024 + 1024 + 482);
        assertThat(batches.get(0).changes()).hasSize(1);
        assertThat(batches.get(1024).changes()).hasSize(2);
        assertThat(batches.get(2048).changes()).hasSize(4);
        assertThat(batches.stream().mapToInt(batch -> batch.changes().size()).sum())
                .isEqualTo(5000);
    }

    @Test
    void aTransactionOfExactlyTheLimitIsOneBatch() {
        TransactionBuffer buffer = buffer(3, Optional.empty());
        transaction(buffer, 100, 3);

        assertThat(batches).singleElement().satisfies(batch -> assertThat(batch.end())
                .isPresent());
    }

    @Test
    void drainingHandsOverWholeTransactionsOnly() {
        TransactionBuffer buffer = buffer(10, Optional.empty());
        transaction(buffer, 100, 2);
        buffer.begin(lsn(200));
        buffer.add(change(), 10);
        buffer.drain(lsn(180));

        assertThat(batches).singleElement().satisfies(batch -> assertThat(batch.changes())
                .hasSize(2));
        assertThat(buffer.isEmpty()).isFalse();
    }

    @Test
    void aTransactionWithoutChangesOfThePipeMakesNoBatch() {
        TransactionBuffer buffer = buffer(10, Optional.empty());
        transaction(buffer, 100, 0);
        buffer.drain(lsn(200));

        assertThat(batches).isEmpty();
        assertThat(buffer.isEmpty()).isTrue();
    }

    @Test
    void aLeftOverPlanEndsWhereItEndedWhateverTheLimitIsNow() {
        Plan plan = new Plan(lsn(100), lsn(300), 50);
        TransactionBuffer buffer = buffer(2, Optional.of(plan));
        transaction(buffer, 100, 2);
        transaction(buffer, 200, 2);
        buffer.drain(lsn(250));
        assertThat(batches).isEmpty();
        transaction(buffer, 300, 2);
        transaction(buffer, 400, 2);

        assertThat(batches).hasSize(2);
        assertThat(batches.get(0).plan()).isEqualTo(plan);
        assertThat(batches.get(0).replayed()).isTrue();
        assertThat(batches.get(0).changes()).hasSize(6);
        assertThat(batches.get(1).plan()).isEqualTo(new Plan(lsn(400), lsn(400), 2));
        assertThat(batches.get(1).replayed()).isFalse();
    }

    @Test
    void theLargeTransactionOfALeftOverPlanIsCutAsBefore() {
        TransactionBuffer buffer = buffer(100, Optional.of(new Plan(lsn(100), lsn(100), 3)));
        transaction(buffer, 100, 7);
        transaction(buffer, 200, 7);
        buffer.drain(lsn(300));

        assertThat(batches.stream().map(b -> b.part() + " " + b.changes().size() + " " + b.replayed()))
                .containsExactly("0 3 true", "1 3 true", "2 1 true", "0 7 false");
    }

    @Test
    void aLeftOverPlanEndsBeforeWhatLiesBehindItWhenItsLastTransactionDoesNotComeAgain() {
        TransactionBuffer buffer = buffer(10, Optional.of(new Plan(lsn(100), lsn(300), 10)));
        transaction(buffer, 100, 1);
        transaction(buffer, 400, 1);
        buffer.drain(lsn(500));

        assertThat(batches.stream().map(b -> b.changes().size() + " " + b.replayed()))
                .containsExactly("1 true", "1 false");
    }

    @Test
    void aPlanThatBeginsWhereTheAppliedBatchEndsIsStillToDo() {
        Plan plan = new Plan(lsn(100), lsn(100), 10);

        assertThat(plan.isAppliedUpTo(lsn(100))).isFalse();
        assertThat(plan.isAppliedUpTo(lsn(101))).isTrue();
    }

    @Test
    void wideChangesMakeSmallerParts() {
        TransactionBuffer buffer = buffer(100, Optional.empty());
        int third = (int) (TransactionBuffer.BYTES / 3);
        buffer.begin(lsn(100));
        for (int i = 0; i < 7; i++) {
            buffer.add(change(), third);
        }
        buffer.commit(end(150));

        assertThat(batches).extracting(batch -> batch.changes().size()).containsExactly(3, 3, 1);
        assertThat(batches).extracting(ChangeBatch::part).containsExactly(0, 1, 2);
    }

    @Test
    void changesThatNobodyFollowsCountForThePartsButAreNotKept() {
        TransactionBuffer buffer = buffer(3, Optional.empty());
        buffer.begin(lsn(100));
        for (int i = 0; i < 4; i++) {
            buffer.add(change(), 10);
            buffer.pass(10);
        }
        buffer.commit(end(150));

        assertThat(batches).extracting(batch -> batch.changes().size()).containsExactly(2, 1, 1);
    }

    private TransactionBuffer buffer(int limit, Optional<Plan> replay) {
        return new TransactionBuffer(limit, replay, batches::add);
    }

    /** A transaction whose commit record starts at a position and is 50 bytes long. */
    private static void transaction(TransactionBuffer buffer, long commit, int changes) {
        buffer.begin(lsn(commit));
        for (int i = 0; i < changes; i++) {
            buffer.add(change(), 10);
        }
        buffer.commit(end(commit + 50));
    }

    private static Change change() {
        return new Change(TABLE, lsn(1), new Inserted(List.of(Value.text("1"))));
    }

    private static CommitPoint end(long lsn) {
        return new CommitPoint(lsn(lsn), Instant.EPOCH);
    }

    private static LogSequenceNumber lsn(long value) {
        return LogSequenceNumber.valueOf(value);
    }
}
