package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A table that every contender copies.
 *
 * @param name of the source table, in the schema public
 * @param key the integer primary key, 1 to the number of rows
 * @param columns in the table's order
 * @param schema creates it
 * @param fill fills it; takes the number of rows
 * @param sourceChecksum expressions for PostgreSQL whose values stand for the contents, in the words of both servers
 * @param targetChecksum the same for ClickHouse
 * @param functionColumns what {@code INSERT SELECT FROM postgresql(...)} selects
 * @param eventStructure structure of Debezium's flattened events, for ClickHouse's input()
 * @param eventColumns expressions over that structure, one a column
 */
record BenchmarkTable(
        String name,
        String key,
        List<String> columns,
        String schema,
        String fill,
        String sourceChecksum,
        String targetChecksum,
        String functionColumns,
        String eventStructure,
        String eventColumns) {
    BenchmarkTable {
        columns = List.copyOf(columns);
        requireNonNull(eventColumns);
    }

    /** pgbench's largest table, row by row as pgbench fills it. */
    static final BenchmarkTable NARROW = new BenchmarkTable(
            "pgbench_accounts",
            "aid",
            List.of("aid", "bid", "abalance", "filler"),
            "CREATE TABLE pgbench_accounts (aid int PRIMARY KEY, bid int, abalance int, filler char(84))",
            """
            INSERT INTO pgbench_accounts
            SELECT i, 1 + (i - 1) / 100000, i::bigint * 7919 %% 20000 - 10000, '' FROM generate_series(1, %d) AS i""",
            "count(*), sum(aid), sum(bid), sum(abalance), sum(octet_length(filler))",
            "count(), sum(aid), sum(bid), sum(abalance), sum(length(filler))",
            "aid, bid, abalance, filler",
            "aid Int32, bid Nullable(Int32), abalance Nullable(Int32), filler Nullable(String)",
            "aid, bid, abalance, filler");

    /** Eighteen columns of the types that applications use; about 340 bytes a row as text. */
    static final BenchmarkTable WIDE = new BenchmarkTable(
            "wide",
            "id",
            List.of(
                    "id", "tenant", "code", "title", "price", "rate", "amount", "active", "created", "updated", "day",
                    "tags", "scores", "payload", "note", "ratio", "small", "big"),
            """
            CREATE TABLE wide (id bigint PRIMARY KEY, tenant uuid NOT NULL, code text, title text,
                price numeric(12,2), rate numeric(18,6), amount numeric, active boolean, created timestamptz NOT NULL,
                updated timestamp, day date, tags text[], scores int[], payload jsonb, note varchar(200),
                ratio float8, small smallint, big bigint)""",
            """
            INSERT INTO wide
            SELECT i, md5(i::text)::uuid, 'C' || i %% 1000, 'Title of item number ' || i, (i %% 1000000) / 100.0,
                   i / 7.0::numeric, (i * 1.5)::numeric, i %% 3 = 0, timestamptz '2024-01-01Z' + i * interval '1 second',
                   timestamp '2023-05-05' + i * interval '1.5 second', date '2020-01-01' + (i %% 2000)::int,
                   ARRAY['a' || i %% 10, 'tag ' || i %% 100, 'x'], ARRAY[i %% 100, i %% 7, NULL, i %% 13]::int[],
                   jsonb_build_object('k', i, 'name', 'n' || i %% 1000, 'list', jsonb_build_array(1, 2, i %% 5),
                       'nested', jsonb_build_object('a', 'text with "quotes" ' || i %% 50)),
                   CASE WHEN i %% 4 <> 0 THEN repeat('note ', (i %% 10)::int) END, i / 3.0::float8,
                   (i %% 30000)::smallint, i * 1000003
              FROM generate_series(1::bigint, %d) AS i""",
            """
            count(*), sum(id), count(*) FILTER (WHERE tenant::text < '8'), sum(octet_length(code)),
            sum(octet_length(title)), trunc(sum(price)), trunc(sum(rate)), trunc(sum(amount)),
            count(*) FILTER (WHERE active), sum(extract(epoch FROM created)::bigint),
            sum(floor(extract(epoch FROM updated))::bigint), sum(day - date '1970-01-01'), sum(cardinality(tags)),
            sum(scores[1] + scores[2]), sum(octet_length(payload::text)), sum(octet_length(note)),
            sum(floor(ratio)::bigint), sum(small), sum(big)""",
            """
            count(), sum(id), countIf(toString(tenant) < '8'), sum(length(code)), sum(length(title)),
            toInt64(sum(price)), toInt64(sum(rate)), toInt64(sum(amount)), countIf(active),
            sum(intDiv(toUnixTimestamp64Micro(created), 1000000)),
            sum(intDiv(toUnixTimestamp64Micro(assumeNotNull(updated)), 1000000)), sum(toInt32(day)),
            sum(length(tags)), sum(scores[1] + scores[2]), sum(length(payload)), sum(length(note)),
            toInt64(sum(floor(ratio))), sum(small), sum(big)""",
            """
            id, tenant, code, title, price, rate, toDecimal256(amount, 38), active, created, updated, day, tags, scores,
            payload, note, ratio, small, big""",
            """
            id Int64, tenant UUID, code Nullable(String), title Nullable(String), price Nullable(Decimal(12, 2)),
            rate Nullable(Decimal(18, 6)), amount Nullable(Decimal(76, 38)), active Nullable(Bool), created String,
            updated Nullable(Int64), day Nullable(Int32), tags Array(Nullable(String)), scores Array(Nullable(Int32)),
            payload Nullable(String), note Nullable(String), ratio Nullable(Float64), small Nullable(Int16),
            big Nullable(Int64)""",
            """
            id, tenant, code, title, price, rate, amount, active, parseDateTime64BestEffort(created, 6, 'UTC'),
            fromUnixTimestamp64Micro(assumeNotNull(updated)), toDate32(day), tags, scores, payload, note, ratio, small,
            big""");

    static final List<BenchmarkTable> ALL = List.of(NARROW, WIDE);

    String columnList() {
        return String.join(", ", columns);
    }
}
