package io.jenkins.plugins.clickpipe.engine.load;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One queue for all workers. It gives partitions of a bounded number of tables at a time, and goes on with the next
 * table as soon as one has none left to give, so that no worker idles while there is work.
 */
final class PartitionQueue {
    private final Deque<Deque<Partition>> waiting = new ArrayDeque<>();
    private final List<Deque<Partition>> active = new ArrayList<>();
    private int next;

    /**
     * @param tables the partitions of each table, in the order in which tables begin
     * @param parallelTables at least 1
     */
    PartitionQueue(List<List<Partition>> tables, int parallelTables) {
        for (List<Partition> partitions : tables) {
            if (!partitions.isEmpty()) {
                waiting.add(new ArrayDeque<>(partitions));
            }
        }
        while (active.size() < parallelTables && !waiting.isEmpty()) {
            active.add(waiting.removeFirst());
        }
    }

    /** The next partition; empty when all were given. */
    synchronized Optional<Partition> take() {
        if (active.isEmpty()) {
            return Optional.empty();
        }
        next %= active.size();
        Deque<Partition> table = active.get(next);
        Partition partition = table.removeFirst();
        if (!table.isEmpty()) {
            next++;
        } else if (waiting.isEmpty()) {
            active.remove(next);
        } else {
            active.set(next, waiting.removeFirst());
        }
        return Optional.of(partition);
    }
}
