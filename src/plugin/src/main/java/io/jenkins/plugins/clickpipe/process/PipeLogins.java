package io.jenkins.plugins.clickpipe.process;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import java.util.List;

/** Finds a pipe and its credentials for a build. */
final class PipeLogins {
    private PipeLogins() {}

    /**
     * The pipe file's text with the secrets that the build may use.
     *
     * @throws AbortException when there is no such pipe or no such credentials; the message says where to add them
     */
    static String pipeFile(String name, Run<?, ?> run) throws AbortException {
        Pipe pipe = ClickPipesConfiguration.get()
                .pipe(name)
                .orElseThrow(() -> new AbortException("There is no ClickPipe named " + name
                        + ". Pipes are added in Manage Jenkins, System, ClickPipes."));
        PipeFileText.Login source = login(pipe, "source", pipe.getSource().getCredentialsId(), run);
        String targetId = pipe.getTarget().getCredentialsId();
        PipeFileText.Login target =
                targetId == null ? PipeFileText.Login.CLICKHOUSE_DEFAULT : login(pipe, "target", targetId, run);
        return PipeFileText.of(pipe, source, target);
    }

    private static PipeFileText.Login login(Pipe pipe, String server, String id, Run<?, ?> run) throws AbortException {
        StandardUsernamePasswordCredentials found =
                CredentialsProvider.findCredentialById(id, StandardUsernamePasswordCredentials.class, run, List.of());
        if (found == null) {
            throw new AbortException("The credentials " + id + " of the " + server + " of ClickPipe " + pipe.getName()
                    + " are not there for this build. They must be a user name with password, in the global store"
                    + " or in a folder that holds the job.");
        }
        CredentialsProvider.track(run, found);
        return new PipeFileText.Login(found.getUsername(), found.getPassword().getPlainText());
    }
}
