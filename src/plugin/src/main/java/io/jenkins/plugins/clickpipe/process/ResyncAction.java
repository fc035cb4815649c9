package io.jenkins.plugins.clickpipe.process;

import static java.util.Objects.requireNonNull;

import hudson.model.Api;
import hudson.model.Item;
import hudson.model.Run;
import io.jenkins.plugins.clickpipe.status.VisibleJobs;
import io.jenkins.plugins.clickpipe.view.BuildView;
import io.jenkins.plugins.clickpipe.view.HumanUnits;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private final String pipe;
    private final String urlName;
    private final String tablePattern;
    private final Boolean keepOriginalLive;
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
    private transient Run<?, ?> run;

    private ResyncAction(EngineCommand command, String urlName, long started) {
        this.pipe = command.pipe();
        this.tablePattern = command.tablePattern();
        this.keepOriginalLive =
                command.setting("keepOriginalLive").map(Boolean::valueOf).orElse(null);
        this.urlName = requireNonNull(urlName);
        this.started = started;
    }

    /** Adds one to the build, saves it, and returns its address: {@code clickpipe} for the first one of a build. */
    static String addTo(Run<?, ?> run, EngineCommand command) throws IOException {
        synchronized (run) {
            Set<String> taken = new HashSet<>();
            run.getActions(ResyncAction.class).forEach(other -> taken.add(other.urlName));
            String urlName = URL;
            for (int i = 2; taken.contains(urlName); i++) {
                urlName = URL + "-" + i;
            }
            run.addAction(new ResyncAction(command, urlName, System.currentTimeMillis()));
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
    }

    synchronized void ended(EngineState state, String why) {
        update(state);
        failure = why;
        ended = true;
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
        return new BuildView(run, pipe);
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
}
