package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** A column's value on its way from the WAL to the destination. */
public sealed interface Value {
    /** SQL NULL. */
    Value NULL = new Null();
    /** See {@link Missing}. */
    Value MISSING = new Missing();

    /** Text as UTF-8. */
    static Value text(String text) {
        return new Text(text.getBytes(StandardCharsets.UTF_8));
    }

    /** SQL NULL. */
    final class Null implements Value {
        private Null() {}

        @Override
        public String toString() {
            return "NULL";
        }
    }

    /**
     * A value the change does not carry: an unchanged TOAST value, or a column outside the replica identity of a
     * deleted row. It is completed before rows reach a {@link Destination}.
     */
    final class Missing implements Value {
        private Missing() {}

        @Override
        public String toString() {
            return "MISSING";
        }
    }

    /**
     * What the type's output function wrote, in the replication session's encoding UTF-8: a part of an array, mostly of
     * the message that it came with.
     */
    final class Text implements Value {
        private final byte[] array;
        private final int from;
        private final int to;

        /** @param bytes are kept, not copied: the caller does not change them */
        public Text(byte[] bytes) {
            this(bytes, 0, bytes.length);
        }

        /** The bytes of {@code array[from, to)}, which are kept, not copied. */
        public Text(byte[] array, int from, int to) {
            Objects.checkFromToIndex(from, to, array.length);
            this.array = array;
            this.from = from;
            this.to = to;
        }

        /** The array that holds it in {@code [from(), to())}: not a copy, not to be changed. */
        public byte[] array() {
            return array;
        }

        public int from() {
            return from;
        }

        public int to() {
            return to;
        }

        public String text() {
            return new String(array, from, to - from, StandardCharsets.UTF_8);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Text text && Arrays.equals(array, from, to, text.array, text.from, text.to);
        }

        @Override
        public int hashCode() {
            int hash = 1;
            for (int i = from; i < to; i++) {
                hash = 31 * hash + array[i];
            }
            return hash;
        }

        @Override
        public String toString() {
            return "'" + text() + "'";
        }
    }

    /**
     * A value that the destination gave out and takes back as it is. Its bytes mean something to the
     * {@link Destination} alone, for example one escaped field of its row format.
     */
    final class Stored implements Value {
        private final byte[] bytes;

        /** @param bytes are kept, not copied: the caller does not change them */
        public Stored(byte[] bytes) {
            this.bytes = requireNonNull(bytes);
        }

        /** Not a copy: it is not to be changed. */
        public byte[] bytes() {
            return bytes;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Stored stored && Arrays.equals(stored.bytes, bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "stored '" + new String(bytes, StandardCharsets.UTF_8) + "'";
        }
    }
}
