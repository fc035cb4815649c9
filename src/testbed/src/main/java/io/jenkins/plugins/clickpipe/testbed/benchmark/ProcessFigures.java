package io.jenkins.plugins.clickpipe.testbed.benchmark;

import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** CPU time and memory of processes, from Linux's {@code /proc} (manual page proc(5)). */
final class ProcessFigures {
    private static final double TICKS_PER_SECOND = 100;

    private ProcessFigures() {}

    /** Seconds of CPU, of the process itself and of its children that have ended. */
    static double cpuSecondsWithEndedChildren(long pid) {
        return seconds(pid, 4);
    }

    /** Seconds of CPU of the process itself. */
    static double cpuSeconds(long pid) {
        return seconds(pid, 2);
    }

    /** Seconds of CPU of this process's children that have ended. */
    static double cpuSecondsOfEndedChildren() {
        long self = ProcessHandle.current().pid();
        return seconds(self, 4) - seconds(self, 2);
    }

    /** Seconds of CPU of a process and of all its children, ended or not. */
    static double cpuSecondsOfFamily(long pid) {
        double children = ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                .mapToDouble(child -> cpuSeconds(child.pid()))
                .sum();
        return cpuSecondsWithEndedChildren(pid) + children;
    }

    /** The most memory that the process has had resident, in bytes; 0 once it has ended. */
    static long peakMemoryBytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | java.io.UncheckedIOException ended) {
            return 0;
        }
    }

    /** Forgets how large the process was until now, so that its peak begins anew. */
    static void resetPeakMemory(long pid) {
        try {
            Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
        } catch (IOException e) {
            throw new TestbedException("The peak memory of process " + pid + " cannot be reset: " + e, e);
        }
    }

    /** The fields utime, stime, cutime and cstime are the 14th to 17th; the name before may hold blanks. */
    private static double seconds(long pid, int fields) {
        return stat(pid)
                .map(stat -> {
                    String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    double ticks = 0;
                    for (int i = 0; i < fields; i++) {
                        ticks += Long.parseLong(rest[11 + i]);
                    }
                    return ticks / TICKS_PER_SECOND;
                })
                .orElse(0.0);
    }

    private static Optional<String> stat(long pid) {
        Path stat = Path.of("/proc/" + pid + "/stat");
        if (!Files.exists(Path.of("/proc/self/stat"))) {
            throw new TestbedException("The benchmark reads CPU time from /proc, which only Linux has.");
        }
        try {
            return Optional.of(Files.readString(stat));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }
}
