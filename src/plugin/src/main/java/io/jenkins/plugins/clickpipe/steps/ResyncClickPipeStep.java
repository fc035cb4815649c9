package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Resyncs a pipe; returns a map of {@code status}, {@code rows}, {@code tables} and {@code seconds}. */
public final class ResyncClickPipeStep extends PipeStep {
    private String tables;
    private boolean approveSwap;

    @DataBoundConstructor
    public ResyncClickPipeStep(String pipe) {
        super(pipe);
    }

    /** An Ant-style pattern of source tables; null for all of the pipe. */
    public String getTables() {
        return tables;
    }

    @DataBoundSetter
    public void setTables(String tables) {
        this.tables = Util.fixEmptyAndTrim(tables);
    }

    /** Whether somebody is asked before the swap, whatever the pipe's settings say. */
    public boolean isApproveSwap() {
        return approveSwap;
    }

    @DataBoundSetter
    public void setApproveSwap(boolean approveSwap) {
        this.approveSwap = approveSwap;
    }

    @Override
    EngineCommand command(String name) {
        EngineCommand all = EngineCommand.resync(name);
        EngineCommand some = tables == null ? all : all.onTables(tables);
        return approveSwap ? some.withSettings(Map.of("approveSwap", true)) : some;
    }

    @Extension
    public static final class DescriptorImpl extends PipeStepDescriptor {
        public DescriptorImpl() {
            super("resyncClickPipe", Messages.ResyncClickPipeStep_DisplayName());
        }
    }
}
