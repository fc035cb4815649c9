package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.definition.SourceServer;
import io.jenkins.plugins.clickpipe.engine.definition.TableSelection;
import io.jenkins.plugins.clickpipe.engine.definition.TableSelection.Selected;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeIdentity;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.source.ReplicationSlots;
import io.jenkins.plugins.clickpipe.engine.source.SourceCatalog;
import io.jenkins.plugins.clickpipe.engine.source.SourceIdentity;
import io.jenkins.plugins.clickpipe.engine.source.SourceSql;
import java.sql.Connection;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether the pipe that the journal knows by this name is the one that the pipe file is about: the same database of the
 * same PostgreSQL system, the same journal and not a copy of it, at least one table in common. Every command asks before
 * it reads, confirms, drops or alters anything, since a pipe of another folder, file or server may have the same name.
 */
final class Ownership {
    private final Workspace workspace;
    private final Connection session;

    /** @param session an ordinary session of the source */
    Ownership(Workspace workspace, Connection session) {
        this.workspace = Objects.requireNonNull(workspace);
        this.session = Objects.requireNonNull(session);
    }

    /** The same for a command that asks a process at work for something, and holds no lock. */
    static void verify(Workspace workspace, PipeState state) {
        Connection session = workspace.source().connect();
        try {
            new Ownership(workspace, session).verify(state);
        } finally {
            workspace.source().release(session);
        }
    }

    /** What keeps a pipe file and a journal apart. */
    enum Kind {
        OTHER_OWNER,
        OTHER_SOURCE,
        COPIED_JOURNAL,
        OTHER_TABLES
    }

    /**
     * They are not about the same pipe.
     *
     * @param sentence what was expected and what is there
     * @param wayOut what the user can do
     */
    record Difference(Kind kind, String sentence, String wayOut) {
        EngineException refusal() {
            return new EngineException(sentence + " Nothing was changed. " + wayOut);
        }
    }

    /** @throws EngineException when pipe file and journal are not about the same pipe; its message has the way out */
    void verify(PipeState state) {
        difference(state).ifPresent(difference -> {
            throw difference.refusal();
        });
    }

    /** Empty for a pipe that does not exist yet, and where everything that is known is the same. */
    Optional<Difference> difference(PipeState state) {
        if (!state.exists()) {
            return Optional.empty();
        }
        return copiedJournal(state)
                .or(() -> otherOwner(state))
                .or(() -> otherSource(state))
                .or(() -> otherTables(state));
    }

    private Optional<Difference> copiedJournal(PipeState state) {
        Optional<UUID> now = Journal.uuid(workspace.target());
        return state.identity()
                .map(PipeIdentity::journal)
                .filter(made -> now.filter(uuid -> !uuid.equals(made)).isPresent())
                .map(made -> new Difference(
                        Kind.COPIED_JOURNAL,
                        "The journal of pipe " + workspace.pipe() + " in database "
                                + workspace.target().database()
                                + " is a copy: the pipe lives beside the journal with UUID "
                                + made + ", this one has " + now.orElseThrow()
                                + ", and its slot may be read from there.",
                        "Work on the pipe in its own database. Where it is to live here, run drop here, which forgets it"
                                + " here and leaves its slot and publication, and then resync"
                                + (leftBehind(state).isEmpty()
                                        ? "."
                                        : "; if nobody reads them any more, first run on the source: "
                                                + leftBehind(state))));
    }

    private Optional<Difference> otherOwner(PipeState state) {
        Optional<String> now = workspace.definition().owner();
        return state.identity()
                .flatMap(PipeIdentity::owner)
                .filter(owner -> now.filter(other -> !other.equals(owner)).isPresent())
                .map(owner -> new Difference(
                        Kind.OTHER_OWNER,
                        "Pipe " + workspace.pipe() + " in database "
                                + workspace.target().database() + " belongs to " + owner + ", and this pipe file is of "
                                + now.orElseThrow() + ".",
                        "Give this pipe another name or another destination database. If the other one is to be yours,"
                                + " let its definition name the owner (owner: " + now.orElseThrow()
                                + "; in Jenkins the field Owner), or run adopt with this pipe file, which takes it"
                                + " over."));
    }

