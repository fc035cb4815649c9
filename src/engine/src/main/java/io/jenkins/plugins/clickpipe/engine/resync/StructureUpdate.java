package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.changes.Value;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.MappedColumn;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.resync.TableStructure.Difference;
import io.jenkins.plugins.clickpipe.engine.target.TargetColumn;
import io.jenkins.plugins.clickpipe.engine.target.TargetSql;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import io.jenkins.plugins.clickpipe.engine.types.RowBuffer;
import io.jenkins.plugins.clickpipe.engine.types.RowEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the destination tables of a Running pipe along when their source tables are altered. The journal learns what a
 * table is to be before the table is altered, and each look compares both, so that a crash in between does no harm.
 */
final class StructureUpdate {
    private static final Logger LOG = LoggerFactory.getLogger(StructureUpdate.class);

    private final Workspace workspace;
    private final Journal journal;

    StructureUpdate(Workspace workspace, Journal journal) {
        this.workspace = Objects.requireNonNull(workspace);
        this.journal = Objects.requireNonNull(journal);
    }

    /**
     * Journals what the table is from now on.
     *
     * @param older what older rows have, by name of a column that came before this change
     * @return the same with the columns of this change
     */
    Map<String, Value> accept(Difference difference, Map<String, Value> older) {
        TableMapping mapping = difference.followed();
        Map<String, Value> all = new HashMap<>(older);
        for (MappedColumn column : difference.added()) {
            all.put(
                    column.name(),
                    column.source().older().value().map(Value::text).orElse(Value.NULL));
            say("Table " + mapping.source().qualifiedName() + ": column " + column.name() + " came and is added to "
                    + mapping.target() + ".");
        }
        for (MappedColumn column : difference.nullable()) {
            say("Table " + mapping.source().qualifiedName() + ": column " + column.name()
                    + " may be NULL from now on, in " + mapping.target() + " too.");
        }
        for (String column : difference.dropped()) {
            say("Table " + mapping.source().qualifiedName() + ": column " + column + " was dropped or excluded; "
                    + mapping.target() + " keeps its values, and later rows have NULL or the type's default.");
        }
        journal.append(EntryKind.STRUCTURE, mapping.target(), TableStructure.toJson(mapping, all));
        return all;
    }

    /** Names columns that were there before the load, or of which the journal does not know whether they were. */
    void leaveOut(TableMapping now, TableMapping followed) {
        String left = now.columnNames().stream()
                .filter(column -> !followed.columnNames().contains(column))
                .collect(Collectors.joining(", "));
        if (!left.isEmpty()) {
            String source = now.source().qualifiedName();
            String message = "Table " + source + ": " + now.target() + " was loaded without " + left
                    + ", which is left out until resync --tables " + source + ".";
            LOG.warn(message);
            workspace.events().log("WARN", message);
        }
    }

    /** Names what the pipe file says otherwise than when the table was loaded. */
    void keep(TableMapping now, List<String> reconfigured) {
        if (!reconfigured.isEmpty()) {
            String source = now.source().qualifiedName();
            String message = "Table " + source + ": the pipe file now says " + String.join(", ", reconfigured) + "; "
                    + now.target() + " stays as it was loaded, and follows its source, until resync --tables " + source
                    + ".";
            LOG.warn(message);
            workspace.events().log("WARN", message);
        }
    }

    /** Alters a destination table that is not yet as it is to be. */
    void alter(TableMapping mapping, TargetTable table, Map<String, Value> older) {
        for (MappedColumn column : mapping.columns()) {
            Optional<String> type = table.columns().stream()
                    .filter(c -> c.name().equals(column.name()))
                    .map(TargetColumn::type)
                    .findFirst();
            String wanted = column.mapping().clickHouseType();
            if (type.isEmpty()) {
                alter(mapping, "ADD COLUMN IF NOT EXISTS " + definition(column) + defaultOf(column, older));
            } else if (!type.get().equals(wanted) && TableStructure.isNullableFormOf(wanted, type.get())) {
                alter(mapping, "MODIFY COLUMN " + definition(column));
            }
        }
    }

    private void alter(TableMapping mapping, String change) {
        workspace
                .target()
                .executeIdempotent("ALTER TABLE "
                        + TargetSql.quote(workspace.target().database(), mapping.target()) + " " + change);
    }

    private static String definition(MappedColumn column) {
        return TargetSql.quote(column.name()) + " " + column.mapping().clickHouseType();
    }

    /** What rows read that were stored before the column was there. */
    private static String defaultOf(MappedColumn column, Map<String, Value> older) {
        if (!(older.get(column.name()) instanceof Value.Text text)) {
            return "";
        }
        RowBuffer field = new RowBuffer();
        new RowEncoder(List.of(column.mapping()), "", false).encodeText(0, text.array(), text.from(), text.to(), field);
        String encoded = new String(field.toByteArray(), StandardCharsets.UTF_8);
        // TabSeparated and string literals have the same escapes, but for the quote
        return encoded.equals("\\N")
                ? ""
                : " DEFAULT CAST('" + encoded.replace("'", "\\'") + "', "
                        + TargetSql.literal(inUtc(column.mapping().clickHouseType())) + ")";
    }

    /** The expression is evaluated under the settings of whoever reads the column. */
    private static String inUtc(String type) {
        return type.replace("DateTime64(6)", "DateTime64(6, 'UTC')");
    }

    /** Stops a table, or says again why it was stopped before. */
    void refuse(PipeState state, String target, String source, String reason) {
        String before = state.stoppedTables().get(target);
        if (before == null) {
            stop(target, source, reason);
        } else {
            warn(source, target, before);
        }
    }

    /** Journals that a table is not followed any more, until a resync loads it again. */
    void stop(String target, String source, String reason) {
        journal.append(EntryKind.TABLE_STOPPED, target, Journal.object().put("reason", reason));
        warn(source, target, reason);
    }

    /** Says again that a table is not followed. */
    void warn(String source, String target, String reason) {
        String message = "Table " + source + " is not followed any more, and " + target + " stays as it is: " + reason
                + ". Run resync --tables " + source + ".";
        LOG.warn(message);
        workspace.events().log("WARN", message);
    }

    private void say(String message) {
        LOG.info("[Running] {}", message);
        workspace.events().log("INFO", message);
    }
}
