package io.jenkins.plugins.clickpipe.engine.verification;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How both servers write the values of one column alike: two expressions of a text for the same value, NULL for NULL.
 * PostgreSQL's makes the alterations of the type mapping as well: a value that the destination cannot hold is NULL, a
 * number is rounded, an array flattened. So a column with altered values is compared like any other.
 *
 * <p>No text is empty or contains a bar; text of any kind is there as its MD5. Texts of several columns can therefore
 * be joined by bars without two rows ever looking the same.
 *
 * <p>PostgreSQL's {@code concat} calls a type's output function, which also writes COPY's values; a cast to text does
 * not always ({@code bpchar}, {@code inet}, {@code "char"}).
 *
 * @param source PostgreSQL's expression of {@code $v}
 * @param target ClickHouse's expression of {@code $v}
 * @param none the text of what a column that takes no NULL has in its place
 */
record ColumnForm(String source, String target, String none) {
    private static final String MD5_OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e";
    private static final Pattern DECIMAL = Pattern.compile("Decimal\\((\\d+), (\\d+)\\)");
    private static final Pattern ARRAY = Pattern.compile("Array\\((.*)\\)");
    private static final Pattern WRAPPED = Pattern.compile("(?:Nullable|LowCardinality)\\((.*)\\)");

    /** A fraction of a second without its trailing zeros, as PostgreSQL prints it. */
    private static final String TRIMMED_SECONDS = "replaceRegexpOne(toString($v), '[.]?0+$', '')";

    private static final ColumnForm TEXT =
            new ColumnForm("CASE WHEN $v IS DISTINCT FROM NULL THEN md5(concat($v)) END", md5("$v"), MD5_OF_NOTHING);
    private static final ColumnForm RECODED_TEXT = new ColumnForm(
            "CASE WHEN $v IS DISTINCT FROM NULL THEN md5(convert_to(concat($v), 'UTF8')) END",
            md5("$v"),
            MD5_OF_NOTHING);
    private static final ColumnForm BYTES = new ColumnForm("md5($v)", md5("$v"), MD5_OF_NOTHING);
    private static final ColumnForm BOOL = words("left(toString($v), 1)", "f");
    private static final ColumnForm INTEGER = words("toString($v)", "0");
    private static final ColumnForm UUID = words("toString($v)", "00000000-0000-0000-0000-000000000000");
    private static final ColumnForm TIME = words(TRIMMED_SECONDS, "00:00:00");
    private static final ColumnForm FLOAT32 = floating("float4send", "reinterpretAsUInt32", 8);
    private static final ColumnForm FLOAT64 = floating("float8send", "reinterpretAsUInt64", 16);
    private static final ColumnForm DATE = new ColumnForm(
            "CASE WHEN $v BETWEEN '1900-01-01' AND '2299-12-31' THEN concat($v) END", "toString($v)", "1900-01-01");
    private static final ColumnForm TIMESTAMP = timestamp("");
    private static final ColumnForm TIMESTAMPTZ = timestamp("+00");
    private static final ColumnForm POINT = new ColumnForm(
            FLOAT64.source("$v[0]") + " || ',' || " + FLOAT64.source("$v[1]"),
            "concat(" + FLOAT64.target("tupleElement($v, 1)") + ", ',', " + FLOAT64.target("tupleElement($v, 2)") + ")",
            FLOAT64.none + "," + FLOAT64.none);
    /** The pairs come in hstore's own order on both sides, so ClickHouse can write hstore's text again. */
    private static final ColumnForm HSTORE = new ColumnForm(
            TEXT.source,
            md5("arrayStringConcat(arrayMap((k, x) -> concat('\"', " + escaped("k") + ", '\"=>', if(isNull(x), 'NULL',"
                    + " concat('\"', " + escaped("assumeNotNull(x)")
                    + ", '\"'))), mapKeys($v), mapValues($v)), ', ')"),
            MD5_OF_NOTHING);

    ColumnForm {
        Objects.requireNonNull(source);
        Objects.requireNonNull(target);
        Objects.requireNonNull(none);
    }

