package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.model.Computer;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.User;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.view.Refusal;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * The buttons of a resync whose swap waits for somebody's decision. The decision is the engine's own command, run beside
 * the one that waits; that one tells what was decided and by whom, as it does when somebody decides elsewhere.
 */
public final class SwapApproval implements StaplerProxy {
    private static final Logger LOG = Logger.getLogger(SwapApproval.class.getName());

    private final ResyncAction action;

    SwapApproval(ResyncAction action) {
        this.action = requireNonNull(action);
    }

    /** The question's page and its answers need the permission. */
    @Override
    public Object getTarget() {
        action.getRun().checkPermission(ClickPipePermissions.RESYNC);
        return this;
    }

    public ResyncAction getAction() {
        return action;
    }

    public String getTitle() {
        return Messages.SwapApproval_Title(action.getPipe());
    }

    /** What either answer means for readers. */
    public List<String> getSentences() {
        return List.of(Messages.SwapApproval_Swap(), Messages.SwapApproval_Reject());
    }

    /** Lets the swap go on. */
    @RequirePOST
    public HttpResponse doSwap() {
        return decide(true);
    }

    /** Has the resync given up. */
    @RequirePOST
    public HttpResponse doReject() {
        return decide(false);
    }

    private HttpResponse decide(boolean swap) {
        Run<?, ?> run = action.getRun();
        run.checkPermission(ClickPipePermissions.RESYNC);
        String page = run.getUrl() + action.getUrlName() + "/";
        if (!action.isApprovalAwaited()) {
            throw new Refusal(Messages.SwapApproval_NotAwaited(run.getFullDisplayName(), action.getPipe()), page);
        }
        String by = by();
        PipeId pipe = action.getId();
        LOG.log(Level.INFO, "{0} {1} the swap of ClickPipe {2} in {3}", new Object[] {
            by, swap ? "approves" : "rejects", pipe, run
        });
        PipeRecords.get().deciding(pipe, swap, by);
        Computer.threadPoolForRemoting.submit(() -> tell(swap, by));
        return HttpResponses.redirectViaContextPath(page);
    }

    private void tell(boolean swap, String by) {
        PipeId pipe = action.getId();
        try {
            PipeSource source = action.source().orElseThrow();
            Node node = action.engineNode();
            PipeInput input = source.input(action.getRun());
            BackgroundEngine engine =
                    BackgroundEngine.start(EngineCommand.approve(pipe.name(), swap, by), input, node, event -> {});
            if (engine.join() != 0) {
                undecided(by, engine.message());
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, e, () -> "The decision about the swap of " + pipe + " could not be told");
            undecided(by, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void undecided(String by, String message) {
        PipeRecords.get().undecided(action.getId());
        PipeRecords.get().failed(action.getId(), "approve", by, message);
    }

    private static String by() {
        User user = User.current();
        return user == null ? "anonymous" : user.getDisplayName();
    }
}
