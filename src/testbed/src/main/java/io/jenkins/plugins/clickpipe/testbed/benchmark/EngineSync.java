package io.jenkins.plugins.clickpipe.testbed.benchmark;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A pipe of the engine with a slot and a destination table of its own, and its {@code sync --once}. */
final class EngineSync {
    static final String NAME = "engine";

    private static final String PIPE =
            """
            name: %1$s
            source: {host: "%2$s", port: %3$d, database: %4$s, user: "%5$s", password: "%6$s"}
            target: {url: "%7$s", database: %4$s, user: "%8$s", password: "%9$s"}
            tables:
              - source: public.%10$s
                target: %1$s
            settings:
              publicationName: %1$s
              replicationSlotName: %1$s
            """;

    private final Arena arena;
    private final List<String> engine;
    private final String pipe;

    /**
     * @param engine the command that runs it, without its own arguments
     * @param pipe also names its slot, publication and destination table
     */
    EngineSync(Arena arena, List<String> engine, String pipe) {
        this.arena = requireNonNull(arena);
        this.engine = List.copyOf(engine);
        this.pipe = requireNonNull(pipe);
    }

    String pipe() {
        return pipe;
    }

    /** Makes the pipe; its slot stands before all later changes. */
    void create() throws InterruptedException {
        arena.servers().postgresPipeUser().execute(Arena.DATABASE, publication());
        run("create");
    }

    private String publication() {
        return "CREATE PUBLICATION " + pipe + " FOR TABLE " + PreparedChanges.TABLE;
    }

    /** Seconds from the opened slot to the confirmed last change, as its own last event says. */
    double sync(long changes) throws InterruptedException {
        JsonNode last = null;
        for (String line : run("sync", "--once")) {
            JsonNode event = json(line);
            last = event.path("type").asText().equals("sync") ? event : last;
        }
        if (last == null
                || last.path("inserts").asLong()
                                + last.path("updates").asLong()
                                + last.path("deletes").asLong()
                        != changes) {
            throw new TestbedException("The engine did not apply " + changes + " changes: " + last);
        }
        return last.path("seconds").asDouble();
    }

    /** Syncs for so long, a cycle each interval. */
    void syncFor(Duration time, int intervalSeconds) throws InterruptedException {
        run("sync", "--for", time.toSeconds() + "s", "--set", "syncIntervalSeconds=" + intervalSeconds);
    }

    private List<String> run(String... words) throws InterruptedException {
        Path events = arena.directory().resolve("events");
        List<String> command = new ArrayList<>(engine);
        command.addAll(List.of(words));
        command.addAll(List.of("--events", events.toString(), "-"));
        try {
            Files.deleteIfExists(events);
            new ChildProcess(command, arena.directory().resolve("engine.log")).run(definition());
            return Files.readAllLines(events);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String definition() {
        PostgresEndpoint source = arena.servers().postgresPipeUser();
        ClickHouseEndpoint target = arena.servers().clickHousePipeUser();
        return PIPE.formatted(
                pipe,
                source.host(),
                source.port(),
                Arena.DATABASE,
                source.user(),
                source.password(),
                target.url(),
                target.user(),
                target.password(),
                PreparedChanges.TABLE);
    }

    private static JsonNode json(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
