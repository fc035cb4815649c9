package io.jenkins.plugins.clickpipe.pages;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.process.ResyncAction;
import java.util.ArrayList;
import java.util.List;

/** One resync in the trend of a job: a bar for its time, and a dot for its rows, in an SVG 100 units high. */
public final class TrendBar {
    /** Units from one bar to the next. */
    public static final int STEP = 24;

    private static final int HEIGHT = 100;
    private static final int WIDTH = 16;

    private final ResyncAction action;
    private final int position;
    private final double height;
    private final double dot;

    private TrendBar(ResyncAction action, int position, double height, double dot) {
        this.action = requireNonNull(action);
        this.position = position;
        this.height = height;
        this.dot = dot;
    }

    /** @param actions the oldest first */
    static List<TrendBar> of(List<ResyncAction> actions) {
        double longest =
                actions.stream().mapToDouble(ResyncAction::getSeconds).max().orElse(0);
        double most = actions.stream().mapToLong(ResyncAction::getRows).max().orElse(0);
        List<TrendBar> bars = new ArrayList<>();
        for (ResyncAction action : actions) {
            double height = longest == 0 ? 1 : Math.max(1, action.getSeconds() / longest * HEIGHT);
            double dot = most == 0 ? HEIGHT : HEIGHT - action.getRows() / most * HEIGHT;
            bars.add(new TrendBar(action, bars.size(), height, dot));
        }
        return bars;
    }

    public int getX() {
        return position * STEP;
    }

    public int getWidth() {
        return WIDTH;
    }

    public double getY() {
        return HEIGHT - height;
    }

    public double getHeight() {
        return height;
    }

    /** The dot's middle. */
    public int getDotX() {
        return getX() + WIDTH / 2;
    }

    /** The dot's middle; at the top for the most rows. */
    public double getDotY() {
        return dot;
    }

    public boolean isFailed() {
        return !action.getFailure().isEmpty();
    }

    public ResyncAction getAction() {
        return action;
    }
}
