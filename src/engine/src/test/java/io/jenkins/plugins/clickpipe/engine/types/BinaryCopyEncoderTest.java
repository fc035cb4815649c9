package io.jenkins.plugins.clickpipe.engine.types;

import static io.jenkins.plugins.clickpipe.engine.types.BinaryMessage.array;
import static io.jenkins.plugins.clickpipe.engine.types.BinaryMessage.int16;
import static io.jenkins.plugins.clickpipe.engine.types.BinaryMessage.int32;
import static io.jenkins.plugins.clickpipe.engine.types.BinaryMessage.int64;
import static io.jenkins.plugins.clickpipe.engine.types.BinaryMessage.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BinaryCopyEncoderTest {
    private static final int MIB = 1 << 20;
    private static final String VERSION = "0700000000000000";

    private final TypeMapping types = new TypeMapping(new TypeMapping.Options(true, true, false, false));
    private final List<Integer> held = new ArrayList<>();
    private final RowBuffer out = new RowBuffer();
    private final Random random = new Random(7);

    private CopyEncoder encoder(ColumnMapping... columns) {
        return RowFormat.BINARY.encoder(List.of(columns), 7, false, held::add);
    }

    private ColumnMapping nullable(String name, PostgresType type) {
        return types.map(name, type, true, false);
    }

    private ColumnMapping nullable(String type) {
        return nullable("c", PostgresType.builtIn(type));
    }

    /** RowBinary of one value in a nullable column, with the alterations. */
    private String value(ColumnMapping column, byte[] sent) {
        out.clear();
        CopyEncoder encoder = encoder(column);
        byte[] copy = new BinaryMessage().header().row(sent).trailer().toByteArray();
        addInParts(encoder, copy, copy.length);
        String hex = HexFormat.of().formatHex(out.toByteArray());
        assertThat(hex).endsWith(VERSION);
        return hex.substring(0, hex.length() - VERSION.length())
                + (altered(encoder).isEmpty() ? "" : " altered");
    }

    private int addInParts(CopyEncoder encoder, byte[] bytes, int most) {
        int rows = 0;
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + (most == bytes.length ? most : 1 + random.nextInt(most)));
            while (from < to) {
                from = encoder.take(bytes, from, to, out);
                rows += encoder.rowEnded() ? 1 : 0;
            }
        }
        assertThat(encoder.insideRow()).isFalse();
        return rows;
    }

    private static Map<String, Long> altered(CopyEncoder encoder) {
        Map<String, Long> counts = new LinkedHashMap<>();
        encoder.flushAlterations(counts::put);
        return counts;
    }

    @Test
    void numbersChangeTheOrderOfTheirBytes() {
        assertThat(value(nullable("int2"), int16(-2))).isEqualTo("00feff");
        assertThat(value(nullable("int4"), int32(0x01020304))).isEqualTo("0004030201");
        assertThat(value(nullable("int8"), int64(Long.MIN_VALUE))).isEqualTo("000000000000000080");
        assertThat(value(nullable("oid"), int32(-1))).isEqualTo("00ffffffff");
        assertThat(value(nullable("bool"), new byte[] {1})).isEqualTo("0001");
        assertThat(value(nullable("time"), int64(86_400_000_000L))).isEqualTo("000060d71d14000000");
        assertThat(value(nullable("uuid"), HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f")))
                .isEqualTo("0007060504030201000f0e0d0c0b0a0908");
    }

    @Test
    void everyNotANumberIsTheSame() {
        assertThat(value(nullable("float4"), int32(0xFFC00001))).isEqualTo("000000c07f");
        assertThat(value(nullable("float8"), int64(0xFFF8000000000000L))).isEqualTo("00000000000000f87f");
        assertThat(value(nullable("float8"), int64(Double.doubleToRawLongBits(-0.0))))
                .isEqualTo("000000000000000080");
        assertThat(value(nullable("float8"), int64(Double.doubleToRawLongBits(Double.MIN_VALUE))))
                .isEqualTo("000100000000000000");
    }

    @Test
    void datesAndTimestampsOutsideTheRangeBecomeNull() {
        assertThat(value(nullable("date"), int32(0))).isEqualTo("00cd2a0000");
        assertThat(value(nullable("date"), int32(-36_524))).isEqualTo("00219cffff");
        assertThat(value(nullable("date"), int32(-36_525))).isEqualTo("01 altered");
        assertThat(value(nullable("date"), int32(109_572))).isEqualTo("00d1d60100");
        for (int day : new int[] {109_573, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThat(value(nullable("date"), int32(day))).isEqualTo("01 altered");
        }
        long day = 86_400_000_000L;
        for (String type : List.of("timestamp", "timestamptz")) {
            assertThat(value(nullable(type), int64(-10_957 * day))).isEqualTo("000000000000000000");
            assertThat(value(nullable(type), int64(-36_524 * day))).isEqualTo("00006043b7ef26f8ff");
            assertThat(value(nullable(type), int64(109_573 * day - 1))).isEqualTo("00ffbfece449ff2400");
            for (long beyond : new long[] {-36_524 * day - 1, 109_573 * day, Long.MIN_VALUE, Long.MAX_VALUE}) {
                assertThat(value(nullable(type), int64(beyond))).isEqualTo("01 altered");
            }
        }
    }

    @Test
    void textKeepsItsBytesAndJsonbLosesItsVersion() {
        for (String type : List.of("text", "varchar", "bpchar", "name", "bytea", "json")) {
            assertThat(value(nullable(type), text("a\t\\\u0001"))).isEqualTo("00" + "04" + "61095c01");
            assertThat(value(nullable(type), text(""))).isEqualTo("0000");
        }
        assertThat(value(nullable("jsonb"), text("\u0001{}"))).isEqualTo("00027b7d");
        assertThat(value(nullable("text"), text("x".repeat(300)))).isEqualTo("00ac02" + "78".repeat(300));
        assertThatThrownBy(() -> value(nullable("jsonb"), text("\u0002{}"))).isInstanceOf(EncodingException.class);
    }

    @Test
    void arraysAreFlattenedAndCountedWhenTheyLoseSomething() {
        ColumnMapping dates = nullable("a", PostgresType.builtIn("date").array());
        assertThat(value(dates, array(1))).isEqualTo("00");
        assertThat(value(dates, array(1, int32(0), null))).isEqualTo("0200cd2a000001");
        assertThat(value(dates, array(0, int32(0)))).isEqualTo("0100cd2a0000 altered");
        assertThat(value(dates, array(1, int32(Integer.MAX_VALUE), int32(0)))).isEqualTo("020100cd2a0000 altered");
        assertThat(value(dates, null)).isEqualTo("00 altered");
        byte[] square = new BinaryMessage()
                .add(int32(2))
                .add(int32(0))
                .add(int32(1082))
                .add(int32(1))
                .add(int32(1))
                .add(int32(2))
                .add(int32(1))
                .field(int32(0))
                .field(int32(0))
                .toByteArray();
        assertThat(value(dates, square)).isEqualTo("0200cd2a000000cd2a0000 altered");
    }

    @Test
    void hstoreBecomesAMap() {
        ColumnMapping map = nullable("h", PostgresType.user("public", "hstore", PostgresType.Kind.BASE));
        byte[] sent = new BinaryMessage()
                .add(int32(2))
                .field(text("a"))
                .field(text(""))
                .field(text("b"))
                .field(null)
                .toByteArray();
        assertThat(value(map, sent)).isEqualTo("02" + "0161" + "0000" + "0162" + "01");
        assertThatThrownBy(() -> value(map, int32(1))).isInstanceOf(EncodingException.class);
    }

    @Test
    void nullInAColumnThatTakesNoneIsTheDefaultAndCounted() {
        CopyEncoder encoder = encoder(
                types.map("i", PostgresType.builtIn("int4"), false, false),
                types.map("d", PostgresType.builtIn("date"), false, false),
                types.map("n", PostgresType.builtIn("numeric"), false, false));
        addInParts(encoder, new BinaryMessage().header().row(null, null, null).toByteArray(), 1);

        assertThat(HexFormat.of().formatHex(out.toByteArray()))
                .isEqualTo("00000000" + "219cffff" + "00".repeat(32) + VERSION);
        assertThat(altered(encoder)).isEqualTo(Map.of("i", 1L, "d", 1L, "n", 1L));
    }

    @Test
    void aCopyInPartsBecomesTheSameAsInOnePiece() {
        ColumnMapping[] columns = {
            nullable("int4"),
            nullable("text"),
            nullable("jsonb"),
            nullable("a", PostgresType.builtIn("text").array()),
            nullable("h", PostgresType.user("public", "hstore", PostgresType.Kind.BASE)),
            nullable("bytea")
        };
        byte[] pairs = new BinaryMessage()
                .add(int32(1))
                .field(text("k".repeat(70_000)))
                .field(null)
                .toByteArray();
        byte[] copy = new BinaryMessage()
                .header()
                .row(int32(1), text("x"), text("\u0001{}"), array(1, text("a"), null), int32(0), new byte[0])
                .row(null, null, null, null, null, null)
                .row(
                        int32(2),
                        text("y".repeat(200_000)),
                        text("\u0001" + "1".repeat(100_000)),
                        array(2, text("z".repeat(90_000)), null, text("q")),
                        pairs,
                        text("r".repeat(80_000)))
                .row(int32(3), text(""), text("\u00011"), array(1), int32(0), text(""))
                .trailer()
                .toByteArray();
        CopyEncoder whole = encoder(columns);
        assertThat(addInParts(whole, copy, copy.length)).isEqualTo(4);
        byte[] expected = out.toByteArray();
        Map<String, Long> alterations = altered(whole);

        for (int most : new int[] {1, 30, 65_536}) {
            out.clear();
            CopyEncoder inParts = encoder(columns);
            assertThat(addInParts(inParts, copy, most)).isEqualTo(4);
            assertThat(out.toByteArray()).isEqualTo(expected);
            assertThat(altered(inParts)).isEqualTo(alterations);
        }
    }

    @Test
    void longTextAndArraysAreNotHeldButALongElementIs() {
        CopyEncoder encoder = encoder(
                nullable("n", PostgresType.builtIn("text")),
                nullable("tags", PostgresType.builtIn("text").array()));
        byte[][] elements = new byte[MIB / 4][];
        java.util.Arrays.fill(elements, text("y"));
        elements[elements.length - 1] = text("z".repeat(MIB));
        byte[] copy = new BinaryMessage()
                .header()
                .row(text("x".repeat(MIB)), array(1, elements))
                .toByteArray();
        int known = copy.length - MIB - 10;
        for (int from = 0; from < known; from += 1000) {
            encoder.take(copy, from, Math.min(known, from + 1000), out);
        }
        assertThat(out.length()).isGreaterThan(MIB + MIB / 2);
        assertThat(held).isEmpty();

        encoder.take(copy, known, known + MIB / 2, out);
        assertThat(encoder.column()).isEqualTo("tags");
        assertThat(held).hasSize(1);
        assertThat(held.get(0)).isBetween(MIB / 4, MIB);
        encoder.take(copy, known + MIB / 2, copy.length, out);
        assertThat(encoder.rowEnded()).isTrue();
    }

    @Test
    void anotherNumberOfFieldsAndAnotherHeaderAreFaults() {
        CopyEncoder encoder = encoder(nullable("int4"));
        assertThatThrownBy(() -> addInParts(
                        encoder,
                        new BinaryMessage().header().row(int32(1), int32(2)).toByteArray(),
                        5))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining("altered");
        byte[] other = "PGCOPY2\n\377\r\n\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> encoder(nullable("int4")).take(other, 0, other.length, out))
                .isInstanceOf(EncodingException.class);
        assertThatThrownBy(() -> value(nullable("int4"), int64(1))).isInstanceOf(EncodingException.class);
    }

    @Test
    void binaryIsChosenWhereEveryColumnHasABinaryForm() {
        ColumnMapping number = nullable("int4");
        ColumnMapping words = nullable("w", PostgresType.builtIn("inet"));
        ColumnMapping list = nullable("l", PostgresType.builtIn("inet").array());

        assertThat(RowFormat.of(List.of(number, words), false)).isEqualTo(RowFormat.BINARY);
        assertThat(RowFormat.of(List.of(number, words), true)).isEqualTo(RowFormat.TEXT);
        assertThat(RowFormat.of(List.of(number, list), false)).isEqualTo(RowFormat.TEXT);
        assertThat(RowFormat.BINARY.expression(number, "\"c\"")).isEqualTo("\"c\"");
        assertThat(RowFormat.BINARY.expression(words, "\"w\"")).contains("format('%s', \"w\")");
    }
}
