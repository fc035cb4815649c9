package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.RelationState;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import io.jenkins.plugins.clickpipe.engine.source.TableState;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One table of an initial load: where from, where to, in which partitions.
 *
 * @param before what its relations were before the snapshot, which each reading proves that they are
 */
public record TableLoad(TableMapping mapping, TableState before, List<Partition> partitions, TableProgress progress) {
    public TableLoad {
        Objects.requireNonNull(mapping);
        Objects.requireNonNull(before);
        partitions = List.copyOf(partitions);
        Objects.requireNonNull(progress);
    }

    public static TableLoad of(TableMapping mapping, TableState before, List<Partition> partitions) {
        return new TableLoad(
                mapping,
                before,
                partitions,
                new TableProgress(
                        mapping.source().qualifiedName(),
                        mapping.target(),
                        mapping.source().estimatedRows(),
                        partitions.size()));
    }

    /** What a relation of the table was; empty when it was none of them. */
    public Optional<RelationState> before(Relation relation) {
        return Optional.ofNullable(before.relations().get(relation.oid()));
    }

    /** Nothing has happened to it that would make what is read of it wrong. */
    public boolean isSettled() {
        return progress.moved().isEmpty();
    }
}
