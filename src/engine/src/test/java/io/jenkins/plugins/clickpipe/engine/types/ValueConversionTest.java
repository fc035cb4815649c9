package io.jenkins.plugins.clickpipe.engine.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType.Kind;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueConversionTest {
    private static final String NULL = "\\N";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bool",
                "int2",
                "int8",
                "oid",
                "float8",
                "numeric",
                "text",
                "bytea",
                "jsonb",
                "uuid",
                "date",
                "timestamp",
                "timestamptz",
                "time",
                "interval",
                "inet"
            })
    void nullStaysNull(String type) {
        assertThat(Conversion.of(PostgresType.builtIn(type)).exactly(null)).isEqualTo(NULL);
    }

    @ParameterizedTest
    @CsvSource({
        "bool, t",
        "bool, f",
        "int2, -32768",
        "int4, 2147483647",
        "int8, -9223372036854775808",
        "oid, 4294967295",
        "float4, 1.1754944e-38",
        "float8, 1.7976931348623157e+308",
        "float8, 5e-324",
        "float8, -0",
        "float8, Infinity",
        "float8, -Infinity",
        "float8, NaN",
        "uuid, a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "time, 24:00:00",
        "time, 23:59:59.999999",
        "timetz, 10:00:00+02",
        "money, '-$92,233,720,368,547,758.08'",
        "interval, P1Y2M3DT4H5M6.7S",
        "inet, 2001:db8::1/64",
        "bit, 0101",
        "int4range, '[1,5)'",
        "point, '(1e+300,-Infinity)'"
    })
    void whatBothServersWriteAlikePassesUntouched(String type, String value) {
        assertThat(Conversion.of(PostgresType.builtIn(type)).exactly(value)).isEqualTo(value);
    }

    @Test
    void textKeepsControlCharactersQuotesAndFourByteCharacters() {
        Conversion text = Conversion.of(PostgresType.builtIn("text"));

        assertThat(text.exactly("a\tb\nc\rd\\e\bf\fg\u000Bh'i\"j\u0001"))
                .isEqualTo("a\\tb\\nc\\rd\\\\e\\bf\\fg\\vh'i\"j\u0001");
        assertThat(text.exactly("\uD83D\uDE00 \u00E9 \u4E2D")).isEqualTo("\uD83D\uDE00 \u00E9 \u4E2D");
        assertThat(text.exactly("")).isEmpty();
        assertThat(text.exactly("\\N")).isEqualTo("\\\\N");
        assertThat(text.exactly("\\.")).isEqualTo("\\\\.");
        assertThat(text.exactly("NULL")).isEqualTo("NULL");
    }

    @Test
    void jsonKeepsTheServersTextAndItsOwnBackslashes() {
        assertThat(Conversion.of(PostgresType.builtIn("jsonb")).exactly("{\"a\": \"x\\ny\\\\z\"}"))
                .isEqualTo("{\"a\": \"x\\\\ny\\\\\\\\z\"}");
    }

    @Test
    void clickHousesJsonHoldsObjectsAlone() {
        Conversion json = Conversion.of(PostgresType.builtIn("json"), new TypeMapping.Options(true, true, true, false));

        assertThat(json.exactly("{\"a\": 1}")).isEqualTo("{\"a\": 1}");
        assertThat(json.exactly(" \n {\"a\": 1}")).isEqualTo(" \\n {\"a\": 1}");
        assertThat(json.altering("[1, 2]")).isEqualTo(NULL);
        assertThat(json.altering("null")).isEqualTo(NULL);
        assertThat(json.altering("1")).isEqualTo(NULL);
    }

    @Test
    void byteaArrivesAsItsBytes() {
        Conversion bytea = Conversion.of(PostgresType.builtIn("bytea"));

        assertThat(bytea.exactly("\\x")).isEmpty();
        assertThat(bytea.exactly("\\x68693f")).isEqualTo("hi?");
        assertThat(bytea.exactly("\\x095c0a")).isEqualTo("\\t\\\\\\n");
        StringBuilder all = new StringBuilder("\\x");
        for (int i = 0; i < 256; i++) {
            all.append(String.format("%02x", i));
        }
        RowBuffer plain = new RowBuffer();
        byte[] line = bytea.convert(all.toString()).line();
        CopyText.unescape(line, 0, line.length - 1, plain);
        assertThat(plain.length()).isEqualTo(256);
        for (int i = 0; i < 256; i++) {
            assertThat(plain.bytes()[i]).isEqualTo((byte) i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1900-01-01", "1969-12-31", "1970-01-01", "2024-02-29", "2299-12-31"})
    void datesOfClickHousesRangePass(String date) {
        assertThat(Conversion.of(PostgresType.builtIn("date")).exactly(date)).isEqualTo(date);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "infinity",
                "-infinity",
                "1899-12-31",
                "2300-01-01",
                "0001-01-01",
                "10000-01-01",
                "5874897-12-31",
                "0044-03-15 BC",
                "2000-01-01 BC",
                "4714-11-24 BC"
            })
    void otherDatesAreNotClamped(String date) {
        assertThat(Conversion.of(PostgresType.builtIn("date")).altering(date)).isEqualTo(NULL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1900-01-01 00:00:00",
                "1969-12-31 23:59:59.5",
                "2299-12-31 23:59:59.999999",
                "2024-03-31 02:30:00.000001"
            })
    void timestampsOfClickHousesRangePassAndLoseTheOffset(String timestamp) {
        assertThat(Conversion.of(PostgresType.builtIn("timestamp")).exactly(timestamp))
                .isEqualTo(timestamp);
        assertThat(Conversion.of(PostgresType.builtIn("timestamptz")).exactly(timestamp + "+00"))
                .isEqualTo(timestamp);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "infinity",
                "-infinity",
                "1899-12-31 23:59:59.999999",
                "2300-01-01 00:00:00",
                "0001-01-01 00:00:00",
                "294276-12-31 23:59:59.999999",
                "10000-01-01 00:00:00"
            })
    void otherTimestampsAreNotClamped(String timestamp) {
        String zone = timestamp.endsWith("y") ? "" : "+00";

        assertThat(Conversion.of(PostgresType.builtIn("timestamp")).altering(timestamp))
                .isEqualTo(NULL);
        assertThat(Conversion.of(PostgresType.builtIn("timestamptz")).altering(timestamp + zone))
                .isEqualTo(NULL);
    }

    @Test
    void timestampsBeforeChristAreNotClamped() {
        assertThat(Conversion.of(PostgresType.builtIn("timestamp")).altering("2024-01-01 00:00:00 BC"))
                .isEqualTo(NULL);
        assertThat(Conversion.of(PostgresType.builtIn("timestamptz")).altering("2024-01-01 00:00:00+00 BC"))
                .isEqualTo(NULL);
    }

    @ParameterizedTest
    @CsvSource({
        "date, 31.12.2024",
        "date, 12/31/2024",
        "timestamp, Tue Dec 31 00:00:00 2024",
        "timestamptz, 2024-12-31 00:00:00+02",
        "timestamptz, 2024-12-31 00:00:00",
        "bytea, abc",
        "numeric, 1e5",
        "numeric, ''",
        "_int4, 1"
    })
    void textOfAWrongSessionIsAFaultAndNotANull(String type, String value) {
        PostgresType column =
                type.startsWith("_") ? PostgresType.builtIn(type.substring(1)).array() : PostgresType.builtIn(type);

        assertThatThrownBy(() -> Conversion.of(column).convert(value))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining("'" + value + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.00", "-1.50", "99999999.99", "-99999999.99"})
    void numericsWithinPrecisionAndScalePass(String value) {
        assertThat(Conversion.of(PostgresTypes.numeric(10, 2)).exactly(value)).isEqualTo(value);
    }

    @Test
    void aNumericThatOutgrewItsColumnIsNotCutInSilence() {
        Conversion decimal = Conversion.of(PostgresTypes.numeric(10, 2));

        assertThat(decimal.altering("NaN")).isEqualTo(NULL);
        assertThat(decimal.altering("100000000.00")).isEqualTo(NULL);
        assertThat(decimal.altering("1.005")).isEqualTo("1.01");
        assertThat(decimal.altering("99999999.995")).isEqualTo(NULL);
        assertThat(decimal.exactly("1.5000")).isEqualTo("1.5");
        assertThat(decimal.exactly("1.000")).isEqualTo("1");
    }

    @Test
    void numericsWithUnusualScalesPass() {
        assertThat(Conversion.of(PostgresTypes.numeric(2, -3)).exactly("99000")).isEqualTo("99000");
        assertThat(Conversion.of(PostgresTypes.numeric(3, 5)).exactly("0.00999"))
                .isEqualTo("0.00999");
        assertThat(Conversion.of(PostgresTypes.numeric(76, 76)).exactly("0." + "9".repeat(76)))
                .isEqualTo("0." + "9".repeat(76));
    }

    @Test
    void unboundedNumericsKeep38DigitsOnEachSide() {
        Conversion numeric = Conversion.of(PostgresType.builtIn("numeric"));
        String widest = "9".repeat(38) + "." + "9".repeat(38);

        assertThat(numeric.exactly(widest)).isEqualTo(widest);
        assertThat(numeric.exactly("-" + widest)).isEqualTo("-" + widest);
        assertThat(numeric.exactly("1." + "0".repeat(60))).isEqualTo("1");
        assertThat(numeric.exactly("1.5" + "0".repeat(60))).isEqualTo("1.5");
    }

    @Test
    void unboundedNumericsBeyond38FractionDigitsAreRoundedHalfUpAndCounted() {
        Conversion numeric = Conversion.of(PostgresType.builtIn("numeric"));

        assertThat(numeric.altering("0." + "0".repeat(39) + "1")).isEqualTo("0." + "0".repeat(38));
        assertThat(numeric.altering("0." + "0".repeat(38) + "5")).isEqualTo("0." + "0".repeat(37) + "1");
        assertThat(numeric.altering("-0." + "0".repeat(38) + "5")).isEqualTo("-0." + "0".repeat(37) + "1");
        assertThat(numeric.altering("0." + "0".repeat(38) + "4" + "9".repeat(16000)))
                .isEqualTo("0." + "0".repeat(38));
        assertThat(numeric.altering("1." + "9".repeat(39))).isEqualTo("2." + "0".repeat(38));
    }

    @Test
    void unboundedNumericsThatNeedMoreThan38IntegerDigitsAreNotHeld() {
        Conversion numeric = Conversion.of(PostgresType.builtIn("numeric"));

        assertThat(numeric.altering("1" + "0".repeat(38))).isEqualTo(NULL);
        assertThat(numeric.altering("9".repeat(131072))).isEqualTo(NULL);
        assertThat(numeric.altering("-" + "9".repeat(131072) + ".5")).isEqualTo(NULL);
        assertThat(numeric.altering("9".repeat(38) + "." + "9".repeat(39))).isEqualTo(NULL);
        assertThat(numeric.altering("NaN")).isEqualTo(NULL);
        assertThat(numeric.altering("Infinity")).isEqualTo(NULL);
        assertThat(numeric.altering("-Infinity")).isEqualTo(NULL);
    }

    @Test
    void anHstoreBecomesAMap() {
        Conversion hstore = Conversion.of(PostgresType.user("public", "hstore", Kind.BASE));

        assertThat(hstore.exactly("")).isEqualTo("{}");
        assertThat(hstore.exactly("\"a\"=>\"1\", \"b\"=>NULL")).isEqualTo("{'a':'1','b':NULL}");
        assertThat(hstore.exactly("\"\"=>\"\", \"NULL\"=>\"NULL\"")).isEqualTo("{'':'','NULL':'NULL'}");
        assertThat(hstore.exactly("\"a, \\\"b\\\"=>c\"=>\"it's \\\\ {}\t\n\""))
                .isEqualTo("{'a, \"b\"=>c':'it\\'s \\\\ {}\\t\\n'}");
        assertThat(hstore.altering(null)).isEqualTo("{}");
    }

    @Test
    void aPointThatIsNullBecomesTheOriginAndIsCounted() {
        Conversion point = Conversion.of(PostgresType.builtIn("point"));

        assertThat(point.exactly("(1.5,-2)")).isEqualTo("(1.5,-2)");
        assertThat(point.altering(null)).isEqualTo("(0,0)");
    }

    @Test
    void aCompositeKeepsItsText() {
        Conversion composite = Conversion.of(PostgresType.user("public", "address", Kind.COMPOSITE));

        assertThat(composite.exactly("(\"Main \"\"St\"\"\",\"a\\\\b\",)"))
                .isEqualTo("(\"Main \"\"St\"\"\",\"a\\\\\\\\b\",)");
    }

    @Test
    void anEnumLabelMayHoldAnything() {
        assertThat(Conversion.of(PostgresType.user("public", "mood", Kind.ENUM)).exactly("so-so\t'"))
                .isEqualTo("so-so\\t'");
    }

    @Test
    void longValuesOfManyKindsFit() {
        String large = "x\\".repeat(1 << 20);

        assertThat(Conversion.of(PostgresType.builtIn("text")).exactly(large).getBytes(StandardCharsets.UTF_8))
                .hasSize(3 << 20);
    }
}
