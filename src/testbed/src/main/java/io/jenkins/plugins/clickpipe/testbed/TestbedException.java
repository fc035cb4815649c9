package io.jenkins.plugins.clickpipe.testbed;

/**
 * The test bed cannot give what was asked for. The message is one sentence that says what happened and what to do.
 */
public final class TestbedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TestbedException(String message) {
        super(message);
    }

    public TestbedException(String message, Throwable cause) {
        super(message, cause);
    }
}
