package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.Servers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The demo's pipe file. The passwords stand in the environment alone. */
final class DemoPipe {
    private static final String TEXT =
            """
            name: shop
            source: {host: %s, port: %d, database: %s, user: %s, password: "${SHOP_POSTGRES_PASSWORD}"}
            target: {url: "%s", database: %s, user: %s, password: "${SHOP_CLICKHOUSE_PASSWORD}"}
            tables:
              - source: public.order_items
                sortingKeys: [%s]
              - source: public.*
            settings:
              initialLoadParallelism: 2
              snapshotNumberOfParallelTables: 2
              snapshotNumRowsPerPartition: 50000
            """;

    private final Servers servers;
    private final String database;
    private final Path directory;

    /** @param directory for the file {@link #fileName} */
    DemoPipe(Servers servers, String database, Path directory) {
        this.servers = requireNonNull(servers);
        this.database = requireNonNull(database);
        this.directory = requireNonNull(directory);
    }

    String fileName() {
        return "shop.yaml";
    }

    Map<String, String> environment() {
        return Map.of(
                "SHOP_POSTGRES_PASSWORD", servers.postgresPipeUser().password(),
                "SHOP_CLICKHOUSE_PASSWORD", servers.clickHousePipeUser().password());
    }

    /** Writes the file and returns its text. */
    String write(String sortingKeysOfOrderItems) {
        String text = TEXT.formatted(
                servers.postgresPipeUser().host(),
                servers.postgresPipeUser().port(),
                database,
                servers.postgresPipeUser().user(),
                servers.clickHousePipeUser().url(),
                database,
                servers.clickHousePipeUser().user(),
                sortingKeysOfOrderItems);
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(fileName()), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text;
    }
}
