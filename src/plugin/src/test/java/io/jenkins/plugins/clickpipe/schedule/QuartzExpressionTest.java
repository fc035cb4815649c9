package io.jenkins.plugins.clickpipe.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuartzExpressionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            30 2 * * *         | Try: 0 30 2 * * ?
            30 2 * * 1-5       | Try: 0 30 2 ? * MON-FRI
            0 4 * * 0,7        | Try: 0 0 4 ? * SUN,SUN
            */15 * * * *       | Try: 0 */15 * * * ?
            0 4 1 * *          | Try: 0 0 4 1 * ?
            0 4 1 * 1          | cannot restrict both day of month and day of week
            H 2 * * *          | H is a sign of Jenkins' own schedules
            0 H(0-5) 2 * * ?   | H is a sign of Jenkins' own schedules
            @daily             | Try: 0 0 0 * * ?
            @sometimes         | Quartz does not know @sometimes
            ''                 | Write a Quartz cron expression
            0 30 2 *           | These are 4
            0 30 2 * * ? 2026 1| These are 8
            0 60 2 * * ?       | The minutes field 60 is not right
            61 0 2 * * ?       | The seconds field 61 is not right
            0 0 24 * * ?       | The hours field 24 is not right
            0 0 2 32 * ?       | The day-of-month field 32 is not right
            0 0 2 * FOO ?      | The month field FOO is not right
            0 0 2 ? * FOO      | The day-of-week field FOO is not right
            0 0 2 * * *        | Try: 0 0 2 * * ?
            0 0 2 * * MON      | Try: 0 0 2 ? * MON
            0 0 2 ? * ?        | Try: 0 0 2 * * ?
            """)
    void aFaultIsASentenceWithTheRemedy(String expression, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QuartzExpression.parse(expression))
                .withMessageContaining(sentence);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 30 2 ? * SUN",
                " 0  30 2 L * ? ",
                "0 0 2 15W * ? 2030",
                "0 0 2 ? * SAT#1",
                "0 0 2 ? * 6L",
                "0 0 2 L-3 * ?"
            })
    void whatQuartzTakesIsTaken(String expression) {
        assertThat(QuartzExpression.parse(expression).toString())
                .isEqualTo(expression.strip().replace("  ", " "));
    }

    /** Quartz takes 98 and 99 for its own signs, and any year. */
    @Test
    void eachNumberOutOfAFieldsRangeIsRefusedWhereverItStands() {
        int[][] ranges = {{0, 59}, {0, 59}, {0, 23}, {1, 31}, {1, 12}, {1, 7}, {1970, 2099}};
        String[] harmless = {"0", "0", "0", "*", "*", "?", "*"};
        for (int field = 0; field < ranges.length; field++) {
            int first = ranges[field][0];
            for (int number = 0; number <= 2200; number++) {
                boolean right = number >= first && number <= ranges[field][1];
                for (String form : new String[] {"%2$d", "%1$d,%2$d", "%2$d,%1$d", "%1$d-%2$d", "%2$d/2"}) {
                    String[] fields = harmless.clone();
                    fields[field] = form.formatted(first, number);
                    if (field == 5) {
                        fields[3] = "?";
                    }
                    String expression = String.join(" ", fields);
                    if (right) {
                        assertThat(QuartzExpression.parse(expression).toString())
                                .isEqualTo(expression);
                    } else {
                        assertThatIllegalArgumentException()
                                .as(expression)
                                .isThrownBy(() -> QuartzExpression.parse(expression))
                                .withMessageContaining("Its values go from " + first + " to " + ranges[field][1]);
                    }
                }
            }
        }
    }

    @Test
    void aRhythmIsToldFromTimesOfDay() {
        for (String rhythm :
                new String[] {"0 0/5 * * * ?", "0 0 * * * ?", "0 30 0/1 * * ?", "0 5-10 2 * * ?", "* 0 2 * * ?"}) {
            assertThat(QuartzExpression.parse(rhythm).interval()).as(rhythm).isTrue();
        }
        for (String times : new String[] {"0 30 2 * * ?", "0 0,30 2,3 * * ?", "0 0 0/2 * * ?", "0 0 1-5 * * ?"}) {
            assertThat(QuartzExpression.parse(times).interval()).as(times).isFalse();
        }
    }
}
