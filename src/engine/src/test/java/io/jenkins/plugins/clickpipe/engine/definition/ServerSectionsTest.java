package io.jenkins.plugins.clickpipe.engine.definition;

import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.faults;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.read;
import static io.jenkins.plugins.clickpipe.engine.definition.PipeFiles.with;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSectionsTest {
    private static final String SOURCE = "{host: 127.0.0.1, database: shop, user: clickpipe}";
    private static final String TARGET = "{url: \"http://127.0.0.1:8123\", database: shop}";

    @Test
    void missingKeysOfTheServersAreNamed() {
        assertThat(faults(with(SOURCE, "{}").replace(TARGET, "{}")))
                .containsExactly(
                        "source.host: is required (line 2)",
                        "source.database: is required (line 2)",
                        "source.user: is required (line 2)",
                        "target.url: is required (line 3)",
                        "target.database: is required (line 3)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    text       | source: must be keys and values, not one value (line 2)
                    [a]        | source: must be keys and values, not a list (line 2)
                    ''         | source: is required (line 2)
                    """)
    void aServerThatIsNoMappingIsRefused(String value, String fault) {
        assertThat(faults(with(SOURCE, value))).containsExactly(fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65536", "-1", "5432.0", "1e3", "0x10", "port", "99999999999999999999", "''", "05"})
    void aPortOutOfRangeIsRefused(String port) {
        assertThat(faults(with("database: shop, user", "database: shop, port: " + port + ", user")))
                .singleElement()
                .asString()
                .startsWith("source.port: must be a whole number from 1 to 65535, not ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"db.example.org", "::1", "10.0.0.1", "my_host"})
    void hostNamesAndAddressesAreTaken(String host) {
        assertThat(read(with("host: 127.0.0.1", "host: \"" + host + "\""))
                        .source()
                        .host())
                .isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres://db", "u@db", "db/shop", "a,b", "a b", "/var/run"})
    void aHostThatIsMoreThanAHostIsRefused(String host) {
        assertThat(faults(with("host: 127.0.0.1", "host: \"" + host + "\"")))
                .containsExactly(
                        "source.host: must be one host name or address, without scheme, user, port or path (line 2)");
    }

    @Test
    void anUnknownSslModeIsAnsweredWithTheNearestOne() {
        assertThat(faults(with("user: clickpipe", "user: clickpipe, sslMode: verify_full")))
                .containsExactly("source.sslMode: must be one of disable, allow, prefer, require, verify-ca,"
                        + " verify-full, not \"verify_full\"; did you mean verify-full? (line 2)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:8123", "https://ch.example.org:8443", "http://[::1]:8123/prefix/"})
    void goodUrlsAreTaken(String url) {
        assertThat(read(with("http://127.0.0.1:8123", url)).target().url()).hasToString(url);
    }

    @ParameterizedTest
    @CsvSource({
        "http://ch.example.org, http://ch.example.org:80",
        "https://ch.example.org/, https://ch.example.org:443/",
        "https://[::1]/ch, https://[::1]:443/ch"
    })
    void aUrlWithoutAPortHasThatOfItsScheme(String url, String complete) {
        assertThat(read(with("http://127.0.0.1:8123", url)).target().url()).hasToString(complete);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    127.0.0.1:8123           | must be a URL such as http://127.0.0.1:8123
                    ch:8123                  | must start with http:// or https://
                    jdbc:clickhouse://ch     | must start with http:// or https://
                    tcp://ch:9000            | must start with http:// or https://
                    http:///path             | must hold a host name
                    http:/ch                 | must hold a host name
                    http://my_host:8123      | must hold a host name
                    http://ch:8123?a=b       | must not hold a query or a fragment
                    http://ch:8123#a         | must not hold a query or a fragment
                    http://ch:0              | must hold a port from 1 to 65535
                    http://ch:65536          | must hold a port from 1 to 65535
                    http://u:p@ch:8123       | must not hold a user or password; use the keys user and password
                    http://u:p@x@ch:8123     | must not hold a user or password; use the keys user and password
                    http://a b               | must be a URL such as
                    """)
    void badUrlsAreRefused(String url, String message) {
        assertThat(faults(with("http://127.0.0.1:8123", url)))
                .singleElement()
                .asString()
                .startsWith("target.url: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    007      | 007
                    1_000    | 1_000
                    no       | no
                    a #b     | a
                    "a #b"   | a #b
                    "null"   | null
                    true     | true
                    """)
    void aPasswordIsTheTextOfTheFile(String written, String password) {
        String yaml = with(TARGET, "\n  url: http://127.0.0.1:8123\n  database: shop\n  password: " + written);

        assertThat(read(yaml).target().password().reveal()).isEqualTo(password);
    }

    @Test
    void passwordsDoNotPrint() {
        PipeDefinition pipe = read(with("user: clickpipe", "user: clickpipe, password: hunter2"));

        assertThat(pipe.source().password().reveal()).isEqualTo("hunter2");
        assertThat(pipe.toString()).doesNotContain("hunter2");
    }
}
