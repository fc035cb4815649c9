package io.jenkins.plugins.clickpipe.engine.types;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType.Kind;
import java.util.Objects;
import java.util.Optional;

/**
 * Which ClickHouse type a PostgreSQL type becomes, and how its values get there. The initial load and the changes use
 * the same mapping, so that a row arrives the same on both ways.
 *
 * <p>It expects PostgreSQL sessions with DateStyle ISO, TimeZone UTC, IntervalStyle iso_8601, extra_float_digits 3,
 * bytea_output hex, client_encoding UTF8 and lc_monetary C.
 */
public final class TypeMapping {
    private final Options options;
    private final ScalarTypes scalars;

    /**
     * What the user and the destination server want.
     *
     * @param allowNullableColumns false makes every column not nullable; NULL becomes the type's default, uncounted
     * @param time64 the server has Time64 (ClickHouse 25.6 and newer); otherwise a time is a String
     * @param jsonAsJson json and jsonb become JSON, which holds objects only; otherwise String with the server's text
     * @param unboundedNumericAsString numeric without precision, or wider than 76 digits, becomes String instead of
     *     {@code Decimal(76, 38)}
     */
    public record Options(
            boolean allowNullableColumns, boolean time64, boolean jsonAsJson, boolean unboundedNumericAsString) {
        public static final Options DEFAULTS = new Options(true, false, false, false);
    }

    public TypeMapping(Options options) {
        this.options = Objects.requireNonNull(options);
        this.scalars = new ScalarTypes(options);
    }

    /**
     * Maps one column.
     *
     * @param nullable the source column has no NOT NULL
     * @param inSortingKey the column is part of the ORDER BY, where ClickHouse takes neither Nullable, nor an Array or
     *     Map with nullable elements, nor JSON: the first loses Nullable, the others become String
     */
    public ColumnMapping map(String name, PostgresType type, boolean nullable, boolean inSortingKey) {
        ScalarType target = target(type.withoutDomains(), inSortingKey);
        boolean nullableTarget = nullable && target.canBeNullable() && options.allowNullableColumns() && !inSortingKey;
        return new ColumnMapping(
                name,
                nullableTarget ? target.nullableName() : target.name(),
                target.encoder(Quoting.FIELD),
                target.verbatim(),
                nullableTarget,
                target.defaultText(),
                !options.allowNullableColumns(),
                !nullable,
                target.binary());
    }

    private ScalarType target(PostgresType type, boolean inSortingKey) {
        ScalarType target;
        if (type.element().isPresent() && !isVector(type)) {
            target = array(type.element().get());
        } else if (type.kind() == Kind.BASE && type.name().equals("hstore")) {
            target = ScalarType.notNullable(
                    "Map(String, Nullable(String))",
                    quoting -> HstoreEncoder.INSTANCE,
                    "{}",
                    Optional.of(BinaryForm.of(new BinaryHstore())));
        } else {
            target = scalars.of(type);
        }
        return inSortingKey && !target.canBeSorted() ? ScalarType.STRING : target;
    }

    private ScalarType array(PostgresType elementType) {
        PostgresType type = elementType.withoutDomains();
        ScalarType element = type.element().isPresent() ? ScalarType.STRING : scalars.of(type);
        if (!element.canBeNullable() || !element.canBeSorted()) {
            element = ScalarType.STRING;
        }
        ArrayEncoder encoder = new ArrayEncoder(element.encoder(Quoting.ELEMENT), elementType.delimiter());
        // the text of single elements cannot be asked for
        Optional<BinaryForm> binary = element.binary()
                .filter(form -> !form.asText())
                .map(form -> BinaryForm.of(new BinaryArray(form.encoder())));
        return ScalarType.notNullable("Array(" + element.nullableName() + ")", quoting -> encoder, "[]", binary);
    }

    /** int2vector and oidvector have elements in the catalog, but print them with blanks between. */
    private static boolean isVector(PostgresType type) {
        return type.schema().equals("pg_catalog")
                && (type.name().equals("int2vector") || type.name().equals("oidvector"));
    }
}
