package io.jenkins.plugins.clickpipe.testbed.e2e;

import io.jenkins.plugins.clickpipe.testbed.TcpProxy;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.nio.file.Path;

/** A resync whose way to PostgreSQL is paused in its Snapshot phase until it is released. */
final class HeldLoad implements AutoCloseable {
    private final TcpProxy proxy;
    private final EngineProcess process;

    private HeldLoad(TcpProxy proxy, EngineProcess process) {
        this.proxy = proxy;
        this.process = process;
    }

    /** Returns once the load stands still with its {@code _resync} tables made. */
    static HeldLoad start(TestDatabase database, String tablesAndSettings, Path artifacts) {
        return start(database, tablesAndSettings, "--artifacts", artifacts.toString());
    }

    /** @param options of the command */
    static HeldLoad start(TestDatabase database, String tablesAndSettings, String... options) {
        TcpProxy proxy = TcpProxy.to(
                database.servers().postgresPipeUser().host(),
                database.servers().postgresPipeUser().port());
        String yaml = database.pipeYaml(
                database.servers().postgresPipeUser().throughPort(proxy.port()),
                database.servers().clickHousePipeUser(),
                tablesAndSettings);
        HeldLoad held = new HeldLoad(proxy, EngineProcess.start(yaml, "resync", options));
        try {
            held.process.awaitPhase("Snapshot");
            proxy.pause();
            return held;
        } catch (RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    EngineProcess process() {
        return process;
    }

    void release() {
        proxy.resume();
    }

    @Override
    public void close() {
        process.close();
        proxy.close();
    }
}
