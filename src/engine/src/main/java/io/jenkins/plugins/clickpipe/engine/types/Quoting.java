package io.jenkins.plugins.clickpipe.engine.types;

/**
 * Where a string value stands in TabSeparated text: in a field of its own, or in single quotes in an Array or a Map.
 * The escapes are those of "TabSeparated, Data formatting" in the ClickHouse documentation; both servers know the same.
 */
enum Quoting {
    FIELD,
    ELEMENT;

    private static final byte[] ESCAPES = new byte[128];

    static {
        ESCAPES['\b'] = 'b';
        ESCAPES['\f'] = 'f';
        ESCAPES['\n'] = 'n';
        ESCAPES['\r'] = 'r';
        ESCAPES['\t'] = 't';
        ESCAPES[0x0B] = 'v';
        ESCAPES['\\'] = '\\';
    }

    /** Appends a whole value. */
    void append(byte[] text, int from, int to, RowBuffer out) {
        open(out);
        int start = from;
        for (int i = from; i < to; i++) {
            byte escape = escape(text[i]);
            if (escape != 0) {
                out.append(text, start, i);
                out.append('\\');
                out.append(escape);
                start = i + 1;
            }
        }
        out.append(text, start, to);
        close(out);
    }

    /** Appends a whole value that has nothing to escape. */
    void appendPlain(byte[] text, int from, int to, RowBuffer out) {
        open(out);
        out.append(text, from, to);
        close(out);
    }

    /** Begins a value that is appended byte by byte. */
    void open(RowBuffer out) {
        if (this == ELEMENT) {
            out.append('\'');
        }
    }

    void appendByte(byte value, RowBuffer out) {
        byte escape = escape(value);
        if (escape != 0) {
            out.append('\\');
            out.append(escape);
        } else {
            out.append(value);
        }
    }

    void close(RowBuffer out) {
        open(out);
    }

    private byte escape(byte value) {
        if (value < 0) {
            return 0;
        }
        return value == '\'' && this == ELEMENT ? (byte) '\'' : ESCAPES[value];
    }
}
