package io.jenkins.plugins.clickpipe.engine.journal;

import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import java.util.Objects;
import java.util.Set;

/**
 * Whether every server that answers at the target's URL shows the journal as it is. A server is not asked who it is but
 * what it shows: what cannot be told apart by name may lag all the same.
 */
public final class JournalReplicas {
    private static final int ATTEMPTS = 3;

    private final ClickHouse clickHouse;
    private final String pipe;

    public JournalReplicas(ClickHouse clickHouse, String pipe) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.pipe = Objects.requireNonNull(pipe);
    }

    /**
     * Each connection shows the same last entry. The caller holds the pipe's lock, so that at most a request comes in
     * between.
     *
     * @throws StaleReadException when they go on to differ
     */
    public void requireAgreement() {
        if (!Journal.exists(clickHouse)) {
            return;
        }
        for (int attempt = 1; lastEntries().size() > 1; attempt++) {
            if (attempt == ATTEMPTS) {
                throw new StaleReadException(clickHouse.server().url().toString(), pipe);
            }
        }
    }

    /** @throws StaleReadException when a connection does not show what has just been written */
    void requireSeen(long sequence) {
        if (lastEntries().stream().anyMatch(last -> Long.parseLong(last) < sequence)) {
            throw new StaleReadException(clickHouse.server().url().toString(), pipe);
        }
    }

    private Set<String> lastEntries() {
        return clickHouse.answers("SELECT toString(max(sequence)) FROM "
                + TargetSql.quote(clickHouse.database(), Journal.TABLE) + " WHERE pipe = " + TargetSql.literal(pipe));
    }
}
