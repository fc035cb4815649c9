package io.jenkins.plugins.clickpipe.engine.mapping;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.definition.Fault;
import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.ReplicaIdentity;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether the changes of a table name their rows. Each relation that holds rows logs by its own replica identity: one
 * without any has its UPDATEs and DELETEs refused by PostgreSQL once it is published, and one that logs other columns than
 * the key would leave it unknown which row a change is about.
 */
final class IdentityCheck {
    private final SourceTable table;
    private final String path;
    private final List<Fault> faults;

    /** @param faults gets what cannot be followed, each with the statement that mends it */
    IdentityCheck(SourceTable table, String path, List<Fault> faults) {
        this.table = requireNonNull(table);
        this.path = requireNonNull(path);
        this.faults = requireNonNull(faults);
    }

    /** @param columns names of the columns that are replicated */
    void check(Set<String> columns, TableEngine engine) {
        if (table.replicaIdentity() != ReplicaIdentity.FULL
                && table.identityColumns().isEmpty()) {
            refuseSilent();
            return;
        }
        relations();
        Set<String> excluded = new HashSet<>(key());
        excluded.removeAll(columns);
        if (!excluded.isEmpty() && columns.containsAll(table.primaryKey())) {
            fault("excludedColumns leaves out " + String.join(", ", excluded)
                    + ", by which its replica identity names rows;" + " replicate it, or run ALTER TABLE "
                    + table.quoted() + " REPLICA IDENTITY DEFAULT");
        }
        if (engine == TableEngine.MERGE_TREE) {
            everyState();
        }
    }

    private void refuseSilent() {
        String why = table.replicaIdentity() == ReplicaIdentity.NOTHING
                ? "the table's replica identity is NOTHING"
                : table.deferrableKey()
                        ? "the table's primary key is DEFERRABLE, which PostgreSQL takes for no replica identity"
                        : "the table has no primary key and no replica identity";
        fault(why + ", so PostgreSQL would refuse its UPDATEs and DELETEs once it is published; run ALTER TABLE "
                + table.quoted() + " REPLICA IDENTITY FULL, exclude the table, or use replicationMode: snapshot");
    }

    /** Partitions and children; the table itself was looked at. */
    private void relations() {
        for (Relation relation : table.relations()) {
            if (relation.oid() == table.oid()) {
                continue;
            }
            String part = "its part " + relation.quoted();
            String mend = "; run ALTER TABLE " + relation.quoted() + " REPLICA IDENTITY FULL, or exclude the table";
            if (!relation.identity().namesRows()) {
                fault(part
                        + " has no replica identity of its own, so PostgreSQL would refuse its UPDATEs and DELETEs once"
                        + " the table is published" + mend);
            } else if (key().isEmpty() && relation.identity().kind() != ReplicaIdentity.FULL) {
                fault(part + " does not log whole rows, by which alone rows of a table without a key are told apart"
                        + mend);
            } else if (!relation.identity().holds(key())) {
                fault(part + " names its rows by "
                        + String.join(", ", relation.identity().columns()) + " and not by " + String.join(", ", key())
                        + mend);
            }
        }
    }

    /** The columns that old rows are recognised by. */
    private List<String> key() {
        return table.replicaIdentity() == ReplicaIdentity.FULL ? table.primaryKey() : table.identityColumns();
    }

    /** A destination that keeps every row is read by the newest one of each key. */
    private void everyState() {
        if (table.deferrableKey()) {
            fault(
                    "the primary key is DEFERRABLE, so two rows may have one key for a time, and a MergeTree table that keeps"
                            + " every state would not tell which came last; use tableEngine: ReplacingMergeTree");
        }
        boolean otherKey = !table.primaryKey().isEmpty()
                && table.replicaIdentity() == ReplicaIdentity.INDEX
                && !Set.copyOf(table.identityColumns()).equals(Set.copyOf(table.primaryKey()));
        if (otherKey) {
            fault("its replica identity names rows by " + String.join(", ", table.identityColumns())
                    + " and not by the primary key, so a MergeTree table would keep rows whose primary key changed; use"
                    + " tableEngine: ReplacingMergeTree, or run ALTER TABLE " + table.quoted()
                    + " REPLICA IDENTITY DEFAULT");
        }
    }

    private void fault(String message) {
        faults.add(new Fault(path, message));
    }
}
