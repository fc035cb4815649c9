package io.jenkins.plugins.clickpipe.testbed.types;

import static io.jenkins.plugins.clickpipe.testbed.types.Representation.ELEMENTS;
import static io.jenkins.plugins.clickpipe.testbed.types.Representation.WORD_ELEMENTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.types.RowFormat;
import io.jenkins.plugins.clickpipe.engine.types.TypeMapping;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies values between real servers and compares them by expressions that do not use the text under test. */
@WithServers
class TypeRoundTripTest {
    /** Arrays whose elements are Strings of another type's text, which PostgreSQL gives for whole values only. */
    private static final List<String> WITHOUT_BINARY_FORM = List.of(
            "inet[]",
            "money[]",
            "hstore[]",
            "xml[]",
            "interval[]",
            "int4multirange[]",
            "numbers[]",
            "point[]",
            "box[]",
            "address[]",
            "int4range[]");

    private static final TypeMapping.Options MODERN = new TypeMapping.Options(true, true, false, false);

    @ParameterizedTest
    @EnumSource(RowFormat.class)
    void everyTypesValuesArriveAsTheyWere(RowFormat format, TestDatabase database) throws Exception {
        int rows = TypeCase.makeTable(database);

        CopiedTable table = CopiedTable.copy(database, MODERN, format);

        SoftAssertions comparison = new SoftAssertions();
        Map<String, Long> nullsThatBecameDefaults = new HashMap<>();
        List<String> textOnly = new ArrayList<>();
        for (int i = 0; i < TypeCase.ALL.size(); i++) {
            TypeCase current = TypeCase.ALL.get(i);
            String column = "c" + i;
            String type = table.clickHouseTypes().get(column);
            if (type == null) {
                textOnly.add(current.type());
                continue;
            }
            boolean nullable = !type.matches("(Array|Map|Tuple).*");
            int values = current.values().length;
            comparison
                    .assertThat(table.target(current.representation().target(column, nullable))
                            .subList(0, values))
                    .as("%s as %s", current.type(), type)
                    .doesNotContainNull()
                    .isEqualTo(table.source(current.representation().source(column))
                            .subList(0, values));
            if (nullable) {
                comparison
                        .assertThat(
                                table.target("toString(isNull(" + column + "))").subList(values, rows))
                        .as("NULL of %s", current.type())
                        .containsOnly("1");
            } else {
                nullsThatBecameDefaults.put(column, (long) rows - values);
            }
        }
        comparison.assertThat(table.altered()).isEqualTo(nullsThatBecameDefaults);
        comparison.assertThat(textOnly).isEqualTo(format == RowFormat.TEXT ? List.of() : WITHOUT_BINARY_FORM);
        comparison.assertAll();
    }

    @ParameterizedTest
    @EnumSource(RowFormat.class)
    void whatClickHouseCannotHoldIsAlteredAndCounted(RowFormat format, TestDatabase database) throws Exception {
        AlteredValues.makeTable(database);

        CopiedTable table = CopiedTable.copy(database, MODERN, format);

        assertThat(table.target("toString(d)"))
                .isEqualTo(table.source(
                        "CASE WHEN d BETWEEN '1900-01-01' AND '2299-12-31' THEN to_char(d, 'YYYY-MM-DD') END"));
        for (String column : List.of("ts", "tz")) {
            assertThat(table.target("toString(toUnixTimestamp64Micro(" + column + "))"))
                    .isEqualTo(table.source("CASE WHEN " + column
                            + " BETWEEN '1900-01-01' AND '2299-12-31 23:59:59.999999' THEN (extract(epoch FROM "
                            + column + ") * 1000000)::bigint END"));
        }
        assertThat(table.target("toString(n)"))
                .isEqualTo(table.source("CASE WHEN abs(round(n, 38)) < 1e38 THEN trim_scale(round(n, 38)) END"));
        assertThat(table.target("toString(m)")).isEqualTo(table.source("CASE WHEN m <> 'NaN' THEN trim_scale(m) END"));
        assertThat(table.target(WORD_ELEMENTS.target("a", false)))
                .isEqualTo(table.source("coalesce(" + WORD_ELEMENTS.source("a") + ", '')"));
        assertThat(table.target(ELEMENTS.target("b", false)))
                .isEqualTo(table.source("coalesce(" + ELEMENTS.source("b") + ", '')"));
        assertThat(table.altered()).isEqualTo(AlteredValues.COUNTS);
    }

    @ParameterizedTest
    @EnumSource(RowFormat.class)
    void withoutNullableColumnsNullIsTheDefaultOfTheType(RowFormat format, TestDatabase database) throws Exception {
        TypeCase.makeTable(database);
        database.executeSource("TRUNCATE t", "INSERT INTO t (id) VALUES (1)");

        CopiedTable table = CopiedTable.copy(database, new TypeMapping.Options(false, true, true, true), format);

        table.clickHouseTypes().forEach((column, type) -> {
            if (!column.equals("id")) {
                assertThat(type).doesNotStartWith("Nullable");
                assertThat(table.target("toString(" + column + ") = toString(defaultValueOfTypeName('"
                                        + type.replace("'", "\\'") + "'))")
                                .get(0))
                        .as(type)
                        .isEqualTo("1");
            }
        });
        assertThat(table.altered()).isEmpty();
    }
}
