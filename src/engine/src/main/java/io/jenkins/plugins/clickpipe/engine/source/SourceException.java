package io.jenkins.plugins.clickpipe.engine.source;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.SourceServer;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import org.postgresql.util.PSQLState;

/** A fault of the PostgreSQL side, put into a sentence that names the server and the next step. */
public final class SourceException extends EngineException {
    private static final long serialVersionUID = 1L;

    /** True where a new connection may succeed: the connection broke, or the server restarts. */
    private final boolean transientFault;

    private final boolean advises;

    private SourceException(String message, Throwable cause, boolean transientFault, boolean advises) {
        super(message, cause);
        this.transientFault = transientFault;
        this.advises = advises;
    }

    /** A fault while connecting. */
    static SourceException connecting(SourceServer server, SQLException fault) {
        String where = "PostgreSQL at " + server.host() + ":" + server.port();
        String state = Objects.requireNonNullElse(fault.getSQLState(), "");
        String advice =
                switch (state) {
                    case "28P01", "28000" ->
                        where + " refused the login of user '" + server.user() + "': " + text(fault)
                                + ". Check source.user, source.password and the server's pg_hba.conf.";
                    case "3D000" -> where + " has no database '" + server.database() + "'. Check source.database.";
                    case "08001" ->
                        where + " cannot be reached: " + text(fault)
                                + " Check source.host, source.port and the network.";
                    case "53300" ->
                        where + " has no connection left: " + text(fault) + ". Raise max_connections or lower"
                                + " maxSourceConnections.";
                    default ->
                        where + ": " + text(fault)
                                + (isTransient(state) ? " Run it again once the server answers." : "");
                };
        return new SourceException(advice, fault, isTransient(state), true);
    }

    /** A fault of a statement. */
    public static SourceException of(String doing, SQLException fault) {
        String state = Objects.requireNonNullElse(fault.getSQLState(), "");
        return new SourceException("PostgreSQL, while " + doing + ": " + text(fault), fault, isTransient(state), false);
    }

    /**
     * Somebody keeps a table locked.
     *
     * @param holder the session that does, as a phrase
     */
    static SourceException locked(String table, int seconds, Optional<String> holder, SQLException fault) {
        return new SourceException(
                "PostgreSQL keeps table " + table + " locked for more than " + seconds + " s"
                        + holder.map(session -> ", by the session with " + session)
                                .orElse("")
                        + ". Let that session end its transaction, or end it with pg_terminate_backend, and run the command"
                        + " again.",
                fault,
                false,
                true);
    }

    /** Somebody else holds a lock for longer than it was to be waited for (55P03, lock_not_available). */
    boolean isLocked() {
        return getCause() instanceof SQLException fault && "55P03".equals(fault.getSQLState());
    }

    /** The server's SQLSTATE; empty where there is none. */
    public String sqlState() {
        return getCause() instanceof SQLException fault ? Objects.requireNonNullElse(fault.getSQLState(), "") : "";
    }

    public boolean isTransient() {
        return transientFault;
    }

    @Override
    public boolean advises() {
        return advises;
    }

    private static final String TOO_MANY_CONNECTIONS = "53300";

    /** Class 08 is a broken connection, 57P01 to 57P03 a restart (PostgreSQL documentation, appendix A). */
    private static boolean isTransient(String state) {
        return state.startsWith("08")
                || state.startsWith("57P")
                || TOO_MANY_CONNECTIONS.equals(state)
                || PSQLState.IO_ERROR.getState().equals(state);
    }

    private static String text(SQLException fault) {
        String message = String.valueOf(fault.getMessage()).strip();
        return message.replaceFirst("^(FATAL|ERROR): ", "").replaceAll("\\s+", " ");
    }
}
