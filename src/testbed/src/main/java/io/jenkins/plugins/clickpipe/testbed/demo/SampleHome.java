package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.Servers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The configuration of the sample Jenkins home: a pipe over the demo's shop, with the running servers' credentials. */
final class SampleHome implements AutoCloseable {
    private static final String TEMPLATE = "jenkins.yaml";

    private final Servers servers;
    private final String database;
    private final Path file;

    /** @param home Jenkins' home, which exists */
    SampleHome(Servers servers, String database, Path home) {
        this.servers = requireNonNull(servers);
        this.database = requireNonNull(database);
        this.file = home.resolve(TEMPLATE);
    }

    /** Writes a file that only its owner can read, because it holds the passwords of the embedded servers. */
    Path write(String jenkinsUrl) {
        try (InputStream in = requireNonNull(SampleHome.class.getResourceAsStream(TEMPLATE))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .formatted(
                            servers.postgresPipeUser().user(),
                            servers.postgresPipeUser().password(),
                            servers.clickHousePipeUser().user(),
                            servers.clickHousePipeUser().password(),
                            servers.postgresPipeUser().host(),
                            servers.postgresPipeUser().port(),
                            servers.clickHousePipeUser().url(),
                            jenkinsUrl,
                            database);
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The servers that it names are gone. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
