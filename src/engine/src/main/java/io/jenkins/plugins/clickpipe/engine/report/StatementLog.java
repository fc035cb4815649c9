package io.jenkins.plugins.clickpipe.engine.report;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Records every statement run on either server, for {@code plan.sql}. Safe for use by many threads.
 *
 * <p>A process that syncs for weeks must not run out of memory, so at most {@value #HALF} statements from the
 * beginning and as many of the latest are kept; those between them are only counted.
 */
public final class StatementLog {
    static final int HALF = 50_000;

    private final Clock clock;
    private final Redaction redaction;
    private final int half;
    private final List<Statement> first = new ArrayList<>();
    private final Deque<Statement> latest = new ArrayDeque<>();
    private long omitted;

    public StatementLog(Clock clock, Redaction redaction) {
        this(clock, redaction, HALF);
    }

    StatementLog(Clock clock, Redaction redaction, int half) {
        this.clock = requireNonNull(clock);
        this.redaction = requireNonNull(redaction);
        this.half = half;
    }

    /** Records a statement at the present time, its secrets removed. */
    public void add(Statement.Server server, String sql) {
        String clean = redaction.apply(sql);
        synchronized (this) {
            Statement statement = new Statement(clock.instant(), server, clean);
            if (first.size() < half) {
                first.add(statement);
                return;
            }
            latest.add(statement);
            if (latest.size() > half) {
                latest.remove();
                omitted++;
            }
        }
    }

    /** What was recorded so far, oldest first. */
    public synchronized Recorded recorded() {
        return new Recorded(first, omitted, List.copyOf(latest));
    }

    /**
     * The statements of a log at one moment.
     *
     * @param first the first ones
     * @param omitted how many between {@code first} and {@code latest} were not kept; 0 in nearly all runs
     * @param latest those that follow, oldest first
     */
    public record Recorded(List<Statement> first, long omitted, List<Statement> latest) {
        public Recorded {
            first = List.copyOf(first);
            latest = List.copyOf(latest);
        }
    }
}
