package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.TableName;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.TableState;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.List;
import java.util.Map;

/**
 * What a pipe's work starts from, once nothing stands against it.
 *
 * @param serverVersion PostgreSQL's, for example 180006
 * @param tables in the order of the load
 * @param states what the tables' relations were before their structures were read, and so before any snapshot
 * @param published the source tables whose changes the pipe needs: these, and those it follows already
 * @param targets the destination's tables of all names the pipe uses, {@code _resync} names included
 */
public record Prepared(
        int serverVersion,
        List<TableMapping> tables,
        Map<TableName, TableState> states,
        List<SourceTable> published,
        Map<String, TargetTable> targets,
        PipeState state) {
    public Prepared {
        tables = List.copyOf(tables);
        states = Map.copyOf(states);
        published = List.copyOf(published);
        targets = Map.copyOf(targets);
    }

    /** What a table's relations were. One that came while the catalog was read has none that a snapshot can be proven by. */
    TableState stateOf(TableMapping mapping) {
        TableName name = mapping.source().tableName();
        return states.getOrDefault(name, new TableState(name, 0, Map.of()));
    }

    /** The same with only some of the tables to load. */
    Prepared loading(List<TableMapping> some) {
        return new Prepared(serverVersion, some, states, published, targets, state);
    }
}
