package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceColumn;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Cuts tables into partitions without reading them: by block ranges (ctid) where the server can scan such a range
 * (PostgreSQL 14 and newer), by ranges of the primary key below, and by ranges of another column where the user has
 * named one. The bounds of a key are those of the planner's histogram; of whole numbers without statistics, equal steps
 * between the least and the greatest.
 */
public final class Partitioner {
    private static final int TID_RANGE_SCAN = 140000;

    /** Wide rows make a partition of fewer rows than the user has asked for. */
    private static final long LARGEST_BYTES = 256L << 20;

    private final SourceCatalog catalog;
    private final int serverVersion;
    private final long rowsPerPartition;

    /** @param serverVersion for example 180006 */
    public Partitioner(SourceCatalog catalog, int serverVersion, long rowsPerPartition) {
        this.catalog = Objects.requireNonNull(catalog);
        this.serverVersion = serverVersion;
        this.rowsPerPartition = rowsPerPartition;
    }

    /** @param position the table's position in the load, from 0 */
    public List<Partition> partitions(TableMapping mapping, int position) {
        SourceTable table = mapping.source();
        List<Partition> partitions = new ArrayList<>();
        for (Relation relation : table.relations()) {
            List<Range> ranges;
            if (mapping.partitionKey().isPresent()) {
                SourceColumn key = mapping.partitionKey().get();
                String order = table.primaryKey().indexOf(key.name()) == 0
                        ? SourceSql.quoteAll(table.primaryKey())
                        : SourceSql.quote(key.name()) + ", ctid";
                ranges = keyRanges(relation, key, order);
            } else if (serverVersion >= TID_RANGE_SCAN) {
                ranges = blockRanges(relation);
            } else if (table.primaryKey().isEmpty()) {
                ranges = List.of(Range.ALL);
            } else {
                SourceColumn key = table.column(table.primaryKey().get(0)).orElseThrow();
                ranges = keyRanges(relation, key, SourceSql.quoteAll(table.primaryKey()));
            }
            for (Range range : ranges) {
                partitions.add(
                        new Partition(position, partitions.size(), relation, range, relation.bytes() / ranges.size()));
            }
        }
        return partitions;
    }

    /** The last range is open: the relation may have grown between the catalog's reading and the snapshot. */
    private List<Range> blockRanges(Relation relation) {
        long count = count(relation);
        long blocks = Math.max(1, -Math.floorDiv(-relation.blocks(), count));
        List<Range> ranges = new ArrayList<>();
        for (long from = 0; from == 0 || from < relation.blocks(); from += blocks) {
            boolean last = from + blocks >= relation.blocks();
            ranges.add(new Range(
                    from == 0 ? "" : "ctid >= '(" + from + ",0)'::tid",
                    last ? "" : "ctid < '(" + (from + blocks) + ",0)'::tid",
                    "",
                    ""));
        }
        return ranges;
    }

    private List<Range> keyRanges(Relation relation, SourceColumn key, String order) {
        List<String> cuts = cuts(relation, key);
        if (cuts.isEmpty()) {
            return List.of(Range.ALL);
        }
        String column = SourceSql.quote(key.name());
        String unordered = key.notNull() ? "" : column + " IS NULL";
        List<Range> ranges = new ArrayList<>();
        for (int i = 0; i <= cuts.size(); i++) {
            ranges.add(new Range(
                    i == 0 ? "" : column + " >= " + SourceSql.literal(cuts.get(i - 1)),
                    i == cuts.size() ? "" : column + " < " + SourceSql.literal(cuts.get(i)),
                    unordered,
                    " ORDER BY " + order));
        }
        return ranges;
    }

    private List<String> cuts(Relation relation, SourceColumn key) {
        long count = count(relation);
        if (count == 1) {
            return List.of();
        }
        List<String> bounds = catalog.histogram(relation, key.name());
        if (bounds.isEmpty()) {
            return catalog.wholeNumberBounds(relation, key)
                    .map(b -> b.steps(count))
                    .orElse(List.of());
        }
        List<String> cuts = new ArrayList<>();
        for (long i = 1; i < count; i++) {
            String cut = bounds.get((int) (i * (bounds.size() - 1) / count));
            if (cuts.isEmpty() || !cuts.get(cuts.size() - 1).equals(cut)) {
                cuts.add(cut);
            }
        }
        return cuts;
    }

    private long count(Relation relation) {
        long byRows = -Math.floorDiv(-relation.estimatedRows(), rowsPerPartition);
        long byBytes = -Math.floorDiv(-relation.bytes(), LARGEST_BYTES);
        return Math.max(1, Math.min(relation.blocks(), Math.max(byRows, byBytes)));
    }
}
