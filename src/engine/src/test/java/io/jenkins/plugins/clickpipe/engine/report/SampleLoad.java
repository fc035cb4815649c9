package io.jenkins.plugins.clickpipe.engine.report;

import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.PhaseTiming;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.statistics.ThroughputSample;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.ColumnResult;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Load statistics to render: a shop of twelve tables, and variations of it. */
final class SampleLoad {
    static final Instant START = Instant.parse("2026-03-14T02:00:00.250Z");

    private SampleLoad() {}

    /** A run that went well, with altered values, retries and tombstones. */
    static LoadStatistics shop() {
        List<TableStatistics> tables = List.of(
                loaded("public.order_items", "order_items", 21_480_312, 118, 6, 230, Map.of(), 0, 3),
                loaded(
                        "public.orders",
                        "orders",
                        8_214_907,
                        164,
                        6,
                        171,
                        Map.of("total", 17L, "placed_at", 4L),
                        1204,
                        0),
                loaded("public.page_views", "page_views", 12_903_118, 92, 8, 188, Map.of(), 0, 1),
                loaded("public.customers", "customers", 1_904_552, 211, 172, 44, Map.of("born", 21L), 318, 0),
                loaded("public.payments", "payments", 7_902_221, 88, 190, 131, Map.of(), 12, 0),
                loaded("public.shipments", "shipments", 6_120_077, 97, 196, 122, Map.of(), 0, 0),
                loaded("public.product_reviews", "reviews", 842_310, 402, 217, 49, Map.of(), 77, 0),
                loaded("public.products", "products", 48_211, 611, 240, 6, Map.of(), 3, 0),
                loaded("public.inventory_movements", "inventory_movements", 3_311_090, 71, 248, 68, Map.of(), 0, 0),
                loaded("sales_eu.invoices", "invoices_eu", 512_744, 145, 262, 22, Map.of(), 0, 0),
                loaded("public.categories", "categories", 312, 54, 271, 1, Map.of(), 0, 0),
                loaded("public.feature_flags", "feature_flags", 0, 0, 273, 1, Map.of(), 0, 0));
        return new LoadStatistics(
                "shop-to-warehouse",
                "20260314-020000-7f3a",
                "Running",
                Optional.empty(),
                START,
                Optional.of(at(371)),
                List.of(
                        phase("Setup", 0, 5),
                        phase("Snapshot", 5, 322),
                        phase("Soft-deleted rows", 322, 331),
                        phase("Verification", 331, 362),
                        phase("Resync", 362, 364),
                        phase("Running", 364, 371)),
                tables,
                samples(6, 320, tables));
    }

    /** The same run half way: no end, some tables not begun. */
    static LoadStatistics underWay() {
        List<TableStatistics> tables = shop().tables().stream()
                .map(table -> table.started().orElseThrow().isAfter(at(200))
                        ? notBegun(table)
                        : table.ended().orElseThrow().isAfter(at(180)) ? half(table) : table)
                .toList();
        return new LoadStatistics(
                "shop-to-warehouse",
                "20260314-020000-7f3a",
                "Snapshot",
                Optional.empty(),
                START,
                Optional.empty(),
                List.of(phase("Setup", 0, 5), new PhaseTiming("Snapshot", at(5), Optional.empty())),
                tables,
                samples(6, 200, tables));
    }

    /** A run whose verification refused the swap. */
    static LoadStatistics refused() {
        LoadStatistics shop = shop();
        List<TableStatistics> tables = new ArrayList<>(shop.tables());
        TableStatistics orders = tables.get(1);
        tables.set(
                1, verified(orders, Verification.FAILED, "8 214 907 rows in the snapshot, 8 214 911 in orders_resync"));
        return new LoadStatistics(
                shop.pipe(),
                shop.run(),
                "Failed",
                Optional.of(
                        "Verification refused the swap: 1 table of 12 differs from its source. Readers still see the"
                                + " original tables; the _resync tables are kept for a look."),
                shop.started(),
                shop.ended(),
                shop.phases().subList(0, 4),
                tables,
                shop.samples());
    }

