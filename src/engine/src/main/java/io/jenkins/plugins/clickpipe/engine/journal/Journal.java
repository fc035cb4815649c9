package io.jenkins.plugins.clickpipe.engine.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.OneServer;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table in the destination database that holds all state of a pipe, to which entries are only added; those that count
 * no more are deleted in the end ({@link SupersededProgress}). An entry is in the table when
 * {@link #append} returns, exactly once. Of a slot's progress only the latest entries are read and held.
 */
public final class Journal {
    public static final String TABLE = "_clickpipe_journal";

    private static final String CREATE =
            """
            CREATE TABLE IF NOT EXISTS %s
            (
                pipe String,
                run String,
                sequence UInt64,
                time DateTime64(6, 'UTC'),
                kind LowCardinality(String),
                table String,
                data String
            )
            ENGINE = MergeTree
            ORDER BY (pipe, sequence)
            SETTINGS non_replicated_deduplication_window = 10000
            COMMENT 'State of ClickPipe Resync pipes; append-only'""";

    private static final Comparator<JournalEntry> ORDER = Comparator.comparingLong(JournalEntry::sequence)
            .thenComparing(JournalEntry::time)
            .thenComparing(JournalEntry::run);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A replica that lags may have caught up after some seconds. */
    private static final FailsafeExecutor<List<JournalEntry>> FRESH =
            Failsafe.with(RetryPolicy.<List<JournalEntry>>builder()
                    .handle(StaleReadException.class)
                    .withBackoff(Duration.ofMillis(250), Duration.ofSeconds(2))
                    .withMaxRetries(8)
                    .build());

    private final ClickHouse clickHouse;
    private final Clock clock;
    private final String pipe;
    private final String run;
    private final List<JournalEntry> entries = new ArrayList<>();
    private final SupersededProgress superseded;
    private long openedAt;
    private long lastSequence;
    /** The last insert has failed, so its row may be in the table or not. */
    private boolean unanswered;

    private boolean proven;

    private Journal(ClickHouse clickHouse, Clock clock, String pipe, String run) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.clock = Objects.requireNonNull(clock);
        this.pipe = Objects.requireNonNull(pipe);
        this.run = Objects.requireNonNull(run);
        this.superseded = new SupersededProgress(clickHouse, pipe);
    }

    /**
     * Opens a pipe's journal for writing; the caller holds the pipe's lock, or writes a {@linkplain EntryKind#isRequest
     * request} and nothing else. Creates the table on first use.
     */
    public static Journal open(ClickHouse clickHouse, Clock clock, String pipe, String run) {
        new OneServer(clickHouse).requireOnce();
        if (!exists(clickHouse)) {
            clickHouse.executeIdempotent(CREATE.formatted(TargetSql.quote(clickHouse.database(), TABLE)));
        }
        Journal journal = new Journal(clickHouse, clock, pipe, run);
        journal.entries.addAll(read(clickHouse, pipe));
        journal.lastSequence = last(journal.entries);
        journal.openedAt = journal.lastSequence;
        return journal;
    }

    /** A pipe's entries in order; none when there is no journal yet. Changes nothing. */
    public static List<JournalEntry> read(ClickHouse clickHouse, String pipe) {
        new OneServer(clickHouse).requireOnce();
        Supplier<List<JournalEntry>> read =
                () -> exists(clickHouse) ? latest(clickHouse, "pipe = " + TargetSql.literal(pipe)) : List.of();
        List<JournalEntry> entries = FRESH.get(() -> {
            List<JournalEntry> now = read.get();
            if (clickHouse.watermarks().isAbove(watermark(pipe), last(now))) {
                throw new StaleReadException(clickHouse.server().url().toString(), pipe);
            }
            return now;
        });
        clickHouse.watermarks().raise(watermark(pipe), last(entries));
        return entries;
    }

    private static String watermark(String pipe) {
        return "journal of " + pipe;
    }

    private static long last(List<JournalEntry> entries) {
        return entries.stream().mapToLong(JournalEntry::sequence).max().orElse(0);
    }

    /** The entries of every pipe of the destination database, by pipe and in order. */
    public static List<JournalEntry> readAll(ClickHouse clickHouse) {
        return exists(clickHouse) ? latest(clickHouse, "true") : List.of();
    }

    /**
     * The UUID of the journal's table, which a copy of it has not: it tells the pipe's destination from a restored one.
     * Empty when there is no journal yet.
     */
    public static Optional<UUID> uuid(ClickHouse clickHouse) {
        return Optional.ofNullable(
                new TargetCatalog(clickHouse).uuids(Set.of(TABLE)).get(TABLE));
    }

    /** Of the destination database's other pipes what tells which tables are theirs, by pipe and in order. */
    public static List<JournalEntry> readOthers(ClickHouse clickHouse, String pipe) {
        return exists(clickHouse)
                ? select(
                        clickHouse,
                        "pipe != " + TargetSql.literal(pipe) + " AND kind IN (" + kinds(EntryKind::tellsTables) + ")")
                : List.of();
    }

    static boolean exists(ClickHouse clickHouse) {
        return !clickHouse
                .rows(
                        "SELECT 1 AS one FROM system.tables WHERE database = {database:String} AND name = {name:String}",
                        Map.of("database", clickHouse.database(), "name", TABLE))
                .isEmpty();
    }

    /** Of a slot's progress the latest entries, and all others. */
    private static List<JournalEntry> latest(ClickHouse clickHouse, String where) {
        return select(
                clickHouse,
                """
                (%2$s) AND (NOT (%3$s) OR (pipe, sequence) IN (
                        SELECT pipe, max(sequence) FROM %1$s WHERE (%2$s) AND %3$s
                         GROUP BY pipe, kind, JSONExtractString(data, 'slot')))"""
                        .formatted(
                                TargetSql.quote(clickHouse.database(), TABLE),
                                where,
                                "kind IN (" + kinds(EntryKind::isProgress) + ")"));
    }

    private static List<JournalEntry> select(ClickHouse clickHouse, String where) {
        List<JournalEntry> entries = new ArrayList<>();
        for (JsonNode row : clickHouse.rows(
                """
                SELECT pipe, run, sequence, toUnixTimestamp64Micro(time) AS micros, kind, table, data
                  FROM %s WHERE %s ORDER BY pipe, sequence, time, run"""
                        .formatted(TargetSql.quote(clickHouse.database(), TABLE), where))) {
            entries.add(new JournalEntry(
                    row.get("pipe").asText(),
                    row.get("run").asText(),
                    row.get("sequence").asLong(),
                    Instant.EPOCH.plus(row.get("micros").asLong(), ChronoUnit.MICROS),
                    kind(row),
                    row.get("table").asText(),
                    parse(row.get("data").asText())));
        }
        return entries;
    }

    private static EntryKind kind(JsonNode row) {
        String name = row.get("kind").asText();
        return Stream.of(EntryKind.values())
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new EngineException("The journal of pipe "
                        + row.get("pipe").asText() + " has an entry " + name
                        + ", which this version does not know: a newer one has worked on the pipe. Nothing was changed;"
                        + " use that version."));
    }

    static String kinds(Predicate<EntryKind> which) {
        return Stream.of(EntryKind.values())
                .filter(which)
                .map(kind -> TargetSql.literal(kind.name()))
                .collect(Collectors.joining(", "));
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The journal holds an entry that is not JSON: " + json, e);
        }
    }

    public String pipe() {
        return pipe;
    }

    public String run() {
        return run;
    }

    /** The pipe as its entries so far say it is. */
    public synchronized PipeState state() {
        return PipeState.of(entries);
    }

    /**
     * Takes in what processes without the lock have asked for since the journal was opened. Their entries count as if
     * they had come in the order of time.
     *
     * @return whether there is something new
     */
    public boolean hear() {
        List<JournalEntry> requests = select(clickHouse, others("kind IN (" + kinds(EntryKind::isRequest) + ")"));
        synchronized (this) {
            requests.removeAll(entries);
            entries.addAll(requests);
            entries.sort(ORDER);
            lastSequence = Math.max(
                    lastSequence,
                    entries.isEmpty() ? 0 : entries.get(entries.size() - 1).sequence());
            return !requests.isEmpty();
        }
    }

    /** @throws EngineException when another process has worked on the pipe since the journal was opened */
    public void verifyUntouched() {
        // A read that shows less than was written before would not show a foreign entry either.
        read(clickHouse, pipe);
        hear();
        synchronized (this) {
            List<JournalEntry> foreign = select(clickHouse, others("sequence > " + openedAt));
            foreign.removeIf(entry -> entry.kind().isRequest() || entry.kind() == EntryKind.PROBE);
            if (!foreign.isEmpty()) {
                throw new EngineException(
                        "Another process, run " + foreign.get(0).run() + ", has worked on pipe " + pipe
                                + " while the connection was broken, so this run ends. Look at the pipe's status, then run the"
                                + " command again.");
            }
        }
    }

    private String others(String condition) {
        return "pipe = " + TargetSql.literal(pipe) + " AND run != " + TargetSql.literal(run) + " AND " + condition;
    }

    /**
     * Proves, before anything is touched, that reads see what has been written before them.
     *
     * @throws EngineException when one does not
     */
    public void probe() {
        append(EntryKind.PROBE, object());
    }

    /** An entry about the pipe. */
    public void append(EntryKind kind, JsonNode data) {
        append(kind, "", data);
    }

    /** An entry about the pipe with one text value. */
    public void append(EntryKind kind, String key, String value) {
        append(kind, "", object().put(key, value));
    }

    /** An entry about a destination table. */
    public synchronized void append(EntryKind kind, String table, JsonNode data) {
        if (unanswered) {
            takeInUnanswered();
        }
        long sequence = lastSequence + 1;
        Instant time = clock.instant().truncatedTo(ChronoUnit.MICROS);
        byte[] row = (escape(pipe) + "\t" + escape(run) + "\t" + sequence + "\t" + seconds(time) + "\t" + kind + "\t"
                        + escape(table) + "\t" + escape(data.toString()) + "\n")
                .getBytes(StandardCharsets.UTF_8);
        // Used up also when the insert fails: the server would take another row of this number for the same one.
        lastSequence = sequence;
        unanswered = true;
        clickHouse.insertWithRetries(
                TargetSql.quote(clickHouse.database(), TABLE),
                "pipe, run, sequence, time, kind, table, data",
                out -> out.write(row),
                "journal/" + pipe + "/" + run + "/" + sequence);
        unanswered = false;
        clickHouse.watermarks().raise(watermark(pipe), sequence);
        if (!proven) {
            new JournalReplicas(clickHouse, pipe).requireSeen(sequence);
            proven = true;
        }
        JournalEntry entry = new JournalEntry(pipe, run, sequence, time, kind, table, data);
        entries.removeIf(entry::supersedes);
        entries.add(entry);
        if (kind.isProgress()) {
            superseded.removeAfter(sequence, entries);
        }
    }

    private void takeInUnanswered() {
        long known = entries.stream()
                .filter(entry -> entry.run().equals(run))
                .mapToLong(JournalEntry::sequence)
                .max()
                .orElse(openedAt);
        for (JournalEntry entry : select(
                clickHouse,
                "pipe = " + TargetSql.literal(pipe) + " AND run = " + TargetSql.literal(run) + " AND sequence > "
                        + known)) {
            entries.removeIf(entry::supersedes);
            entries.add(entry);
        }
        unanswered = false;
    }

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static String seconds(Instant time) {
        return time.getEpochSecond() + "." + String.format(Locale.ROOT, "%06d", time.getNano() / 1000);
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }
}
