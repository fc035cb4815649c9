package io.jenkins.plugins.clickpipe.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClickHouseLibraryTest {
    private static final ClickHousePackage UNPINNED = new ClickHousePackage("@chdb/lib-test", Optional.empty());

    @TempDir
    private Path directory;

    @Test
    void withoutCacheAndNpmOneSentenceSaysWhatToDo() {
        ClickHouseLibrary library = new ClickHouseLibrary(environment("/nowhere"), UNPINNED);
        assertThatExceptionOfType(TestbedException.class)
                .isThrownBy(library::resolve)
                .withMessageContainingAll(
                        "npm is not on the PATH",
                        directory.toString(),
                        "run once with npm and a network",
                        ClickHouseLibrary.VARIABLE,
                        Servers.CLICKHOUSE_VARIABLE)
                .satisfies(e -> assertThat(e.getMessage()).endsWith(".").doesNotContain("\n"));
    }

    @Test
    void withoutANetworkTheSentenceHoldsNpmsOwnReasonAndNothingIsLeft() throws IOException {
        fakeNpm("echo 'npm error code ENOTFOUND' >&2; exit 1");
        ClickHouseLibrary library = new ClickHouseLibrary(environment(path()), UNPINNED);
        assertThatExceptionOfType(TestbedException.class)
                .isThrownBy(library::resolve)
                .withMessageContainingAll("npm failed: npm error code ENOTFOUND", "run once with npm and a network");
        try (Stream<Path> left = Files.list(directory.resolve("clickpipe-resync/chdb"))) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactly("lock");
        }
    }

    @Test
    void aPackageWithAnotherChecksumIsRefused() throws IOException {
        fakeNpm(packing("not ClickHouse"));
        ClickHousePackage pinned = new ClickHousePackage("@chdb/lib-test", Optional.of("sha512-AAAA"));
        assertThatExceptionOfType(TestbedException.class)
                .isThrownBy(() -> new ClickHouseLibrary(environment(path()), pinned).resolve())
                .withMessageContainingAll("checksum", "sha512-AAAA");
    }

    @Test
    void severalThatNeedItAtOnceInstallItOnce() throws IOException {
        fakeNpm("echo x >> " + directory + "/calls; sleep 1; " + packing("an engine"));
        List<CompletableFuture<Path>> found = Stream.generate(() -> CompletableFuture.supplyAsync(
                        () -> new ClickHouseLibrary(environment(path()), UNPINNED).resolve()))
                .limit(3)
                .toList();
        assertThat(found)
                .allSatisfy(library ->
                        assertThat(library.join()).hasFileName("libchdb.so").hasContent("an engine"));
        assertThat(directory.resolve("calls")).hasContent("x");
    }

    @Test
    void whatAKilledInstallationHasLeftIsRemovedByTheNext() throws IOException {
        Path left = Files.createDirectories(directory.resolve("clickpipe-resync/chdb/installing-1"));
        Files.writeString(left.resolve("half.tgz"), "half");
        fakeNpm(packing("an engine"));
        assertThat(new ClickHouseLibrary(environment(path()), UNPINNED).resolve())
                .exists();
        assertThat(left).doesNotExist();
    }

    @Test
    void aNamedLibraryIsTakenAsItIsOrRefused() throws IOException {
        Path named = Files.writeString(directory.resolve("my.so"), "x");
        assertThat(new ClickHouseLibrary(Map.of(ClickHouseLibrary.VARIABLE, named.toString()), UNPINNED).resolve())
                .isEqualTo(named);
        ClickHouseLibrary absent = new ClickHouseLibrary(Map.of(ClickHouseLibrary.VARIABLE, "/no/such.so"), UNPINNED);
        assertThatExceptionOfType(TestbedException.class)
                .isThrownBy(absent::resolve)
                .withMessageContainingAll(ClickHouseLibrary.VARIABLE, "/no/such.so");
    }

    @Test
    void aPlatformWithoutAPackageIsToldToNameAServer() {
        assertThatExceptionOfType(TestbedException.class)
                .isThrownBy(() -> ClickHousePackage.of("Windows 11", "amd64"))
                .withMessageContainingAll("Windows 11", Servers.CLICKHOUSE_VARIABLE);
        assertThat(ClickHousePackage.of("Mac OS X", "aarch64").name()).isEqualTo("@chdb/lib-darwin-arm64");
    }

    private Map<String, String> environment(String path) {
        return Map.of("XDG_CACHE_HOME", directory.toString(), "PATH", path);
    }

    private String path() {
        return directory.resolve("bin") + ":" + System.getenv("PATH");
    }

    private static String packing(String content) {
        return "mkdir package; printf '" + content + "' > package/libchdb.so; tar -czf lib.tgz package; rm -r package";
    }

    private void fakeNpm(String script) throws IOException {
        Path npm = Files.createDirectories(directory.resolve("bin")).resolve("npm");
        Files.writeString(npm, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(npm, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
