package io.jenkins.plugins.clickpipe.engine.definition;

/**
 * The PostgreSQL database that is replicated.
 *
 * @param port 1 to 65535
 * @param sslMode one of libpq's: disable, allow, prefer, require, verify-ca, verify-full
 */
public record SourceServer(String host, int port, String database, String user, Secret password, String sslMode) {}
