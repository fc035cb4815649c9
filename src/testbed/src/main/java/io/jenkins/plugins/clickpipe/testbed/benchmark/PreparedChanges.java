package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.util.List;

/**
 * A table and changes of it that wait in the WAL: transactions of {@value #PER_TRANSACTION} changes each, which are four
 * inserts, four updates of older rows and two deletions.
 */
final class PreparedChanges {
    static final String TABLE = "orders";
    static final int PER_TRANSACTION = 10;

    private static final int UPDATED_ROWS = 50_000;
    private static final String SCHEMA =
            """
            CREATE TABLE orders (id bigint PRIMARY KEY, customer int NOT NULL, amount numeric(12,2), note text,
                changed timestamptz)""";
    private static final String FILL =
            """
            INSERT INTO orders
            SELECT i, i %% 1000, i / 100.0, 'order number ' || i, now() FROM generate_series(1, %d) AS i""";
    /** Rows 1 to the first number are updated, those behind them deleted one after the other. */
    private static final String WRITE =
            """
            DO $$
            BEGIN
                FOR t IN 1..%2$d LOOP
                    INSERT INTO orders
                    SELECT 1000000000 + 4 * t + i, t %% 1000, t / 100.0, 'later order number ' || t, clock_timestamp()
                      FROM generate_series(0, 3) AS i;
                    UPDATE orders SET amount = amount + 1, changed = clock_timestamp()
                     WHERE id IN (SELECT 1 + (t::bigint * 7919 + i * 12503) %% %1$d FROM generate_series(0, 3) AS i);
                    DELETE FROM orders WHERE id IN (%1$d + 2 * t, %1$d + 2 * t - 1);
                    COMMIT;
                END LOOP;
            END $$""";

    private final Arena arena;
    private final long transactions;

    /** @param changes rounded up to whole transactions */
    PreparedChanges(Arena arena, long changes) {
        this.arena = requireNonNull(arena);
        this.transactions = (changes + PER_TRANSACTION - 1) / PER_TRANSACTION;
    }

    long changes() {
        return transactions * PER_TRANSACTION;
    }

    /** The table as it is before the changes. */
    void fill() {
        arena.servers()
                .postgresPipeUser()
                .execute(
                        Arena.DATABASE,
                        "DROP TABLE IF EXISTS " + TABLE,
                        SCHEMA,
                        FILL.formatted(UPDATED_ROWS + 2 * transactions));
        arena.servers().postgresAdmin().execute(Arena.DATABASE, "VACUUM (ANALYZE, FREEZE) " + TABLE);
    }

    /** Makes the changes; every slot that is there now holds them. */
    void write() {
        arena.servers().postgresPipeUser().execute(Arena.DATABASE, WRITE.formatted(UPDATED_ROWS, transactions));
        arena.servers().postgresAdmin().execute(Arena.DATABASE, "CHECKPOINT");
    }

    /** A slot of its own that stands where another one stands. */
    void copySlot(String from, String to) {
        arena.servers()
                .postgresPipeUser()
                .query(Arena.DATABASE, "SELECT pg_copy_logical_replication_slot('" + from + "', '" + to + "')");
    }

    /** Drops a slot, which its last reader may have done already. */
    void dropSlot(String slot) {
        arena.servers()
                .postgresPipeUser()
                .query(
                        Arena.DATABASE,
                        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '"
                                + slot + "'");
    }

    /** @throws TestbedException when a destination table does not hold the source's rows as they are after all changes */
    void verify(String filled) {
        String sums = "SELECT count(*), sum(id), sum(customer), sum(amount), sum(length(note)) FROM ";
        List<String> source = arena.servers()
                .postgresPipeUser()
                .query(Arena.DATABASE, sums + TABLE)
                .get(0);
        List<String> target = arena.servers()
                .clickHouseAdmin()
                .query(
                        Arena.DATABASE,
                        sums.replace("sum(amount)", "toDecimalString(sum(amount), 2)") + filled
                                + " FINAL WHERE _peerdb_is_deleted = 0")
                .get(0);
        if (!source.equals(target)) {
            throw new TestbedException("The rows in " + filled + " are not those of the source:\nPostgreSQL " + source
                    + "\nClickHouse " + target);
        }
    }
}
