package io.jenkins.plugins.clickpipe.view;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows a second over the time of a load, as the path of a small SVG of 600 by 120 units. */
final class Curve {
    private static final int WIDTH = 600;
    private static final int HEIGHT = 120;
    private static final int MOST_POINTS = 120;
    /** Seconds; the speed of a shorter interval tells nothing. */
    private static final double SHORTEST = 0.5;

    private final List<double[]> points = new ArrayList<>();
    private double seconds;
    private double highest;

    /** @param samples as in load-stats.json: rows so far, oldest first */
    Curve(List<JsonObject> samples) {
        if (requireNonNull(samples).isEmpty()) {
            return;
        }
        double start = time(samples.get(0));
        double shortest = Math.max(SHORTEST, (time(samples.get(samples.size() - 1)) - start) / MOST_POINTS);
        double before = start;
        long rows = samples.get(0).count("rows");
        for (JsonObject sample : samples) {
            double time = time(sample);
            if (time - before >= shortest) {
                add(time - start, (sample.count("rows") - rows) / (time - before));
                before = time;
                rows = sample.count("rows");
            }
        }
    }

    /** The mean speed of an interval stands at its end; that of the first one also at its beginning. */
    private void add(double at, double speed) {
        if (points.isEmpty()) {
            points.add(new double[] {0, speed});
        }
        points.add(new double[] {at, speed});
        seconds = at;
        highest = Math.max(highest, speed);
    }

    private static double time(JsonObject sample) {
        return sample.instant("time").orElse(Instant.EPOCH).toEpochMilli() / 1000.0;
    }

    Map<String, Object> view() {
        boolean any = points.size() > 1 && highest > 0;
        StringBuilder line = new StringBuilder();
        if (any) {
            for (double[] point : points) {
                line.append(line.isEmpty() ? 'M' : 'L')
                        .append(String.format(
                                Locale.ROOT,
                                "%.1f %.1f",
                                point[0] / seconds * WIDTH,
                                HEIGHT - Math.max(0, point[1]) / highest * (HEIGHT - 4)));
            }
        }
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("any", any);
        view.put("line", line.toString());
        view.put("area", any ? "M0 " + HEIGHT + line.replace(0, 1, "L") + "V" + HEIGHT + "Z" : "");
        view.put("top", HumanUnits.rowsPerSecond(highest));
        view.put("end", HumanUnits.seconds(seconds));
        view.put(
                "text",
                "Throughput of the initial load: at most " + HumanUnits.rowsPerSecond(highest) + " in "
                        + HumanUnits.seconds(seconds));
        return view;
    }
}
