package io.jenkins.plugins.clickpipe.engine.types;

import java.nio.charset.StandardCharsets;

/** hstore's text, for example {@code "a"=>"1", "b"=>NULL}, into {@code Map(String, Nullable(String))}. */
final class HstoreEncoder implements ValueEncoder {
    static final HstoreEncoder INSTANCE = new HstoreEncoder();

    private static final byte[] NULL = "NULL".getBytes(StandardCharsets.US_ASCII);

    private HstoreEncoder() {}

    @Override
    public Outcome encode(byte[] text, int from, int to, RowBuffer out) {
        out.append('{');
        int i = from;
        while (i < to) {
            i = appendQuoted(text, i, from, to, out);
            if (to - i < 3 || text[i] != '=' || text[i + 1] != '>') {
                throw EncodingException.malformed("hstore", text, from, to);
            }
            i += 2;
            out.append(':');
            if (text[i] == '"') {
                i = appendQuoted(text, i, from, to, out);
            } else if (text[i] == 'N') {
                out.append(NULL);
                i += NULL.length;
            } else {
                throw EncodingException.malformed("hstore", text, from, to);
            }
            if (i < to) {
                out.append(',');
                i += 2;
            }
        }
        out.append('}');
        return Outcome.EXACT;
    }

    /** Returns the position after the closing quote. */
    private static int appendQuoted(byte[] text, int at, int from, int to, RowBuffer out) {
        int end = text[at] == '"' ? DoubleQuoted.end(text, at + 1, to) : -1;
        if (end < 0) {
            throw EncodingException.malformed("hstore", text, from, to);
        }
        byte[] plain = DoubleQuoted.unescape(text, at + 1, end);
        Quoting.ELEMENT.append(plain, 0, plain.length, out);
        return end + 1;
    }
}
