package io.jenkins.plugins.clickpipe.configuration;

import static java.util.Objects.requireNonNull;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * A named replication from one PostgreSQL database to one ClickHouse database. Its parts have the names of the
 * engine's pipe file, except that user and password come from Jenkins' credentials.
 */
public final class Pipe extends AbstractDescribableImpl<Pipe> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,50}");

    private final String name;
    private final SourceServer source;
    private final TargetServer target;
    private List<TableRule> tables = new ArrayList<>();
    private PipeSettings settings;

    /** @param name 1 to 50 letters, digits, underscores and hyphens */
    @DataBoundConstructor
    public Pipe(String name, SourceServer source, TargetServer target) {
        this.name = requireNonNull(Util.fixEmptyAndTrim(name), "a ClickPipe needs a name");
        this.source = requireNonNull(source, "a ClickPipe needs a source");
        this.target = requireNonNull(target, "a ClickPipe needs a target");
    }

    public String getName() {
        return name;
    }

    public SourceServer getSource() {
        return source;
    }

    public TargetServer getTarget() {
        return target;
    }

    /** A copy. */
    public List<TableRule> getTables() {
        return List.copyOf(tables);
    }

    @DataBoundSetter
    public void setTables(List<TableRule> tables) {
        this.tables = new ArrayList<>(tables);
    }

    /** Null when every setting has its default. */
    public PipeSettings getSettings() {
        return settings;
    }

    @DataBoundSetter
    public void setSettings(PipeSettings settings) {
        this.settings = settings;
    }

    @Extension
    @Symbol("clickPipe")
    public static final class DescriptorImpl extends Descriptor<Pipe> {
        @Override
        public String getDisplayName() {
            return Messages.Pipe_DisplayName();
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return NAME.matcher(Util.fixNull(value)).matches()
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.Pipe_InvalidName());
        }
    }
}
