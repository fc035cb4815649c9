package io.jenkins.plugins.clickpipe.view;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.status.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import jenkins.model.Jenkins;

/** A swap that waits for somebody's decision, as texts for a page. */
final class ApprovalView {
    private final JsonObject approval;
    private final Reader reader;

    /** @param approval the {@code approval} event; without fields when no swap waits */
    ApprovalView(JsonObject approval, Reader reader) {
        this.approval = requireNonNull(approval);
        this.reader = requireNonNull(reader);
    }

    Map<String, Object> view() {
        boolean awaited = !approval.isEmpty();
        boolean decided = approval.has("decision");
        String url = Jenkins.get().getServletContext().getContextPath() + "/" + reader.swapUrl();
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("awaited", awaited);
        view.put("open", awaited && !decided && reader.mayDecide());
        view.put("text", awaited ? text(decided) : "");
        view.put("url", url);
        view.put("swap", url + "swap");
        view.put("reject", url + "reject");
        return view;
    }

    private String text(boolean decided) {
        if (decided) {
            return (approval.flag("decision") ? "Approved by " : "Rejected by ") + approval.text("by")
                    + "; the engine is told.";
        }
        return "The new tables are loaded and verified. The swap waits for a decision until "
                + HumanUnits.time(approval.instant("until")) + "; after that the resync is given up.";
    }
}
