package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import java.util.List;

/** The shop's tables in ClickHouse, as an analyst sees them. */
final class Warehouse {
    private final ClickHouseEndpoint clickHouse;
    private final String database;

    Warehouse(ClickHouseEndpoint clickHouse, String database) {
        this.clickHouse = requireNonNull(clickHouse);
        this.database = requireNonNull(database);
    }

    void execute(String sql) {
        clickHouse.execute(database, sql);
    }

    List<List<String>> query(String sql) {
        return clickHouse.query(database, sql);
    }

    /** The only value of a query, as text. */
    String value(String sql) {
        return query(sql).get(0).get(0);
    }

    long count(String sql) {
        return Long.parseLong(value(sql));
    }

    /** Rows that readers get: the newest version of each row, without the soft-deleted ones. */
    long alive(String table) {
        return count("SELECT count() FROM " + table + (isReplacing(table) ? " FINAL" : "")
                + " WHERE _peerdb_is_deleted = 0");
    }

    /** Rows whose newest version is soft-deleted. */
    long softDeleted(String table) {
        return isReplacing(table) ? count("SELECT count() FROM " + table + " FINAL WHERE _peerdb_is_deleted = 1") : 0;
    }

    private boolean isReplacing(String table) {
        return value("SELECT engine FROM system.tables WHERE database = currentDatabase() AND name = '" + table + "'")
                .equals("ReplacingMergeTree");
    }

    String sortingKey(String table) {
        return value(
                "SELECT sorting_key FROM system.tables WHERE database = currentDatabase() AND name = '" + table + "'");
    }

    /** Rows that ClickHouse reads to find the sales of one product (EXPLAIN ESTIMATE). */
    long rowsReadForOneProduct() {
        return count("SELECT sum(rows) FROM (EXPLAIN ESTIMATE SELECT sum(quantity) FROM order_items"
                + " WHERE product_id = 4711)");
    }
}
