package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;

/** {@code INSERT SELECT FROM postgresql(...)}: ClickHouse reads PostgreSQL itself, with one session. */
final class FunctionLoad implements Contender {
    private final Arena arena;

    FunctionLoad(Arena arena) {
        this.arena = requireNonNull(arena);
    }

    @Override
    public String name() {
        return "postgresql()";
    }

    @Override
    public long rows(Scale scale, BenchmarkTable table) {
        return scale.rows(table);
    }

    @Override
    public boolean parallel() {
        return false;
    }

    @Override
    public Outcome run(BenchmarkTable table, long rows, int workers) {
        PostgresEndpoint source = arena.servers().postgresPipeUser();
        String sql = "INSERT INTO %s (%s) SELECT %s FROM postgresql('%s:%d', '%s', '%s', '%s', '%s')"
                .formatted(
                        Arena.contenderTable(table),
                        table.columnList(),
                        table.functionColumns(),
                        source.host(),
                        source.port(),
                        Arena.DATABASE,
                        table.name(),
                        source.user(),
                        source.password());
        long start = System.nanoTime();
        arena.servers().clickHouseAdmin().execute(Arena.DATABASE, sql);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Outcome(seconds, seconds, 0);
    }
}
