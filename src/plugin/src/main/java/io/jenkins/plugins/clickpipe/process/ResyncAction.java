package io.jenkins.plugins.clickpipe.process;

import hudson.model.InvisibleAction;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** The headline numbers of one resync of a build. The rest is in the artifacts. */
@ExportedBean
public final class ResyncAction extends InvisibleAction {
    private final String pipe;
    private final String status;
    private final long rows;
    private final long bytes;
    private final int tables;
    private final double seconds;

    ResyncAction(String pipe, EngineState state) {
        this.pipe = pipe;
        this.status = state.status();
        this.rows = state.rows();
        this.bytes = state.bytes();
        this.tables = state.tables();
        this.seconds = state.seconds();
    }

    @Exported(visibility = 2)
    public String getPipe() {
        return pipe;
    }

    /** One of ClickPipes' words. */
    @Exported(visibility = 2)
    public String getStatus() {
        return status;
    }

    @Exported(visibility = 2)
    public long getRows() {
        return rows;
    }

    @Exported(visibility = 2)
    public long getBytes() {
        return bytes;
    }

    @Exported(visibility = 2)
    public int getTables() {
        return tables;
    }

    @Exported(visibility = 2)
    public double getSeconds() {
        return seconds;
    }
}
