package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;

/** An array field of COPY: each element is written as soon as it is complete. */
final class ArrayParts implements FieldParts {
    private static final int PATIENCE_BYTES = 64 << 10;

    private final ArrayScan scan;
    private final RowBuffer pending = new RowBuffer(256);
    private boolean escaped;
    private int enough;

    ArrayParts(ArrayScan scan) {
        this.scan = Objects.requireNonNull(scan);
    }

    @Override
    public void append(byte[] field, int from, int to, RowBuffer out) {
        pending.ensureCapacity(to - from);
        for (int i = from; i < to; i++) {
            if (escaped) {
                pending.append(CopyText.meaning(field[i]));
                escaped = false;
            } else if (field[i] == '\\') {
                escaped = true;
            } else {
                pending.append(field[i]);
            }
        }
        if (pending.length() >= enough) {
            pending.removeFirst(scan.take(pending.bytes(), 0, pending.length(), false, out));
            // a long element is not looked through again for each part of it
            enough = pending.length() > PATIENCE_BYTES ? 2 * pending.length() : 0;
        }
    }

    @Override
    public int held() {
        return pending.length();
    }

    @Override
    public ValueEncoder.Outcome end(RowBuffer out) {
        scan.take(pending.bytes(), 0, pending.length(), true, out);
        return scan.end(out);
    }
}
