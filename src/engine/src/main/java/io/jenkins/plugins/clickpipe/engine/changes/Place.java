package io.jenkins.plugins.clickpipe.engine.changes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of one place of a destination that keeps last states: of the values of its sorting key. At the end of a
 * transaction there is one row or none.
 */
sealed interface Place {
    void put(PendingRow row);

    /**
     * A row leaves.
     *
     * @param old its values
     */
    void remove(List<Value> old, PendingRow tombstone);

    /** What is to be sent; empty where the destination has what is right. */
    Optional<PendingRow> last();

    Occupancy occupancy();

    /** How many rows there are in the middle of a transaction. */
    enum Occupancy {
        /** One or none. */
        SETTLED,
        /** Two if the destination has one, which then has not left yet. */
        UNKNOWN,
        /** Two or more. */
        SHARED
    }

    static Place of(ReplicatedTable table) {
        return table.deferrableKey() ? new Shared() : new Single();
    }

    /** For a key that is checked at once: a row comes only where none is. */
    final class Single implements Place {
        private PendingRow last;

        @Override
        public void put(PendingRow row) {
            last = row;
        }

        @Override
        public void remove(List<Value> old, PendingRow tombstone) {
            last = tombstone;
        }

        @Override
        public Optional<PendingRow> last() {
            return Optional.ofNullable(last);
        }

        @Override
        public Occupancy occupancy() {
            return Occupancy.SETTLED;
        }
    }

    /**
     * For a key that is checked at the end of the transaction: a row may come before the one that is there leaves. Which
     * one leaves is told by all its values; where two are equal in all of them it does not matter.
     */
    final class Shared implements Place {
        private final List<PendingRow> came = new ArrayList<>();
        /** Of the destination's own row, which has left. */
        private Optional<PendingRow> left = Optional.empty();

        @Override
        public void put(PendingRow row) {
            came.add(row);
        }

        @Override
        public void remove(List<Value> old, PendingRow tombstone) {
            for (int i = 0; i < came.size(); i++) {
                if (came.get(i).values().equals(old)) {
                    came.remove(i);
                    return;
                }
            }
            left = Optional.of(tombstone);
        }

        @Override
        public Optional<PendingRow> last() {
            return came.isEmpty() ? left : Optional.of(came.get(came.size() - 1));
        }

        @Override
        public Occupancy occupancy() {
            if (came.size() > 1) {
                return Occupancy.SHARED;
            }
            return came.size() == 1 && left.isEmpty() ? Occupancy.UNKNOWN : Occupancy.SETTLED;
        }
    }
}
