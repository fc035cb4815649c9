package io.jenkins.plugins.clickpipe.testbed.demo;

/** The demo cannot go on; the message says why in one sentence. */
final class DemoFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DemoFailedException(String message) {
        super(message);
    }
}
