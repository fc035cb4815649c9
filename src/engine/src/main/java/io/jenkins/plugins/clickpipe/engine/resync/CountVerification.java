package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Compares each table's row count in the snapshot with the plain {@code count()} of live rows that were loaded. */
final class CountVerification {
    private final Workspace workspace;
    private final ExportedSnapshot snapshot;

    CountVerification(Workspace workspace, ExportedSnapshot snapshot) {
        this.workspace = Objects.requireNonNull(workspace);
        this.snapshot = Objects.requireNonNull(snapshot);
    }

    /** Returns the sentences of the tables that differ; each table's progress gets its result. */
    List<String> verify(List<TableLoad> tables, int parallelism) throws InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(Math.min(parallelism, Math.max(1, tables.size())));
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (TableLoad table : tables) {
                results.add(executor.submit(() -> verify(table)));
            }
            List<String> differences = new ArrayList<>();
            for (int i = 0; i < tables.size(); i++) {
                if (!results.get(i).get()) {
                    differences.add(tables.get(i).mapping().target() + ": "
                            + tables.get(i).progress().statistics().verificationDetail());
                }
            }
            return differences;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException fault ? fault : new IllegalStateException(e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }

    private boolean verify(TableLoad table) {
        TableMapping mapping = table.mapping();
        if (mapping.engine() == TableEngine.NULL) {
            table.progress().verified(Verification.NOT_RUN, "a Null table keeps no rows to count");
            return true;
        }
        long inSource = countSource(mapping);
        long loaded = countTarget(workspace.target(), mapping);
        boolean equal = inSource == loaded;
        String counts = HumanUnits.count(inSource) + " rows in the snapshot, " + HumanUnits.count(loaded) + " loaded";
        table.progress().verified(equal ? Verification.PASSED : Verification.FAILED, counts);
        return equal;
    }

    private long countSource(TableMapping mapping) {
        Connection session = snapshot.open();
        try {
            String sql = "SELECT count(*) FROM " + mapping.source().quoted();
            workspace.hearSource(sql);
            return Long.parseLong(new SourceCatalog(session).value(sql));
        } finally {
            snapshot.release(session);
        }
    }

    private static long countTarget(ClickHouse clickHouse, TableMapping mapping) {
        return clickHouse
                .value("SELECT countIf(_peerdb_is_deleted = 0) FROM "
                        + TargetSql.quote(clickHouse.database(), mapping.resyncTarget()))
                .asLong();
    }
}
