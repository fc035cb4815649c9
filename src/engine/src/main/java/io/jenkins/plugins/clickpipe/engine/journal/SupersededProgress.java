package io.jenkins.plugins.clickpipe.engine.journal;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows of the journal that count no more, of which a running pipe leaves two a batch. They are deleted each
 * {@value #MANY} entries, so that the journal is read as fast after ten million batches as after ten.
 */
final class SupersededProgress {
    private static final Logger LOG = LoggerFactory.getLogger(SupersededProgress.class);
    static final int MANY = 20_000;

    private final ClickHouse clickHouse;
    private final String pipe;
    private long lookedAt = -1;

    SupersededProgress(ClickHouse clickHouse, String pipe) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.pipe = Objects.requireNonNull(pipe);
    }

    /**
     * Has the server delete them where there are many by now; it does that in its own time. A server that refuses it
     * keeps them.
     *
     * @param sequence of the entry that was written last
     * @param entries what is known of the pipe; of each slot's progress the latest entries are among them
     */
    void removeAfter(long sequence, List<JournalEntry> entries) {
        if (lookedAt >= 0 && sequence / MANY == lookedAt / MANY) {
            return;
        }
        boolean first = lookedAt < 0;
        lookedAt = sequence;
        try {
            if (!first || areMany()) {
                remove(entries);
            }
        } catch (EngineException e) {
            LOG.warn("Entries of the journal that count no more could not be deleted: {}", e.getMessage());
        }
    }

    /** A process before this one may have ended before it could delete them. */
    private boolean areMany() {
        return clickHouse
                        .value("SELECT count() FROM (SELECT 1 FROM " + table() + " WHERE " + ofThePipe() + " LIMIT "
                                + (MANY + 1) + ")")
                        .asLong()
                > MANY;
    }

    private void remove(List<JournalEntry> entries) {
        String counting = entries.stream()
                .filter(entry -> entry.kind().isProgress())
                .map(entry -> "(kind = " + TargetSql.literal(entry.kind().name())
                        + " AND JSONExtractString(data, 'slot') = "
                        + TargetSql.literal(entry.data().path("slot").asText()) + " AND sequence < " + entry.sequence()
                        + ")")
                .collect(Collectors.joining(" OR "));
        clickHouse.execute(
                "ALTER TABLE " + table() + " DELETE WHERE " + ofThePipe() + " AND (" + counting + ")",
                Map.of("mutations_sync", "0"));
    }

    private String ofThePipe() {
        return "pipe = " + TargetSql.literal(pipe) + " AND kind IN (" + Journal.kinds(EntryKind::isProgress) + ")";
    }

    private String table() {
        return TargetSql.quote(clickHouse.database(), Journal.TABLE);
    }
}
