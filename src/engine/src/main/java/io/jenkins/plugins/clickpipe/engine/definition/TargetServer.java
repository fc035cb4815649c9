package io.jenkins.plugins.clickpipe.engine.definition;

import java.net.URI;

/**
 * The ClickHouse database that is filled.
 *
 * @param url http or https, without user, query or fragment
 */
public record TargetServer(URI url, String database, String user, Secret password) {}
