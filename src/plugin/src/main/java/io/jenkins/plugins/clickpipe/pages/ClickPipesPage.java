package io.jenkins.plugins.clickpipe.pages;

import hudson.Extension;
import hudson.Util;
import hudson.model.Api;
import hudson.model.RootAction;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.view.LiveResponse;
import io.jenkins.plugins.clickpipe.view.LiveView;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;
import org.kohsuke.stapler.verb.GET;

/** The list of the pipes that somebody sees, at {@code /clickpipes/}. {@link PipeAccess} says who sees what. */
@Extension
@Symbol("clickPipesPage")
@ExportedBean
public final class ClickPipesPage implements RootAction {
    @Override
    public String getIconFileName() {
        return PipeAccess.seesAll() || !PipeAccess.visible().isEmpty() ? "symbol-swap" : null;
    }

    @Override
    public String getDisplayName() {
        return Messages.ClickPipesPage_DisplayName();
    }

    @Override
    public String getUrlName() {
        return "clickpipes";
    }

    public Api getApi() {
        return new Api(this);
    }

    /** The pipes that the present user sees. */
    @Exported(visibility = 2)
    public List<PipePage> getPipes() {
        return PipeAccess.visible().stream()
                .map(PipeRecord::id)
                .map(PipePage::new)
                .toList();
    }

    /** What the page shows, a map for each pipe. */
    public List<Map<String, Object>> getRows() {
        return PipeAccess.visible().stream()
                .map(LiveView::of)
                .map(LiveView::texts)
                .toList();
    }

    /** Whether to offer the configuration. */
    public boolean isConfigurable() {
        return Jenkins.get().hasPermission(Jenkins.SYSTEM_READ);
    }

    /** The page of a pipe that the present user sees; null for others, which Stapler answers with 404. */
    public PipePage getPipe(String id) {
        PipeId pipe = PipeId.parse(id);
        return PipeAccess.sees(pipe) ? new PipePage(pipe) : null;
    }

    /** What is new, for a page that is open. */
    @GET
    public HttpResponse doLive() {
        List<PipeRecord> records = PipeAccess.visible();
        List<LiveView> views = records.stream().map(LiveView::of).toList();
        String rows = views.stream().map(LiveView::rowJson).collect(Collectors.joining(","));
        String version = views.stream().map(LiveView::version).collect(Collectors.joining("."));
        boolean busy = records.stream().anyMatch(record -> record.activity().isPresent());
        return new LiveResponse(
                "{\"done\":false,\"view\":{\"busy\":" + busy + ",\"pipes\":[" + rows + "]}}",
                Util.getDigestOf(version));
    }

    /** The figures of the pipes that the present user sees, in Prometheus' text format. */
    @GET
    public HttpResponse doPrometheus() {
        return new PrometheusText(PipeAccess.visible());
    }
}
