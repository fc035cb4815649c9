package io.jenkins.plugins.clickpipe.control;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.process.EngineCommand;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.view.Buttons;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jvnet.localizer.Localizable;

/** What a person can have done with a pipe by a button, without a build. */
public enum Command {
    PAUSE(
            "pause",
            EngineCommand::pause,
            Buttons::mayPause,
            Messages._Command_Pause(),
            Messages._Command_PauseMeans(),
            Messages._Command_PauseReaders()),
    RESUME(
            "resume",
            EngineCommand::resume,
            Buttons::mayResume,
            Messages._Command_Resume(),
            Messages._Command_ResumeMeans(),
            Messages._Command_ResumeReaders()),
    ROLLBACK(
            "rollback",
            EngineCommand::rollback,
            Buttons::mayRollBack,
            Messages._Command_Rollback(),
            Messages._Command_RollbackMeans(),
            Messages._Command_RollbackReaders());

    private final String word;
    private final Function<String, EngineCommand> command;
    private final Predicate<PipeRecord> allowed;
    private final Localizable name;
    private final Localizable means;
    private final Localizable readers;

    Command(
            String word,
            Function<String, EngineCommand> command,
            Predicate<PipeRecord> allowed,
            Localizable name,
            Localizable means,
            Localizable readers) {
        this.word = requireNonNull(word);
        this.command = requireNonNull(command);
        this.allowed = requireNonNull(allowed);
        this.name = requireNonNull(name);
        this.means = requireNonNull(means);
        this.readers = requireNonNull(readers);
    }

    /** The engine's word. */
    public String word() {
        return word;
    }

    /** @param person who wants it; the engine's journal keeps the name */
    EngineCommand on(String pipe, String person) {
        return command.apply(pipe).by(person);
    }

    /** Whether it makes sense in the pipe's present status. */
    boolean isAllowed(PipeRecord record) {
        return allowed.test(record);
    }

    /** On the button. */
    public String label() {
        return name.toString();
    }

    /** What it does, and what readers of the destination tables see then. */
    List<String> sentences() {
        return List.of(means.toString(), readers.toString());
    }

    /** Whether readers see other rows at once. */
    public boolean isDestructive() {
        return this == ROLLBACK;
    }

    /** A pause, and its withdrawal, are heeded by a sync that is under way; a rollback needs the pipe for itself. */
    boolean isExclusive() {
        return this == ROLLBACK;
    }
}
