package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A shop's database in PostgreSQL, about 2 million rows, the same at each run: enums, arrays, jsonb, numerics,
 * timestamptz, a partitioned table (orders) and a table without a primary key (events).
 */
final class Shop {
    /** The tables in the order in which they are filled. */
    static final List<String> TABLES = List.of("products", "customers", "orders", "order_items", "events");

    private static final String SCHEMA =
            """
            CREATE TYPE tier AS ENUM ('bronze', 'silver', 'gold');
            CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped', 'returned');
            CREATE TABLE products (
                id int PRIMARY KEY, sku uuid NOT NULL, title text NOT NULL, price numeric(10,2) NOT NULL,
                size_mm int[] NOT NULL, attributes jsonb, launched date);
            CREATE TABLE customers (
                id bigint PRIMARY KEY, email text NOT NULL, name text NOT NULL, tier tier NOT NULL,
                interests text[], profile jsonb, credit numeric(12,2) NOT NULL, registered_at timestamptz NOT NULL);
            CREATE TABLE orders (
                id bigint, customer_id bigint NOT NULL, status order_status NOT NULL, total numeric(12,2) NOT NULL,
                delivery jsonb, placed_at timestamptz NOT NULL, ship_by date, PRIMARY KEY (id, placed_at))
              PARTITION BY RANGE (placed_at);
            CREATE TABLE orders_2026_q1 PARTITION OF orders FOR VALUES FROM ('2026-01-01Z') TO ('2026-04-01Z');
            CREATE TABLE orders_2026_q2 PARTITION OF orders FOR VALUES FROM ('2026-04-01Z') TO ('2026-07-01Z');
            CREATE TABLE orders_2026_q3 PARTITION OF orders FOR VALUES FROM ('2026-07-01Z') TO ('2026-10-01Z');
            CREATE TABLE orders_2026_q4 PARTITION OF orders FOR VALUES FROM ('2026-10-01Z') TO ('2027-01-01Z');
            CREATE TABLE order_items (
                order_id bigint, line_no smallint, product_id int NOT NULL, quantity int NOT NULL,
                unit_price numeric(10,2) NOT NULL, discount numeric(4,3), PRIMARY KEY (order_id, line_no));
            CREATE TABLE events (
                occurred_at timestamptz NOT NULL, customer_id bigint, kind text NOT NULL, took_ms double precision,
                payload jsonb);
            ALTER TABLE events REPLICA IDENTITY FULL;
            """;

    private static final Map<String, String> ROWS = new LinkedHashMap<>();

    static {
        ROWS.put(
                "products",
                """
                INSERT INTO products
                SELECT i, md5('product ' || i)::uuid, 'Product ' || i, 1 + (i * 7919 % 50000) / 100.0,
                       ARRAY[i % 400 + 10, i % 300 + 10, i % 70 + 5],
                       jsonb_build_object('colour', (ARRAY['red','green','blue'])[i % 3 + 1], 'weight_g', i % 5000),
                       CASE WHEN i % 11 <> 0 THEN date '2020-01-01' + i % 2000 END
                  FROM generate_series(1, 5000) AS i""");
        ROWS.put(
                "customers",
                """
                INSERT INTO customers
                SELECT i, 'customer' || i || '@example.com', 'Customer ' || i,
                       (ARRAY['bronze','bronze','silver','gold'])[i % 4 + 1]::tier,
                       CASE WHEN i % 9 <> 0
                            THEN (ARRAY['garden','books','music','sports','kitchen'])[i % 5 + 1 : i % 5 + 2] END,
                       jsonb_build_object('newsletter', i % 2 = 0, 'language', (ARRAY['en','de','fr'])[i % 3 + 1]),
                       i * 7919 % 100000 / 100.0, timestamptz '2024-01-01Z' + i * interval '7 minutes'
                  FROM generate_series(1, 100000) AS i""");
        ROWS.put(
                "orders",
                """
                INSERT INTO orders
                SELECT i, i * 7919 % 100000 + 1, (ARRAY['new','paid','shipped','shipped'])[i % 4 + 1]::order_status,
                       5 + (i * 104729 % 90000) / 100.0,
                       jsonb_build_object('carrier', (ARRAY['post','bike','pickup'])[i % 3 + 1], 'express', i % 10 = 0),
                       timestamptz '2026-01-01Z' + i * interval '70 seconds',
                       CASE WHEN i % 4 > 0 THEN date '2026-01-02' + (i / 1234)::int END
                  FROM generate_series(1::bigint, 450000) AS i""");
        ROWS.put(
                "order_items",
                """
                INSERT INTO order_items
                SELECT i, line, (i * 31 + line * 17) % 5000 + 1, (i + line) % 5 + 1,
                       1 + ((i * 31 + line * 17) % 5000 * 7919 % 50000) / 100.0,
                       CASE WHEN i % 6 = 0 THEN (i % 300) / 1000.0 END
                  FROM generate_series(1::bigint, 450000) AS i, generate_series(1, i % 4 + 1) AS line""");
        ROWS.put(
                "events",
                """
                INSERT INTO events
                SELECT timestamptz '2026-01-01Z' + i * interval '98 seconds',
                       CASE WHEN i % 3 <> 0 THEN i * 31 % 100000 + 1 END,
                       (ARRAY['view','search','basket','pay'])[i % 4 + 1], (i * 7919 % 100000) / 37.0,
                       jsonb_build_object('page', '/p/' || i % 5000, 'ab', (ARRAY['a','b'])[i % 2 + 1])
                  FROM generate_series(1::bigint, 320000) AS i""");
    }

    private final PostgresEndpoint postgres;
    private final String database;

    /** @param postgres the role that owns the database */
    Shop(PostgresEndpoint postgres, String database) {
        this.postgres = requireNonNull(postgres);
        this.database = requireNonNull(database);
    }

    void createTables() {
        postgres.execute(database, SCHEMA);
    }

    /** Fills a table and returns how many rows it has. The planner's statistics are what partitions are cut by. */
    long fill(String table) {
        postgres.execute(database, ROWS.get(table), "ANALYZE " + table);
        return count(table);
    }

    long count(String table) {
        return Long.parseLong(value("SELECT count(*) FROM " + table));
    }

    /** Runs statements in one transaction each. */
    void execute(String... statements) {
        postgres.execute(database, statements);
    }

    /** The only value of a query, as text. */
    String value(String sql) {
        return postgres.query(database, sql).get(0).get(0);
    }

    List<List<String>> query(String sql) {
        return postgres.query(database, sql);
    }
}
