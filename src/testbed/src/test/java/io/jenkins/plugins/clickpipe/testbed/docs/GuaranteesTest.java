package io.jenkins.plugins.clickpipe.testbed.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of guarantees names tests that there are. */
class GuaranteesTest {
    private static final Pattern NAME = Pattern.compile("`(\\w+)#(\\w+)`");

    @Test
    void everyTestThatThePageNamesIsThere() throws IOException {
        Set<String> missing = new TreeSet<>();
        Matcher named = NAME.matcher(Files.readString(Path.of("../../docs/guarantees.md")));
        int count = 0;
        while (named.find()) {
            count++;
            if (!isThere(named.group(1), named.group(2))) {
                missing.add(named.group());
            }
        }
        assertThat(count).isGreaterThan(20);
        assertThat(missing).isEmpty();
    }

    private static boolean isThere(String test, String method) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            return files.filter(file -> file.endsWith(test + ".java"))
                    .anyMatch(file -> has(file, " void " + method + "("));
        }
    }

    private static boolean has(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
