package io.jenkins.plugins.clickpipe.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TableSelectionTest {
    private static final List<TableName> SHOP =
            names("public.orders", "public.items", "public.orders_archive", "sales.orders", "sales.rebates");

    @Test
    void theFirstRuleThatMatchesATableWins() {
        TableSelection selection = TableSelection.of(List.of(rule("sales.orders", "sales_orders"), rule("**")), SHOP);

        assertThat(targets(selection))
                .containsExactly(
                        "sales.orders -> sales_orders",
                        "public.orders -> orders",
                        "public.items -> items",
                        "public.orders_archive -> orders_archive",
                        "sales.rebates -> rebates");
        assertThat(selection.tablesOf(0)).hasSize(1);
        assertThat(selection.tablesOf(1))
                .hasSize(4)
                .allMatch(table -> table.rule().source().equals("**"));
        assertThat(selection.faults()).isEmpty();
    }

    @Test
    void anExcludedTableIsLeftOut() {
        TableSelection selection = TableSelection.of(List.of(excluding("public.*", "public.*_archive")), SHOP);

        assertThat(targets(selection)).containsExactly("public.orders -> orders", "public.items -> items");
        assertThat(selection.faults()).isEmpty();
    }

    @Test
    void aTableThatOneRuleExcludesMayBelongToALaterOne() {
        TableSelection selection = TableSelection.of(
                List.of(excluding("public.*", "public.*_archive"), rule("public.orders_archive", "old")), SHOP);

        assertThat(targets(selection)).endsWith("public.orders_archive -> old");
    }

    @Test
    void aRuleThatMatchesNothingIsAFaultThatSaysWhy() {
        List<TableRule> rules = List.of(
                rule("public.order"),
                rule("other.*"),
                rule("public.items", "a"),
                rule("public/item?", "b"),
                excluding("sales.*", "sales.**"));

        assertThat(TableSelection.of(rules, SHOP).faults())
                .extracting(Fault::toString)
                .containsExactly(
                        "tables[0].source: the source has no table public.order; did you mean public.orders?",
                        "tables[1].source: no table of the source matches other.*",
                        "tables[3].source: matches only tables that belong to earlier rules;"
                                + " the first rule that matches a table wins",
                        "tables[4].source: matches only tables that the rule itself excludes");
    }

    @Test
    void twoSourcesForOneDestinationAreAFault() {
        assertThat(TableSelection.of(List.of(rule("**")), SHOP).faults())
                .containsExactly(new Fault(
                        "tables[0]",
                        "public.orders and sales.orders would both be written to orders;"
                                + " give sales.orders a rule with a target of its own"));
    }

    @Test
    void aDestinationThatAResyncOfAnotherWouldFillIsAFault() {
        assertThat(TableSelection.of(List.of(rule("a.*")), names("a.x_resync", "a.x"))
                        .faults())
                .containsExactly(new Fault(
                        "tables[0]",
                        "x_resync is the name of the table that a resync of x fills;"
                                + " give a.x a rule with a target of its own"));
    }

    @Test
    void aNameWithADotKeepsItInTheDestination() {
        List<TableName> tables = List.of(new TableName("public", "a.b"));

        assertThat(targets(TableSelection.of(List.of(rule("public.a.b")), tables)))
                .containsExactly("public.a.b -> a.b");
    }

    @Test
    void aSelectionCanBeRestrictedToAPattern() {
        TableSelection whole = TableSelection.of(List.of(rule("public.*"), rule("sales.rebates")), SHOP);

        TableSelection part = whole.restrictedTo(new TablePattern("sales.*"));

        assertThat(targets(part)).containsExactly("sales.rebates -> rebates");
        assertThat(part.tables().get(0).ruleIndex()).isEqualTo(1);
        assertThat(part.faults()).isEmpty();
    }

    @Test
    void aRestrictionToNothingIsAFault() {
        TableSelection whole = TableSelection.of(List.of(rule("public.*")), SHOP);

        assertThat(whole.restrictedTo(new TablePattern("sales.*")).faults())
                .containsExactly(new Fault("--tables", "no table of the pipe matches sales.*"));
    }

    private static List<String> targets(TableSelection selection) {
        return selection.tables().stream()
                .map(table -> table.source() + " -> " + table.target())
                .toList();
    }

    private static List<TableName> names(String... names) {
        return Stream.of(names)
                .map(name -> name.split("\\.", 2))
                .map(parts -> new TableName(parts[0], parts[1]))
                .toList();
    }

    private static TableRule rule(String source) {
        return rule(source, List.of(), Optional.empty());
    }

    private static TableRule rule(String source, String target) {
        return rule(source, List.of(), Optional.of(target));
    }

    private static TableRule excluding(String source, String exclude) {
        return rule(source, List.of(exclude), Optional.empty());
    }

    private static TableRule rule(String source, List<String> exclude, Optional<String> target) {
        return new TableRule(
                source, exclude, target, List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
