package io.jenkins.plugins.clickpipe.engine.types;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Bytes as PostgreSQL's send functions and a COPY in binary format make them. */
final class BinaryMessage {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    static byte[] int16(int value) {
        return ByteBuffer.allocate(2).putShort((short) value).array();
    }

    static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static byte[] int64(long value) {
        return ByteBuffer.allocate(8).putLong(value).array();
    }

    static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /** numeric_send of a finite value. */
    static byte[] numeric(BigDecimal value) {
        int dscale = Math.max(0, value.scale());
        int fractionGroups = (dscale + 3) / 4;
        BigInteger digits = value.abs().setScale(4 * fractionGroups).unscaledValue();
        List<Integer> groups = new ArrayList<>();
        while (digits.signum() > 0) {
            BigInteger[] parts = digits.divideAndRemainder(BigInteger.valueOf(10_000));
            groups.add(parts[1].intValue());
            digits = parts[0];
        }
        Collections.reverse(groups);
        int weight = groups.size() - fractionGroups - 1;
        while (!groups.isEmpty() && groups.get(groups.size() - 1) == 0) {
            groups.remove(groups.size() - 1);
        }
        return numeric(groups.isEmpty() ? 0 : weight, value.signum() < 0 ? 0x4000 : 0, dscale, groups);
    }

    static byte[] numeric(int weight, int sign, int dscale, List<Integer> groups) {
        BinaryMessage message = new BinaryMessage()
                .add(int16(groups.size()))
                .add(int16(weight))
                .add(int16(sign))
                .add(int16(dscale));
        groups.forEach(group -> message.add(int16(group)));
        return message.toByteArray();
    }

    /** array_send with one dimension, or none where there are no elements. */
    static byte[] array(int lowerBound, byte[]... elements) {
        BinaryMessage message = new BinaryMessage()
                .add(int32(elements.length == 0 ? 0 : 1))
                .add(int32(1))
                .add(int32(25));
        if (elements.length > 0) {
            message.add(int32(elements.length)).add(int32(lowerBound));
        }
        for (byte[] element : elements) {
            message.field(element);
        }
        return message.toByteArray();
    }

    BinaryMessage header() {
        return add("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1)).add(new byte[8]);
    }

    /** @param fields null for NULL */
    BinaryMessage row(byte[]... fields) {
        add(int16(fields.length));
        for (byte[] field : fields) {
            field(field);
        }
        return this;
    }

    BinaryMessage trailer() {
        return add(int16(-1));
    }

    BinaryMessage field(byte[] field) {
        return field == null ? add(int32(-1)) : add(int32(field.length)).add(field);
    }

    BinaryMessage add(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
