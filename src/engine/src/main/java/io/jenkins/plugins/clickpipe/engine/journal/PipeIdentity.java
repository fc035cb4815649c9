package io.jenkins.plugins.clickpipe.engine.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.source.SourceIdentity;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Which pipe a journal is about, by identities that no other one has.
 *
 * @param pipe made at random with the pipe; a pipe that is dropped and made again has another one
 * @param source the database that it reads
 * @param journal the UUID of the journal's table
 * @param owner whom the pipe is for; empty where no pipe file has told yet
 */
public record PipeIdentity(UUID pipe, SourceIdentity source, UUID journal, Optional<String> owner) {
    public PipeIdentity {
        Objects.requireNonNull(pipe);
        Objects.requireNonNull(source);
        Objects.requireNonNull(journal);
        Objects.requireNonNull(owner);
    }

    /** The same pipe, whose source has another timeline, or has moved. */
    public PipeIdentity from(SourceIdentity other) {
        return new PipeIdentity(pipe, other, journal, owner);
    }

    /** The same pipe in other hands. */
    public PipeIdentity ownedBy(String other) {
        return new PipeIdentity(pipe, source, journal, Optional.of(other));
    }

    public JsonNode toJson() {
        ObjectNode json = Journal.object()
                .put("pipe", pipe.toString())
                .put("system", source.system())
                .put("database", source.database())
                .put("databaseOid", source.databaseOid())
                .put("timeline", source.timeline())
                .put("journal", journal.toString());
        owner.ifPresent(whose -> json.put("owner", whose));
        return json;
    }

    static PipeIdentity fromJson(JsonNode json) {
        return new PipeIdentity(
                UUID.fromString(json.get("pipe").asText()),
                new SourceIdentity(
                        json.get("system").asText(),
                        json.get("database").asText(),
                        json.get("databaseOid").asLong(),
                        json.get("timeline").asInt()),
                UUID.fromString(json.get("journal").asText()),
                Optional.ofNullable(json.get("owner")).map(JsonNode::asText));
    }
}
