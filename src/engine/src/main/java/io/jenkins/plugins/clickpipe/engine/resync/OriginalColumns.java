package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.definition.TableEngine;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.target.EngineTraits;
import io.jenkins.plugins.clickpipe.engine.target.TableClauses;
import io.jenkins.plugins.clickpipe.engine.target.TableDefinition;
import io.jenkins.plugins.clickpipe.engine.target.TargetColumn;
import io.jenkins.plugins.clickpipe.engine.target.TargetTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The columns of an original table as users have them: those of the source and the metadata come again by themselves,
 * columns that compute their values are carried over, and the rest is gone and named.
 */
final class OriginalColumns {
    private static final List<String> KINDS = List.of("DEFAULT", "MATERIALIZED", "ALIAS", "EPHEMERAL");

    /** A type in which deletion is marked. */
    private static final Pattern MARK = Pattern.compile("(Nullable\\()?(U?Int8|Bool)\\)?");

    private final TargetTable original;
    private final TableMapping mapping;
    private final List<Column> columns = new ArrayList<>();

    OriginalColumns(TargetTable original, TableMapping mapping) {
        this.original = Objects.requireNonNull(original);
        this.mapping = Objects.requireNonNull(mapping);
        TableClauses.columns(original.createQuery())
                .forEach((quoted, declaration) -> columns.add(new Column(TableClauses.name(quoted), declaration)));
    }

    /** A column with its declaration as the server writes it. */
    record Column(String name, String declaration) {
        /** Empty for an ordinary column, which has only what was inserted. */
        Optional<String> kind() {
            return KINDS.stream()
                    .filter(kind -> expression(kind).isPresent() || declaration.endsWith(" " + kind))
                    .findFirst();
        }

        private Optional<String> expression(String kind) {
            return TableClauses.clause(declaration, kind, "COMMENT", "CODEC", "STATISTICS", "TTL", "SETTINGS");
        }

        /** The expression that its values come from. */
        Optional<String> computed() {
            return kind().flatMap(this::expression);
        }

        /** Sync gives it to a column that came after the load. */
        boolean hasDefaultOfTheEngine() {
            return expression("DEFAULT")
                    .filter(text -> text.startsWith("CAST('") || text.equals("now64()"))
                    .isPresent();
        }

        Optional<String> ttl() {
            return TableClauses.clause(declaration, "TTL", "SETTINGS");
        }

        String declarationWithoutTtl() {
            return ttl().map(ttl -> declaration.replace(" TTL " + ttl, "")).orElse(declaration);
        }

        Optional<String> statistics() {
            return part("STATISTICS(");
        }

        Optional<String> settings() {
            return TableClauses.clause(declaration, "SETTINGS").map(text -> text.replaceAll("^\\(|\\)$", ""));
        }

        private Optional<String> part(String begin) {
            return TableClauses.split(declaration, " ").stream()
                    .filter(token -> token.startsWith(begin))
                    .map(token -> token.substring(begin.length(), token.length() - 1))
                    .findFirst();
        }
    }

    private boolean comesByItself(String column) {
        return mapping.columnNames().contains(column)
                || TableDefinition.METADATA.stream()
                        .anyMatch(metadata -> metadata.name().equals(column));
    }

    /** Users' columns that the new table gets too. */
    List<Column> added() {
        return columns.stream()
                .filter(column -> !comesByItself(column.name()))
                .filter(column -> column.kind().isPresent() && !column.hasDefaultOfTheEngine())
                .toList();
    }

    /** Those that the new table has too. */
    List<Column> all() {
        return columns.stream().filter(column -> isKept(column.name())).toList();
    }

    boolean isKept(String name) {
        return comesByItself(name)
                || added().stream().anyMatch(column -> column.name().equals(name));
    }

    /** The family of a table's engine, without Replicated or Shared before it. */
    static String family(TargetTable table) {
        return table.engine().replaceFirst("^(Replicated|Shared)", "");
    }

