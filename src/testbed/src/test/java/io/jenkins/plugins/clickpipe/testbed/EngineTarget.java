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
        ClickHouseEndpoint endpoint = database.servers().clickHousePipeUser();
        TargetServer server = new TargetServer(
                URI.create(endpoint.url()),
                database.targetDatabase(),
                endpoint.user(),
                new Secret(endpoint.password()));
        return new ClickHouse(server, "test-", statements);
    }
}
