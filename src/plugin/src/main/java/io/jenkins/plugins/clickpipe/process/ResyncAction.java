package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.AbortException;
import hudson.model.Api;
import hudson.model.Item;
import hudson.model.Node;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.status.VisibleJobs;
import io.jenkins.plugins.clickpipe.view.BuildView;
import io.jenkins.plugins.clickpipe.view.HumanUnits;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jenkins.model.Jenkins;
import jenkins.model.RunAction2;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;
import org.kohsuke.stapler.verb.GET;

/**
 * One resync of a build: its page, and the headline numbers that are kept with the build. It is there from the start
 * of the engine on; the rest of the numbers is in the pipe's record while it runs, and in the artifacts.
 */
@ExportedBean
public final class ResyncAction implements RunAction2 {
    private static final String URL = "clickpipe";
    private static final String KEEP = "keepPreviousTables";
    private static final String AWAITED = "awaited";

    private final String pipe;
    private final String urlName;
    private final String tablePattern;
    private final Boolean keepOriginalLive;
    private final String keepPreviousTables;
    private final String folder;
    private final PipeSource source;
    private final String node;
    private final String attempt;
    private final long started;
    private String phase = "";
    private String status = "";
    private String failure = "";
    private boolean ended;
    private long rows;
    private long bytes;
    private int tables;
    private double seconds;
    private double loadSeconds;
    private long retries;
    private long alteredValues;
    private long softDeletedRows;
    private String verification = "";
    private String approval = "";
    private String decidedBy = "";
    private transient Run<?, ?> run;

    private ResyncAction(
            EngineCommand command,
            PipeSource source,
            String folder,
            String node,
            String attempt,
            String urlName,
            long started) {
        this.pipe = command.pipe();
        this.source = requireNonNull(source);
        this.folder = requireNonNull(folder);
        this.node = requireNonNull(node);
        this.attempt = requireNonNull(attempt);
        this.keepPreviousTables =
                command.setting(KEEP).or(() -> source.setting(KEEP)).orElse("0h");
        this.tablePattern = command.tablePattern();
        this.keepOriginalLive =
                command.setting("keepOriginalLive").map(Boolean::valueOf).orElse(null);
        this.urlName = requireNonNull(urlName);
        this.started = started;
    }

    /**
     * Adds one to the build, saves it, and returns its address: {@code clickpipe} for the first one of a build. An attempt
     * that is made again has its address already.
     *
     * @param node on which the engine runs; empty for the built-in one
     */
    static String on(Run<?, ?> run, EngineCommand command, PipeSource source, String node, String attempt)
            throws IOException {
        synchronized (run) {
            List<ResyncAction> others = run.getActions(ResyncAction.class);
            Optional<ResyncAction> same = others.stream()
                    .filter(other -> attempt.equals(other.attempt))
                    .findFirst();
            if (same.isPresent()) {
                return same.get().urlName;
            }
            Set<String> taken = new HashSet<>();
            others.forEach(other -> taken.add(other.urlName));
            String urlName = URL;
            for (int i = 2; taken.contains(urlName); i++) {
                urlName = URL + "-" + i;
            }
            String folder = source.id(run.getParent()).folder();
            run.addAction(
                    new ResyncAction(command, source, folder, node, attempt, urlName, System.currentTimeMillis()));
            run.save();
            return urlName;
        }
    }

    /** The action of that address, when the build is still there. */
    static Optional<ResyncAction> of(String job, int number, String urlName) {
        return VisibleJobs.find(job)
                .map(found -> found.getBuildByNumber(number))
                .flatMap(build -> build.getActions(ResyncAction.class).stream()
                        .filter(action -> action.urlName.equals(urlName))
                        .findFirst());
    }

    synchronized void update(EngineState state) {
        phase = state.phase();
        status = state.status();
        rows = state.rows();
        bytes = state.bytes();
        tables = state.tables();
        seconds = state.seconds();
        loadSeconds = state.loadSeconds();
        retries = state.retries();
        alteredValues = state.alteredValues();
        softDeletedRows = state.softDeletedRows();
        verification = state.verification();
        approval = state.approval();
        decidedBy = state.decidedBy();
    }

    synchronized void ended(EngineState state, String why) {
        update(state);
        failure = why;
        ended = true;
        if (why.isEmpty() && keepPreviousTables != null) {
            PipeRecords.get().swapped(getId(), Periods.parse(keepPreviousTables));
        }
    }

    @Override
    public void onAttached(Run<?, ?> attached) {
        run = attached;
    }

    @Override
    public void onLoad(Run<?, ?> loaded) {
        run = loaded;
    }

    @Override
    public String getIconFileName() {
        return "symbol-swap";
    }

    @Override
    public String getDisplayName() {
        return Messages.ResyncAction_DisplayName(pipe);
    }

    @Override
    public String getUrlName() {
        return urlName;
    }

    /** The build. */
    public Run<?, ?> getRun() {
        return run;
    }