    static LoadStatistics withTables(List<TableStatistics> tables) {
        LoadStatistics shop = shop();
        return new LoadStatistics(
                shop.pipe(),
                shop.run(),
                "Running",
                Optional.empty(),
                START,
                shop.ended(),
                shop.phases(),
                tables,
                samples(6, 320, tables));
    }

    static LoadStatistics nothing() {
        return new LoadStatistics(
                "empty", "1", "Setup", Optional.empty(), START, Optional.empty(), List.of(), List.of(), List.of());
    }

    static TableStatistics loaded(
            String source,
            String target,
            long rows,
            int bytesPerRow,
            int from,
            int seconds,
            Map<String, Long> altered,
            long tombstones,
            int retries) {
        int partitions = (int) Math.max(1, rows / 100_000);
        return new TableStatistics(
                source,
                target,
                rows + rows / 97,
                rows,
                rows * bytesPerRow,
                partitions,
                partitions,
                retries,
                altered,
                tombstones,
                Optional.of(at(from)),
                Optional.of(at(from + seconds)),
                List.of(
                        VerificationCheck.of(
                                Kind.ROW_COUNTS, Verification.PASSED, HumanUnits.count(rows, "row") + " on both sides"),
                        new VerificationCheck(
                                Kind.CHECKSUMS,
                                Verification.PASSED,
                                "1 column",
                                List.of(new ColumnResult("id", Verification.PASSED, "")))));
    }

    static TableStatistics verified(TableStatistics table, Verification verification, String detail) {
        return new TableStatistics(
                table.source(),
                table.target(),
                table.estimatedRows(),
                table.rows(),
                table.bytes(),
                table.partitionsDone(),
                table.partitionsTotal(),
                table.retries(),
                table.alteredValues(),
                table.softDeletedRows(),
                table.started(),
                table.ended(),
                List.of(VerificationCheck.of(Kind.ROW_COUNTS, verification, detail)));
    }

    static Instant at(int seconds) {
        return START.plusSeconds(seconds);
    }

    private static TableStatistics half(TableStatistics table) {
        return new TableStatistics(
                table.source(),
                table.target(),
                table.estimatedRows(),
                table.rows() / 2,
                table.bytes() / 2,
                table.partitionsDone() / 2,
                table.partitionsTotal(),
                table.retries(),
                table.alteredValues(),
                0,
                table.started(),
                Optional.empty(),
                List.of());
    }

    private static TableStatistics notBegun(TableStatistics table) {
        return new TableStatistics(
                table.source(),
                table.target(),
                table.estimatedRows(),
                0,
                0,
                0,
                table.partitionsTotal(),
                0,
                Map.of(),
                0,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    private static PhaseTiming phase(String name, int from, int to) {
        return new PhaseTiming(name, at(from), Optional.of(at(to)));
    }

    private static List<ThroughputSample> samples(int from, int to, List<TableStatistics> tables) {
        long rows = tables.stream().mapToLong(TableStatistics::rows).sum();
        long bytes = tables.stream().mapToLong(TableStatistics::bytes).sum();
        double[] weights = new double[to - from];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double ramp = Math.min(1, i / 20.0) * (i > 260 ? 0.45 : 1);
            sum += ramp * (1 + 0.14 * Math.sin(i / 7.0) + 0.09 * Math.sin(i * 1.7) - (i > 120 && i < 131 ? 0.7 : 0));
            weights[i] = sum;
        }
        List<ThroughputSample> samples = new ArrayList<>();
        samples.add(new ThroughputSample(at(from), 0, 0));
        for (int i = 0; i < weights.length; i++) {
            double part = weights[i] / sum;
            double sized = Math.pow(part, 1.15);
            samples.add(new ThroughputSample(at(from + i + 1), Math.round(rows * part), Math.round(bytes * sized)));
        }
        return samples;
    }
}
