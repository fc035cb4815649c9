package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Optional;

/** Values whose bytes a String takes as they are: text, bytea, json, enum labels; jsonb after its version. */
final class BinaryString implements BinaryEncoder {
    static final BinaryString TEXT = new BinaryString(false);
    static final BinaryString JSONB = new BinaryString(true);

    /** The only version there is (PostgreSQL, jsonb_send). */
    private static final byte VERSION = 1;

    private final boolean versioned;

    private BinaryString(boolean versioned) {
        this.versioned = versioned;
    }

    @Override
    public ValueEncoder.Outcome encode(byte[] value, int from, int to, RowBuffer out) {
        int start = from;
        if (versioned) {
            requireVersion(value, from, to);
            start++;
        }
        out.appendVarUInt(to - start);
        out.append(value, start, to);
        return ValueEncoder.Outcome.EXACT;
    }

    @Override
    public void appendDefault(RowBuffer out) {
        out.append((byte) 0);
    }

    @Override
    public Optional<FieldParts> inParts(int length, RowBuffer out) {
        out.appendVarUInt(versioned ? length - 1 : length);
        return Optional.of(versioned ? new VersionedParts() : new UntouchedParts());
    }

    private static void requireVersion(byte[] value, int from, int to) {
        if (from == to || value[from] != VERSION) {
            throw new EncodingException("PostgreSQL sent a jsonb value of a version that the engine does not know.");
        }
    }

    /** A jsonb value, of which the first byte is left out. */
    private static final class VersionedParts implements FieldParts {
        private boolean begun;

        @Override
        public void append(byte[] field, int from, int to, RowBuffer out) {
            int start = from;
            if (!begun && from < to) {
                requireVersion(field, from, to);
                begun = true;
                start++;
            }
            out.append(field, start, to);
        }

        @Override
        public int held() {
            return 0;
        }

        @Override
        public ValueEncoder.Outcome end(RowBuffer out) {
            return ValueEncoder.Outcome.EXACT;
        }
    }
}
