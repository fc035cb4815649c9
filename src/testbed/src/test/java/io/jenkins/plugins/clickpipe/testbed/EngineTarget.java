package io.jenkins.plugins.clickpipe.testbed;

import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import io.jenkins.plugins.clickpipe.engine.definition.TargetServer;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import java.net.URI;
import java.util.function.Consumer;

/** A test's own way to its database in ClickHouse, as the engine has it. */
public final class EngineTarget {
    private EngineTarget() {}

    /**
     * A way of its own for each call; the caller closes it.
     *
     * @param statements hears each statement that changes something, before it is sent
     */
    public static ClickHouse of(TestDatabase database, Consumer<String> statements) {
        return open(database.servers().clickHousePipeUser(), database.targetDatabase(), statements);
    }

    /** The same by another way, a balancer's for example. */
    public static ClickHouse open(ClickHouseEndpoint endpoint, String database) {
        return open(endpoint, database, sql -> {});
    }

    private static ClickHouse open(ClickHouseEndpoint endpoint, String database, Consumer<String> statements) {
        TargetServer server = new TargetServer(
                URI.create(endpoint.url()), database, endpoint.user(), new Secret(endpoint.password()));
        return new ClickHouse(server, "test-", statements);
    }
}
