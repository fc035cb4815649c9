package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Digits, decimal points and the letter i are other ones in some of the locales in which Java starts. */
@WithServers
class LocalesTest {
    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "fa-IR", "tr-TR", "th-TH-u-nu-thai", "de-DE"})
    void aPipeWorksAndSpeaksAsAnywhereElse(String tag, TestDatabase database) {
        Locale locale = Locale.forLanguageTag(tag);
        List<String> options = List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Duser.language=" + locale.getLanguage(),
                "-Duser.country=" + locale.getCountry(),
                "-Duser.extensions=" + (locale.hasExtensions() ? "u-nu-thai" : ""));
        database.executeSource(
                "CREATE TABLE \"INVOICES\" (id bigint PRIMARY KEY, note text)",
                "INSERT INTO \"INVOICES\" SELECT i, 'loaded' FROM generate_series(1, 1500) i");
        Pipe pipe = Pipe.of(database, "tables: [{source: public.INVOICES}]");

        EngineRun create = run(pipe, options, "create").assertSucceeded();
        pipe.execute("UPDATE \"INVOICES\" SET note = 'changed' WHERE id = 7");
        EngineRun sync = run(pipe, options, "sync", "--once").assertSucceeded();
        EngineRun resync = run(pipe, options, "resync").assertSucceeded();
        EngineRun status = run(pipe, options, "status").assertSucceeded();

        pipe.assertSame(database, "\"INVOICES\"", "`INVOICES`");
        assertThat(create.output() + sync.output() + resync.output() + status.output())
                .as("digits and decimal points")
                .matches(text -> text.codePoints().noneMatch(c -> Character.isDigit(c) && c > '9'))
                .doesNotContainPattern("\\d,\\d s")
                .contains("1 500 rows");
    }

    private static EngineRun run(Pipe pipe, List<String> options, String command, String... arguments) {
        try (EngineProcess engine = EngineProcess.startWithin(pipe.yaml(), options, command, arguments)) {
            return engine.awaitEnd();
        }
    }
}
