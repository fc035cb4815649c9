package io.jenkins.plugins.clickpipe.engine.journal;

import io.jenkins.plugins.clickpipe.engine.EngineException;

/** The journal was read without what this process has written to it, or seen in it, before. */
final class StaleReadException extends EngineException {
    private static final long serialVersionUID = 1L;

    StaleReadException(String url, String pipe) {
        super("ClickHouse at " + url + " shows less of the journal of pipe " + pipe + " than this run has seen before."
                + " Another server seems to answer, one that lags, or the journal was replaced. Let target.url name one"
                + " server, look at the pipe's status, and run the command again.");
    }
}
