package io.jenkins.plugins.clickpipe.engine.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * A linear axis of a chart, from 0 to {@code end}, with ticks at round values.
 *
 * @param end the axis' largest value, more than 0
 * @param ticks from 0 upwards, each within the axis
 */
record Axis(double end, List<Tick> ticks) {
    private static final long[] SECONDS = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400
    };

    Axis {
        ticks = List.copyOf(ticks);
    }

    /** An axis of amounts that reaches at least {@code largest} and ends at a tick. */
    static Axis ofAmounts(double largest, DoubleFunction<String> words) {
        double wanted = Math.max(largest, 1) / 4;
        double power = Math.pow(10, Math.floor(Math.log10(wanted)));
        double step = 10 * power;
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (factor * power >= wanted) {
                step = factor * power;
                break;
            }
        }
        int count = (int) Math.max(1, Math.ceil(largest / step - 1e-9));
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i <= count; i++) {
            String label = i == 0 ? "0" : words.apply(i * step).replace(".0", "");
            ticks.add(new Tick(percent((double) i / count), percent(1 - (double) i / count), label));
        }
        return new Axis(count * step, ticks);
    }

    /** An axis of the time since the start, exactly {@code length} long, with at most seven ticks. */
    static Axis ofTime(Duration length) {
        double seconds = Math.max(0.001, length.toMillis() / 1000.0);
        double step = SECONDS[SECONDS.length - 1];
        for (long candidate : SECONDS) {
            if (seconds / candidate <= 6) {
                step = candidate;
                break;
            }
        }
        step *= Math.max(1, Math.ceil(seconds / step / 6));
        List<Tick> ticks = new ArrayList<>();
        for (double at = 0; at <= seconds * 0.97; at += step) {
            ticks.add(new Tick(percent(at / seconds), percent(1 - at / seconds), time((long) at)));
        }
        return new Axis(seconds, ticks);
    }

    /** The place of a value, for an SVG attribute, kept within the axis. */
    String place(double value) {
        return percent(Math.max(0, Math.min(1, value / end)));
    }

    static String percent(double fraction) {
        return String.format(Locale.ROOT, "%.3f%%", fraction * 100);
    }

    private static String time(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + (seconds % 60 == 0 ? " min" : String.format(Locale.ROOT, ":%02d min", seconds % 60));
        }
        if (seconds < 86_400) {
            return seconds / 3600
                    + (seconds % 3600 == 0 ? " h" : String.format(Locale.ROOT, ":%02d h", seconds % 3600 / 60));
        }
        return seconds / 86_400 + " d";
    }

    /**
     * A labelled value.
     *
     * @param place from the left, in percent
     * @param fromTop from the top of an axis that points upwards, in percent
     */
    record Tick(String place, String fromTop, String label) {}
}
