package io.jenkins.plugins.clickpipe.engine.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType.Kind;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayConversionTest {
    @Test
    void numbersStayBare() {
        assertThat(array("int4").exactly("{1,-2,NULL,2147483647}")).isEqualTo("[1,-2,NULL,2147483647]");
        assertThat(array("float8").exactly("{1e-300,Infinity,-Infinity,NaN}"))
                .isEqualTo("[1e-300,Infinity,-Infinity,NaN]");
        assertThat(array("numeric").exactly("{0.1,NULL}")).isEqualTo("[0.1,NULL]");
    }

    @Test
    void anEmptyArrayStaysEmpty() {
        assertThat(array("int4").exactly("{}")).isEqualTo("[]");
        assertThat(array("text").exactly("{}")).isEqualTo("[]");
    }

    @Test
    void anArrayThatIsNullBecomesEmptyAndIsCounted() {
        assertThat(array("int4").altering(null)).isEqualTo("[]");
    }

    @Test
    void textIsQuotedTheWayClickHouseReadsIt() {
        assertThat(array("text").exactly("{a,\"b c\",\"\",NULL,\"NULL\",\"x,y\",\"{}\",it's}"))
                .isEqualTo("['a','b c','',NULL,'NULL','x,y','{}','it\\'s']");
        assertThat(array("text").exactly("{\"q\\\"q\",\"back\\\\slash\",\"tab\tnew\nline\",\uD83D\uDE00}"))
                .isEqualTo("['q\"q','back\\\\slash','tab\\tnew\\nline','\uD83D\uDE00']");
        assertThat(array("text").exactly("{\"\\\\N\"}")).isEqualTo("['\\\\N']");
    }

    @Test
    void booleansBecomeWords() {
        assertThat(array("bool").exactly("{t,f,NULL}")).isEqualTo("[true,false,NULL]");
    }

    @Test
    void datesTimesAndUuidsAreQuoted() {
        assertThat(array("date").exactly("{2024-02-29,NULL}")).isEqualTo("['2024-02-29',NULL]");
        assertThat(array("timestamp").exactly("{\"2024-02-29 12:00:00.5\"}")).isEqualTo("['2024-02-29 12:00:00.5']");
        assertThat(array("timestamptz").exactly("{\"2024-02-29 12:00:00+00\"}")).isEqualTo("['2024-02-29 12:00:00']");
        assertThat(array("uuid").exactly("{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"))
                .isEqualTo("['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']");
        assertThat(array("time").exactly("{24:00:00}")).isEqualTo("['24:00:00']");
    }

    @Test
    void byteaElementsArriveAsBytes() {
        assertThat(array("bytea").exactly("{\"\\\\x2761\",\"\\\\x\",NULL}")).isEqualTo("['\\'a','',NULL]");
    }

    @Test
    void anElementThatCannotBeHeldBecomesNull() {
        assertThat(array("date").altering("{infinity,2024-02-29}")).isEqualTo("[NULL,'2024-02-29']");
        assertThat(array("timestamp").altering("{\"0044-03-15 00:00:00 BC\"}")).isEqualTo("[NULL]");
        assertThat(array("numeric").altering("{NaN,1}")).isEqualTo("[NULL,1]");
    }

    @Test
    void moreDimensionsAreFlattenedAndCounted() {
        assertThat(array("int4").altering("{{1,2},{3,NULL}}")).isEqualTo("[1,2,3,NULL]");
        assertThat(array("text").altering("{{{a,\"}{\"}},{{c,d}}}")).isEqualTo("['a','}{','c','d']");
    }

    @Test
    void explicitBoundsAreDroppedAndCounted() {
        assertThat(array("int4").altering("[0:2]={1,2,3}")).isEqualTo("[1,2,3]");
        assertThat(array("int4").altering("[-1:0][2:3]={{1,2},{3,4}}")).isEqualTo("[1,2,3,4]");
    }

    @Test
    void boxesAreSeparatedBySemicolons() {
        assertThat(array("box").exactly("{(1,1),(0,0);(2,2),(1,1)}")).isEqualTo("['(1,1),(0,0)','(2,2),(1,1)']");
    }

    @Test
    void elementsOfOtherTypesKeepTheirText() {
        assertThat(array("point").exactly("{\"(1,2)\",\"(3,4)\"}")).isEqualTo("['(1,2)','(3,4)']");
        assertThat(Conversion.of(PostgresType.user("public", "address", Kind.COMPOSITE)
                                .array())
                        .exactly("{\"(\\\"Main St\\\",1)\"}"))
                .isEqualTo("['(\"Main St\",1)']");
        assertThat(Conversion.of(PostgresType.user("public", "mood", Kind.ENUM).array())
                        .exactly("{ok,\"not ok\",NULL}"))
                .isEqualTo("['ok','not ok',NULL]");
    }

    @Test
    void aVectorKeepsItsText() {
        PostgresType vector = new PostgresType(
                "pg_catalog",
                "int2vector",
                Kind.BASE,
                -1,
                ',',
                Optional.of(PostgresType.builtIn("int2")),
                Optional.empty());

        assertThat(Conversion.of(vector).exactly("1 2 3")).isEqualTo("1 2 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "}", "1,2", "{\"a}", "{{1}", "[0:2]"})
    void brokenTextIsAFault(String value) {
        assertThatThrownBy(() -> array("int4").convert(value)).isInstanceOf(EncodingException.class);
    }

    private static Conversion array(String element) {
        return Conversion.of(PostgresType.builtIn(element).array());
    }
}
