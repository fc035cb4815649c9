package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.Servers;

/** A new database on either server, for the time of the demo. */
final class Databases implements AutoCloseable {
    private final Servers servers;
    private final String name;

    private Databases(Servers servers, String name) {
        this.servers = requireNonNull(servers);
        this.name = requireNonNull(name);
    }

    /** Makes both; an outside server that has one of that name keeps it, and the demo fails. */
    static Databases create(Servers servers, String name) {
        servers.postgresAdmin().createDatabase(name, servers.postgresPipeUser().user());
        try {
            servers.clickHouseAdmin().createDatabase(name);
        } catch (RuntimeException e) {
            servers.postgresAdmin().dropDatabase(name);
            throw e;
        }
        return new Databases(servers, name);
    }

    @Override
    public void close() {
        try {
            servers.clickHouseAdmin().dropDatabase(name);
        } finally {
            servers.postgresAdmin().dropDatabase(name);
        }
    }
}
