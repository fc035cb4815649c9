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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postgresql.replication.LogSequenceNumber;

/** Versions are shown as the commit's number, then 0 for the tombstones and 1 for the rows of its first step. */
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
                        "planned 0/1000-0/2000", "insert run/t/0/1000-0/2000/0 [+1.1['1', 'a']]", "applied 0/2050");
    }

    @Test
    void theLastStateOfEachKeyIsSent() {
        apply(
                table(true, "id"),
                new Inserted(row("1", "a")),
                new Updated(Optional.empty(), row("1", "b")),
                new Inserted(row("2", "c")),
                new Deleted(key("2")));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [+1.1['1', 'b'], -1.0['2', 'c']]");
    }

    @Test
    void anAppendedTableGetsEveryState() {
        apply(
                table(false, "id"),
                new Inserted(row("1", "a")),
                new Updated(Optional.empty(), row("1", "b")),
                new Deleted(key("1")));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [+1.1['1', 'a'], +1.3['1', 'b'], -1.4['1', 'b']]");
    }

    @Test
    void aKeyChangeBuriesTheOldKey() {
        apply(table(true, "id"), new Updated(Optional.of(key("1")), row("2", "b")));

        assertThat(calls)
                .contains("lookup (('1')<1.0)", "insert run/t/0/1000-0/2000/0 [-1.0['1', NULL], +1.1['2', 'b']]");
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

        assertThat(calls.get(1)).contains("+1.1['1', 'b']", "+1.1['2', 'a']", "-1.0['3', 'a']");
    }

    @Test
    void aMissingValueIsTakenFromTheDestinationsRowOfTheOldKey() {
        stored.put(
                new Destination.Lookup(new RowKey(List.of(Value.text("1"))), RowVersion.first(lsn(8))),
                new ChangeRow(row("1", "large"), 7, false));
        apply(
                table(true, "id"),
                new Updated(Optional.of(key("1")), List.of(Value.text("2"), Value.MISSING)),
                new Updated(Optional.empty(), List.of(Value.text("2"), Value.MISSING)));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [-1.0['1', 'large'], +1.1['2', 'large']]");
    }

    @Test
    void aRowThatMovesToAnotherSortingKeyIsBuriedAtItsOldPlaceBelowItsNewVersion() {
        stored.put(
                new Destination.Lookup(new RowKey(List.of(Value.text("1"))), RowVersion.first(lsn(8))),
                new ChangeRow(row("1", "old"), 7, false));
        apply(
                table(true, "v"),
                new Updated(Optional.empty(), row("1", "between")),
                new Updated(Optional.empty(), row("1", "new")));

        assertThat(calls)
                .contains("insert run/t/0/1000-0/2000/0 [-1.0['1', 'old'], -1.0['1', 'between'], +1.1['1', 'new']]");
    }

    @Test
    void truncateComesBetweenTheRowsBeforeAndAfterItEachStepWithItsToken() {
        apply(table(true, "id"), new Inserted(row("1", "a")), new Truncated(), new Inserted(row("2", "b")));

        assertThat(calls)
                .containsExactly(
                        "planned 0/1000-0/2000",
                        "insert run/t/0/1000-0/2000/0 [+1.1['1', 'a']]",
                        "bury run/t/0/1000-0/2000/1 1.3",
                        "insert run/t/0/1000-0/2000/2 [+1.5['2', 'b']]",
                        "applied 0/2050");
    }

    @Test
    void thePartsOfATransactionCountTheirStepsOnAndOnlyTheLastIsLogged() {
        ChangeApplier applier = new ChangeApplier("run", recorder, SourceRows.NONE, recorder);
        ReplicatedTable table = table(true, "id");
        List<Change> one = List.of(new Change(table, lsn(8), new Inserted(row("1", "a"))));
        applier.apply(new ChangeBatch(PLAN, 0, false, one, Optional.empty(), 0));
        applier.apply(new ChangeBatch(PLAN, 1, false, one, Optional.of(END), 1));
        applier.apply(new ChangeBatch(PLAN, 0, true, one, Optional.of(END), 1));

        assertThat(calls)
                .containsExactly(
                        "planned 0/1000-0/2000",
                        "insert run/t/0/1000-0/2000/0 [+1.1['1', 'a']]",
                        "insert run/t/0/1000-0/2000/1 [+1.3['1', 'a']]",
                        "applied 0/2050",
                        "insert run/t/0/1000-0/2000/0 [+1.1['1', 'a']]",
                        "applied 0/2050");
    }

    @Test
    void versionsFollowTheOrderOfCommits() {
        ReplicatedTable table = table(true, "id");
        new ChangeApplier("run", recorder, SourceRows.NONE, recorder)
                .apply(new ChangeBatch(
                        PLAN,
                        0,
                        false,
                        List.of(
                                new Change(table, lsn(8), new Deleted(key("5"))),
                                new Change(table, lsn(8), new Inserted(row("6", "a"))),
                                new Change(table, lsn(16), new Inserted(row("5", "new")))),
                        Optional.of(END),
                        2));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [+2.1['5', 'new'], +1.1['6', 'a']]");
    }

    @Test
    void keysThatAreRenumberedBeforeTheyAreCheckedKeepTheirRows() {
        apply(
                deferrable(),
                new Updated(Optional.of(whole("1", "x")), row("2", "x")),
                new Updated(Optional.of(whole("2", "x")), row("3", "x")),
                new Updated(Optional.of(whole("3", "y")), row("4", "y")));

        // The destination has the second row as it is to be.
        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [-1.0['1', 'x'], +1.1['3', 'x'], +1.1['4', 'y']]");
    }

    @Test
    void aRowThatCameBesideAnotherWaitsForTheNextPartOfItsTransaction() {
        ReplicatedTable table = deferrable();
        stored.put(
                new Destination.Lookup(new RowKey(List.of(Value.text("2"))), RowVersion.first(lsn(8))),
                new ChangeRow(row("2", "y"), 7, false));
        ChangeApplier applier = new ChangeApplier("run", recorder, SourceRows.NONE, recorder);
        applier.apply(part(table, 0, false, new Updated(Optional.of(whole("1", "x")), row("2", "x"))));
        applier.apply(part(table, 1, true, new Updated(Optional.of(whole("2", "y")), row("3", "y"))));

        assertThat(calls)
                .containsSubsequence(
                        "insert run/t/0/1000-0/2000/0 [-1.0['1', 'x']]",
                        "insert run/t/0/1000-0/2000/1 [+1.1['2', 'x'], +1.3['3', 'y']]");
    }

    @Test
    void twoRowsThatCameToOnePlaceWaitForTheNextPartOfTheirTransaction() {
        ReplicatedTable table = deferrable();
        ChangeApplier applier = new ChangeApplier("run", recorder, SourceRows.NONE, recorder);
        applier.apply(part(
                table,
                0,
                false,
                new Updated(Optional.of(whole("1", "x")), row("4", "x")),
                new Updated(Optional.of(whole("2", "y")), row("4", "y"))));
        applier.apply(part(table, 1, true, new Updated(Optional.of(whole("4", "y")), row("5", "y"))));

        assertThat(calls)
                .containsSubsequence(
                        "insert run/t/0/1000-0/2000/0 [-1.0['1', 'x'], -1.0['2', 'y']]",
                        "insert run/t/0/1000-0/2000/1 [+1.1['4', 'x'], +1.3['5', 'y']]");
    }

    private static ChangeBatch part(ReplicatedTable table, int part, boolean last, Operation... operations) {
        return new ChangeBatch(
                PLAN,
                part,
                false,
                Arrays.stream(operations)
                        .map(operation -> new Change(table, lsn(8), operation))
                        .toList(),
                last ? Optional.of(END) : Optional.empty(),
                last ? 1 : 0);
    }

    @Test
    void aRowThatIsNamedByAnotherIndexIsFoldedByItsPlace() {
        ReplicatedTable table = table(List.of("v"), Set.of("v"), true, "id", false);
        apply(
                table,
                new Inserted(row("1", "a")),
                new Inserted(row("2", "b")),
                new Updated(Optional.of(named("a")), row("1", "c")),
                new Updated(Optional.of(named("b")), row("2", "a")),
                new Updated(Optional.of(named("c")), row("1", "b")));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [+1.1['1', 'b'], +1.1['2', 'a']]");
    }

    @Test
    void aRowThatMovesUnderAnUnchangedNameLeavesThePlaceThatTheDestinationKnows() {
        stored.put(
                new Destination.Lookup(new RowKey(List.of(Value.text("a"))), RowVersion.first(lsn(8))),
                new ChangeRow(row("1", "a"), 7, false));
        apply(table(List.of("v"), Set.of("v"), true, "id", false), new Updated(Optional.empty(), row("9", "a")));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [-1.0['1', 'a'], +1.1['9', 'a']]");
    }

    @Test
    void aRowThatTheDestinationNeverHadLeavesNoPlace() {
        apply(table(List.of("v"), Set.of("v"), true, "id", false), new Deleted(named("a")));

        assertThat(calls).noneMatch(call -> call.startsWith("insert"));
    }

    @Test
    void oneNumberInTwoTextsIsOneKey() {
        ReplicatedTable table = new ReplicatedTable(
                new TableName("public", "t"),
                Set.of(new TableName("public", "t")),
                "t",
                List.of(
                        new ReplicatedTable.Column("id", 1700, -1, Optional.empty(), true),
                        new ReplicatedTable.Column("v", 25, -1)),
                Set.of(),
                List.of("id"),
                Set.of("id"),
                List.of("id"),
                true,
                false,
                Set.of("id"));
        apply(
                table,
                new Inserted(row("1.0", "a")),
                new Updated(Optional.of(key("1.0")), row("1.00", "b")),
                new Inserted(row("10", "c")),
                new Inserted(row("1", "d")));

        assertThat(calls).contains("insert run/t/0/1000-0/2000/0 [+1.1['1', 'd'], +1.1['10', 'c']]");
    }

    @Test
    void aKeyThatOneTransactionChangesMoreOftenThanVersionsCountStopsItsTable() {
        Operation[] updates = new Operation[RowVersion.STEPS];
        Arrays.fill(updates, new Updated(Optional.empty(), row("1", "a")));

        assertThatThrownBy(() -> apply(table(false, "id"), updates))
                .isInstanceOf(StructureChangedException.class)
                .hasMessageContaining("more often than versions of rows can count");
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
            changes.add(new Change(table, lsn(8), operation));
        }
        new ChangeApplier("run", recorder, SourceRows.NONE, recorder)
                .apply(new ChangeBatch(PLAN, 0, false, changes, Optional.of(END), 2));
    }

    private static ReplicatedTable table(boolean keepsLastState, String sortingKey) {
        return table(List.of("id"), Set.of("id"), keepsLastState, sortingKey, false);
    }

    private static ReplicatedTable deferrable() {
        return table(List.of("id"), Set.of("id", "v"), true, "id", true);
    }

    private static ReplicatedTable table(
            List<String> key, Set<String> logged, boolean keepsLastState, String sortingKey, boolean deferrable) {
        return new ReplicatedTable(
                new TableName("public", "t"),
                Set.of(new TableName("public", "t")),
                "t",
                List.of(new ReplicatedTable.Column("id", 23, -1), new ReplicatedTable.Column("v", 25, -1)),
                Set.of(),
                key,
                logged,
                List.of(sortingKey),
                keepsLastState,
                deferrable,
                logged);
    }

    private static List<Value> row(String id, String v) {
        return List.of(Value.text(id), Value.text(v));
    }

    private static OldRow whole(String id, String v) {
        return new OldRow(true, row(id, v));
    }

    private static OldRow named(String v) {
        return new OldRow(false, List.of(Value.MISSING, Value.text(v)));
    }

    private static OldRow key(String id) {
        return new OldRow(false, List.of(Value.text(id), Value.MISSING));
    }

    private static String shown(long version) {
        return version / RowVersion.first(lsn(8)) + "." + version % RowVersion.first(lsn(8));
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
                            .map(row -> (row.deleted() ? "-" : "+") + shown(row.version()) + row.values())
                            .toList());
        }

        @Override
        public List<Optional<ChangeRow>> latestRows(ReplicatedTable table, List<Lookup> lookups) {
            lookups.forEach(lookup -> calls.add("lookup (" + lookup.key() + "<" + shown(lookup.before()) + ")"));
            return lookups.stream()
                    .map(lookup -> Optional.ofNullable(stored.get(lookup)))
                    .toList();
        }

        @Override
        public void tombstoneAll(ReplicatedTable table, long version, String token) {
            calls.add("bury " + token + " " + shown(version));
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
