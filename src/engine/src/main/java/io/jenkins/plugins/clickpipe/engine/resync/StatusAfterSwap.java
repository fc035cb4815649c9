package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Generations;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.journal.PipeStatus;
import io.jenkins.plugins.clickpipe.engine.swap.SwapPlan.Kind;
import java.util.Optional;

/**
 * What a pipe is once its tables have changed places. A rolled-back pipe cannot go on by itself: the changes between
 * the tables that came back and the first change of the slot, which belongs to newer tables, are kept nowhere.
 */
record StatusAfterSwap(PipeStatus status, Optional<String> reason) {
    static StatusAfterSwap of(PipeState state, Kind kind) {
        boolean snapshot = state.settings()
                .map(settings ->
                        settings.path("settings").path("replicationMode").asText())
                .filter("snapshot"::equals)
                .isPresent();
        if (kind == Kind.SWAP) {
            return new StatusAfterSwap(snapshot ? PipeStatus.COMPLETED : PipeStatus.RUNNING, Optional.empty());
        }
        return new StatusAfterSwap(
                snapshot ? PipeStatus.COMPLETED : PipeStatus.PAUSED, Optional.of(afterRollback(state, snapshot)));
    }

    /** As before a resync that came to nothing, or that was of some tables alone. */
    static StatusAfterSwap before(PipeState state) {
        return state.generations().rolledBack().isEmpty()
                ? new StatusAfterSwap(state.lastingStatus().orElse(PipeStatus.RUNNING), Optional.empty())
                : of(state, Kind.ROLLBACK);
    }

    private static String afterRollback(PipeState state, boolean snapshot) {
        Generations generations = state.generations();
        String rollback =
                "A rollback" + generations.rolledBackBy().map(by -> " by " + by).orElse("");
        if (generations.rolledBack().isEmpty()) {
            String back = rollback + " has put the newest tables back in place";
            return snapshot
                    ? back + "."
                    : state.liveSlot().isPresent()
                            ? back + "; run resume and sync applies the changes since."
                            : back + ", but the pipe has no slot; run resync.";
        }
        String back = rollback + " has put previous tables in place, as they were before their resync. ";
        String again = generations.newestLoad().isPresent() ? "; rollback once more returns to the newer tables" : "";
        if (snapshot) {
            return back + "Run resync to load them anew" + again + ".";
        }
        return back
                + (state.liveSlot().isPresent()
                        ? "The replication slot belongs to the newer tables, and the changes between the two are kept"
                                + " nowhere, so the pipe goes on by resync alone" + again
                                + ". Until then the slot holds back WAL."
                        : "They follow the source again after resync" + again + ".");
    }

    void append(Journal journal) {
        ObjectNode data = Journal.object().put("status", status.name());
        reason.ifPresent(why -> data.put("reason", why));
        journal.append(EntryKind.STATUS, data);
    }

    /** For the end of a command's log. */
    String sentence(String pipe) {
        return ("Pipe " + pipe + " is " + status.label() + ". " + reason.orElse("")).strip();
    }
}
