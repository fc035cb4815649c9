package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;
import java.util.Optional;

/** Arrays by the rules of {@link ArrayEncoder}. */
final class BinaryArray implements BinaryEncoder {
    private final BinaryEncoder element;

    BinaryArray(BinaryEncoder element) {
        this.element = Objects.requireNonNull(element);
    }

    @Override
    public ValueEncoder.Outcome encode(byte[] value, int from, int to, RowBuffer out) {
        BinaryArrayScan scan = new BinaryArrayScan(element);
        return scan.end(to - scan.take(value, from, to, out));
    }

    @Override
    public void appendDefault(RowBuffer out) {
        out.append((byte) 0);
    }

    @Override
    public Optional<FieldParts> inParts(int length, RowBuffer out) {
        return Optional.of(new Parts(new BinaryArrayScan(element)));
    }

    /** Each element is written as soon as it is complete. */
    private static final class Parts implements FieldParts {
        private final BinaryArrayScan scan;
        private final RowBuffer pending = new RowBuffer(256);

        Parts(BinaryArrayScan scan) {
            this.scan = scan;
        }

        @Override
        public void append(byte[] field, int from, int to, RowBuffer out) {
            pending.append(field, from, to);
            pending.removeFirst(scan.take(pending.bytes(), 0, pending.length(), out));
        }

        @Override
        public int held() {
            return pending.length();
        }

        @Override
        public ValueEncoder.Outcome end(RowBuffer out) {
            return scan.end(pending.length());
        }
    }
}
