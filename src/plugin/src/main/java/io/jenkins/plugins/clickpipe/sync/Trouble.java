package io.jenkins.plugins.clickpipe.sync;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.PipeId;

/** A pipe and what is wrong with it, in a sentence, with the place of the button that helps. */
public final class Trouble {
    private final PipeId pipe;
    private final String sentence;
    private final String help;
    private final String page;

    /**
     * @param help what the link says
     * @param page of the pipe, relative to its own; empty for its first one
     */
    Trouble(PipeId pipe, String sentence, String help, String page) {
        this.pipe = requireNonNull(pipe);
        this.sentence = requireNonNull(sentence);
        this.help = requireNonNull(help);
        this.page = requireNonNull(page);
    }

    /** With its folder where it has one. */
    public String getPipe() {
        return pipe.folder().isEmpty() ? pipe.name() : pipe.folder() + "/" + pipe.name();
    }

    public String getSentence() {
        return sentence;
    }

    /** What the link says. */
    public String getHelp() {
        return help;
    }

    /** Of the pipe's page, relative to Jenkins' own. */
    public String getUrl() {
        return pipe.url();
    }

    /** Of the button that helps, relative to Jenkins' own. */
    public String getHelpUrl() {
        return pipe.url() + page;
    }
}
