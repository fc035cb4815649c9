package io.jenkins.plugins.clickpipe.engine.target;

import com.clickhouse.client.api.ServerException;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.TargetServer;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /**
     * Codes that tell of a table's structure, of a value, or of what hangs on the table, and never of the server:
     * CANNOT_PARSE_TEXT, THERE_IS_NO_COLUMN, NOT_FOUND_COLUMN_IN_BLOCK, NO_SUCH_COLUMN_IN_TABLE,
     * NUMBER_OF_COLUMNS_DOESNT_MATCH, CANNOT_PARSE_QUOTED_STRING, CANNOT_PARSE_INPUT_ASSERTION_FAILED, BAD_ARGUMENTS,
     * CANNOT_PARSE_DATE, CANNOT_PARSE_DATETIME, NUMBER_OF_ARGUMENTS_DOESNT_MATCH, ILLEGAL_TYPE_OF_ARGUMENT,
     * ILLEGAL_COLUMN, UNKNOWN_FUNCTION, UNKNOWN_IDENTIFIER, NOT_IMPLEMENTED, TYPE_MISMATCH, UNKNOWN_TABLE,
     * ARGUMENT_OUT_OF_BOUND, CANNOT_CONVERT_TYPE, CANNOT_PARSE_NUMBER, INCORRECT_DATA, INCOMPATIBLE_COLUMNS,
     * TOO_LARGE_STRING_SIZE, ILLEGAL_DIVISION, TABLE_IS_DROPPED, VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE,
     * CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN, CANNOT_PARSE_UUID, NO_COMMON_TYPE,
     * FUNCTION_THROW_IF_VALUE_IS_NON_ZERO, DECIMAL_OVERFLOW, CANNOT_PARSE_BOOL, VIOLATED_CONSTRAINT, CANNOT_PARSE_IPV4,
     * CANNOT_PARSE_IPV6, UNKNOWN_ELEMENT_OF_ENUM (ClickHouse, src/Common/ErrorCodes.cpp).
     */
    private static final Set<Integer> OF_A_TABLE = Set.of(
            6, 8, 10, 16, 20, 26, 27, 36, 38, 41, 42, 43, 44, 46, 47, 48, 53, 60, 69, 70, 72, 117, 122, 131, 153, 218,
            321, 349, 376, 386, 395, 407, 467, 469, 675, 676, 691);

    /** READONLY, SETTING_CONSTRAINT_VIOLATION, and UNKNOWN_SETTING of a server that is too old for it. */
    private static final Set<Integer> REFUSED_SETTING = Set.of(164, 452, 115);

    /** Of {@code Setting x should not be changed} and of {@code Cannot modify 'x' setting in readonly mode}. */
    private static final Pattern SETTING = Pattern.compile("(?:Setting |Cannot modify ')(\\w+)");

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
                Matcher setting = SETTING.matcher(text);
                if (REFUSED_SETTING.contains(code) && setting.find()) {
                    return new TargetException(
                            where + ": " + refusedSettings(server.user(), setting.group(1)), fault, code, false);
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

    /** What keeps a user from having its own statements run under the engine's settings. */
    public static String refusedSettings(String user, String names) {
        return "the settings profile of user " + user + " does not let the engine set " + names
                + ", which it sets for each of its statements, so that no result depends on a profile; remove the"
                + " constraint (or readonly) from the profile, or give the pipe a user of its own.";
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
        String text = message.strip()
                .replaceAll("\\s+", " ")
                .replaceFirst(" \\(version [^)]*\\).*$", "")
                .replaceFirst(" \\(queryId= [^)]*\\)$", "")
                .replaceAll("(Code: \\d+\\. )?DB::Exception: ", "");
        return text.length() > 600 ? text.substring(0, 600) + "..." : text;
    }

    @Override
    public boolean advises() {
        return code == 0 || isRefusedSetting() || code == UNKNOWN_DATABASE || AUTHENTICATION.contains(code);
    }

    /** What the server said, without the place; the whole message when it gave no code. */
    public String serverText() {
        int at = getMessage().indexOf(": ");
        return code == 0 || at < 0 ? getMessage() : getMessage().substring(at + 2);
    }

    /** ClickHouse's error code; 0 when it gave none. */
    public int code() {
        return code;
    }

    /** The server may or may not have done what was asked, and may do it if asked again. */
    public boolean isTransient() {
        return transientFault;
    }

    /** What was asked of one table was refused because of this table, or of what hangs on it, and will be again. */
    public boolean concernsTable() {
        return !transientFault && OF_A_TABLE.contains(code);
    }

    /** The server refused for now, and has done nothing of what was asked. */
    public boolean isBusy() {
        return BUSY.contains(code);
    }

    /** The user may not set what the statement was to set, or may change nothing at all. */
    public boolean isRefusedSetting() {
        return REFUSED_SETTING.contains(code);
    }

    public boolean isOutOfMemory() {
        return code == MEMORY_LIMIT_EXCEEDED;
    }

    public boolean isCancelled() {
        return code == QUERY_WAS_CANCELLED;
    }
}
