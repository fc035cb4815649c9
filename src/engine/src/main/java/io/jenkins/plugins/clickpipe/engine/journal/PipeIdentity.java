package io.jenkins.plugins.clickpipe.engine.journal;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.source.SourceIdentity;
import java.util.Objects;
import java.util.UUID;

/**
 * Which pipe a journal is about, by identities that no other one has.
 *
 * @param pipe made at random with the pipe; a pipe that is dropped and made again has another one
 * @param source the database that it reads
 * @param journal the UUID of the journal's table
 */
public record PipeIdentity(UUID pipe, SourceIdentity source, UUID journal) {
    public PipeIdentity {
        Objects.requireNonNull(pipe);
        Objects.requireNonNull(source);
        Objects.requireNonNull(journal);
    }

    public JsonNode toJson() {
        return Journal.object()
                .put("pipe", pipe.toString())
                .put("system", source.system())
                .put("database", source.database())
                .put("databaseOid", source.databaseOid())
                .put("timeline", source.timeline())
                .put("journal", journal.toString());
    }

    static PipeIdentity fromJson(JsonNode json) {
        return new PipeIdentity(
                UUID.fromString(json.get("pipe").asText()),
                new SourceIdentity(
                        json.get("system").asText(),
                        json.get("database").asText(),
                        json.get("databaseOid").asLong(),
                        json.get("timeline").asInt()),
                UUID.fromString(json.get("journal").asText()));
    }
}
