package io.jenkins.plugins.clickpipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExcludedDatesTest {
    private static final String DATES = """
            # public holidays
            2027-03-26 to 2027-03-29  # Easter

            2026-10-03
            12-24 to 01-06
            05-01
            cron 0 0 0 L * ?
            """;

    @ParameterizedTest
    @CsvSource({
        "2027-03-25, false",
        "2027-03-26, true",
        "2027-03-29, true",
        "2027-03-30, false",
        "2026-10-03, true",
        "2027-10-03, false",
        "2030-12-24, true",
        "2031-01-06, true",
        "2031-01-07, false",
        "2030-05-01, true",
        "2028-02-29, true",
        "2028-02-28, false"
    })
    void eachLineExcludesItsDates(LocalDate date, boolean excluded) {
        assertThat(ExcludedDates.parse(DATES).contains(date)).isEqualTo(excluded);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2026-13-01               | Line 3: 2026-13-01 is no date
            2026-02-30               | Line 3: 2026-02-30 is no date
            24.12.2026               | Line 3: 24.12.2026 is no date
            2026-12-24 to            | Line 3: 2026-12-24 to is no date
            12-24 to 2026-12-26      | Line 3: 12-24 to 2026-12-26 is no date
            2026-01-02 to 2026-01-01 | Line 3: 2026-01-01 comes before 2026-01-02
            cron 0 0 L * ?           | Line 3: These are the five fields
            """)
    void aFaultNamesItsLine(String line, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExcludedDates.parse("# first\n2026-01-01\n" + line + "\n2026-99-99"))
                .withMessageContaining(sentence);
    }

    @Test
    void nothingIsExcludedByNoLines() {
        assertThat(ExcludedDates.parse(" \n# none\n").contains(LocalDate.of(2026, 1, 1)))
                .isFalse();
    }
}
