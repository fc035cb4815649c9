package io.jenkins.plugins.clickpipe.engine.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.changes.BatchLog.Plan;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Deleted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Inserted;
import io.jenkins.plugins.clickpipe.engine.changes.Change.OldRow;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Operation;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Truncated;
import io.jenkins.plugins.clickpipe.engine.changes.Change.Updated;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

class ChangeApplierTest {
    private static final CommitPoint END = new CommitPoint(lsn(0x2050), Instant.EPOCH);
    private static final Plan PLAN = new Plan(lsn(0x1000), lsn(0x2000), 100);

    private final List<String> calls = new ArrayList<>();
    private final Map<Destination.Lookup, ChangeRow> stored = new HashMap<>();
    private final Recorder recorder = new Recorder();

    @Test
    void aBatchIsPlannedThenAppliedThenLoggedAsApplied() {
        apply(table(true, "id"), new Inserted(row("1", "a")));

        assertThat(calls)
                .containsExactly(
                        "planned 0/1000-0/2000", "insert run/t/0/1000-0/2000/0 [+16['1', 'a']]", "applied 0/2050");
    }

    @Test
    void theLastStateOfEachKeyIsSent() {
        apply(
                table(true, "id"),
                new Inserted(row("1", "a")),
                new Updated(Optional.empty(), row("1", "b")),
                new Inserted(row("2", "c")),
                new Deleted(key("2")));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [+17['1', 'b'], -19['2', 'c']]");
    }

    @Test
    void anAppendedTableGetsEveryState() {
        apply(
                table(false, "id"),
                new Inserted(row("1", "a")),
                new Updated(Optional.empty(), row("1", "b")),
                new Deleted(key("1")));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [+16['1', 'a'], +17['1', 'b'], -18['1', 'b']]");
    }

    @Test
    void aKeyChangeBuriesTheOldKey() {
        apply(table(true, "id"), new Updated(Optional.of(key("1")), row("2", "b")));

        assertThat(calls).contains("lookup (('1')<15)", "insert run/t/0/1000-0/2000/0 [-16['1', NULL], +16['2', 'b']]");
    }

    @Test
    void keysThatAreSwappedThroughAThirdKeepTheirRows() {
        apply(
                table(true, "id"),
                new Inserted(row("1", "a")),
                new Inserted(row("2", "b")),
                new Updated(Optional.of(key("1")), List.of(Value.text("3"), Value.MISSING)),
                new Updated(Optional.of(key("2")), List.of(Value.text("1"), Value.MISSING)),
                new Updated(Optional.of(key("3")), List.of(Value.text("2"), Value.MISSING)));

        assertThat(calls.get(1)).contains("+19['1', 'b']", "+20['2', 'a']", "-20['3', 'a']");
    }

    @Test
    void aMissingValueIsTakenFromTheDestinationsRowOfTheOldKey() {
        stored.put(
                new Destination.Lookup(new RowKey(List.of(Value.text("1"))), 15),
                new ChangeRow(row("1", "large"), 7, false));
        apply(
                table(true, "id"),
                new Updated(Optional.of(key("1")), List.of(Value.text("2"), Value.MISSING)),
                new Updated(Optional.empty(), List.of(Value.text("2"), Value.MISSING)));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [-16['1', 'large'], +17['2', 'large']]");
    }

    @Test
    void aRowThatMovesToAnotherSortingKeyIsBuriedAtItsOldPlaceBelowItsNewVersion() {
        stored.put(
                new Destination.Lookup(new RowKey(List.of(Value.text("1"))), 15),
                new ChangeRow(row("1", "old"), 7, false));
        apply(
                table(true, "v"),
                new Updated(Optional.empty(), row("1", "between")),
                new Updated(Optional.empty(), row("1", "new")));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [-16['1', 'old'], +17['1', 'new']]");
    }

    @Test
    void truncateComesBetweenTheRowsBeforeAndAfterItEachStepWithItsToken() {
        apply(table(true, "id"), new Inserted(row("1", "a")), new Truncated(), new Inserted(row("2", "b")));

        assertThat(calls)
                .containsExactly(
                        "planned 0/1000-0/2000",
                        "insert run/t/0/1000-0/2000/0 [+16['1', 'a']]",
                        "bury run/t/0/1000-0/2000/1 17",
                        "insert run/t/0/1000-0/2000/2 [+18['2', 'b']]",
                        "applied 0/2050");
    }

