package io.jenkins.plugins.clickpipe.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionQueueTest {
    private static List<Partition> partitions(int table, int count) {
        Relation relation = new Relation(table, "public", "t" + table, 1, 1, 1);
        return IntStream.range(0, count)
                .mapToObj(i -> new Partition(table, i, relation, "true", "", 1))
                .toList();
    }

    private static List<String> drain(PartitionQueue queue) {
        List<String> taken = new ArrayList<>();
        for (Optional<Partition> next = queue.take(); next.isPresent(); next = queue.take()) {
            taken.add(next.get().table() + "." + next.get().index());
        }
        return taken;
    }

    @Test
    void oneTableAtATimeIsFinishedBeforeTheNextBegins() {
        PartitionQueue queue = new PartitionQueue(List.of(partitions(0, 2), partitions(1, 2)), 1);

        assertThat(drain(queue)).containsExactly("0.0", "0.1", "1.0", "1.1");
    }

    @Test
    void severalTablesAreServedInTurnAndTheNextTakesAFinishedOnesPlace() {
        PartitionQueue queue = new PartitionQueue(List.of(partitions(0, 3), partitions(1, 1), partitions(2, 2)), 2);

        assertThat(drain(queue)).containsExactly("0.0", "1.0", "2.0", "0.1", "2.1", "0.2");
    }

    @Test
    void tablesWithoutPartitionsTakeNoPlace() {
        PartitionQueue queue = new PartitionQueue(List.of(partitions(0, 0), partitions(1, 1)), 1);

        assertThat(drain(queue)).containsExactly("1.0");
    }
}
