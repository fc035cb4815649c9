package io.jenkins.plugins.clickpipe.testbed.verification;

import io.jenkins.plugins.clickpipe.engine.definition.Fault;
import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.definition.SourceServer;
import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.definition.TableRule;
import io.jenkins.plugins.clickpipe.engine.definition.TableSelection;
import io.jenkins.plugins.clickpipe.engine.definition.TargetServer;
import io.jenkins.plugins.clickpipe.engine.load.InitialLoad;
import io.jenkins.plugins.clickpipe.engine.load.Partition;
import io.jenkins.plugins.clickpipe.engine.load.Partitioner;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapper;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceDatabase;
import io.jenkins.plugins.clickpipe.engine.source.TableState;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.ColumnResult;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.Kind;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.types.TypeMapping;
import io.jenkins.plugins.clickpipe.engine.verification.ChecksumVerification;
import io.jenkins.plugins.clickpipe.engine.verification.CountVerification;
import io.jenkins.plugins.clickpipe.engine.verification.SnapshotReaders;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.net.URI;
import java.sql.Connection;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table {@code public.t}, loaded by the engine into {@code t_resync} and not swapped, for a look at its checks. */
final class LoadedTable implements AutoCloseable {
    private static final long ROWS_PER_PARTITION = 100;

    private final SourceDatabase source;
    private final ClickHouse target;
    private final ExportedSnapshot snapshot;
    private final TableLoad load;

    private LoadedTable(SourceDatabase source, ClickHouse target, ExportedSnapshot snapshot, TableLoad load) {
        this.source = source;
        this.target = target;
        this.snapshot = snapshot;
        this.load = load;
    }

    static LoadedTable load(TestDatabase database, TypeMapping.Options options) throws Exception {
        PostgresEndpoint postgres = database.servers().postgresPipeUser();
        ClickHouseEndpoint clickHouse = database.servers().clickHouseAdmin();
        SourceDatabase source = new SourceDatabase(
                new SourceServer(
                        postgres.host(),
                        postgres.port(),
                        database.name(),
                        postgres.user(),
                        new Secret(postgres.password()),
                        "prefer"),
                "clickpipe-resync test");
        ClickHouse target = new ClickHouse(
                new TargetServer(
                        URI.create(clickHouse.url()),
                        database.name(),
                        clickHouse.user(),
                        new Secret(clickHouse.password())),
                "test-",
                sql -> {});
        ExportedSnapshot snapshot = ExportedSnapshot.withoutSlot(source);
        Connection session = source.connect();
        TableLoad load = tableLoad(session, options);
        source.release(session);
        target.execute(load.mapping().definition().createSql(database.name(), "t_resync", "a test's"));
        LoadedTable loaded = new LoadedTable(source, target, snapshot, load);
        loaded.load();
        return loaded;
    }

    private static TableLoad tableLoad(Connection session, TypeMapping.Options options) {
        SourceCatalog catalog = new SourceCatalog(session);
        TableRule rule = new TableRule(
                "public.t",
                List.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        List<Fault> faults = new ArrayList<>();
        TableMapping mapping = new TableMapper(
                        new TypeMapping(options), ReplicationMode.SNAPSHOT, catalog.serverVersion())
                .map(
                        new TableSelection.Selected(new TableName("public", "t"), rule, 0, "t"),
                        catalog.describe("public", "t").orElseThrow(),
                        faults);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(faults.toString());
        }
        return TableLoad.of(
                mapping,
                TableState.read(session, List.of(new TableName("public", "t"))).get(new TableName("public", "t")),
                new Partitioner(catalog, catalog.serverVersion(), ROWS_PER_PARTITION).partitions(mapping, 0));
    }

    private void load() throws InterruptedException {
        InitialLoad.Options options = new InitialLoad.Options("1", 2, 1, 0, 1, false);
        new InitialLoad(options, List.of(load), target, new Silent(), Clock.systemUTC()).run(snapshot);
    }

    /** The checks of rows and of values, as they are now. */
    TableStatistics verify() throws InterruptedException {
        try (SnapshotReaders readers = new SnapshotReaders(snapshot, sql -> {}, 2)) {
            new CountVerification(target).verify(List.of(load), readers);
            new ChecksumVerification(target, readers).verify(List.of(load));
        }
        return load.progress().statistics();
    }

    /** The columns that differ, from the newest checksums. */
    static List<String> differing(TableStatistics statistics) {
        return checksums(statistics).columns().stream()
                .filter(column -> column.result() == Verification.FAILED)
                .map(ColumnResult::column)
                .toList();
    }

    static VerificationCheck checksums(TableStatistics statistics) {
        List<VerificationCheck> checks = statistics.checks().stream()
                .filter(check -> check.kind() == Kind.CHECKSUMS)
                .toList();
        return checks.get(checks.size() - 1);
    }

    @Override
    public void close() {
        snapshot.close();
        source.close();
        target.close();
    }

    private static final class Silent implements InitialLoad.Listener {
        @Override
        public void statement(String sql) {}

        @Override
        public void partitionDone(TableLoad table, Partition partition) {}

        @Override
        public void tick() {}

        @Override
        public void abandon() {}
    }
}
