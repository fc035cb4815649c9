package io.jenkins.plugins.clickpipe.engine.types;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.types.PostgresType.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypeMappingTest {
    private final TypeMapping mapping = new TypeMapping(TypeMapping.Options.DEFAULTS);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    bool        | Bool
                    int2        | Int16
                    int4        | Int32
                    int8        | Int64
                    oid         | UInt32
                    float4      | Float32
                    float8      | Float64
                    numeric     | Decimal(76, 38)
                    text        | String
                    varchar     | String
                    bpchar      | String
                    name        | String
                    char        | String
                    xml         | String
                    tsvector    | String
                    int4range   | String
                    money       | String
                    bit         | String
                    varbit      | String
                    cidr        | String
                    inet        | String
                    macaddr     | String
                    bytea       | String
                    json        | String
                    jsonb       | String
                    uuid        | UUID
                    date        | Date32
                    timestamp   | DateTime64(6)
                    timestamptz | DateTime64(6, 'UTC')
                    time        | String
                    timetz      | String
                    interval    | String
                    xid         | String
                    pg_lsn      | String
                    int2vector  | String
                    point       | Tuple(Float64, Float64)
                    """)
    void builtInTypesHaveTheirPlaceInClickHouse(String postgres, String clickHouse) {
        PostgresType type = PostgresType.builtIn(postgres);

        assertThat(clickHouseType(type, false)).isEqualTo(clickHouse);
        assertThat(clickHouseType(type, true))
                .isEqualTo(postgres.equals("point") ? clickHouse : "Nullable(" + clickHouse + ")");
    }

    @ParameterizedTest
    @CsvSource({
        "10, 2, 'Decimal(10, 2)'",
        "76, 0, 'Decimal(76, 0)'",
        "76, 76, 'Decimal(76, 76)'",
        "77, 2, 'Decimal(76, 38)'",
        "1000, 500, 'Decimal(76, 38)'",
        "2, -3, 'Decimal(5, 0)'",
        "3, 5, 'Decimal(5, 5)'",
        "1, 1000, 'Decimal(76, 38)'",
        "1, -1000, 'Decimal(76, 38)'"
    })
    void aNumericsPrecisionAndScaleBecomeTheDecimals(int precision, int scale, String clickHouse) {
        assertThat(clickHouseType(PostgresTypes.numeric(precision, scale), false))
                .isEqualTo(clickHouse);
    }

    @Test
    void aNumericWithoutPrecisionIsAStringOnRequest() {
        TypeMapping strings = new TypeMapping(new TypeMapping.Options(true, false, false, true));

        assertThat(strings.map("n", PostgresType.builtIn("numeric"), true, false)
                        .clickHouseType())
                .isEqualTo("Nullable(String)");
        assertThat(strings.map("n", PostgresTypes.numeric(100, 2), false, false).clickHouseType())
                .isEqualTo("String");
        assertThat(strings.map("n", PostgresTypes.numeric(10, 2), false, false).clickHouseType())
                .isEqualTo("Decimal(10, 2)");
    }

    @Test
    void anEnumKeepsNullInsideItsDictionary() {
        PostgresType mood = PostgresType.user("public", "mood", Kind.ENUM);

        assertThat(clickHouseType(mood, false)).isEqualTo("LowCardinality(String)");
        assertThat(clickHouseType(mood, true)).isEqualTo("LowCardinality(Nullable(String))");
        assertThat(clickHouseType(mood.array(), true)).isEqualTo("Array(LowCardinality(Nullable(String)))");
    }

    @Test
    void anArrayHasNullableElementsAndIsNotNullableItself() {
        assertThat(clickHouseType(PostgresType.builtIn("int4").array(), true)).isEqualTo("Array(Nullable(Int32))");
        assertThat(clickHouseType(PostgresTypes.numeric(10, 2).array(), true))
                .isEqualTo("Array(Nullable(Decimal(10, 2)))");
        assertThat(clickHouseType(PostgresType.builtIn("timestamptz").array(), true))
                .isEqualTo("Array(Nullable(DateTime64(6, 'UTC')))");
    }

    @Test
    void anArrayOfWhatCannotBeAnElementHoldsItsText() {
        assertThat(clickHouseType(PostgresType.builtIn("point").array(), true)).isEqualTo("Array(Nullable(String))");
        assertThat(clickHouseType(PostgresType.builtIn("box").array(), true)).isEqualTo("Array(Nullable(String))");
        assertThat(clickHouseType(
                        PostgresType.user("public", "hstore", Kind.BASE).array(), true))
                .isEqualTo("Array(Nullable(String))");
        assertThat(clickHouseType(
                        PostgresType.user("public", "address", Kind.COMPOSITE).array(), true))
                .isEqualTo("Array(Nullable(String))");
    }

    @Test
    void aDomainIsItsBaseTypeWithTheModifierOfTheDomain() {
        PostgresType price = PostgresTypes.numeric(12, 4).domain("shop", "price");

        assertThat(clickHouseType(price.domain("shop", "discount"), true)).isEqualTo("Nullable(Decimal(12, 4))");
        assertThat(clickHouseType(price.array(), true)).isEqualTo("Array(Nullable(Decimal(12, 4)))");
        assertThat(clickHouseType(PostgresType.builtIn("int4").array().domain("shop", "numbers"), true))
                .isEqualTo("Array(Nullable(Int32))");
        assertThat(clickHouseType(
                        PostgresType.builtIn("int4")
                                .array()
                                .domain("shop", "numbers")
                                .array(),
                        true))
                .isEqualTo("Array(Nullable(String))");
    }

    @Test
    void aUsersTypeIsNotTakenForTheBuiltInOneOfItsName() {
        assertThat(clickHouseType(PostgresType.user("public", "int4", Kind.BASE), false))
                .isEqualTo("String");
    }

    @Test
    void otherKindsOfTypesAreStrings() {
        assertThat(clickHouseType(PostgresType.user("public", "address", Kind.COMPOSITE), true))
                .isEqualTo("Nullable(String)");
        assertThat(clickHouseType(PostgresType.user("public", "span", Kind.RANGE), true))
                .isEqualTo("Nullable(String)");
        assertThat(clickHouseType(PostgresType.user("public", "spans", Kind.MULTIRANGE), true))
                .isEqualTo("Nullable(String)");
        assertThat(clickHouseType(PostgresType.user("public", "citext", Kind.BASE), true))
                .isEqualTo("Nullable(String)");
        assertThat(clickHouseType(PostgresType.user("public", "geometry", Kind.BASE), true))
                .isEqualTo("Nullable(String)");
    }

    @Test
    void anHstoreIsAMap() {
        assertThat(clickHouseType(PostgresType.user("ext", "hstore", Kind.BASE), true))
                .isEqualTo("Map(String, Nullable(String))");
    }

    @Test
    void aTimeAndJsonUseTheServersOwnTypesWhereAskedTo() {
        TypeMapping modern = new TypeMapping(new TypeMapping.Options(true, true, true, false));

        assertThat(modern.map("t", PostgresType.builtIn("time"), true, false).clickHouseType())
                .isEqualTo("Nullable(Time64(6))");
        assertThat(modern.map("t", PostgresType.builtIn("timetz"), true, false).clickHouseType())
                .isEqualTo("Nullable(String)");
        assertThat(modern.map("j", PostgresType.builtIn("jsonb"), true, false).clickHouseType())
                .isEqualTo("Nullable(JSON)");
        assertThat(modern.map("j", PostgresType.builtIn("jsonb").array(), true, false)
                        .clickHouseType())
                .isEqualTo("Array(Nullable(String))");
    }

    @Test
    void aSortingKeyHasNothingNullableAndNothingThatCannotBeCompared() {
        TypeMapping modern = new TypeMapping(new TypeMapping.Options(true, true, true, false));

        assertThat(modern.map("i", PostgresType.builtIn("int4"), true, true).clickHouseType())
                .isEqualTo("Int32");
        assertThat(modern.map("a", PostgresType.builtIn("int4").array(), true, true)
                        .clickHouseType())
                .isEqualTo("String");
        assertThat(modern.map("j", PostgresType.builtIn("jsonb"), true, true).clickHouseType())
                .isEqualTo("String");
        assertThat(modern.map("h", PostgresType.user("public", "hstore", Kind.BASE), true, true)
                        .clickHouseType())
                .isEqualTo("String");
    }

    @Test
    void nothingIsNullableWhenTheUserTurnsNullableColumnsOff() {
        TypeMapping defaults = new TypeMapping(new TypeMapping.Options(false, false, false, false));

        assertThat(defaults.map("i", PostgresType.builtIn("int4"), true, false).clickHouseType())
                .isEqualTo("Int32");
        assertThat(defaults.map("e", PostgresType.user("public", "mood", Kind.ENUM), true, false)
                        .clickHouseType())
                .isEqualTo("LowCardinality(String)");
    }

    private String clickHouseType(PostgresType type, boolean nullable) {
        return mapping.map("c", type, nullable, false).clickHouseType();
    }
}
