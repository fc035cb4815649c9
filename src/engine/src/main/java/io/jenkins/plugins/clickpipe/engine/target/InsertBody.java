package io.jenkins.plugins.clickpipe.engine.target;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** The rows of one insert, which can be written again when the insert has to be repeated. */
@FunctionalInterface
public interface InsertBody {
    /**
     * One insert makes one block, so that one token names all of it: a repeated insert is kept whole or dropped whole
     * (ClickHouse documentation, "Deduplicating inserts on retries").
     */
    Map<String, String> SERVER_SETTINGS = Map.ofEntries(
            Map.entry("insert_deduplicate", "1"),
            Map.entry("async_insert", "0"),
            // ReplacingMergeTree would merge each block before it is written: a cost, and rows of one key would go.
            Map.entry("optimize_on_insert", "0"),
            Map.entry("input_format_parallel_parsing", "0"),
            Map.entry("max_insert_block_size", "1000000000"),
            Map.entry("min_insert_block_size_rows", "1000000000"),
            Map.entry("min_insert_block_size_bytes", "0"),
            Map.entry("max_partitions_per_insert_block", "0"),
            Map.entry("date_time_input_format", "basic"),
            Map.entry("precise_float_parsing", "1"),
            // A timestamp without a zone must not be read in the server's own.
            Map.entry("session_timezone", "UTC"),
            Map.entry("input_format_null_as_default", "0"));

    void writeTo(OutputStream out) throws IOException;
}
