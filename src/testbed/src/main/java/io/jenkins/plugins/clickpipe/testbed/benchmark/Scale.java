package io.jenkins.plugins.clickpipe.testbed.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.Properties;

/**
 * How large a benchmark is; each number is a system property {@code benchmark.NAME}.
 *
 * @param rows of the narrow table; the wide one has a quarter
 * @param slowRows what slow contenders take of either table at most
 * @param rounds how often each contender runs
 * @param contenders names of those that take part; empty for all
 * @param growth rows of the narrow table at which the engine's cost is compared; empty leaves that out
 * @param partitions numbers of partitions at which the engine's cost is compared; empty leaves that out
 */
record Scale(
        long rows,
        long slowRows,
        int rounds,
        List<Integer> workers,
        List<String> tables,
        List<String> contenders,
        List<Long> growth,
        List<Long> partitions) {
    private static final String PREFIX = "benchmark.";

    /** @throws NumberFormatException for a number that is none */
    static Scale of(Properties properties) {
        long rows = Long.parseLong(properties.getProperty(PREFIX + "rows", "4000000"));
        return new Scale(
                rows,
                Long.parseLong(properties.getProperty(PREFIX + "slowRows", "" + Math.min(rows, 40_000))),
                Integer.parseInt(properties.getProperty(PREFIX + "rounds", "5")),
                list(properties, "workers", "1,2,4,8").stream()
                        .map(Integer::valueOf)
                        .toList(),
                list(properties, "tables", "pgbench_accounts,wide"),
                list(properties, "contenders", ""),
                list(properties, "growth", rows / 4 + "," + rows / 2 + "," + rows).stream()
                        .map(Long::valueOf)
                        .toList(),
                list(properties, "partitions", "1,10,100,1000,10000").stream()
                        .map(Long::valueOf)
                        .toList());
    }

    private static List<String> list(Properties properties, String name, String byDefault) {
        return Arrays.stream(properties.getProperty(PREFIX + name, byDefault).split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    long rows(BenchmarkTable table) {
        return table == BenchmarkTable.NARROW ? rows : Math.max(1, rows / 4);
    }

    boolean takesPart(Contender contender) {
        return contenders.isEmpty() || contenders.contains(contender.name());
    }
}
