package io.jenkins.plugins.clickpipe.control;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.PipeId;
import java.util.List;

/** What somebody is asked before a button of a pipe's page does what it says. */
public final class ControlQuestion {
    private final PipeId pipe;
    private final Command command;

    ControlQuestion(PipeId pipe, Command command) {
        this.pipe = requireNonNull(pipe);
        this.command = requireNonNull(command);
    }

    public String getTitle() {
        return Messages.ControlQuestion_Title(command.label(), pipe.name());
    }

    /** On the button. */
    public String getLabel() {
        return command.label();
    }

    /** What happens, and what readers see then. */
    public List<String> getSentences() {
        return command.sentences();
    }

    /** The sentences as one text, with an empty line between them. */
    public String getMessage() {
        return String.join("\n\n", getSentences());
    }

    public boolean isDestructive() {
        return command.isDestructive();
    }

    public String getIcon() {
        return switch (command) {
            case PAUSE -> "symbol-pause";
            case RESUME -> "symbol-play";
            case ROLLBACK -> "symbol-undo";
        };
    }

    /** Where the page is sent that tells whether the button makes sense. */
    public String getKey() {
        return switch (command) {
            case PAUSE -> "mayPause";
            case RESUME -> "mayResume";
            case ROLLBACK -> "mayRollBack";
        };
    }

    /** Of the question's page, relative to Jenkins' own. */
    public String getUrl() {
        return pipe.url() + "control/" + command.word() + "/";
    }

    /** Where the answer is posted to, relative to Jenkins' own. */
    public String getStartUrl() {
        return pipe.url() + "control/start" + capitalized(command.word());
    }

    private static String capitalized(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
