package io.jenkins.plugins.clickpipe.testbed.types;

/**
 * Two expressions, one for each server, that print the same text for the same value {@code v} without using the text
 * under test: bits, code points as hex, microseconds.
 */
enum Representation {
    WORDS("v::text", "toString(v)"),
    HEX("encode(convert_to(format('%s', v), 'UTF8'), 'hex')", "lower(hex(v))"),
    BYTES("encode(v, 'hex')", "lower(hex(v))"),
    FLOAT_BITS("encode(float4send(v), 'hex')", "leftPad(lower(hex(reinterpretAsUInt32(assumeNotNull(v)))), 8, '0')"),
    DOUBLE_BITS("encode(float8send(v), 'hex')", "leftPad(lower(hex(reinterpretAsUInt64(assumeNotNull(v)))), 16, '0')"),
    DIGITS("trim_scale(v)::text", "toString(v)"),
    DAY("to_char(v, 'YYYY-MM-DD')", "toString(v)"),
    CLOCK("to_char(v, 'HH24:MI:SS.US')", "toString(v)"),
    MICROSECONDS("(extract(epoch FROM v) * 1000000)::bigint::text", "toString(toUnixTimestamp64Micro(v))"),
    ELEMENTS(
            "(SELECT string_agg(CASE WHEN e IS NULL THEN 'null' ELSE encode(convert_to(format('%s', e), 'UTF8'), 'hex')"
                    + " END, '|' ORDER BY o)"
                    + " FROM unnest(v) WITH ORDINALITY u (e, o))",
            "arrayStringConcat(arrayMap(e -> ifNull(lower(hex(toString(e))), 'null'), v), '|')"),
    COMPOSITE_ELEMENTS(
            "(SELECT string_agg(encode(convert_to(format('%s', v[i]), 'UTF8'), 'hex'), '|' ORDER BY i)"
                    + " FROM generate_subscripts(v, 1) i)",
            "arrayStringConcat(arrayMap(e -> lower(hex(assumeNotNull(e))), v), '|')"),
    MICROSECOND_ELEMENTS(
            "(SELECT string_agg(coalesce((extract(epoch FROM e) * 1000000)::bigint::text, 'null'), '|' ORDER BY o)"
                    + " FROM unnest(v) WITH ORDINALITY u (e, o))",
            "arrayStringConcat(arrayMap(e -> ifNull(toString(toUnixTimestamp64Micro(e)), 'null'), v), '|')"),
    BYTE_ELEMENTS(
            "(SELECT string_agg(coalesce(encode(e, 'hex'), 'null'), '|' ORDER BY o)"
                    + " FROM unnest(v) WITH ORDINALITY u (e, o))",
            "arrayStringConcat(arrayMap(e -> ifNull(lower(hex(e)), 'null'), v), '|')"),
    WORD_ELEMENTS(
            "(SELECT string_agg(coalesce(e::text, 'null'), '|' ORDER BY o) FROM unnest(v) WITH ORDINALITY u (e, o))",
            "arrayStringConcat(arrayMap(e -> ifNull(toString(e), 'null'), v), '|')"),
    DIGIT_ELEMENTS(
            "(SELECT string_agg(coalesce(trim_scale(e)::text, 'null'), '|' ORDER BY o)"
                    + " FROM unnest(v) WITH ORDINALITY u (e, o))",
            "arrayStringConcat(arrayMap(e -> ifNull(toString(e), 'null'), v), '|')"),
    DOUBLE_ELEMENTS(
            "(SELECT string_agg(coalesce(encode(float8send(e), 'hex'), 'null'), '|' ORDER BY o)"
                    + " FROM unnest(v) WITH ORDINALITY u (e, o))",
            "arrayStringConcat(arrayMap(e -> if(isNull(e), 'null',"
                    + " leftPad(lower(hex(reinterpretAsUInt64(assumeNotNull(e)))), 16, '0')), v), '|')"),
    PAIRS(
            "(SELECT string_agg(p, '|' ORDER BY p COLLATE \"C\")"
                    + " FROM (SELECT encode(convert_to(key, 'UTF8'), 'hex') || '='"
                    + " || coalesce(encode(convert_to(value, 'UTF8'), 'hex'), 'null') AS p FROM each(v)) pairs)",
            "arrayStringConcat(arraySort(arrayMap((k, x) -> lower(hex(k)) || '=' || ifNull(lower(hex(x)), 'null'),"
                    + " mapKeys(v), mapValues(v))), '|')"),
    COORDINATES(
            "encode(float8send(v[0]), 'hex') || encode(float8send(v[1]), 'hex')",
            "leftPad(lower(hex(reinterpretAsUInt64(v.1))), 16, '0')"
                    + " || leftPad(lower(hex(reinterpretAsUInt64(v.2))), 16, '0')");

    private final String source;
    private final String target;

    Representation(String source, String target) {
        this.source = source;
        this.target = target;
    }

    String source(String column) {
        // a composite with a NULL in it IS NOT NULL is false
        return "CASE WHEN " + column + " IS DISTINCT FROM NULL THEN coalesce(" + source.replaceAll("\\bv\\b", column)
                + ", '') END";
    }

    /** @param nullable the column has NULL for NULL */
    String target(String column, boolean nullable) {
        String expression = target.replaceAll("\\bv\\b", column);
        return nullable ? "if(isNull(" + column + "), NULL, " + expression + ")" : expression;
    }
}
