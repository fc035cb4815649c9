package io.jenkins.plugins.clickpipe.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Identity;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.ReplicaIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionQueueTest {
    private static final Identity IDENTITY = new Identity(ReplicaIdentity.DEFAULT, List.of("id"));

    private static final long LARGE = 100 << 20;

    private static List<Partition> partitions(int table, int count, long bytes) {
        Relation relation = new Relation(table, "public", "t" + table, 1, 1, 1, IDENTITY);
        Range all = new Range("", "", "", "");
        return IntStream.range(0, count)
                .mapToObj(i -> new Partition(table, i, relation, all, bytes))
                .toList();
    }

    private static List<Stretch> drain(PartitionQueue queue) {
        List<Stretch> taken = new ArrayList<>();
        OptionalInt last = OptionalInt.empty();
        for (Optional<Stretch> next = queue.take(last); next.isPresent(); next = queue.take(last)) {
            taken.add(next.get());
            last = OptionalInt.of(next.get().table());
        }
        return taken;
    }

    private static List<Integer> tables(List<Stretch> stretches) {
        return stretches.stream().map(Stretch::table).toList();
    }

    @Test
    void theLargestTableBeginsAndOneIsGivenOutBeforeTheNextBegins() {
        PartitionQueue queue = new PartitionQueue(
                List.of(partitions(0, 2, LARGE), partitions(1, 3, LARGE), partitions(2, 0, 0), partitions(3, 1, 1)),
                1,
                4);

        assertThat(tables(drain(queue))).containsExactly(1, 1, 1, 0, 0, 3);
    }

    @Test
    void workersSpreadOverParallelTablesAndStayWhereTheyAre() {
        PartitionQueue queue = new PartitionQueue(
                List.of(partitions(0, 9, LARGE), partitions(1, 5, LARGE), partitions(2, 3, LARGE)), 2, 4);

        List<Integer> first = IntStream.range(0, 4)
                .map(worker -> queue.take(OptionalInt.empty()).orElseThrow().table())
                .boxed()
                .toList();
        assertThat(first).containsExactly(0, 1, 0, 1);
        for (int table : List.of(0, 0, 1, 1)) {
            assertThat(queue.take(OptionalInt.of(table)).orElseThrow().table()).isEqualTo(table);
        }
        // table 1 gives its last partition, so table 2 begins, and a worker of table 1 goes there
        assertThat(queue.take(OptionalInt.of(1)).orElseThrow().table()).isEqualTo(1);
        assertThat(queue.take(OptionalInt.of(1)).orElseThrow().table()).isEqualTo(2);
    }

    @Test
    void theLastTableIsReadByAllWorkers() {
        PartitionQueue queue = new PartitionQueue(List.of(partitions(0, 8, LARGE), partitions(1, 1, LARGE)), 2, 4);

        queue.take(OptionalInt.empty());
        queue.take(OptionalInt.empty());
        List<Stretch> rest = IntStream.range(0, 7)
                .mapToObj(i -> queue.take(OptionalInt.of(1)).orElseThrow())
                .toList();

        assertThat(tables(rest)).containsOnly(0);
        assertThat(queue.take(OptionalInt.of(0))).isEmpty();
    }

    @Test
    void smallPartitionsAreGivenTogetherAndLessOfThemTowardsTheEnd() {
        PartitionQueue queue = new PartitionQueue(List.of(partitions(0, 10_000, 100_000)), 1, 4);

        List<Stretch> stretches = drain(queue);

        assertThat(stretches.size()).isLessThan(200);
        assertThat(stretches.get(0).partitions().size()).isGreaterThan(500);
        assertThat(stretches.get(stretches.size() - 1).partitions().size()).isEqualTo(1);
        assertThat(stretches.stream().flatMap(s -> s.partitions().stream()).map(Partition::index))
                .containsExactlyElementsOf(IntStream.range(0, 10_000).boxed().toList());
    }

    @Test
    void aStretchIsOfOneRelation() {
        List<Partition> leaves = new ArrayList<>();
        for (int leaf = 0; leaf < 3; leaf++) {
            Relation relation = new Relation(leaf, "public", "leaf" + leaf, 1, 1, 1, IDENTITY);
            leaves.add(new Partition(0, 2 * leaf, relation, new Range("", "b", "", ""), 1));
            leaves.add(new Partition(0, 2 * leaf + 1, relation, new Range("b", "", "", ""), 1));
        }

        assertThat(drain(new PartitionQueue(List.of(leaves), 1, 1)))
                .allSatisfy(stretch -> assertThat(stretch.partitions())
                        .extracting(Partition::relation)
                        .containsOnly(stretch.relation()));
    }
}
