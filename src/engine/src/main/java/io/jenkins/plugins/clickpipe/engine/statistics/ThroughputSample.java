package io.jenkins.plugins.clickpipe.engine.statistics;

import java.time.Instant;

/**
 * Totals over all tables at one moment, taken about once a second during the load.
 *
 * @param rows rows accepted by ClickHouse so far
 * @param bytes bytes of COPY data read so far
 */
public record ThroughputSample(Instant time, long rows, long bytes) {}
