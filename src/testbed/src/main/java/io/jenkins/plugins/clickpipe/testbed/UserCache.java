package io.jenkins.plugins.clickpipe.testbed;

import java.nio.file.Path;
import java.util.Map;

/** Where the test bed keeps what it has fetched or unpacked once (XDG Base Directory Specification). */
final class UserCache {
    private UserCache() {}

    static Path directory(Map<String, String> environment) {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = xdg.startsWith("/") ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("clickpipe-resync");
    }
}