    /** Which pipe it is. */
    public PipeId getId() {
        return folder == null ? PipeRecords.get().idOf(run.getParent(), pipe) : new PipeId(folder, pipe);
    }

    /** Where the build had its pipe from; empty for a build of an earlier version. */
    public Optional<PipeSource> source() {
        return Optional.ofNullable(source);
    }

    /**
     * The node on which the engine runs.
     *
     * @throws AbortException when it is gone
     */
    public Node engineNode() throws AbortException {
        Node found = node.isEmpty() ? Jenkins.get() : Jenkins.get().getNode(node);
        if (found == null) {
            throw new AbortException("The agent " + node + ", where the engine of " + run + " runs, is gone.");
        }
        return found;
    }

    /** The swap's buttons and their questions. */
    public SwapApproval getSwap() {
        return new SwapApproval(this);
    }

    /** Whether the swap waits for somebody's decision. */
    public boolean isApprovalAwaited() {
        return getApproval().equals(AWAITED) && !isDone();
    }

    /** Whether no more is to come. */
    public boolean isDone() {
        return isEnded() || !run.isLogUpdated();
    }

    /** What the page shows. */
    public Map<String, Object> getTexts() {
        return view().texts(isDone(), getStatus(), isDone() && !getFailure().isEmpty());
    }

    /** For people. */
    public String getRowsText() {
        return HumanUnits.count(getRows());
    }

    /** For people. */
    public String getTablesText() {
        return HumanUnits.count(getTables(), "table");
    }

    /** For people. */
    public String getDuration() {
        return HumanUnits.seconds(getSeconds());
    }

    /** The resync's artifacts, when the present user may have them. */
    public List<? extends Run<?, ?>.Artifact> getArtifacts() {
        return view().artifacts();
    }

    /** What is new, for a page that is open. */
    @GET
    public HttpResponse doLive() {
        run.checkPermission(Item.READ);
        return view().response(isDone());
    }

    private BuildView view() {
        boolean mayDecide = run.hasPermission(ClickPipePermissions.RESYNC);
        return new BuildView(run, getId(), run.getUrl() + urlName + "/", mayDecide);
    }

    public Api getApi() {
        return new Api(this);
    }

    @Exported(visibility = 2)
    public String getPipe() {
        return pipe;
    }

    /** The pattern of source tables that the build was limited to; null for all of the pipe. */
    @Exported(visibility = 2)
    public String getTablePattern() {
        return tablePattern;
    }

    /** The setting, when it was another one for this build; else null. */
    public Boolean getKeepOriginalLive() {
        return keepOriginalLive;
    }

    /** When the engine was started, in milliseconds since 1970. */
    @Exported(visibility = 2)
    public long getStarted() {
        return started;
    }

    /** The engine's present phase, or its last one. */
    @Exported(visibility = 2)
    public synchronized String getPhase() {
        return phase;
    }

    /** One of ClickPipes' words; empty while it is not told. */
    @Exported(visibility = 2)
    public synchronized String getStatus() {
        return status;
    }

    /** Why the resync did not succeed; empty when it did, or is under way. */
    @Exported(visibility = 2)
    public synchronized String getFailure() {
        return failure;
    }

    /** Whether the engine's process has ended and the build has read all of it. */
    @Exported(visibility = 2)
    public synchronized boolean isEnded() {
        return ended;
    }

    @Exported(visibility = 2)
    public synchronized long getRows() {
        return rows;
    }

    @Exported(visibility = 2)
    public synchronized long getBytes() {
        return bytes;
    }

    @Exported(visibility = 2)
    public synchronized int getTables() {
        return tables;
    }

    /** How long the resync took, or is under way. */
    @Exported(visibility = 2)
    public synchronized double getSeconds() {
        return seconds;
    }

    /** How long the initial load took; 0 before its end. */
    @Exported(visibility = 2)
    public synchronized double getLoadSeconds() {
        return loadSeconds;
    }

    @Exported(visibility = 2)
    public synchronized long getRetries() {
        return retries;
    }

    @Exported(visibility = 2)
    public synchronized long getAlteredValues() {
        return alteredValues;
    }

    @Exported(visibility = 2)
    public synchronized long getSoftDeletedRows() {
        return softDeletedRows;
    }

    /** {@code PASSED}, {@code FAILED}, {@code NOT_RUN}, or empty before the end. */
    @Exported(visibility = 2)
    public synchronized String getVerification() {
        return verification;
    }

    /** {@code awaited}, {@code approved}, {@code rejected} or {@code expired}; empty for a swap that asks nobody. */
    @Exported(visibility = 2)
    public synchronized String getApproval() {
        return approval == null ? "" : approval;
    }

    /** Who has approved or rejected the swap; empty when nobody has. */
    @Exported(visibility = 2)
    public synchronized String getDecidedBy() {
        return decidedBy == null ? "" : decidedBy;
    }
}
