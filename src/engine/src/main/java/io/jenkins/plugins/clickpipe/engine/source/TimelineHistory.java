package io.jenkins.plugins.clickpipe.engine.source;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/**
 * The timelines that a server's WAL has come from, and where it has left each of them: what lies behind that point on the
 * older timeline is not part of its history (PostgreSQL documentation, 54.4 Streaming Replication Protocol,
 * TIMELINE_HISTORY).
 */
public final class TimelineHistory {
    private final Map<Integer, LogSequenceNumber> ends;

    private TimelineHistory(Map<Integer, LogSequenceNumber> ends) {
        this.ends = Map.copyOf(ends);
    }

    /** Asks for the history of a timeline from 2 on; the first has none. */
    public static TimelineHistory of(SourceDatabase database, int timeline) {
        Connection replication = database.connectForReplication();
        try (Statement statement = replication.createStatement();
                ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            row.next();
            return parse(row.getString(2));
        } catch (SQLException e) {
            throw SourceException.of("reading the history of timeline " + timeline, e);
        } finally {
            database.release(replication);
        }
    }

    /** Lines of a timeline, the position where it was left, and why; {@code #} begins a comment. */
    static TimelineHistory parse(String text) {
        Map<Integer, LogSequenceNumber> ends = new HashMap<>();
        for (String line : text.split("\n")) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length >= 2 && !fields[0].startsWith("#")) {
                ends.put(Integer.valueOf(fields[0]), LogSequenceNumber.valueOf(fields[1]));
            }
        }
        return new TimelineHistory(ends);
    }

    /** Where the history has left a timeline; empty when it never was on it. */
    public Optional<LogSequenceNumber> endOf(int timeline) {
        return Optional.ofNullable(ends.get(timeline));
    }
}
