package io.jenkins.plugins.clickpipe.steps;

import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.clickpipe.process.EngineCommand;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Tells what a resync would do and changes nothing; returns the plan's text. */
public final class PlanClickPipeStep extends PipeStep {
    private String tables;

    @DataBoundConstructor
    public PlanClickPipeStep(String pipe) {
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

    @Override
    EngineCommand command(String name) {
        EngineCommand all = EngineCommand.plan(name);
        return tables == null ? all : all.onTables(tables);
    }

    @Extension
    public static final class DescriptorImpl extends PipeStepDescriptor {
        public DescriptorImpl() {
            super("planClickPipe", Messages.PlanClickPipeStep_DisplayName());
        }
    }
}
