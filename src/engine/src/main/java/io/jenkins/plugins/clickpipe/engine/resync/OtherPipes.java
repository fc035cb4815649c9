package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.JournalEntry;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The other pipes of a destination database and the tables that are theirs. A table belongs to the pipe whose newest load
 * stands in its place; where no journal knows which table stands there, to every pipe that names it.
 */
final class OtherPipes {
    private final Map<String, PipeState> pipes;

    private OtherPipes(Map<String, PipeState> pipes) {
        this.pipes = Objects.requireNonNull(pipes);
    }

    static OtherPipes of(ClickHouse target, String pipe) {
        Map<String, List<JournalEntry>> entries = new TreeMap<>();
        Journal.readOthers(target, pipe)
                .forEach(entry -> entries.computeIfAbsent(entry.pipe(), name -> new ArrayList<>())
                        .add(entry));
        Map<String, PipeState> pipes = new TreeMap<>();
        entries.forEach((name, of) -> pipes.put(name, PipeState.of(of)));
        pipes.values().removeIf(state -> !state.exists());
        return new OtherPipes(pipes);
    }

    /**
     * Which other pipe has a destination table, as a clause; empty when none has.
     *
     * @param own the pipe that asks
     * @param present what stands there now
     */
    Optional<String> owner(String table, PipeState own, Optional<UUID> present) {
        Optional<UUID> loaded = Optional.ofNullable(own.generations().loaded().get(table));
        boolean ours = present.isPresent() && present.equals(loaded);
        return pipes.entrySet().stream()
                .filter(pipe -> pipe.getValue().claimed().contains(table))
                .filter(pipe -> {
                    Optional<UUID> theirs = Optional.ofNullable(
                            pipe.getValue().generations().loaded().get(table));
                    return !ours || theirs.isEmpty() || theirs.equals(present);
                })
                .map(pipe -> "it is table " + table + " of pipe " + pipe.getKey() + ", which "
                        + Optional.ofNullable(pipe.getValue().structures().get(table))
                                .map(structure ->
                                        "follows " + structure.path("source").asText())
                                .orElse("is about to load it"))
                .findFirst();
    }
}
