package io.jenkins.plugins.clickpipe.engine.load;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One queue for all workers. Tables begin with the largest, a bounded number of them at a time. Each worker stays with
 * its table while that has work and others have their share of workers; then it helps where the fewest are. As soon as
 * a table has nothing left to give the next one begins, so that no worker idles while there is work.
 *
 * <p>Small neighbouring partitions are given together. What is given gets smaller towards a table's end, so that its
 * workers end at about the same time.
 */
final class PartitionQueue {
    private static final long MOST_BYTES = 64L << 20;
    private static final int SHARES = 4;

    private final Deque<Table> waiting = new ArrayDeque<>();
    private final List<Table> active = new ArrayList<>();
    private final int workers;

    private static final class Table {
        private final int position;
        private final Deque<Partition> partitions;
        private long bytesLeft;
        private int readers;

        Table(List<Partition> partitions) {
            this.position = partitions.get(0).table();
            this.partitions = new ArrayDeque<>(partitions);
            this.bytesLeft = partitions.stream().mapToLong(Table::weight).sum();
        }

        /** Also an empty partition costs something. */
        private static long weight(Partition partition) {
            return partition.estimatedBytes() + 1;
        }

        private Stretch next(int workers) {
            long most = Math.min(MOST_BYTES, bytesLeft / ((long) SHARES * workers));
            List<Partition> taken = new ArrayList<>();
            long bytes = 0;
            do {
                Partition partition = partitions.removeFirst();
                taken.add(partition);
                bytes += weight(partition);
            } while (!partitions.isEmpty()
                    && partitions.peekFirst().relation().equals(taken.get(0).relation())
                    && bytes + weight(partitions.peekFirst()) <= most);
            bytesLeft -= bytes;
            return new Stretch(taken);
        }
    }

    /**
     * @param tables the partitions of each table
     * @param parallelTables at least 1
     * @param workers that take from it, at least 1
     */
    PartitionQueue(List<List<Partition>> tables, int parallelTables, int workers) {
        this.workers = workers;
        tables.stream()
                .filter(partitions -> !partitions.isEmpty())
                .map(Table::new)
                .sorted(Comparator.comparingLong((Table table) -> table.bytesLeft)
                        .reversed())
                .forEach(waiting::add);
        while (active.size() < parallelTables && !waiting.isEmpty()) {
            active.add(waiting.removeFirst());
        }
    }

    /**
     * The next work of a worker; empty when all was given.
     *
     * @param last the table that it has worked at, if any
     */
    synchronized Optional<Stretch> take(OptionalInt last) {
        if (active.isEmpty()) {
            return Optional.empty();
        }
        Table table = choose(last);
        Stretch stretch = table.next(share());
        if (table.partitions.isEmpty()) {
            active.remove(table);
            if (!waiting.isEmpty()) {
                active.add(waiting.removeFirst());
            }
        }
        return Optional.of(stretch);
    }

    private Table choose(OptionalInt last) {
        Optional<Table> same = active.stream()
                .filter(table -> last.isPresent() && table.position == last.getAsInt())
                .findFirst();
        if (same.isPresent() && same.get().readers <= share()) {
            return same.get();
        }
        same.ifPresent(table -> table.readers--);
        Table fewest = active.stream()
                .min(Comparator.comparingInt(table -> table.readers))
                .orElseThrow();
        fewest.readers++;
        return fewest;
    }

    /** Workers for each active table, rounded up. */
    private int share() {
        return -Math.floorDiv(-workers, active.size());
    }
}
