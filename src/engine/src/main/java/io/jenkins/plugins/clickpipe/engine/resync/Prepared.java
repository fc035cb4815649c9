package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.List;
import java.util.Map;

/**
 * What a pipe's work starts from, once nothing stands against it.
 *
 * @param serverVersion PostgreSQL's, for example 180006
 * @param tables in the order of the load
 * @param published the source tables whose changes the pipe needs: these, and those it follows already
 * @param targets the destination's tables of all names the pipe uses, {@code _resync} names included
 */
public record Prepared(
        int serverVersion,
        List<TableMapping> tables,
        List<SourceTable> published,
        Map<String, TargetTable> targets,
        PipeState state) {
    public Prepared {
        tables = List.copyOf(tables);
        published = List.copyOf(published);
        targets = Map.copyOf(targets);
    }
}
