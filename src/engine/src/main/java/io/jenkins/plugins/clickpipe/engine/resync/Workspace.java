package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.PipeDefinition;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.JournalReplicas;
import io.jenkins.plugins.clickpipe.engine.report.Events;
import io.jenkins.plugins.clickpipe.engine.report.Statement.Server;
import io.jenkins.plugins.clickpipe.engine.report.StatementLog;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import io.jenkins.plugins.clickpipe.engine.source.SourceDatabase;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.OneServer;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import java.sql.Connection;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What one command works with: the pipe's definition, sessions of both servers, and who hears about it. */
public final class Workspace implements AutoCloseable {
    private final PipeDefinition definition;
    private final String run;
    private final Clock clock;
    private final StatementLog statements;
    private final Events events;
    private final SourceDatabase source;
    private final ClickHouse target;

    /** @param run this run's id, see {@link RunId} */
    public Workspace(PipeDefinition definition, String run, Clock clock, StatementLog statements, Events events) {
        this.definition = Objects.requireNonNull(definition);
        this.run = Objects.requireNonNull(run);
        this.clock = Objects.requireNonNull(clock);
        this.statements = Objects.requireNonNull(statements);
        this.events = Objects.requireNonNull(events);
        this.source = new SourceDatabase(definition.source(), "clickpipe-resync " + definition.name() + " " + run);
        this.target = new ClickHouse(
                definition.target(),
                "clickpipe-resync-" + definition.name() + "-" + run + "-",
                sql -> statements.add(Server.CLICKHOUSE, sql));
    }

    public PipeDefinition definition() {
        return definition;
    }

    public String pipe() {
        return definition.name();
    }

    public String run() {
        return run;
    }

    public Clock clock() {
        return clock;
    }

    public StatementLog statements() {
        return statements;
    }

    public Events events() {
        return events;
    }

    public SourceDatabase source() {
        return source;
    }

    public ClickHouse target() {
        return target;
    }

    /**
     * Takes the right to work on the pipe, where what is written is what is read: behind several servers, each time,
     * since a connection that broke may come back to another one.
     *
     * @throws EngineException when servers answer that do not see each other's writes
     * @throws PipeLock.PipeBusyException at once, when another process holds it
     */
    PipeLock lock() {
        PipeLock lock = PipeLock.acquire(source, pipe(), this::destinations);
        try {
            new OneServer(target).require();
            new JournalReplicas(target, pipe()).requireAgreement();
            return lock;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Who works on the pipe now, as one phrase. */
    Optional<String> lockHolder(Connection session) {
        return PipeLock.holder(session, pipe(), destinations());
    }

    /** What is known of the destination by now that another one does not share. */
    private Set<String> destinations() {
        return Stream.concat(
                        new TargetCatalog(target).databaseIdentity().map(database -> "database " + database).stream(),
                        Journal.uuid(target).map(journal -> "journal " + journal).stream())
                .collect(Collectors.toSet());
    }

    /** Records a statement for PostgreSQL before it runs. */
    void hearSource(String sql) {
        statements.add(Server.POSTGRESQL, sql);
    }

    @Override
    public void close() {
        source.close();
        target.close();
    }
}
