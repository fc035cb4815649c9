package io.jenkins.plugins.clickpipe.testbed;

import java.util.Locale;
import java.util.Optional;

/**
 * The npm package that holds ClickHouse as a shared library for a platform (Apache License 2.0, about 180 MB packed,
 * 570 MB unpacked).
 *
 * @param name the package's name
 * @param integrity npm's own notation of the package file's SHA-512, where it is pinned; elsewhere npm's check against
 *     what its registry says is the only one
 */
record ClickHousePackage(String name, Optional<String> integrity) {
    /** ClickHouse 26.7.2.1. The package's tag {@code latest} names an older one that cannot listen. */
    static final String VERSION = "26.7.3-stable.1";

    private static final String LINUX_X64_INTEGRITY =
            "sha512-XP97mMqnc5tZpKQywR8N7cLTsHNiTmHr30pC5mzo3jWmukjKn2IBa60c2B/gWUNcuFjOMjWoorQICCqBVj5wpw==";

    /** @throws TestbedException if there is none for this operating system and processor */
    static ClickHousePackage ofThisMachine() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static ClickHousePackage of(String osName, String osArch) {
        String system = osName.toLowerCase(Locale.ROOT);
        boolean arm = osArch.equals("aarch64") || osArch.equals("arm64");
        boolean intel = osArch.equals("amd64") || osArch.equals("x86_64");
        if (system.contains("linux") && intel) {
            return new ClickHousePackage("@chdb/lib-linux-x64-gnu", Optional.of(LINUX_X64_INTEGRITY));
        }
        if (system.contains("linux") && arm) {
            return new ClickHousePackage("@chdb/lib-linux-arm64-gnu", Optional.empty());
        }
        if (system.contains("mac") && (arm || intel)) {
            return new ClickHousePackage("@chdb/lib-darwin-" + (arm ? "arm64" : "x64"), Optional.empty());
        }
        throw new TestbedException("There is no embedded ClickHouse for " + osName + " on " + osArch
                + "; name a running server in " + Servers.CLICKHOUSE_VARIABLE + ".");
    }

    /** As npm wants it. */
    String specification() {
        return name + "@" + VERSION;
    }

    /** The cache's directory for this package. */
    String directoryName() {
        return name.substring(name.indexOf('/') + 1) + "-" + VERSION;
    }
}
