package io.jenkins.plugins.clickpipe.engine.target;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The engine reads what it has written: its journal, the rows that a change completes. That holds on one server. Where
 * several answer at one URL it holds only on a database whose reads wait for what was written before.
 */
public final class OneServer {
    private static final String SHARED = "Shared";

    /** A server is told by its host, its own id and the ids that it gave to databases. */
    private static final String WHO = "SELECT concat(hostName(), ' ', lower(substring(hex(MD5(concat("
            + "toString(serverUUID()), arrayStringConcat(arraySort(groupArray(toString(uuid))))))), 1, 8)))"
            + " FROM system.databases WHERE name IN ('system', currentDatabase())";

    private final ClickHouse clickHouse;

    public OneServer(ClickHouse clickHouse) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
    }

    /** @throws EngineException where a read need not see the write before it */
    public void require() {
        fault().ifPresent(fault -> {
            throw new EngineException("Refused before anything was changed: " + fault + ".");
        });
    }

    /** The same, but asks only if this process has not done so yet. */
    public void requireOnce() {
        if (!clickHouse.isConsistent()) {
            require();
        }
    }

    /** Why a read need not see the write before it, and what to do. */
    public Optional<String> fault() {
        Set<String> servers = clickHouse.answers(WHO);
        if (servers.size() == 1) {
            clickHouse.consistent();
            return Optional.empty();
        }
        String engine = new TargetCatalog(clickHouse).databaseEngine().orElse("");
        if (engine.equals(SHARED)) {
            clickHouse.readSequentially();
            clickHouse.consistent();
            return Optional.empty();
        }
        return Optional.of(sentence(clickHouse.server().url().toString(), servers));
    }

    static String sentence(String url, Set<String> servers) {
        return "target.url " + url + " is answered by " + servers.size() + " servers (" + String.join(", ", servers)
                + "), and what is written to one need not be seen by the next read of another, so changes would be"
                + " lost; name one of them in target.url, or let the balancer keep a client on one";
    }
}
