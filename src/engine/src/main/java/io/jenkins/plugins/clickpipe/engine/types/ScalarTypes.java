package io.jenkins.plugins.clickpipe.engine.types;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType.Kind;
import java.util.Objects;
import java.util.Optional;

/** The mapping of types that are neither arrays nor domains. */
final class ScalarTypes {
    /** Most digits a Decimal holds (ClickHouse documentation, "Decimal"). */
    private static final int MOST_DIGITS = 76;

    private static final ScalarType INT16 = literal("Int16", BinaryNumber.ofBytes(2));
    private static final ScalarType INT32 = literal("Int32", BinaryNumber.ofBytes(4));
    private static final ScalarType INT64 = literal("Int64", BinaryNumber.ofBytes(8));
    private static final ScalarType UINT32 = literal("UInt32", BinaryNumber.ofBytes(4));
    private static final ScalarType FLOAT32 = literal("Float32", new BinaryFloat(4, 1));
    private static final ScalarType FLOAT64 = literal("Float64", new BinaryFloat(8, 1));
    private static final ScalarType BOOL = ScalarType.verbatim(
            "Bool",
            "false",
            quoting -> quoting == Quoting.FIELD ? LiteralEncoder.INSTANCE : BooleanElementEncoder.INSTANCE,
            BinaryForm.of(BinaryNumber.ofBytes(1)));
    private static final ScalarType UUID = ScalarType.verbatim(
            "UUID", "00000000-0000-0000-0000-000000000000", TextEncoder::new, BinaryForm.of(new BinaryNumber(16, 8)));
    private static final ScalarType TIME64 =
            ScalarType.verbatim("Time64(6)", "00:00:00", TextEncoder::new, BinaryForm.of(BinaryNumber.ofBytes(8)));
    private static final ScalarType DATE =
            ScalarType.checked("Date32", "1900-01-01", DateEncoder::new, new BinaryDate());
    private static final ScalarType TIMESTAMP = ScalarType.checked(
            "DateTime64(6)",
            "1970-01-01 00:00:00",
            quoting -> new TimestampEncoder(false, quoting),
            new BinaryTimestamp());
    private static final ScalarType TIMESTAMPTZ = ScalarType.checked(
            "DateTime64(6, 'UTC')",
            "1970-01-01 00:00:00",
            quoting -> new TimestampEncoder(true, quoting),
            new BinaryTimestamp());
    private static final ScalarType BYTES = ScalarType.checked("String", "", ByteaEncoder::new, BinaryString.TEXT);
    private static final ScalarType ENUM = new ScalarType(
            "LowCardinality(String)",
            "LowCardinality(Nullable(String))",
            TextEncoder::new,
            true,
            true,
            "",
            Optional.of(BinaryForm.of(BinaryString.TEXT)));
    /** PostgreSQL prints {@code (1,2)}, which is ClickHouse's text of a Tuple as well. */
    private static final ScalarType POINT = new ScalarType(
            "Tuple(Float64, Float64)",
            "Tuple(Float64, Float64)",
            quoting -> LiteralEncoder.INSTANCE,
            true,
            true,
            "(0,0)",
            Optional.of(BinaryForm.of(new BinaryFloat(8, 2))));

    private static final ScalarType JSON = new ScalarType(
            "JSON", "Nullable(JSON)", quoting -> JsonObjectEncoder.INSTANCE, false, false, "{}", Optional.empty());
    private static final ScalarType JSONB = ScalarType.STRING.with(BinaryString.JSONB);

    private final TypeMapping.Options options;

    ScalarTypes(TypeMapping.Options options) {
        this.options = Objects.requireNonNull(options);
    }

    private static ScalarType literal(String name, BinaryEncoder binary) {
        return ScalarType.verbatim(name, "0", quoting -> LiteralEncoder.INSTANCE, BinaryForm.of(binary));
    }

    /** Any type not named here is a String of its text. */
    ScalarType of(PostgresType type) {
        if (type.kind() == Kind.ENUM) {
            return ENUM;
        }
        if (type.kind() == Kind.BASE && type.name().equals("citext")) {
            return ScalarType.TEXT;
        }
        if (type.kind() != Kind.BASE || !type.schema().equals("pg_catalog")) {
            return ScalarType.STRING;
        }
        return switch (type.name()) {
            case "bool" -> BOOL;
            case "int2" -> INT16;
            case "int4" -> INT32;
            case "int8" -> INT64;
            case "oid" -> UINT32;
            case "float4" -> FLOAT32;
            case "float8" -> FLOAT64;
            case "numeric" -> numeric(type.typmod());
            case "uuid" -> UUID;
            case "date" -> DATE;
            case "timestamp" -> TIMESTAMP;
            case "timestamptz" -> TIMESTAMPTZ;
            case "time" -> options.time64() ? TIME64 : ScalarType.STRING;
            case "bytea" -> BYTES;
            case "text", "varchar", "bpchar", "name" -> ScalarType.TEXT;
            case "json" -> options.jsonAsJson() ? JSON : ScalarType.TEXT;
            case "jsonb" -> options.jsonAsJson() ? JSON : JSONB;
            case "point" -> POINT;
            default -> ScalarType.STRING;
        };
    }

    /**
     * The modifier holds the precision in its upper 16 bits and the scale in its lower 11, signed since PostgreSQL 15
     * ({@code numeric.c}, make_numeric_typmod). A negative scale means so many zeros before the point, a scale above
     * the precision so many after it: the Decimal gets digits for both.
     */
    private ScalarType numeric(int typmod) {
        if (typmod >= 4) {
            int precision = (typmod - 4) >> 16 & 0xffff;
            int scale = ((typmod - 4 & 0x7ff) ^ 0x400) - 0x400;
            int digits = Math.max(scale < 0 ? precision - scale : precision, scale);
            if (digits <= MOST_DIGITS) {
                return decimal(digits, Math.max(scale, 0));
            }
        }
        return options.unboundedNumericAsString() ? ScalarType.STRING : decimal(MOST_DIGITS, MOST_DIGITS / 2);
    }

    private static ScalarType decimal(int precision, int scale) {
        DecimalEncoder encoder = new DecimalEncoder(precision, scale);
        return ScalarType.checked(
                "Decimal(" + precision + ", " + scale + ")",
                "0",
                quoting -> encoder,
                new BinaryDecimal(precision, scale));
    }
}
