package io.jenkins.plugins.clickpipe.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadTotals;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadTotalsTest {
    @Test
    void tablesLoadedSideBySideCountOnceInTheRate() {
        LoadStatistics statistics = SampleLoad.withTables(List.of(
                SampleLoad.loaded("public.a", "a", 1000, 10, 0, 10, Map.of("x", 2L, "y", 3L), 4, 1),
                SampleLoad.loaded("public.b", "b", 3000, 10, 5, 15, Map.of(), 1, 2)));

        LoadTotals total = statistics.total();

        assertThat(total.rows()).isEqualTo(4000);
        assertThat(total.elapsed()).isEqualTo(Duration.ofSeconds(20));
        assertThat(total.rowsPerSecond()).isEqualTo(200);
        assertThat(total.alteredValues()).isEqualTo(5);
        assertThat(total.softDeletedRows()).isEqualTo(5);
        assertThat(total.retries()).isEqualTo(3);
        assertThat(total.verification()).isEqualTo(Verification.PASSED);
    }

    @Test
    void oneFailedTableFailsTheVerification() {
        assertThat(SampleLoad.refused().total().verification()).isEqualTo(Verification.FAILED);
    }

    @Test
    void aRunUnderWayIsMeasuredUpToTheLatestMomentKnown() {
        LoadStatistics underWay = SampleLoad.underWay();

        assertThat(underWay.asOf()).isEqualTo(SampleLoad.at(200));
        assertThat(underWay.elapsed()).isEqualTo(Duration.ofSeconds(200));
        assertThat(underWay.total().ended()).isEmpty();
        assertThat(underWay.total().verification()).isEqualTo(Verification.NOT_RUN);
    }

    @Test
    void noTableMakesZeros() {
        LoadTotals total = SampleLoad.nothing().total();

        assertThat(total.rowsPerSecond()).isZero();
        assertThat(total.elapsed()).isZero();
        assertThat(total.verification()).isEqualTo(Verification.NOT_RUN);
    }
}
