package io.jenkins.plugins.clickpipe.engine.target;

import com.clickhouse.client.api.ServerException;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.TargetServer;
import java.util.Set;

/** A fault of the ClickHouse side, put into a sentence that names the server and the next step. */
public final class TargetException extends EngineException {
    private static final long serialVersionUID = 1L;
    private static final int UNKNOWN_DATABASE = 81;
    private static final int MEMORY_LIMIT_EXCEEDED = 241;
    private static final int QUERY_WAS_CANCELLED = 394;
    private static final Set<Integer> AUTHENTICATION = Set.of(516, 192, 193, 194);
    /**
     * Codes after which the same request may succeed: TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, NETWORK_ERROR,
     * SOCKET_TIMEOUT, MEMORY_LIMIT_EXCEEDED, TOO_MANY_PARTS and faults of a request body that was cut off
     * (ClickHouse, src/Common/ErrorCodes.cpp).
     */
    private static final Set<Integer> TRANSIENT = Set.of(0, 159, 202, 209, 210, 241, 252, 3, 23, 33, 1000);

    /** TOO_MANY_SIMULTANEOUS_QUERIES, MEMORY_LIMIT_EXCEEDED, TOO_MANY_PARTS: the server asks for time. */
    private static final Set<Integer> BUSY = Set.of(202, 241, 252);

    private final int code;
    private final boolean transientFault;

    private TargetException(String message, Throwable cause, int code, boolean transientFault) {
        super(message, cause);
        this.code = code;
        this.transientFault = transientFault;
    }

    static TargetException of(TargetServer server, String doing, Throwable fault) {
        String where = "ClickHouse at " + server.url();
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof ServerException refusal) {
                int code = refusal.getCode();
                String text = firstLine(refusal.getMessage());
                if (AUTHENTICATION.contains(code)) {
                    return new TargetException(
                            where + " refused the login of user '" + server.user()
                                    + "'. Check target.user and target.password.",
                            fault,
                            code,
                            false);
                }
                if (code == UNKNOWN_DATABASE) {
                    return new TargetException(
                            where + " has no database '" + server.database()
                                    + "'. Create it, or check target.database.",
                            fault,
                            code,
                            false);
                }
                return new TargetException(
                        where + ", while " + doing + ": " + text, fault, code, TRANSIENT.contains(code));
            }
        }
        Throwable root = fault;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new TargetException(
                where + " cannot be reached, while " + doing + ": " + firstLine(String.valueOf(root.getMessage()))
                        + ". Check target.url and the network.",
                fault,
                0,
                true);
    }

    /** It was given up, since it does not answer; nothing is worth a retry. */
    static TargetException silent(TargetServer server, Throwable fault) {
        return new TargetException(
                "ClickHouse at " + server.url() + " has stopped answering. Check target.url and the network.",
                fault,
                0,
                false);
    }

    private static String firstLine(String message) {
        String text = message.strip().replaceAll("\\s+", " ").replaceFirst(" \\(version [^)]*\\).*$", "");
        return text.length() > 600 ? text.substring(0, 600) + "..." : text;
    }

    @Override
    public boolean advises() {
        return code == 0 || code == UNKNOWN_DATABASE || AUTHENTICATION.contains(code);
    }

    /** ClickHouse's error code; 0 when it gave none. */
    public int code() {
        return code;
    }

    /** The server may or may not have done what was asked, and may do it if asked again. */
    public boolean isTransient() {
        return transientFault;
    }

    /** The server refused for now, and has done nothing of what was asked. */
    public boolean isBusy() {
        return BUSY.contains(code);
    }

    public boolean isOutOfMemory() {
        return code == MEMORY_LIMIT_EXCEEDED;
    }

    public boolean isCancelled() {
        return code == QUERY_WAS_CANCELLED;
    }
}
