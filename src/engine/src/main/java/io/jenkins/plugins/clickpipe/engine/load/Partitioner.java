package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Cuts tables into partitions without reading them: by block ranges (ctid) where the server can scan such a range
 * (PostgreSQL 14 and newer), by the primary key's histogram bounds below.
 */
public final class Partitioner {
    private static final int TID_RANGE_SCAN = 140000;

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
    public List<Partition> partitions(SourceTable table, int position) {
        List<Partition> partitions = new ArrayList<>();
        for (Relation relation : table.relations()) {
            if (serverVersion >= TID_RANGE_SCAN) {
                blockRanges(position, relation, partitions);
            } else {
                keyRanges(position, table, relation, partitions);
            }
        }
        return partitions;
    }

    /** The last range is open: the relation may have grown between the catalog's reading and the snapshot. */
    private void blockRanges(int position, Relation relation, List<Partition> partitions) {
        long count = count(relation);
        long blocks = Math.max(1, -Math.floorDiv(-relation.blocks(), count));
        for (long from = 0; from == 0 || from < relation.blocks(); from += blocks) {
            boolean last = from + blocks >= relation.blocks();
            Range range = new Range(
                    from == 0 ? "" : "ctid >= '(" + from + ",0)'::tid",
                    last ? "" : "ctid < '(" + (from + blocks) + ",0)'::tid",
                    "",
                    "");
            partitions.add(new Partition(position, partitions.size(), relation, range, relation.bytes() / count));
        }
    }

    private void keyRanges(int position, SourceTable table, Relation relation, List<Partition> partitions) {
        String key = table.primaryKey().isEmpty() ? "" : table.primaryKey().get(0);
        List<String> cuts = key.isEmpty() ? List.of() : cuts(relation, key);
        String order = table.primaryKey().isEmpty() ? "" : " ORDER BY " + SourceSql.quoteAll(table.primaryKey());
        for (int i = 0; i <= cuts.size(); i++) {
            Range range = new Range(
                    i == 0 ? "" : SourceSql.quote(key) + " >= " + SourceSql.literal(cuts.get(i - 1)),
                    i == cuts.size() ? "" : SourceSql.quote(key) + " < " + SourceSql.literal(cuts.get(i)),
                    "",
                    order);
            partitions.add(
                    new Partition(position, partitions.size(), relation, range, relation.bytes() / (cuts.size() + 1)));
        }
    }

    private List<String> cuts(Relation relation, String key) {
        long count = count(relation);
        List<String> bounds = count == 1 ? List.of() : catalog.histogram(relation, key);
        List<String> cuts = new ArrayList<>();
        for (long i = 1; i < count && bounds.size() > 2; i++) {
            String cut = bounds.get((int) (i * (bounds.size() - 1) / count));
            if (cuts.isEmpty() || !cuts.get(cuts.size() - 1).equals(cut)) {
                cuts.add(cut);
            }
        }
        return cuts;
    }

    private long count(Relation relation) {
        return Math.max(1, Math.min(relation.blocks(), -Math.floorDiv(-relation.estimatedRows(), rowsPerPartition)));
    }
}
