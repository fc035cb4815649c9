package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

/**
 * What months of replication leave behind: rows changed and deleted in PostgreSQL, and ClickHouse's tables as CDC would
 * have left them, that is with newer versions and soft-deleted rows, whose versions come from a clock in nanoseconds
 * as PeerDB's do.
 */
final class History {
    private static final String CHANGED = "id % 90 = 7";
    private static final String DELETED = "id % 300 = 1";
    private static final String DELETED_ITEMS = "order_id % 300 = 1";
    private static final String INSERTED_AGAIN = "id <= 5";

    private static final String NEWER =
            "now64(9) AS _peerdb_synced_at," + " toUInt64(toUnixTimestamp64Nano(now64(9))) AS _peerdb_version";

    private final Shop shop;
    private final Warehouse warehouse;

    History(Shop shop, Warehouse warehouse) {
        this.shop = requireNonNull(shop);
        this.warehouse = requireNonNull(warehouse);
    }

    void happen() {
        change();
        delete("orders", DELETED);
        delete("order_items", DELETED_ITEMS);
        insertAgain();
    }

    private void change() {
        shop.execute("UPDATE orders SET status = 'returned' WHERE " + CHANGED);
        warehouse.execute("INSERT INTO orders SELECT * REPLACE ('returned' AS status, " + NEWER + ") FROM orders WHERE "
                + CHANGED);
    }

    private void delete(String table, String which) {
        shop.execute("DELETE FROM " + table + " WHERE " + which);
        softDelete(table, which);
    }

    /** The key comes back in PostgreSQL; its tombstone in ClickHouse has a higher version than any WAL position. */
    private void insertAgain() {
        shop.execute(
                """
                BEGIN;
                CREATE TEMP TABLE again ON COMMIT DROP AS SELECT * FROM products WHERE %1$s;
                DELETE FROM products WHERE %1$s;
                INSERT INTO products SELECT * FROM again;
                COMMIT"""
                        .formatted(INSERTED_AGAIN));
        softDelete("products", INSERTED_AGAIN);
    }

    private void softDelete(String table, String which) {
        warehouse.execute("INSERT INTO " + table + " SELECT * REPLACE (1 AS _peerdb_is_deleted, " + NEWER + ") FROM "
                + table + " WHERE " + which);
    }
}