    /**
     * The form of a column; empty where the destination keeps less than the value's text, as JSON does.
     *
     * @param clickHouseType as in DDL
     * @param utf8 the source database is encoded in UTF-8, or its encoding is not converted
     */
    static Optional<ColumnForm> of(PostgresType type, String clickHouseType, boolean utf8) {
        PostgresType base = type.withoutDomains();
        String plain = unwrapped(clickHouseType);
        Matcher decimal = DECIMAL.matcher(plain);
        if (decimal.matches()) {
            return Optional.of(decimal(Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2))));
        }
        Matcher array = ARRAY.matcher(plain);
        if (array.matches()) {
            return base.element()
                    .flatMap(element -> of(element, array.group(1), utf8))
                    .map(ColumnForm::array);
        }
        return switch (plain) {
            case "Bool" -> Optional.of(BOOL);
            case "Int16", "Int32", "Int64", "UInt32" -> Optional.of(INTEGER);
            case "Float32" -> Optional.of(FLOAT32);
            case "Float64" -> Optional.of(FLOAT64);
            case "UUID" -> Optional.of(UUID);
            case "Date32" -> Optional.of(DATE);
            case "DateTime64(6)" -> Optional.of(TIMESTAMP);
            case "DateTime64(6, 'UTC')" -> Optional.of(TIMESTAMPTZ);
            case "Time64(6)" -> Optional.of(TIME);
            case "Tuple(Float64, Float64)" -> Optional.of(POINT);
            case "Map(String, Nullable(String))" -> Optional.of(HSTORE);
            case "String" -> Optional.of(isBytea(base) ? BYTES : utf8 ? TEXT : RECODED_TEXT);
            default -> Optional.empty();
        };
    }

    /** PostgreSQL's expression of a value. */
    String source(String value) {
        return source.replace("$v", value);
    }

    /** ClickHouse's expression of a value. */
    String target(String value) {
        return target.replace("$v", value);
    }

    private static boolean isBytea(PostgresType type) {
        return type.schema().equals("pg_catalog") && type.name().equals("bytea");
    }

    private static String unwrapped(String type) {
        Matcher wrapped = WRAPPED.matcher(type);
        return wrapped.matches() ? unwrapped(wrapped.group(1)) : type;
    }

    private static ColumnForm words(String target, String none) {
        return new ColumnForm("CASE WHEN $v IS DISTINCT FROM NULL THEN concat($v) END", target, none);
    }

    /** The bits, since both print the shortest digits in ways of their own; a NaN has many bit patterns. */
    private static ColumnForm floating(String send, String reinterpret, int digits) {
        return new ColumnForm(
                "CASE WHEN $v = 'NaN' THEN 'NaN' ELSE encode(" + send + "($v), 'hex') END",
                "multiIf(isNull($v), NULL, isNaN($v), 'NaN', leftPad(lower(hex(" + reinterpret
                        + "(assumeNotNull($v)))), " + digits + ", '0'))",
                "0".repeat(digits));
    }

    private static ColumnForm decimal(int precision, int scale) {
        String rounded = "round($v, " + scale + ")";
        return new ColumnForm(
                "CASE WHEN abs(" + rounded + ") < 1e" + (precision - scale) + " THEN concat(" + rounded + ") END",
                "toDecimalString($v, " + scale + ")",
                scale == 0 ? "0" : "0." + "0".repeat(scale));
    }

    private static ColumnForm timestamp(String zone) {
        String seconds = TRIMMED_SECONDS.replace("$v", "toTimeZone($v, 'UTC')");
        return new ColumnForm(
                "CASE WHEN $v >= '1900-01-01' AND $v < '2300-01-01' THEN concat($v) END",
                zone.isEmpty() ? seconds : "concat(" + seconds + ", '" + zone + "')",
                "1970-01-01 00:00:00" + zone);
    }

    /** Number of elements and their texts; {@code unnest} goes through all dimensions in storage order. */
    private static ColumnForm array(ColumnForm element) {
        return new ColumnForm(
                "CASE WHEN $v IS NOT NULL THEN concat(cardinality($v), ':', (SELECT string_agg(coalesce("
                        + element.source("e") + ", ''), ',') FROM (SELECT unnest($v) AS e) AS elements)) END",
                "concat(toString(length($v)), ':', arrayStringConcat(arrayMap(e -> ifNull(" + element.target("e")
                        + ", ''), $v), ','))",
                "0:");
    }

    private static String md5(String value) {
        return "lower(hex(MD5(" + value + ")))";
    }

    private static String escaped(String value) {
        return "replaceAll(replaceAll(" + value + ", '\\\\', '\\\\\\\\'), '\"', '\\\\\"')";
    }
}
