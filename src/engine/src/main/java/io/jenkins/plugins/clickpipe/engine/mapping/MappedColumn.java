package io.jenkins.plugins.clickpipe.engine.mapping;

import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import io.jenkins.plugins.clickpipe.engine.types.ColumnMapping;
import java.util.Objects;

/** A source column and how its values reach the destination column of the same name. */
public record MappedColumn(SourceColumn source, ColumnMapping mapping) {
    public MappedColumn {
        Objects.requireNonNull(source);
        Objects.requireNonNull(mapping);
    }

    public String name() {
        return source.name();
    }
}
