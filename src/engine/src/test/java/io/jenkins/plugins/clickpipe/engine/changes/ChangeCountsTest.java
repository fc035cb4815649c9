package io.jenkins.plugins.clickpipe.engine.changes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChangeCountsTest {
    @Test
    void countsAreToldInWords() {
        assertThat(new ChangeCounts(2, 1, 0, 1, 3, 0)).hasToString("2 inserts, 1 update, 1 TRUNCATE in 3 transactions");
        assertThat(new ChangeCounts(0, 0, 1, 0, 1, 2)).hasToString("1 delete in 1 transaction; 2 unknown values");
    }

    @Test
    void nothingIsNoChanges() {
        assertThat(ChangeCounts.NONE).hasToString("no changes");
    }
}