    /**
     * The column in which another tool marks soft-deleted rows by a name of the user's choice: the engine's second
     * argument, or the only mark with such a name. The new table has it as another name of its own mark.
     */
    Optional<TargetColumn> softDeletedUnderAnotherName() {
        if (original.hasColumn(TableDefinition.IS_DELETED)) {
            return Optional.empty();
        }
        List<TargetColumn> marks = original.columns().stream()
                .filter(column -> MARK.matcher(column.type()).matches() && !comesByItself(column.name()))
                .toList();
        List<String> arguments = TableClauses.arguments(original.engineFull());
        Optional<TargetColumn> argument = marks.stream()
                .filter(column -> arguments.size() >= 2
                        && TableClauses.name(arguments.get(arguments.size() - 1))
                                .equals(column.name()))
                .findFirst();
        List<TargetColumn> named = marks.stream()
                .filter(column -> column.name().toLowerCase(Locale.ROOT).contains("delete"))
                .toList();
        return argument.or(
                () -> Optional.of(named).filter(all -> all.size() == 1).map(all -> all.get(0)));
    }

    /** What readers or writers of the original miss in the new table, or find otherwise, each as a clause. */
    List<String> losses() {
        return Stream.of(gone(), defaults(), metadata(), engine())
                .flatMap(all -> all)
                .toList();
    }

    private Stream<String> metadata() {
        Stream<String> types = TableDefinition.METADATA.stream().flatMap(metadata -> original.columns().stream()
                .filter(column ->
                        column.name().equals(metadata.name()) && !column.type().equals(metadata.type()))
                .map(column -> "metadata column " + column.name() + " becomes " + metadata.type() + ", it is "
                        + column.type() + " now"));
        return Stream.concat(
                types,
                softDeletedUnderAnotherName().stream()
                        .map(column -> "soft-delete column " + column.name() + " becomes " + TableDefinition.IS_DELETED
                                + "; the new table has " + column.name()
                                + " as an ALIAS of it, which SELECT * does not show and nobody can insert"));
    }

    private Stream<String> engine() {
        List<String> lines = new ArrayList<>();
        if (!family(original).equals(mapping.engine().label())) {
            lines.add("the engine becomes " + mapping.engine().label() + ", it is " + original.engine()
                    + " now, whose queries and merges may give other rows");
        }
        if (original.engine().endsWith("MergeTree") && mapping.engine() != TableEngine.NULL) {
            EngineTraits traits = EngineTraits.of(original, mapping.definition());
            for (String clause : List.of("PRIMARY KEY", "SAMPLE BY")) {
                Optional<String> kept = clause.equals("SAMPLE BY") ? traits.sampleBy() : traits.primaryKey();
                EngineTraits.clause(original, clause)
                        .filter(today -> kept.isEmpty())
                        .ifPresent(today -> lines.add(clause + " " + today
                                + " is not carried over, since the new table has another ORDER BY"));
            }
            EngineTraits.clause(original, "PARTITION BY")
                    .filter(today -> mapping.partitionBy().isEmpty())
                    .ifPresent(today -> lines.add("PARTITION BY " + today
                            + " is not carried over: give the table partitionBy in the pipe file to keep it"));
        }
        return lines.stream();
    }

    private Stream<String> gone() {
        return original.columns().stream()
                .filter(column -> !isKept(column.name()))
                .map(column -> "column " + column.name() + " " + column.type()
                        + " is not the source's, or no longer: the new table does not have it, nor its values");
    }

    private Stream<String> defaults() {
        return columns.stream()
                .filter(column -> mapping.columnNames().contains(column.name()))
                .filter(column -> column.kind().isPresent() && !column.hasDefaultOfTheEngine())
                .map(column -> column.kind().get() + " of column " + column.name()
                        + " is not carried over: it has the source's values");
    }

    /** The types that columns have after the resync, in their order: the source's, the metadata's, users' own. */
    Map<String, String> wanted() {
        Map<String, String> types = new LinkedHashMap<>();
        Stream.concat(mapping.definition().columns().stream(), TableDefinition.METADATA.stream())
                .forEach(column -> types.put(column.name(), column.type()));
        softDeletedUnderAnotherName().ifPresent(column -> types.put(column.name(), column.type()));
        added().forEach(column -> original.columns().stream()
                .filter(c -> c.name().equals(column.name()))
                .forEach(c -> types.put(c.name(), c.type())));
        return types;
    }

    /** The types that they have today. */
    Map<String, String> today() {
        Map<String, String> types = new LinkedHashMap<>();
        for (TargetColumn column : original.columns()) {
            types.put(column.name(), column.type());
        }
        return types;
    }
}
