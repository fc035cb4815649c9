package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a build asks of the engine: one of its commands on one pipe. Immutable; holds no secret. */
public final class EngineCommand implements Serializable {
    private static final long serialVersionUID = 1L;
    /** Those that need the pipe for themselves; a pause, and its withdrawal, are heeded by a sync that is under way. */
    private static final Set<String> EXCLUSIVE = Set.of("resync", "sync", "rollback");

    private static final Set<String> DECISIONS = Set.of("approve", "pause", "resume", "rollback");
    private static final String TABLES = "--tables";

    private final String name;
    private final String pipe;
    private final ArrayList<String> options;

    private EngineCommand(String name, String pipe, List<String> options) {
        this.name = name;
        this.pipe = requireNonNull(pipe);
        this.options = new ArrayList<>(options);
    }

    /** Loads the pipe's tables anew and swaps them in. */
    public static EngineCommand resync(String pipe) {
        return new EngineCommand("resync", pipe, List.of());
    }

    /** Applies changes until caught up with the WAL position at the start. */
    public static EngineCommand syncOnce(String pipe) {
        return new EngineCommand("sync", pipe, List.of("--once"));
    }

    /** Applies changes for so many seconds. */
    public static EngineCommand syncFor(String pipe, int seconds) {
        return new EngineCommand("sync", pipe, List.of("--for", seconds + "s"));
    }

    /** Stops the application of changes; the slot keeps them. */
    public static EngineCommand pause(String pipe) {
        return new EngineCommand("pause", pipe, List.of());
    }

    /** Lets changes be applied again. */
    public static EngineCommand resume(String pipe) {
        return new EngineCommand("resume", pipe, List.of());
    }

    /** Tells what a resync would do. */
    public static EngineCommand plan(String pipe) {
        return new EngineCommand("plan", pipe, List.of());
    }

    /** Puts the previous tables back in place that {@code keepPreviousTables} has kept. */
    public static EngineCommand rollback(String pipe) {
        return new EngineCommand("rollback", pipe, List.of());
    }

    /** The same for a person, or a build; log and journal keep the name where the command is somebody's decision. */
    public EngineCommand by(String who) {
        return DECISIONS.contains(name) ? with(List.of("--by", who)) : this;
    }

    /** Lets a swap go on that waits for somebody's decision, or has its resync given up. */
    public static EngineCommand approve(String pipe, boolean swap, String by) {
        return new EngineCommand("approve", pipe, swap ? List.of() : List.of("--reject")).by(by);
    }

    /** Tells how the pipe stands. */
    public static EngineCommand status(String pipe) {
        return new EngineCommand("status", pipe, List.of("--json"));
    }

    /** The same on the matching source tables alone. */
    public EngineCommand onTables(String pattern) {
        return with(List.of(TABLES, pattern));
    }

    /** The same with other settings for this run, by their names in the pipe file. */
    public EngineCommand withSettings(Map<String, Object> settings) {
        List<String> overrides = new ArrayList<>();
        settings.forEach((setting, value) -> overrides.addAll(List.of("--set", setting + "=" + value)));
        return with(overrides);
    }

    private EngineCommand with(List<String> more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(more);
        return new EngineCommand(name, pipe, all);
    }

    /** The pattern of {@link #onTables}; null for all tables. */
    String tablePattern() {
        int at = options.indexOf(TABLES);
        return at < 0 ? null : options.get(at + 1);
    }

    /** The setting for this run as it is written in the pipe file; empty when it has none of its own. */
    Optional<String> setting(String setting) {
        return options.stream()
                .filter(option -> option.startsWith(setting + "="))
                .map(option -> option.substring(setting.length() + 1))
                .findFirst();
    }

    /** The engine's word for the command. */
    public String name() {
        return name;
    }

    /** The pipe's name. */
    public String pipe() {
        return pipe;
    }

    /** Whether nothing else that is exclusive may work on the pipe at the same time. */
    boolean isExclusive() {
        return EXCLUSIVE.contains(name);
    }

    /** It uses all that the engine has. */
    boolean isLoad() {
        return name.equals("resync");
    }

    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        arguments.add(name);
        arguments.addAll(options);
        return arguments;
    }
}
