package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Tells on a terminal or in a log what happens and why, between the engine's own words. One thread uses it. */
final class Narrator {
    private static final int WIDTH = 100;

    private final PrintStream out;
    private final boolean colour;
    private final long started = System.nanoTime();
    private int step;

    /** @param colour headings stand out by escape sequences */
    Narrator(PrintStream out, boolean colour) {
        this.out = requireNonNull(out);
        this.colour = colour;
    }

    /** A numbered heading, with the time since the beginning. */
    void step(String title) {
        step++;
        String clock = "[%3d s]".formatted(elapsed().toSeconds());
        String text = "--- " + step + ". " + title + " ";
        String line = text + "-".repeat(Math.max(3, WIDTH - text.length() - clock.length() - 1)) + " " + clock;
        out.println();
        out.println(colour ? "\u001B[1;36m" + line + "\u001B[0m" : line);
        out.flush();
    }

    /** A paragraph; its lines are kept. */
    void say(String text) {
        out.println(text.stripTrailing());
        out.flush();
    }

    void command(List<String> arguments) {
        out.println();
        String line = "$ " + String.join(" ", arguments);
        out.println(colour ? "\u001B[1m" + line + "\u001B[0m" : line);
        out.flush();
    }

    void blankLine() {
        out.println();
        out.flush();
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
