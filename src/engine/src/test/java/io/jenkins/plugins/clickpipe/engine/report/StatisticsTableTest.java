package io.jenkins.plugins.clickpipe.engine.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTableTest {
    @Test
    void numbersAreAlignedAndTheTotalStandsUnderARule() {
        String text = StatisticsTable.render(SampleLoad.withTables(List.of(
                SampleLoad.loaded("public.orders", "orders", 1_234_567, 100, 0, 10, Map.of("note", 3L), 12, 1),
                SampleLoad.loaded("public.tags", "tags", 5, 100, 0, 5, Map.of(), 0, 0))));

        assertThat(text)
                .isEqualTo(
                        """
                Table               Rows      Size   Time   Rows/s  Partitions  Retries  Altered  Tombstones  Verification
                -------------  ---------  --------  -----  -------  ----------  -------  -------  ----------  ------------
                public.orders  1 234 567  123.5 MB   10 s  123 457       12/12        1        3          12  passed
                public.tags            5     500 B  5.0 s      1.0         1/1        0        0           0  passed
                -------------  ---------  --------  -----  -------  ----------  -------  -------  ----------  ------------
                2 tables       1 234 572  123.5 MB   10 s  123 457       13/13        1        3          12  passed
                altered: public.orders.note, 3 values that the destination type cannot hold
                """);
    }

    @Test
    void failuresAreSpelledOutBelowTheTable() {
        assertThat(StatisticsTable.render(SampleLoad.refused()))
                .contains(
                        "verification failed: public.orders: 8 214 907 rows in the snapshot, 8 214 911 in orders_resync\n")
                .contains("failed: Verification refused the swap");
    }

    @Test
    void oneTableNeedsNoTotal() {
        String text = StatisticsTable.render(SampleLoad.withTables(List.of(SampleLoad.verified(
                SampleLoad.loaded("public.only", "only", 0, 0, 0, 0, Map.of(), 0, 0), Verification.NOT_RUN, ""))));

        assertThat(text.lines()).hasSize(3).last().asString().endsWith("not run");
    }

    @Test
    void noTableIsSaidInASentence() {
        assertThat(StatisticsTable.render(SampleLoad.nothing())).isEqualTo("No table was loaded.\n");
    }

    @Test
    void threeHundredTablesHaveThreeHundredLines() {
        String text = StatisticsTable.render(SampleLoad.withTables(IntStream.range(0, 300)
                .mapToObj(i -> SampleLoad.loaded("public.t" + i, "t" + i, i, 1, 0, 1, Map.of(), 0, 0))
                .toList()));

        assertThat(text.lines()).hasSize(304);
    }

    @Test
    void aNameCannotSteerTheTerminal() {
        String text = new ConsoleTable(List.of(ConsoleTable.Column.text("Table")))
                .add(List.of("a\u001b[2Jb\nc"))
                .render(false);

        assertThat(text).isEqualTo("Table\n--------\na?[2Jb?c\n");
    }

    @Test
    void aLineMustFitTheColumns() {
        ConsoleTable table = new ConsoleTable(List.of(ConsoleTable.Column.text("Table")));

        assertThatThrownBy(() -> table.add(List.of("a", "b"))).isInstanceOf(IllegalArgumentException.class);
    }
}