    private Optional<Difference> otherSource(PipeState state) {
        SourceIdentity now = SourceIdentity.of(workspace.source(), session);
        String made;
        if (state.identity().isPresent()) {
            SourceIdentity source = state.identity().get().source();
            if (source.isSameDatabase(now)) {
                return Optional.empty();
            }
            made = source.toString();
        } else if (isElsewhere(state)) {
            made = journalledServer(state).orElseThrow();
        } else {
            return Optional.empty();
        }
        return Optional.of(new Difference(
                Kind.OTHER_SOURCE,
                "Pipe " + workspace.pipe() + " was made from " + made
                        + journalledServer(state)
                                .filter(server -> !server.equals(made))
                                .map(server -> ", then at " + server)
                                .orElse("")
                        + ", and the pipe file names " + now + ", at " + server() + ".",
                "If this is another pipe, give it another name or another destination database. If the source has moved,"
                        + " run resync --source-moved, which loads all tables from the new one"
                        + (leftBehind(state).isEmpty()
                                ? "."
                                : " and leaves slot and publication on the old one, where they hold back WAL until you run"
                                        + " there: " + leftBehind(state))));
    }

    /** Of a pipe of an older version only its pipe file is known, and a server may have several names. */
    private boolean isElsewhere(PipeState state) {
        boolean renamed = journalledServer(state)
                .filter(before -> !before.equals(server()))
                .isPresent();
        return renamed
                && state.liveSlot().isPresent()
                && new ReplicationSlots(workspace.source())
                        .find(session, state.liveSlot().get())
                        .isEmpty();
    }

    private static Optional<String> journalledServer(PipeState state) {
        return state.settings()
                .map(settings -> settings.path("source"))
                .filter(JsonNode::isObject)
                .map(source -> source.path("host").asText() + ":"
                        + source.path("port").asText() + "/"
                        + source.path("database").asText());
    }

    private String server() {
        SourceServer source = workspace.definition().source();
        return source.host() + ":" + source.port() + "/" + source.database();
    }

    private Optional<Difference> otherTables(PipeState state) {
        boolean shares = state.structures().isEmpty()
                || state.structures().values().stream()
                        .anyMatch(structure -> LoadedTables.isInPipeFile(
                                workspace, structure.path("source").asText()))
                || sharesDestination(state);
        return shares
                ? Optional.empty()
                : Optional.of(new Difference(
                        Kind.OTHER_TABLES,
                        "A pipe " + workspace.pipe() + " exists in database "
                                + workspace.target().database() + " with other tables ("
                                + state.structures().entrySet().stream()
                                        .map(entry ->
                                                entry.getValue().path("source").asText() + " to " + entry.getKey())
                                        .sorted()
                                        .limit(5)
                                        .collect(Collectors.joining(", "))
                                + (state.structures().size() > 5 ? ", ..." : "")
                                + "), none of which this pipe file names.",
                        "If this is another pipe, give it another name. If it is the same one, drop it first with a pipe"
                                + " file that names one of these tables."));
    }

    /** Another source for a destination table of the pipe is an edit of its pipe file. */
    private boolean sharesDestination(PipeState state) {
        return TableSelection.of(workspace.definition().tables(), new SourceCatalog(session).tableNames())
                .tables()
                .stream()
                .map(Selected::target)
                .anyMatch(state.structures()::containsKey);
    }

    /** The statements that drop what a pipe has on the source that its journal is about; empty where it has nothing. */
    static String leftBehind(PipeState state) {
        return Stream.concat(
                        new TreeSet<>(state.knownSlots())
                                .stream()
                                        .map(slot ->
                                                "SELECT pg_drop_replication_slot(" + SourceSql.literal(slot) + ");"),
                        state
                                .publication()
                                .filter(name -> state.publicationIsOurs())
                                .map(name -> "DROP PUBLICATION " + SourceSql.quote(name) + ";")
                                .stream())
                .collect(Collectors.joining(" "));
    }

    /** Journals which pipe this is where its journal does not say so yet; the caller has verified it, or makes it. */
    void learn(Journal journal) {
        if (!isKnown(journal.state())) {
            claim(journal);
        }
    }

    /** The journal has all of the pipe's identity that there is to know. */
    boolean isKnown(PipeState state) {
        return state.identity()
                .filter(identity -> identity.owner().isPresent()
                        || workspace.definition().owner().isEmpty())
                .isPresent();
    }

    /** Journals the present source as the pipe's; what it had on another one counts as left behind there. */
    void claim(Journal journal) {
        Optional<PipeIdentity> known = journal.state().identity();
        journal.append(
                EntryKind.IDENTITY,
                new PipeIdentity(
                                known.map(PipeIdentity::pipe).orElseGet(UUID::randomUUID),
                                SourceIdentity.of(workspace.source(), session),
                                Journal.uuid(workspace.target()).orElseThrow(),
                                workspace.definition().owner().or(() -> known.flatMap(PipeIdentity::owner)))
                        .toJson());
    }
}
