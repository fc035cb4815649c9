package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.mapping.TableMapping;
import io.jenkins.plugins.clickpipe.engine.resync.LoadedTables.Followed;
import io.jenkins.plugins.clickpipe.engine.source.Publication;
import io.jenkins.plugins.clickpipe.engine.source.PublicationState;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable;
import io.jenkins.plugins.clickpipe.engine.source.SourceTable.Relation;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * That a pipe's publication has published all the pipe needs since it was last looked at. What it left out for a while is
 * not in the stream for ever, so that a publication which was altered and altered back is told from one that was not.
 */
final class Published {
    private final Workspace workspace;
    private final Journal journal;
    private final Connection session;
    private final String name;

    Published(Workspace workspace, Journal journal, Connection session) {
        this.workspace = Objects.requireNonNull(workspace);
        this.journal = Objects.requireNonNull(journal);
        this.session = Objects.requireNonNull(session);
        this.name = journal.state().publication().orElseThrow();
    }

    /**
     * What a look has found.
     *
     * @param tables those that can be followed
     * @param now the publication as it is; empty when there is a fault
     * @param fault why no change that came through it can be relied upon
     */
    record Look(LoadedTables tables, Optional<PublicationState> now, Optional<String> fault) {}

    /** Looks at it, stops tables of which it leaves something out, and journals what it is. */
    Look look(LoadedTables tables) {
        PipeState state = journal.state();
        List<SourceTable> sources =
                tables.mappings().stream().map(TableMapping::source).toList();
        Publication publication = new Publication(session, name, workspace::hearSource);
        Optional<PublicationRules> rules = rules(publication);
        if (state.publicationIsOurs() && rules.isPresent() && adoptChildren(publication, rules.get(), sources)) {
            rules = rules(publication);
        }
        Optional<PublicationState> now = read(sources);
        Optional<String> fault = fault(now);
        if (fault.isEmpty()) {
            fault = PublicationRules.operations(name, now.orElseThrow(), state.ignoredOperations())
                    .map(why -> why + "; then run resync, since changes may be missing");
        }
        if (fault.isPresent()) {
            return new Look(tables, Optional.empty(), fault);
        }
        List<Followed> followed = new ArrayList<>();
        for (Followed table : tables.followed()) {
            Optional<String> why = forATime(table.mapping().source().oid(), now.get());
            if (why.isEmpty()) {
                // Where a table is locked its entries are those that were looked at before.
                why = rules.flatMap(known -> known.table(table.mapping()));
            }
            why.ifPresentOrElse(
                    reason -> new StructureUpdate(workspace, journal)
                            .stop(
                                    table.mapping().target(),
                                    table.mapping().source().qualifiedName(),
                                    reason),
                    () -> followed.add(table));
        }
        journal(now.get());
        return new Look(new LoadedTables(followed, tables.added(), tables.removed()), now, Optional.empty());
    }

    private Optional<PublicationRules> rules(Publication publication) {
        return publication.relationsUnlessLocked().map(relations -> new PublicationRules(name, relations));
    }

    /** Inheritance children are published one by one; one that has no row yet can be followed from its first row on. */
    private static boolean adoptChildren(Publication publication, PublicationRules rules, List<SourceTable> sources) {
        boolean adopted = false;
        for (SourceTable source : sources) {
            if (!source.partitioned()
                    && rules.missing(source).size() < source.relations().size()) {
                for (Relation child : rules.missing(source)) {
                    adopted |= publication.addEmpty(child.quoted());
                }
            }
        }
        return adopted;
    }

    private Optional<PublicationState> read(Collection<SourceTable> tables) {
        return PublicationState.read(
                session, name, tables.stream().map(SourceTable::oid).toList());
    }

    /** Why changes may be missing since the last look at the publication, as far as all tables go. */
    Optional<String> fault(Optional<PublicationState> now) {
        if (now.isEmpty()) {
            return Optional.of(
                    "publication " + name + " is missing, and with it the changes since it was dropped; run resync");
        }
        Optional<JsonNode> before = journal.state().published();
        if (before.isPresent() && before.get().path("oid").asLong() != now.get().oid()) {
            return Optional.of("publication " + name
                    + " was dropped and made anew, and the changes in between are missing; run resync");
        }
        return before.filter(known ->
                        !known.path("version").asText().equals(now.get().version()))
                .map(altered -> "publication " + name + " was altered (ALTER PUBLICATION), and what it did not publish"
                        + " meanwhile is missing; run resync");
    }

    /** Something that published the table is there no more, so that changes may be missing though another thing does. */
    private Optional<String> forATime(long oid, PublicationState now) {
        JsonNode known = journal.state()
                .published()
                .map(before -> before.path("tables").path(String.valueOf(oid)))
                .orElse(Journal.object().path("none"));
        Set<String> entries = now.entries().getOrDefault(oid, Set.of());
        for (JsonNode entry : known) {
            if (!entries.contains(entry.asText())) {
                return Optional.of("it was taken out of publication " + name
                        + ", or is published otherwise since, and changes in between are missing");
            }
        }
        return Optional.empty();
    }

    /** Refuses to take a publication for the one it was where that is not so and the pipe goes on meanwhile. */
    Optional<String> faultFor(Collection<SourceTable> tables) {
        return journal.state().published().isPresent() ? fault(read(tables)) : Optional.empty();
    }

    /** Journals what it is for these tables from now on; what it was before is known no more, and stops what it must. */
    void journal(Collection<SourceTable> tables) {
        read(tables).ifPresent(now -> {
            PipeState state = journal.state();
            if (state.liveSlot().isPresent()) {
                state.structures().forEach((target, structure) -> forATime(
                                structure.path("oid").asLong(), now)
                        .filter(why ->
                                now.entries().containsKey(structure.path("oid").asLong()))
                        .ifPresent(why -> new StructureUpdate(workspace, journal)
                                .refuse(state, target, structure.path("source").asText(), why)));
            }
            journal(now);
        });
    }

    private void journal(PublicationState now) {
        ObjectNode json = Journal.object().put("oid", now.oid()).put("version", now.version());
        ObjectNode tables = json.putObject("tables");
        for (long oid : new TreeSet<>(now.entries().keySet())) {
            ArrayNode entries = tables.putArray(String.valueOf(oid));
            new TreeSet<>(now.entries().get(oid)).forEach(entries::add);
        }
        if (!journal.state().published().equals(Optional.of(json))) {
            journal.append(EntryKind.PUBLISHED, json);
        }
    }
}
