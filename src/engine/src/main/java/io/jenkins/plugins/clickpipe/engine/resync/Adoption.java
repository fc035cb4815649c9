package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.journal.EntryKind;
import io.jenkins.plugins.clickpipe.engine.journal.Journal;
import io.jenkins.plugins.clickpipe.engine.journal.PipeIdentity;
import io.jenkins.plugins.clickpipe.engine.journal.PipeState;
import io.jenkins.plugins.clickpipe.engine.source.PipeLock;
import java.util.Objects;
import java.util.Optional;

/**
 * Gives a pipe into the hands of the owner that the pipe file names. It is a command of its own, so that no pipe
 * changes hands because two of them have one name.
 */
public final class Adoption {
    private final Workspace workspace;

    public Adoption(Workspace workspace) {
        this.workspace = Objects.requireNonNull(workspace);
    }

    /**
     * The sentence that says whose the pipe is now.
     *
     * @throws EngineException when the pipe does not exist, is another one, or the pipe file names no owner
     */
    public String run() {
        String owner = workspace
                .definition()
                .owner()
                .orElseThrow(
                        () -> new EngineException("The pipe file names no owner. Write owner: and a name into it."));
        try (PipeLock lock = workspace.lock()) {
            PipeState state = PipeState.of(Journal.read(workspace.target(), workspace.pipe()));
            if (!state.exists()) {
                throw new EngineException("Pipe " + workspace.pipe() + " does not exist.");
            }
            Ownership ownership = new Ownership(workspace, lock.session());
            Optional<Ownership.Difference> difference = ownership.difference(state);
            if (difference
                    .filter(other -> other.kind() != Ownership.Kind.OTHER_OWNER)
                    .isPresent()) {
                throw difference.get().refusal();
            }
            Journal journal = Journal.open(workspace.target(), workspace.clock(), workspace.pipe(), workspace.run());
            ownership.learn(journal);
            PipeIdentity identity = journal.state().identity().orElseThrow();
            Optional<String> before = identity.owner().filter(other -> !other.equals(owner));
            before.ifPresent(other ->
                    journal.append(EntryKind.IDENTITY, identity.ownedBy(owner).toJson()));
            return "Pipe " + workspace.pipe() + " belongs to " + owner
                    + before.map(other -> ", no more to " + other).orElse("") + ".";
        }
    }
}
