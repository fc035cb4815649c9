package io.jenkins.plugins.clickpipe.engine;

/**
 * A fault that a user can act on. Its message is one or two plain sentences: what is wrong and what to do next; it
 * never holds a secret.
 */
public class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EngineException(String message) {
        super(message);
    }

    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The message says what to do next. What a server said while a statement ran does not: its caller knows more. */
    public boolean advises() {
        return true;
    }
}
