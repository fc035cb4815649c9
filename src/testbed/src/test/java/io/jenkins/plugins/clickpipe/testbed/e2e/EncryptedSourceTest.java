package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.PostgresServer;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that speaks TLS. */
@WithServers
class EncryptedSourceTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path directory;

    @Test
    void shortAndLongRowsAreLoadedOverTls(TestDatabase database) throws Exception {
        Path key = directory.resolve("server.key");
        Path certificate = directory.resolve("server.crt");
        writeKeyPair(key, certificate);
        try (PostgresServer server = PostgresServer.start(
                Map.of("ssl", "on", "ssl_cert_file", certificate.toString(), "ssl_key_file", key.toString()))) {
            server.createDatabase(database.name());
            server.pipeUser()
                    .execute(
                            database.name(),
                            "CREATE TABLE t (id int PRIMARY KEY, note text)",
                            "INSERT INTO t SELECT i, md5(i::text) FROM generate_series(1, 20000) i",
                            "INSERT INTO t SELECT -i, repeat(md5(i::text), 100000) FROM generate_series(1, 3) i");
            String yaml = database.pipeYaml(
                    server.pipeUser(),
                    database.servers().clickHousePipeUser(),
                    "tables: [{source: public.t}]\nsettings: {maxMegabytesPerSecond: 5}\n");
            try (EngineProcess engine = EngineProcess.start(yaml, "resync")) {
                Awaitility.await().atMost(EngineProcess.LIMIT).until(() -> !server.admin()
                        .query(
                                database.name(),
                                "SELECT 1 FROM pg_stat_activity JOIN pg_stat_ssl USING (pid)"
                                        + " WHERE ssl AND query LIKE 'COPY%'")
                        .isEmpty());
                engine.awaitEnd().assertSucceeded();
            }
            assertThat(database.queryTarget("SELECT count(), sum(id), sum(length(note)),"
                            + " countIf(NOT startsWith(note, lower(hex(MD5(toString(abs(id))))))) FROM t"))
                    .isEqualTo(server.admin()
                            .query(database.name(), "SELECT count(*), sum(id), sum(length(note)), 0 FROM t"));
        }
    }

    private void writeKeyPair(Path key, Path certificate)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve("store");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "RSA",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        write(key, "PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
        write(certificate, "CERTIFICATE", keys.getCertificate("server").getEncoded());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }

    private static void write(Path file, String label, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        Files.writeString(file, "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
    }
}
