package io.jenkins.plugins.clickpipe.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The files that an embedded ClickHouse needs before its first start. Users come from here alone. */
final class ClickHouseConfiguration {
    private static final String SERVER =
            """
            <clickhouse>
              <logger><level>error</level></logger>
              <users_config>%s</users_config>
              <max_server_memory_usage_to_ram_ratio>0.4</max_server_memory_usage_to_ram_ratio>
              <mark_cache_size>134217728</mark_cache_size>
              <uncompressed_cache_size>0</uncompressed_cache_size>
              <query_log>
                <database>system</database>
                <table>query_log</table>
                <flush_interval_milliseconds>1000</flush_interval_milliseconds>
                <max_size_rows>65536</max_size_rows>
                <reserved_size_rows>1024</reserved_size_rows>
              </query_log>
            %s</clickhouse>
            """;

    /** The user {@code default} is the in-process session's own: it may start the listener and nothing else. */
    private static final String USERS =
            """
            <clickhouse>
              <profiles><default/>%5$s</profiles>
              <quotas><default/></quotas>
              <users>
                <default>
                  <password/>
                  <networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
                  <grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants>
                </default>
                <%1$s>
                  <password>%2$s</password>
                  <networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
                  <grants><query>GRANT ALL ON *.* WITH GRANT OPTION</query></grants>
                </%1$s>
                <%3$s>
                  <password>%4$s</password>
                  <networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
                  %7$s
                </%3$s>
            %6$s  </users>
            </clickhouse>
            """;

    private static final String PIPE_GRANTS =
            """
            <grants>
                    <query>GRANT SHOW, SELECT, INSERT, ALTER TABLE, CREATE TABLE, DROP TABLE, TRUNCATE, OPTIMIZE ON *.*</query>
                    <query>GRANT TABLE ENGINE ON MergeTree, TABLE ENGINE ON ReplacingMergeTree, TABLE ENGINE ON Null</query>
                  </grants>""";

    private static final String FURTHER_USER =
            """
                <%1$s>
                  <password>%2$s</password>
                  <networks><ip>127.0.0.1</ip></networks><profile>%1$s</profile><quota>default</quota>
                  <databases>%3$s</databases>
                  %4$s
                </%1$s>
            """;

    private ClickHouseConfiguration() {}

    /**
     * Writes {@code config.xml}, {@code users.xml} and the data directory's first metadata. Without the file
     * {@code system.sql} the database {@code system} has another UUID at each start, and query_log breaks at the second.
     *
     * @param settings server settings by name, for example {@code max_concurrent_queries}
     * @param further users with the pipe user's password and rights
     */
    static void write(
            Path directory,
            ClickHouseEndpoint admin,
            ClickHouseEndpoint pipeUser,
            Map<String, String> settings,
            List<ClickHouseUser> further)
            throws IOException {
        StringBuilder extra = new StringBuilder();
        settings.forEach((name, value) -> extra.append("  <%1$s>%2$s</%1$s>%n".formatted(name, value)));
        Path users = directory.resolve("users.xml");
        StringBuilder profiles = new StringBuilder();
        StringBuilder furtherUsers = new StringBuilder();
        for (ClickHouseUser user : further) {
            profiles.append("<%1$s>%2$s</%1$s>".formatted(user.name(), user.profileXml()));
            furtherUsers.append(
                    FURTHER_USER.formatted(user.name(), pipeUser.password(), user.databasesXml(), PIPE_GRANTS));
        }
        Files.writeString(
                users,
                USERS.formatted(
                        admin.user(),
                        admin.password(),
                        pipeUser.user(),
                        pipeUser.password(),
                        profiles,
                        furtherUsers,
                        PIPE_GRANTS));
        Files.writeString(directory.resolve("config.xml"), SERVER.formatted(users, extra));
        Path metadata = Files.createDirectories(directory.resolve("data").resolve("metadata"));
        Files.writeString(
                metadata.resolve("system.sql"), "ATTACH DATABASE _ UUID '" + UUID.randomUUID() + "' ENGINE = Atomic\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
