package io.jenkins.plugins.clickpipe.configuration;

import static java.util.Objects.requireNonNull;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.AbortException;
import hudson.model.Item;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.process.PipeInput;
import java.util.List;
import java.util.function.Function;

/** Turns a pipe into what the engine is given, with the passwords that a build, a job or Jenkins itself may use. */
public final class PipeLogins {
    /** The owner of the pipes of the configuration. */
    private static final String CONFIGURATION = "Jenkins' configuration";

    private final Function<String, StandardUsernamePasswordCredentials> credentials;

    private PipeLogins(Function<String, StandardUsernamePasswordCredentials> credentials) {
        this.credentials = credentials;
    }

    /** With the credentials of a build: those of its job's folders and the global ones. Their use is recorded. */
    public static PipeLogins of(Run<?, ?> run) {
        requireNonNull(run);
        return new PipeLogins(id -> {
            StandardUsernamePasswordCredentials found = CredentialsProvider.findCredentialById(
                    id, StandardUsernamePasswordCredentials.class, run, List.of());
            if (found != null) {
                CredentialsProvider.track(run, found);
            }
            return found;
        });
    }

    /** With the credentials of Jenkins itself: the global ones and those of its system scope. */
    public static PipeLogins ofJenkins() {
        return of((Item) null);
    }

    /** With the credentials of a job; null for those of Jenkins itself. */
    static PipeLogins of(Item item) {
        return new PipeLogins(id -> CredentialsProvider.findCredentialByIdInItem(
                id, StandardUsernamePasswordCredentials.class, item, null, List.of()));
    }

    /**
     * A pipe of the configuration for the engine.
     *
     * @throws AbortException when credentials are not there; the message says where to add them
     */
    public PipeInput input(Pipe pipe) throws AbortException {
        return input(pipe, CONFIGURATION);
    }

    /**
     * The pipe for the engine.
     *
     * @param owner what owns it unless it names an owner itself
     * @throws AbortException when credentials are not there; the message says where to add them
     */
    PipeInput input(Pipe pipe, String owner) throws AbortException {
        SourceServer from = pipe.getSource();
        String place = pipe.getName() + " from " + from.getHost() + ":" + from.getPort() + "/" + from.getDatabase();
        return new PipeInput(file(pipe, owner), place, EngineMemory.of(pipe));
    }

    /** A pipe file for a look that is not about who owns the pipe. */
    String file(Pipe pipe) throws AbortException {
        return file(pipe, null);
    }

    private String file(Pipe pipe, String owner) throws AbortException {
        PipeFileText.Login source = login(pipe, "source", pipe.getSource().getCredentialsId());
        String targetId = pipe.getTarget().getCredentialsId();
        PipeFileText.Login target =
                targetId == null ? PipeFileText.Login.CLICKHOUSE_DEFAULT : login(pipe, "target", targetId);
        return PipeFileText.of(pipe, pipe.getOwner() == null ? owner : pipe.getOwner(), source, target);
    }

    /** A pipe file that is good enough for a check of its source alone; the rest of it is never used. */
    String fileOfSource(SourceServer source) throws AbortException {
        return file(placeholder(source, new TargetServer("http://localhost", "unused")));
    }

    /** The same for a check of a target alone. */
    String fileOfTarget(TargetServer target) throws AbortException {
        Pipe pipe = placeholder(new SourceServer("localhost", "unused", "unused"), target);
        String id = target.getCredentialsId();
        return PipeFileText.of(
                pipe,
                null,
                new PipeFileText.Login("unused", ""),
                id == null ? PipeFileText.Login.CLICKHOUSE_DEFAULT : login(pipe, "target", id));
    }

    private static Pipe placeholder(SourceServer source, TargetServer target) {
        Pipe pipe = new Pipe("connection", source, target);
        pipe.setTables(List.of(new TableRule("unused.unused")));
        return pipe;
    }

    private PipeFileText.Login login(Pipe pipe, String server, String id) throws AbortException {
        StandardUsernamePasswordCredentials found = id.isEmpty() ? null : credentials.apply(id);
        if (found == null) {
            throw new AbortException("The credentials " + id + " of the " + server + " of ClickPipe " + pipe.getName()
                    + " are not there for this build. They must be a user name with password, in the global store"
                    + " or in a folder that holds the job.");
        }
        return new PipeFileText.Login(found.getUsername(), found.getPassword().getPlainText());
    }
}
