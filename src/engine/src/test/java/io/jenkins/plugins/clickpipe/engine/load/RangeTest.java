package io.jenkins.plugins.clickpipe.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RangeTest {
    private static final Range FIRST = new Range("", "k < 1", "k IS NULL", " ORDER BY k");
    private static final Range MIDDLE = new Range("k >= 1", "k < 5", "k IS NULL", " ORDER BY k");
    private static final Range LAST = new Range("k >= 5", "", "k IS NULL", " ORDER BY k");

    @Test
    void rowsWithoutAPlaceInTheOrderAreInTheFirstRangeAlone() {
        assertThat(FIRST.clauses()).isEqualTo(" WHERE k < 1 OR k IS NULL ORDER BY k");
        assertThat(MIDDLE.clauses()).isEqualTo(" WHERE k >= 1 AND k < 5 ORDER BY k");
        assertThat(LAST.clauses()).isEqualTo(" WHERE k >= 5 ORDER BY k");
    }

    @Test
    void neighboursAreReadAsOne() {
        assertThat(FIRST.through(MIDDLE).clauses()).isEqualTo(" WHERE k < 5 OR k IS NULL ORDER BY k");
        assertThat(MIDDLE.through(LAST).clauses()).isEqualTo(" WHERE k >= 1 ORDER BY k");
        assertThat(FIRST.through(LAST).clauses()).isEqualTo(" ORDER BY k");
    }
}
