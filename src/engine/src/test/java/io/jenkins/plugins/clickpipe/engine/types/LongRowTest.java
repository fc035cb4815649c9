package io.jenkins.plugins.clickpipe.engine.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LongRowTest {
    private static final int MIB = 1 << 20;

    private final Random random = new Random(11);
    private final List<Integer> held = new ArrayList<>();

    private static RowEncoder encoder() {
        TypeMapping types = new TypeMapping(TypeMapping.Options.DEFAULTS);
        return new RowEncoder(
                List.of(
                        types.map("id", PostgresType.builtIn("int4"), true, false),
                        types.map("note", PostgresType.builtIn("text"), true, false),
                        types.map("raw", PostgresType.builtIn("bytea"), true, false),
                        types.map("born", PostgresType.builtIn("date"), true, false),
                        types.map("tags", PostgresType.builtIn("text").array(), true, false)),
                "0\t7",
                false);
    }

    @Test
    void aRowInPartsBecomesTheSameAsInOnePiece() {
        String hex = "0a5c0900ff".repeat(50_000);
        String text = "a\\\\tb\\tc\\n\u00e9".repeat(40_000);
        List<String> rows = List.of(
                "1\tshort\t\\\\x0aff\t2024-02-29\t{a,b}\n",
                "\\N\t\\N\t\\N\t\\N\t\\N\n",
                "2\t" + text + "\t\\\\x" + hex + "\tinfinity\t{\"x\\\\\\\\y\",NULL," + "z".repeat(90_000) + "}\n",
                "3\t\\\\N" + text + "\t\\\\x\t2024-02-29\t[0:1]={a,b}\n");
        for (String row : rows) {
            byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
            RowEncoder whole = encoder();
            RowBuffer expected = new RowBuffer();
            whole.encodeCopyRow(bytes, 0, bytes.length, expected);

            for (int most : new int[] {1, 100, 70_000}) {
                RowEncoder inParts = encoder();
                RowBuffer out = new RowBuffer();
                addInParts(new LongRow(inParts, held::add), bytes, most, out);

                assertThat(out.toString()).isEqualTo(expected.toString());
                assertThat(altered(inParts)).isEqualTo(altered(whole));
                whole.encodeCopyRow(bytes, 0, bytes.length, new RowBuffer());
            }
        }
    }

    @Test
    void longTextBytesAndArraysAreNotHeldButALongElementIs() {
        LongRow row = new LongRow(encoder(), held::add);
        RowBuffer out = new RowBuffer();

        row.add(bytes("1\t" + "x".repeat(MIB)), 0, MIB + 2, out);
        assertThat(out.length()).isEqualTo(MIB + 2);
        row.add(bytes("\t\\\\x" + "ff".repeat(MIB)), 0, 2 * MIB + 4, out);
        assertThat(out.length()).isEqualTo(2 * MIB + 3);
        assertThat(held).isEmpty();

        row.add(bytes("\t\\N\t{" + "y,".repeat(MIB)), 0, 2 * MIB + 5, out);
        assertThat(out.length()).isGreaterThan(5 * MIB);
        assertThat(held).isEmpty();

        row.add(bytes("z".repeat(MIB)), 0, MIB, out);
        assertThat(row.column()).isEqualTo("tags");
        assertThat(held).containsExactly(MIB);
    }

    @Test
    void aRowWithOtherColumnsIsRefused() {
        assertThatThrownBy(() -> add("1\t2\n"))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining("altered");
        assertThatThrownBy(() -> add("1\ta\t\\N\t\\N\t\\N\t7\n")).isInstanceOf(EncodingException.class);
        assertThatThrownBy(() -> add("1\ta\t\\\\x" + "0".repeat(70_001) + "\t\\N\t\\N\n"))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining("odd number");
    }

    private void add(String row) {
        addInParts(new LongRow(encoder(), held::add), bytes(row), 3, new RowBuffer());
    }

    private void addInParts(LongRow row, byte[] bytes, int most, RowBuffer out) {
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(most));
            assertThat(row.add(bytes, from, to, out)).isEqualTo(to == bytes.length);
            assertThat(row.isOpen()).isEqualTo(to < bytes.length);
            from = to;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Long> altered(RowEncoder encoder) {
        Map<String, Long> counts = new LinkedHashMap<>();
        encoder.flushAlterations(counts::put);
        return counts;
    }
}
