package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.target.TargetCatalog;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Looks at one server alone: whether it lets the pipe's user in, and offers what every pipe needs. Changes nothing. */
public final class ServerCheck {
    private final Workspace workspace;
    private final List<Finding> findings = new ArrayList<>();

    public ServerCheck(Workspace workspace) {
        this.workspace = Objects.requireNonNull(workspace);
    }

    /** PostgreSQL; what depends on tables, slots and the journal is left to {@link Preflight}. */
    public List<Finding> source() {
        try {
            Connection connection = workspace.source().connect();
            try {
                SourceCatalog catalog = new SourceCatalog(connection);
                new SourceChecks(connection, catalog, workspace.definition().settings(), findings)
                        .server(catalog.serverVersion());
            } finally {
                workspace.source().release(connection);
            }
        } catch (EngineException e) {
            findings.add(Finding.fault("source", e.getMessage()));
        }
        return List.copyOf(findings);
    }

    /** ClickHouse, with the privileges for tables of the default engine. */
    public List<Finding> target() {
        try {
            TargetChecks checks = new TargetChecks(workspace.target(), new TargetCatalog(workspace.target()), findings);
            if (checks.server()) {
                checks.privileges(Set.of(TableEngine.REPLACING_MERGE_TREE));
            }
        } catch (EngineException e) {
            findings.add(Finding.fault("target", e.getMessage()));
        }
        return List.copyOf(findings);
    }
}
