package io.jenkins.plugins.clickpipe.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatementLogTest {
    private final SteppingClock clock = new SteppingClock();

    @Test
    void statementsStandInOrderUnderTheirTimeAndServer() throws Exception {
        StatementLog log = new StatementLog(clock, Redaction.NONE);
        log.add(Statement.Server.POSTGRESQL, "SELECT pg_current_wal_lsn()");
        clock.advance(Duration.ofSeconds(1));
        log.add(Statement.Server.CLICKHOUSE, "EXCHANGE TABLES a AND b;\n");

        assertThat(plan(log))
                .endsWith(
                        """

                -- 2026-03-14T02:00:00.250Z  PostgreSQL
                SELECT pg_current_wal_lsn();

                -- 2026-03-14T02:00:01.250Z  ClickHouse
                EXCHANGE TABLES a AND b;
                """);
    }

    @Test
    void aTrailingCommentDoesNotSwallowTheSemicolon() throws Exception {
        StatementLog log = new StatementLog(clock, Redaction.NONE);
        log.add(Statement.Server.POSTGRESQL, "SELECT 1 -- one");

        assertThat(plan(log)).endsWith("SELECT 1 -- one\n;\n");
    }

    @Test
    void secretsAreNeverKept() {
        StatementLog log =
                new StatementLog(clock, Redaction.of(List.of(new Secret("it's-a-secret"), new Secret("abc"))));
        log.add(Statement.Server.POSTGRESQL, "SELECT 'it''s-a-secret', abcd, 'abc'");
        log.add(Statement.Server.CLICKHOUSE, "CREATE USER u IDENTIFIED WITH sha256_password BY 'other' SETTINGS x = 1");
        log.add(Statement.Server.POSTGRESQL, "ALTER ROLE r PASSWORD 'o''ther'");
        log.add(Statement.Server.CLICKHOUSE, "SELECT * FROM url('http://u:pw@host/x')");

        assertThat(log.recorded().first())
                .extracting(Statement::sql)
                .containsExactly(
                        "SELECT '****', abcd, '****'",
                        "CREATE USER u IDENTIFIED WITH sha256_password BY '****' SETTINGS x = 1",
                        "ALTER ROLE r PASSWORD '****'",
                        "SELECT * FROM url('http://u:****@host/x')");
    }

    @Test
    void aLogThatIsFullKeepsItsBeginningAndItsEndAndSaysWhatIsMissing() throws Exception {
        StatementLog log = new StatementLog(clock, Redaction.NONE, 2);
        IntStream.rangeClosed(1, 10).forEach(i -> log.add(Statement.Server.CLICKHOUSE, "SELECT " + i));

        assertThat(plan(log))
                .contains("SELECT 1;", "SELECT 2;", "-- 6 statements left out here", "SELECT 9;", "SELECT 10;")
                .doesNotContain("SELECT 3;", "SELECT 8;");
    }

    @Test
    void manyThreadsLoseNoStatement() {
        StatementLog log = new StatementLog(clock, Redaction.NONE);

        IntStream.range(0, 5000).parallel().forEach(i -> log.add(Statement.Server.POSTGRESQL, "SELECT " + i));

        assertThat(log.recorded().first())
                .extracting(Statement::sql)
                .doesNotHaveDuplicates()
                .hasSize(5000);
    }

    private static String plan(StatementLog log) throws IOException {
        StringBuilder plan = new StringBuilder();
        PlanSql.write(plan, log.recorded());
        return plan.toString();
    }
}
