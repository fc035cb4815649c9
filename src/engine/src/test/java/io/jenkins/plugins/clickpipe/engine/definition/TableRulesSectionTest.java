package io.jenkins.plugins.clickpipe.engine.definition;

import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.faults;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.read;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.withRules;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableRulesSectionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    []                | tables: must hold at least one rule, such as {source: public.orders} (line 4)
                    public.orders     | tables: must be a list of rules, such as {source: public.orders} (line 4)
                    {source: a.b}     | tables: must be a list of rules, such as {source: public.orders} (line 4)
                    [a.b]             | tables[0]: must be keys and values, not one value (line 4)
                    [~]               | tables[0]: must be keys and values, not nothing (line 4)
                    [{target: b}]     | tables[0].source: is required (line 4)
                    """)
    void tablesThatAreNoRulesAreRefused(String value, String fault) {
        assertThat(faults(PipeFiles.SMALLEST.replace("tables:\n  - source: public.orders\n", "tables: " + value)))
                .containsExactly(fault);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    exclude: public.x            | exclude: must be a list, for example [a, b], not one value
                    excludedColumns: {a: b}      | excludedColumns: must be a list, for example [a, b], not keys and values
                    sortingKeys: [[a]]           | sortingKeys[0]: must be a text, not a list
                    sortingKeys: [a, ~]          | sortingKeys[1]: must be a text, not nothing
                    sortingKeys: [a, '']         | sortingKeys[1]: must not be empty
                    sortingKeys: [a, b, a]       | sortingKeys[2]: stands twice in this list
                    target: [a]                  | target: must be one value, not a list
                    target: ''                   | target: must not be empty
                    target: _clickpipe_journal   | target: _clickpipe_journal is the table of the engine's own journal
                    tableEngine: mergetree       | tableEngine: must be one of ReplacingMergeTree, MergeTree, Null, not "mergetree"; did you mean MergeTree?
                    exclude: [archive]           | exclude[0]: must name schema and table, such as public.orders or public.*
                    exclude: [a..b]              | exclude[0]: must have text on both sides of each dot and slash
                    excludedColumn: [a]          | excludedColumn: unknown key; did you mean excludedColumns?
                    """)
    void aValueThatDoesNotFitIsRefused(String line, String fault) {
        assertThat(faults(withRules("- source: public.orders\n  " + line.replace('"', '\''))))
                .containsExactly("tables[0]." + fault + " (line 6)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "*", "a..b", ".a", "a.", "/a/b", "%regex[a.b]", "'a.b '"})
    void aSourceThatCouldMatchNothingIsRefused(String source) {
        assertThat(faults(withRules("- source: '" + source.replace("'", "") + "'")))
                .singleElement()
                .asString()
                .startsWith("tables[0].source: must ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"public.*", "public/order_?", "**", "public/"})
    void aTargetForAPatternIsRefused(String source) {
        assertThat(faults(withRules("- source: '" + source + "'\n  target: x")))
                .containsExactly("tables[0].target: is allowed only where source names one table, without wildcards"
                        + " (line 6)");
    }

    @Test
    void theSameSourceTwiceIsRefusedWhicheverSeparatorIsUsed() {
        assertThat(faults(withRules("- source: public.orders\n- source: public/orders\n  target: other")))
                .containsExactly("tables[1].source: is the same as tables[0].source; the first rule that matches a"
                        + " table wins, so this one would never be used (line 6)");
    }

    @Test
    void theSameTargetTwiceIsRefused() {
        assertThat(faults(withRules("- {source: a.x, target: t}\n- {source: a.y, target: t}")))
                .containsExactly(
                        "tables[1].target: tables[0].target and tables[1].target would both be written to t (line 6)");
    }

    @Test
    void theNameOfASourceIsATargetToo() {
        assertThat(faults(withRules("- {source: a.x, target: t}\n- {source: b.t}\n- {source: c.t}")))
                .containsExactly(
                        "tables[1].source: tables[0].target and tables[1].source would both be written to t (line 6)",
                        "tables[2].source: tables[0].target and tables[2].source would both be written to t (line 7)");
    }

    @Test
    void aTargetThatAResyncOfAnotherWouldFillIsRefused() {
        String message = "orders_resync is the name of the table that a resync of orders fills (line 6)";

        assertThat(faults(withRules("- {source: a.orders}\n- {source: a.x, target: orders_resync}")))
                .containsExactly("tables[1].target: " + message);
        assertThat(faults(withRules("- {source: a.orders_resync}\n- {source: a.orders}")))
                .containsExactly("tables[1].source: " + message);
    }

    @Test
    void aSortingKeyThatIsExcludedIsRefused() {
        assertThat(faults(withRules("- source: a.x\n  excludedColumns: [b]\n  sortingKeys: [a, b]")))
                .containsExactly("tables[0].sortingKeys[1]: is also one of excludedColumns (line 7)");
    }

    @Test
    void anOrderForATableThatKeepsNoRowsIsRefused() {
        assertThat(faults(withRules("- {source: a.x, tableEngine: 'Null', sortingKeys: [a], partitionBy: b}")))
                .containsExactly(
                        "tables[0].sortingKeys: has no meaning with tableEngine Null, which keeps no rows (line 5)",
                        "tables[0].partitionBy: has no meaning with tableEngine Null, which keeps no rows (line 5)");
    }

    @Test
    void aTableEngineNullNeedsNoQuotes() {
        assertThat(read(withRules("- source: a.x\n  tableEngine: Null"))
                        .tables()
                        .get(0)
                        .tableEngine())
                .contains(TableEngine.NULL);
    }

    @Test
    void aTableEngineOfNullIsTheDefault() {
        assertThat(read(withRules("- source: a.x\n  tableEngine: null"))
                        .tables()
                        .get(0)
                        .tableEngine())
                .isEmpty();
    }
}
