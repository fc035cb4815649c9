package io.jenkins.plugins.clickpipe.engine.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * One line of the journal.
 *
 * @param sequence counts up over all runs of a pipe, from 1
 * @param table the destination table it is about; empty when it is about the pipe
 */
public record JournalEntry(
        String pipe, String run, long sequence, Instant time, EntryKind kind, String table, JsonNode data) {

    /** Whether an older entry counts no more once this one is there. */
    boolean supersedes(JournalEntry older) {
        return kind.isProgress()
                && older.kind == kind
                && older.data.path("slot").equals(data.path("slot"));
    }
}
