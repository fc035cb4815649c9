package io.jenkins.plugins.clickpipe.engine.target;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableClausesTest {
    private static final String CREATE = "CREATE TABLE shop.`we (ird` (`id` Int64, `note` String DEFAULT 'a, (b) TTL '"
            + " COMMENT 'it''s, (x' CODEC(ZSTD(1)) TTL made + toIntervalDay(1), `ti\\`ck` Enum8('x, y' = 1), INDEX i id"
            + " TYPE minmax GRANULARITY 1, CONSTRAINT short CHECK length(note) < 10 AND note NOT IN ('a, b'))"
            + " ENGINE = MergeTree ORDER BY id";

    @Test
    void declarationsAreCutWhereNoQuoteAndNoParenthesisIsOpen() {
        assertThat(TableClauses.columns(CREATE)).containsOnlyKeys("`id`", "`note`", "`ti\\`ck`");
        assertThat(TableClauses.name("`ti\\`ck`")).isEqualTo("ti`ck");
        assertThat(TableClauses.constraints(CREATE))
                .containsExactly("CONSTRAINT short CHECK length(note) < 10 AND note NOT IN ('a, b')");
    }

    @Test
    void aKeywordInsideATextIsNoClause() {
        assertThat(TableClauses.clause(TableClauses.columns(CREATE).get("`note`"), "TTL", "SETTINGS"))
                .contains("made + toIntervalDay(1)");
        assertThat(TableClauses.clause(
                        "MergeTree PARTITION BY concat(a, ' TTL ') ORDER BY a SETTINGS x = ' TTL '", "TTL", "SETTINGS"))
                .isEmpty();
    }

    @Test
    void aClauseEndsWhereTheNextBegins() {
        assertThat(TableClauses.clause("`a` String MATERIALIZED upper(b) CODEC(ZSTD(1))", "MATERIALIZED", "CODEC"))
                .contains("upper(b)");
    }

    @Test
    void anEnginesArgumentsAreToldFromItsClauses() {
        assertThat(TableClauses.arguments("ReplacingMergeTree(v, d) ORDER BY (a, b)"))
                .containsExactly("v", "d");
        assertThat(TableClauses.arguments("MergeTree ORDER BY (a, b)")).isEmpty();
        assertThat(TableClauses.arguments("ReplicatedMergeTree('/a, (b/{uuid}', '{replica}') ORDER BY a"))
                .containsExactly("'/a, (b/{uuid}'", "'{replica}'");
    }
}
