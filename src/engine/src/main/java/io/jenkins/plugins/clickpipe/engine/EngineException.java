package io.jenkins.plugins.clickpipe.engine;

import java.util.concurrent.ExecutionException;

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

    /** What an error of the Java process means to a user: too little memory, or a fault that nobody foresaw. */
    public static EngineException of(Error fault) {
        String message = fault instanceof OutOfMemoryError
                ? "The engine has run out of memory (" + fault.getMessage() + "): it may use "
                        + (Runtime.getRuntime().maxMemory() >> 20)
                        + " MiB. Give it more with java -Xmx, in Jenkins with"
                        + " the pipe's engine memory, and run the command again."
                : "A fault of the engine itself: " + where(fault);
        return new EngineException(message, fault);
    }

    /** What a thread of its own has ended with, for the thread that waits for it to throw. */
    public static RuntimeException of(ExecutionException ended) {
        Throwable cause = ended.getCause();
        if (cause instanceof Error error) {
            return of(error);
        }
        return cause instanceof RuntimeException fault ? fault : new IllegalStateException(cause);
    }

    /** A fault nobody foresaw: where it happened is what a report of it needs. */
    public static String where(Throwable fault) {
        StringBuilder text = new StringBuilder(fault.toString());
        for (StackTraceElement frame : fault.getStackTrace()) {
            if (frame.getClassName().startsWith("io.jenkins.plugins.clickpipe")) {
                text.append(" at ").append(frame);
                break;
            }
        }
        return text.append(". Please report it.").toString();
    }

    /** The message says what to do next. What a server said while a statement ran does not: its caller knows more. */
    public boolean advises() {
        return true;
    }
}
