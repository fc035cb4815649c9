package io.jenkins.plugins.clickpipe.engine.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType.Kind;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowEncoderTest {
    private static final PostgresType INT = PostgresType.builtIn("int4");
    private static final PostgresType TEXT = PostgresType.builtIn("text");
    private static final PostgresType DATE = PostgresType.builtIn("date");
    private static final PostgresType TIMESTAMPTZ = PostgresType.builtIn("timestamptz");

    private final TypeMapping types = new TypeMapping(TypeMapping.Options.DEFAULTS);
    private final RowBuffer out = new RowBuffer(1);

    @Test
    void aRowOfPlainColumnsIsCopiedWithItsEscapesAndGetsTheConstants() {
        RowEncoder encoder = encoder(false, nullable("a", INT), nullable("b", TEXT));

        copy(encoder, "1\tx\\ty\\\\\n");
        copy(encoder, "\\N\t");

        assertThat(out).hasToString("1\tx\\ty\\\\\t0\t7\n\\N\t\t0\t7\n");
        assertThat(altered(encoder)).isEmpty();
    }

    @Test
    void checkedAndPlainColumnsMayStandInAnyOrder() {
        RowEncoder encoder = encoder(
                false,
                nullable("t1", TIMESTAMPTZ),
                nullable("a", TEXT),
                nullable("d", DATE),
                nullable("b", TEXT),
                nullable("t2", TIMESTAMPTZ));

        copy(encoder, "2024-01-01 00:00:00+00\t\\\\\t2024-01-01\t\t2024-01-02 00:00:00+00\n");
        copy(encoder, "\\N\t\\N\tinfinity\t\\N\tinfinity\n");
        copy(encoder, "2024-01-01 00:00:00+00\tx\t-infinity\ty\t\\N\n");

        assertThat(out)
                .hasToString("2024-01-01 00:00:00\t\\\\\t2024-01-01\t\t2024-01-02 00:00:00\t0\t7\n"
                        + "\\N\t\\N\t\\N\t\\N\t\\N\t0\t7\n"
                        + "2024-01-01 00:00:00\tx\t\\N\ty\t\\N\t0\t7\n");
        assertThat(altered(encoder)).containsExactly(Map.entry("d", 2L), Map.entry("t2", 1L));
    }

    @Test
    void aPartOfALargerArrayIsEncoded() {
        byte[] buffer = "xx1\ta\nyy".getBytes(StandardCharsets.UTF_8);

        encoder(false, nullable("a", INT), nullable("d", TEXT)).encodeCopyRow(buffer, 2, 6, out);

        assertThat(out).hasToString("1\ta\t0\t7\n");
    }

    @Test
    void aLineWithoutConstantsEndsAfterItsColumns() {
        byte[] row = "1\n".getBytes(StandardCharsets.UTF_8);

        new RowEncoder(List.of(nullable("a", INT)), "", false).encodeCopyRow(row, 0, row.length, out);

        assertThat(out).hasToString("1\n");
    }

    @Test
    void anotherNumberOfFieldsIsAFault() {
        RowEncoder encoder = encoder(false, nullable("a", DATE), nullable("b", DATE));

        assertThatThrownBy(() -> copy(encoder, "2024-01-01\n")).isInstanceOf(EncodingException.class);
        assertThatThrownBy(() -> copy(encoder, "2024-01-01\t2024-01-01\t\n")).isInstanceOf(EncodingException.class);
        assertThatThrownBy(() -> encoder.encodeValues(new byte[1][], new byte[0], out))
                .isInstanceOf(EncodingException.class);
        assertThat(out.length()).isZero();
    }

    @Test
    void aNullInAKeyColumnBecomesTheDefaultAndIsCounted() {
        RowEncoder encoder = encoder(
                false,
                types.map("i", INT, true, true),
                types.map("s", TEXT, true, true),
                types.map("d", DATE, true, true),
                types.map("e", PostgresType.user("public", "mood", Kind.ENUM), true, true));

        copy(encoder, "\\N\t\\N\t\\N\t\\N\n");
        copy(encoder, "1\ta\tinfinity\tok\n");

        assertThat(out).hasToString("0\t\t1900-01-01\t\t0\t7\n1\ta\t1900-01-01\tok\t0\t7\n");
        assertThat(altered(encoder))
                .containsExactly(Map.entry("i", 1L), Map.entry("s", 1L), Map.entry("d", 2L), Map.entry("e", 1L));
    }

    @Test
    void aNullIsNoAlterationWhereTheUserAskedForDefaults() {
        TypeMapping defaults = new TypeMapping(new TypeMapping.Options(false, true, false, false));
        List<String> names = List.of(
                "bool",
                "int8",
                "float8",
                "numeric",
                "text",
                "bytea",
                "uuid",
                "date",
                "timestamp",
                "timestamptz",
                "time",
                "point");
        RowEncoder encoder = new RowEncoder(
                names.stream()
                        .map(name -> defaults.map(name, PostgresType.builtIn(name), true, false))
                        .toList(),
                "",
                true);

        copy(encoder, "\\N" + "\t\\N".repeat(names.size() - 1));

        assertThat(out)
                .hasToString("false\t0\t0\t0\t\t\t00000000-0000-0000-0000-000000000000\t1900-01-01"
                        + "\t1970-01-01 00:00:00\t1970-01-01 00:00:00\t00:00:00\t(0,0)\n");
        assertThat(altered(encoder)).isEmpty();
    }

    @Test
    void aNullInAColumnThatOnceWasNotNullIsCounted() {
        RowEncoder encoder = encoder(false, types.map("i", INT, false, false));

        encoder.encodeValues(new byte[1][], RowEncoder.lineEnd("1"), out);

        assertThat(out).hasToString("0\t1\n");
        assertThat(altered(encoder)).containsExactly(Map.entry("i", 1L));
    }

    @Test
    void aColumnThatAChangeDoesNotCarryIsNotCounted() {
        RowEncoder encoder = encoder(true, types.map("i", INT, false, false), nullable("s", TEXT));

        encoder.encodeValues(new byte[][] {RowEncoder.ABSENT, RowEncoder.ABSENT}, RowEncoder.lineEnd("1\t99"), out);

        assertThat(out).hasToString("0\t\\N\t1\t99\n");
        assertThat(altered(encoder)).isEmpty();
    }

    @Test
    void anEmptyValueIsNotAnAbsentOne() {
        RowEncoder encoder = encoder(false, nullable("s", TEXT));

        encoder.encodeValues(new byte[][] {new byte[0]}, RowEncoder.lineEnd(""), out);

        assertThat(out).hasToString("\n");
    }

    @Test
    void strictTypesRefusesTheFirstAlterationAndLeavesTheOutputAsItWas() {
        RowEncoder encoder = encoder(true, nullable("a", TEXT), nullable("the date", DATE));
        copy(encoder, "x\t2024-01-01\n");
        String before = out.toString();

        assertThatThrownBy(() -> copy(encoder, "x\tinfinity\n"))
                .isInstanceOf(UnrepresentableValueException.class)
                .hasMessage("column \"the date\": Nullable(Date32) cannot hold 'infinity'.");

        assertThat(out).hasToString(before);
    }

    @Test
    void strictTypesRefusesANullThatWouldBecomeADefault() {
        RowEncoder encoder = encoder(true, nullable("a", INT.array()));

        assertThatThrownBy(() -> copy(encoder, "\\N\n"))
                .isInstanceOf(UnrepresentableValueException.class)
                .hasMessageContaining("cannot hold NULL");
    }

    @Test
    void aMessageShowsAtMostAHundredCharactersOfAValue() {
        RowEncoder encoder = encoder(true, nullable("n", PostgresType.builtIn("numeric")));

        assertThatThrownBy(() -> copy(encoder, "9".repeat(131072)))
                .hasMessage("column \"n\": Nullable(Decimal(76, 38)) cannot hold '" + "9".repeat(100) + "...'.");
    }

    @Test
    void countsBeginAnewAfterTheyWereReported() {
        RowEncoder encoder = encoder(false, nullable("d", DATE));
        copy(encoder, "infinity\n");

        assertThat(altered(encoder)).containsExactly(Map.entry("d", 1L));
        assertThat(altered(encoder)).isEmpty();
    }

    private ColumnMapping nullable(String name, PostgresType type) {
        return types.map(name, type, true, false);
    }

    private static RowEncoder encoder(boolean strict, ColumnMapping... columns) {
        return new RowEncoder(List.of(columns), "0\t7", strict);
    }

    private void copy(RowEncoder encoder, String row) {
        byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
        encoder.encodeCopyRow(bytes, 0, bytes.length, out);
    }

    private static Map<String, Long> altered(RowEncoder encoder) {
        Map<String, Long> counts = new LinkedHashMap<>();
        encoder.flushAlterations(counts::put);
        return counts;
    }
}
