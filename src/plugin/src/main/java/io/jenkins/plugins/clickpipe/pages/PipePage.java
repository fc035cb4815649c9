package io.jenkins.plugins.clickpipe.pages;

import static java.util.Objects.requireNonNull;

import hudson.model.Api;
import hudson.model.ModelObject;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.SettingsText;
import io.jenkins.plugins.clickpipe.control.PipeControl;
import io.jenkins.plugins.clickpipe.jobs.PipeResync;
import io.jenkins.plugins.clickpipe.process.ResyncAction;
import io.jenkins.plugins.clickpipe.process.SwapApproval;
import io.jenkins.plugins.clickpipe.status.Activity;
import io.jenkins.plugins.clickpipe.status.BuildReference;
import io.jenkins.plugins.clickpipe.status.LoadStatistics;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.view.LiveResponse;
import io.jenkins.plugins.clickpipe.view.LiveView;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;
import org.kohsuke.stapler.verb.GET;

/** A pipe's page with the tabs Metrics, Tables and Settings, at {@code /clickpipes/pipe/NAME/}. */
@ExportedBean(defaultVisibility = 2)
public final class PipePage implements ModelObject, StaplerProxy {
    private final PipeId id;

    PipePage(PipeId id) {
        this.id = requireNonNull(id);
    }

    /** Every request below this page needs the right to see the pipe. */
    @Override
    public Object getTarget() {
        if (!PipeAccess.sees(id)) {
            throw HttpResponses.notFound();
        }
        return this;
    }

    @Override
    public String getDisplayName() {
        return id.name();
    }

    public Api getApi() {
        return new Api(this);
    }

    private PipeRecord record() {
        return PipeRecords.get().record(id);
    }

    /** What the page shows. */
    public Map<String, Object> getTexts() {
        return LiveView.of(record()).texts();
    }

    /** Whether the pipe is in the configuration; otherwise a step defines it. */
    public boolean isConfigured() {
        return configured().isPresent();
    }

    private Optional<Pipe> configured() {
        return id.folder().isEmpty() ? ClickPipesConfiguration.get().pipe(id.name()) : Optional.empty();
    }

    /** The settings by name: of the configuration, or of the step that worked on the pipe last. */
    public Map<String, String> getSettings() {
        Pipe pipe = configured().orElse(null);
        if (pipe == null) {
            return record().settings();
        }
        Map<String, String> settings = new LinkedHashMap<>(SettingsText.of(pipe));
        if (isConfigurable()) {
            settings.putAll(SettingsText.credentials(pipe));
        }
        return settings;
    }

    /** The Resync button, and the question that it asks. */
    public PipeResync getResync() {
        return new PipeResync(id);
    }

    /** The buttons Pause, Resume and Roll back. */
    public PipeControl getControl() {
        return new PipeControl(id);
    }

    /** The buttons of a swap that waits for somebody's decision; null when none does, which Stapler answers with 404. */
    public SwapApproval getSwap() {
        return record().activity()
                .flatMap(Activity::build)
                .flatMap(BuildReference::run)
                .flatMap(run -> run.getActions(ResyncAction.class).stream()
                        .filter(action -> action.getId().equals(id) && action.isApprovalAwaited())
                        .findFirst())
                .map(ResyncAction::getSwap)
                .orElse(null);
    }

    /** Whether the present user may know the ids of credentials. */
    public boolean isConfigurable() {
        return PipeAccess.seesAll();
    }

    /** What is new, for a page that is open. */
    @GET
    public HttpResponse doLive() {
        LiveView view = LiveView.of(record());
        return new LiveResponse("{\"done\":false,\"view\":" + view.json() + "}", view.version());
    }

    @Exported
    public String getName() {
        return id.name();
    }

    /** Full name of the folder whose jobs define the pipe; empty for the configuration, and outside of folders. */
    @Exported
    public String getFolder() {
        return id.folder();
    }

    /** One of ClickPipes' words, {@code Not created} or {@code Unknown}. */
    @Exported
    public String getStatus() {
        return record().status();
    }

    /** ISO 8601; null when not known. */
    @Exported
    public String getStatusSince() {
        return record().statusSince().map(Instant::toString).orElse(null);
    }

    /** Why the status is Failed; empty otherwise. */
    @Exported
    public String getReason() {
        return record().reason();
    }

    /** The command that is under way; null when none is. */
    @Exported
    public String getActivity() {
        return record().activity().map(Activity::command).orElse(null);
    }

    /** The phase of what is under way; null when nothing is. */
    @Exported
    public String getPhase() {
        return record().activity().map(Activity::phase).orElse(null);
    }

    /** When a resync last succeeded, ISO 8601; null when none is known. */
    @Exported
    public String getLastSuccess() {
        return record().lastSuccess().map(Instant::toString).orElse(null);
    }

    /** WAL bytes that the destination was behind when a sync or status build last looked; null when none has. */
    @Exported
    public Long getLagBytes() {
        return record().lagBytes().orElse(null);
    }

    /** Seconds that the destination was behind then; null when that is not known. */
    @Exported
    public Double getLagSeconds() {
        return record().lagSeconds().orElse(null);
    }

    /** WAL bytes that PostgreSQL kept for the slot when the servers were last asked; null when they never were. */
    @Exported
    public Long getRetainedBytes() {
        return record().retainedBytes().orElse(null);
    }

    /** {@code awaited} while a swap waits for somebody's decision; else empty. */
    @Exported
    public String getApproval() {
        return record().approval().text("state");
    }

    /** The last syncs, the latest first. */
    @Exported
    public List<SyncBean> getSyncs() {
        return record().syncs().stream().map(SyncBean::new).toList();
    }

    /** The last errors, the latest first. */
    @Exported
    public List<ErrorBean> getErrors() {
        return record().errors().stream().map(ErrorBean::new).toList();
    }

    /** The totals of the last resync's initial load; null when there was none. */
    @Exported
    public LoadBean getLoad() {
        return record().load().map(LoadStatistics::total).map(LoadBean::new).orElse(null);
    }

    /** The statistics of each table's initial load. */
    @Exported
    public List<LoadBean> getTables() {
        return record().load().map(LoadStatistics::tables).orElse(List.of()).stream()
                .map(LoadBean::new)
                .toList();
    }
}
