package io.jenkins.plugins.clickpipe.engine.report;

import io.jenkins.plugins.clickpipe.engine.statistics.ThroughputSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToLongFunction;

/**
 * A curve of throughput over time, drawn from samples of a total that only grows. The samples are laid over at
 * most 120 equal intervals, between samples the total is taken to grow evenly; the area under the curve is the
 * amount loaded.
 *
 * @param id unique on the page
 * @param line the curve as SVG path data in a square of {@value #SIZE} units
 * @param area the surface under it
 * @param summary one sentence for those who do not see the curve
 */
record ThroughputChart(
        String id, String title, String peak, String line, String area, Axis time, Axis rate, String summary) {
    static final int SIZE = 1000;
    private static final int MOST_INTERVALS = 120;

    /** Whether there is anything to draw: at least three samples over some time. */
    static boolean drawable(List<ThroughputSample> samples) {
        return samples.size() >= 3
                && !length(samples).isNegative()
                && !length(samples).isZero();
    }

    static ThroughputChart ofRows(List<ThroughputSample> samples) {
        double[] rates = rates(samples, ThroughputSample::rows);
        String peak = HumanUnits.rate(largest(rates)) + " rows/s";
        return draw("rows", "Rows per second", peak, rates, HumanUnits::compact, samples);
    }

    static ThroughputChart ofBytes(List<ThroughputSample> samples) {
        double[] rates = rates(samples, ThroughputSample::bytes);
        String peak = HumanUnits.bytes(largest(rates)) + "/s";
        return draw("bytes", "Data per second", peak, rates, HumanUnits::bytes, samples);
    }

    private static ThroughputChart draw(
            String id,
            String title,
            String peak,
            double[] rates,
            DoubleFunction<String> words,
            List<ThroughputSample> samples) {
        Axis time = Axis.ofTime(length(samples));
        Axis rate = Axis.ofAmounts(largest(rates), words);
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < rates.length; i++) {
            double middle = (i + 0.5) / rates.length * SIZE;
            if (i == 0) {
                line.append(point('M', 0, rates[i], rate));
            }
            line.append(point('L', middle, rates[i], rate));
            if (i == rates.length - 1) {
                line.append(point('L', SIZE, rates[i], rate));
            }
        }
        String area = line + "L" + SIZE + " " + SIZE + "L0 " + SIZE + "Z";
        String summary = title + " over " + HumanUnits.duration(length(samples)) + ", at most " + peak + ".";
        return new ThroughputChart(id, title, peak, line.toString(), area, time, rate, summary);
    }

    private static String point(char command, double x, double value, Axis rate) {
        return String.format(Locale.ROOT, "%c%.1f %.1f", command, x, SIZE - value / rate.end() * SIZE);
    }

    private static double[] rates(List<ThroughputSample> samples, ToLongFunction<ThroughputSample> total) {
        int intervals = Math.min(MOST_INTERVALS, samples.size() - 1);
        double seconds = length(samples).toNanos() / 1e9;
        double[] rates = new double[intervals];
        double before = total.applyAsLong(samples.get(0));
        int next = 1;
        for (int i = 1; i <= intervals; i++) {
            double at = seconds * i / intervals;
            while (next < samples.size() - 1 && since(samples, next) < at) {
                next++;
            }
            double now = between(samples, next, at, total);
            rates[i - 1] = Math.max(0, (now - before) / (seconds / intervals));
            before = now;
        }
        return rates;
    }

    private static double between(
            List<ThroughputSample> samples, int next, double at, ToLongFunction<ThroughputSample> total) {
        double from = since(samples, next - 1);
        double to = since(samples, next);
        double low = total.applyAsLong(samples.get(next - 1));
        double high = total.applyAsLong(samples.get(next));
        double part = to <= from ? 1 : Math.max(0, Math.min(1, (at - from) / (to - from)));
        return low + (high - low) * part;
    }

    private static double since(List<ThroughputSample> samples, int index) {
        return Duration.between(samples.get(0).time(), samples.get(index).time())
                        .toNanos()
                / 1e9;
    }

    private static Duration length(List<ThroughputSample> samples) {
        return Duration.between(
                samples.get(0).time(), samples.get(samples.size() - 1).time());
    }

    private static double largest(double[] rates) {
        double largest = 0;
        for (double rate : rates) {
            largest = Math.max(largest, rate);
        }
        return largest;
    }

    static List<ThroughputChart> of(List<ThroughputSample> samples) {
        List<ThroughputChart> charts = new ArrayList<>();
        if (drawable(samples)) {
            charts.add(ofRows(samples));
            charts.add(ofBytes(samples));
        }
        return charts;
    }
}