    @Test
    void thePartsOfATransactionCountTheirStepsOnAndOnlyTheLastIsLogged() {
        ChangeApplier applier = new ChangeApplier("run", recorder, SourceRows.NONE, recorder);
        ReplicatedTable table = table(true, "id");
        List<Change> one = List.of(new Change(table, lsn(16), new Inserted(row("1", "a"))));
        applier.apply(new ChangeBatch(PLAN, 0, false, one, Optional.empty(), 0));
        applier.apply(new ChangeBatch(PLAN, 1, false, one, Optional.of(END), 1));
        applier.apply(new ChangeBatch(PLAN, 0, true, one, Optional.of(END), 1));

        assertThat(calls)
                .containsExactly(
                        "planned 0/1000-0/2000",
                        "insert run/t/0/1000-0/2000/0 [+16['1', 'a']]",
                        "insert run/t/0/1000-0/2000/1 [+16['1', 'a']]",
                        "applied 0/2050",
                        "insert run/t/0/1000-0/2000/0 [+16['1', 'a']]",
                        "applied 0/2050");
    }

    @Test
    void aChangeThatDoesNotNameItsRowIsRefused() {
        assertThatThrownBy(() -> apply(
                        table(true, "id"), new Deleted(new OldRow(false, List.of(Value.MISSING, Value.text("a"))))))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("does not say which row");
        assertThat(calls).doesNotContain("applied 0/2050");
    }

    private void apply(ReplicatedTable table, Operation... operations) {
        List<Change> changes = new ArrayList<>();
        for (Operation operation : operations) {
            changes.add(new Change(table, lsn(16 + changes.size()), operation));
        }
        new ChangeApplier("run", recorder, SourceRows.NONE, recorder)
                .apply(new ChangeBatch(PLAN, 0, false, changes, Optional.of(END), 2));
    }

    private static ReplicatedTable table(boolean keepsLastState, String sortingKey) {
        return new ReplicatedTable(
                new TableName("public", "t"),
                Set.of(new TableName("public", "t")),
                "t",
                List.of(new ReplicatedTable.Column("id", 23, -1), new ReplicatedTable.Column("v", 25, -1)),
                Set.of(),
                List.of("id"),
                Set.of("id"),
                List.of(sortingKey),
                keepsLastState);
    }

    private static List<Value> row(String id, String v) {
        return List.of(Value.text(id), Value.text(v));
    }

    private static OldRow key(String id) {
        return new OldRow(false, List.of(Value.text(id), Value.MISSING));
    }

    private static LogSequenceNumber lsn(long value) {
        return LogSequenceNumber.valueOf(value);
    }

    /** Writes down what it is asked for. */
    private final class Recorder implements Destination, BatchLog {
        @Override
        public void insert(ReplicatedTable table, List<ChangeRow> rows, String token) {
            calls.add("insert " + token + " "
                    + rows.stream()
                            .map(row -> (row.deleted() ? "-" : "+") + row.version() + row.values())
                            .toList());
        }

        @Override
        public List<Optional<ChangeRow>> latestRows(ReplicatedTable table, List<Lookup> lookups) {
            lookups.forEach(lookup -> calls.add("lookup (" + lookup.key() + "<" + lookup.before() + ")"));
            return lookups.stream()
                    .map(lookup -> Optional.ofNullable(stored.get(lookup)))
                    .toList();
        }

        @Override
        public void tombstoneAll(ReplicatedTable table, long version, String token) {
            calls.add("bury " + token + " " + version);
        }

        @Override
        public Optional<Plan> pending() {
            return Optional.empty();
        }

        @Override
        public void planned(Plan plan) {
            calls.add("planned " + plan.from().asString() + "-" + plan.to().asString());
        }

        @Override
        public void applied(CommitPoint end) {
            calls.add("applied " + end.lsn().asString());
        }
    }
}
