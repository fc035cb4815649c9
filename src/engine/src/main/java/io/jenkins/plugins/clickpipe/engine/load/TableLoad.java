package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import java.util.List;
import java.util.Objects;

/** One table of an initial load: where from, where to, in which partitions. */
public record TableLoad(TableMapping mapping, List<Partition> partitions, TableProgress progress) {
    public TableLoad {
        Objects.requireNonNull(mapping);
        partitions = List.copyOf(partitions);
        Objects.requireNonNull(progress);
    }

    public static TableLoad of(TableMapping mapping, List<Partition> partitions) {
        return new TableLoad(
                mapping,
                partitions,
                new TableProgress(
                        mapping.source().qualifiedName(),
                        mapping.target(),
                        mapping.source().estimatedRows(),
                        partitions.size()));
    }
}
