package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.List;
import java.util.Map;

/**
 * What a pipe's work starts from, once nothing stands against it.
 *
 * @param serverVersion PostgreSQL's, for example 180006
 * @param tables in the order of the load
 * @param targets the destination's tables of all names the pipe uses, {@code _resync} names included
 */
public record Prepared(
        int serverVersion, List<TableMapping> tables, Map<String, TargetTable> targets, PipeState state) {
    public Prepared {
        tables = List.copyOf(tables);
        targets = Map.copyOf(targets);
    }
}
