package io.jenkins.plugins.clickpipe.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TablePatternTest {
    @ParameterizedTest
    @CsvSource({
        "public.orders,       public,  orders",
        "public/orders,       public,  orders",
        "public.*,            public,  orders",
        "public/*,            public,  orders",
        "public/,             public,  orders",
        "**,                  public,  orders",
        "**/orders,           public,  orders",
        "**.orders,           public,  orders",
        "*.orders,            public,  orders",
        "public/**,           public,  orders",
        "sales_**/order_?,    sales_1, order_x",
        "*/*_archive,         public,  orders_archive",
        "public.a.b,          public,  a.b",
        "public/a.b,          public,  a.b",
        "public.*,            public,  a.b",
        "public.*_archive,    public,  a.b_archive",
        "public.a.*,          public,  a.b",
        "public.*,            public,  a/b",
        "public/a/b,          public,  a/b",
        "my.schema.orders,    my.schema, orders",
        "public.Orders,       public,  Orders",
        "public.order lines,  public,  order lines",
        "public.größe*,       public,  größen",
    })
    void aPatternMatchesItsTables(String pattern, String schema, String table) {
        assertThat(new TablePattern(pattern).matches(new TableName(schema, table)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "back\\slash",
                "\\",
                "a\\",
                "sl/ash",
                "/",
                "a/",
                "dot.ted",
                ".",
                "..",
                ".hidden",
                "a..b",
                "st*ar",
                "*",
                "**",
                "que?stion",
                "?",
                "sp ace",
                " ",
                " lead",
                "trail ",
                "quo'te",
                "dou\"ble",
                "`tick`",
                "[a]",
                "{a,b}",
                "%regex[x]",
                "größe",
                "表",
                "😀",
                "tab\there",
                "new\nline",
                "100%",
                "$1",
                "^a$",
                "(a|b)",
                "-",
                "#",
                "A"
            })
    void aWildcardMeansEveryNameWhateverItsCharacters(String name) {
        TableName table = new TableName("s", name);

        assertThat(new TablePattern("s.*").matches(table)).isTrue();
        assertThat(new TablePattern("s/").matches(table)).isTrue();
        assertThat(new TablePattern("**").matches(table)).isTrue();
        assertThat(new TablePattern("other.*").matches(table)).isFalse();
        assertThat(new TablePattern("s.*").matches(new TableName(name, "s"))).isEqualTo(false);
        assertThat(new TablePattern("*.orders").matches(new TableName(name, "orders")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "back\\slash",
                "sl/ash",
                "dot.ted",
                "st*ar",
                "que?stion",
                "sp ace",
                "quo'te",
                "dou\"ble",
                "[a]",
                "größe",
                "😀"
            })
    void theNameOfATableMeansThisTable(String name) {
        assertThat(new TablePattern("s." + name).matches(new TableName("s", name)))
                .isTrue();
        assertThat(new TablePattern("s." + name).matches(new TableName("s", name + "x")))
                .isFalse();
    }

    @Test
    void aQuestionMarkIsOneCharacterHoweverItIsStored() {
        assertThat(new TablePattern("s.a?b").matches(new TableName("s", "a😀b")))
                .isTrue();
        assertThat(new TablePattern("my.schema.*").matches(new TableName("my.schema", "a.b")))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "public.orders,       public,  Orders",
        "public.Orders*,      public,  orders",
        "public.orders,       sales,   orders",
        "public.*,            sales,   orders",
        "public.*,            publicx, orders",
        "public.order_?,      public,  order_10",
        "public.order_?,      public,  order_",
        "sales_**/order_?,    sales,   order_x",
        "*.*_archive,         public,  orders",
        "public.a.*,          public,  ab",
        "public.orders,       public,  orders2",
        "public.orders,       public,  orders.x",
    })
    void aPatternMatchesNoOther(String pattern, String schema, String table) {
        assertThat(new TablePattern(pattern).matches(new TableName(schema, table)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"public.orders, true", "public/a.b, true", "public.*, false", "public.order?, false", "public/, false"})
    void aPatternWithoutWildcardsIsLiteral(String pattern, boolean literal) {
        assertThat(new TablePattern(pattern).isLiteral()).isEqualTo(literal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "orders", "*", "**x", "a..b", ".b", "a.", " a.b", "%regex[a].b*", "%ant[a].b"})
    void aPatternThatCouldMatchNothingIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new TablePattern(text));
    }

    @Test
    void aPatternPrintsAsItWasWritten() {
        assertThat(new TablePattern("public/*")).hasToString("public/*");
    }
}
