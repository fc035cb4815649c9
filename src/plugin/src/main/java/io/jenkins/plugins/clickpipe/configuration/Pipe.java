package io.jenkins.plugins.clickpipe.configuration;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Computer;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.Label;
import hudson.model.Node;
import hudson.util.FormValidation;
import io.jenkins.plugins.clickpipe.process.EngineCheck;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * A named replication from one PostgreSQL database to one ClickHouse database. Its parts have the names of the
 * engine's pipe file, except that user and password come from Jenkins' credentials.
 */
public final class Pipe extends AbstractDescribableImpl<Pipe> implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,50}");

    private final String name;
    private final SourceServer source;
    private final TargetServer target;
    private List<TableRule> tables = new ArrayList<>();
    private PipeSettings settings;
    private Integer engineMemory;
    private boolean keepInSync;
    private String syncLabel;
    private String owner;

    /**
     * Takes anything; {@link #validate} does not.
     *
     * @param name 1 to 50 letters, digits, underscores and hyphens
     */
    @DataBoundConstructor
    public Pipe(String name, SourceServer source, TargetServer target) {
        this.name = Util.fixNull(name).trim();
        this.source = source;
        this.target = target;
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

    /** Megabytes of Java heap for the engine; null for the memory that all pipes have. */
    public Integer getEngineMemory() {
        return engineMemory;
    }

    @DataBoundSetter
    public void setEngineMemory(Integer engineMemory) {
        this.engineMemory = engineMemory;
    }

    /** Whether Jenkins applies the changes of this pipe by itself, at the interval of its settings. */
    public boolean isKeepInSync() {
        return keepInSync;
    }

    @DataBoundSetter
    public void setKeepInSync(boolean keepInSync) {
        this.keepInSync = keepInSync;
    }

    /** A label of the nodes on which it does so; null for the built-in node. */
    public String getSyncLabel() {
        return syncLabel;
    }

    @DataBoundSetter
    public void setSyncLabel(String syncLabel) {
        this.syncLabel = Util.fixEmptyAndTrim(syncLabel);
    }

    /** Whom the pipe is for, in the engine's words; null for the place in Jenkins that defines it. */
    public String getOwner() {
        return owner;
    }

    @DataBoundSetter
    public void setOwner(String owner) {
        this.owner = Util.fixEmptyAndTrim(owner);
    }

    /**
     * A connected node for what is done with the pipe without a build: the built-in node, or one that has the label.
     *
     * @throws AbortException when the label is not valid
     */
    public Optional<Node> syncNode() throws AbortException {
        if (syncLabel == null) {
            return Optional.of(Jenkins.get());
        }
        Label label = Jenkins.get().getLabel(syncLabel);
        if (label == null) {
            throw new AbortException("The label " + syncLabel + " is not valid.");
        }
        return label.getNodes().stream()
                .filter(node -> Optional.ofNullable(node.toComputer())
                        .filter(Computer::isOnline)
                        .isPresent())
                .findFirst();
    }

    /** A configuration that was written by hand may leave the tables out. */
    private Object readResolve() {
        tables = Util.fixNull(tables);
        return this;
    }

    /**
     * Refuses what no form lets through, but code can hold.
     *
     * @throws AbortException for an invalid name or memory, a server left out, or a password that stands here
     */
    public void validate() throws AbortException {
        if (!NAME.matcher(name).matches()) {
            throw new AbortException("ClickPipe " + name + ": the name must be " + Messages.Pipe_InvalidName() + ".");
        }
        if (source == null || target == null) {
            throw new AbortException("ClickPipe " + name + " needs a " + (source == null ? "source" : "target") + ".");
        }
        if (source.isPasswordGiven() || target.isPasswordGiven()) {
            throw new AbortException("ClickPipe " + name + " is defined with a password. A definition holds none: store"
                    + " it as a credential, user name with password, name that in credentialsId, and change the"
                    + " password, which others may have read.");
        }
        try {
            EngineMemory.checked(engineMemory);
        } catch (IllegalArgumentException e) {
            throw new AbortException("ClickPipe " + name + ": " + e.getMessage() + ".");
        }
    }

    @Extension
    @Symbol("clickPipe")
    public static final class DescriptorImpl extends Descriptor<Pipe> {
        @Override
        public String getDisplayName() {
            return Messages.Pipe_DisplayName();
        }

        @POST
        public FormValidation doCheckName(@AncestorInPath Item item, @QueryParameter String value) {
            FormAccess.check(item);
            return NAME.matcher(Util.fixNull(value)).matches()
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.Pipe_InvalidName());
        }

        @POST
        public FormValidation doCheckEngineMemory(@AncestorInPath Item item, @QueryParameter String value) {
            FormAccess.check(item);
            return EngineMemory.check(value);
        }

        /**
         * Has the engine look at the whole pipe as it stands in the form. See {@link FormAccess#maySendPassword}.
         *
         * @param json the form's values
         */
        @POST
        public FormValidation doCheck(@AncestorInPath Item item, StaplerRequest2 request, @QueryParameter String json) {
            FormAccess.check(item);
            Pipe entered;
            try {
                entered = Descriptor.bindJSON(request, Pipe.class, JSONObject.fromObject(json));
                entered.validate();
            } catch (RuntimeException | AbortException e) {
                return FormValidation.error(Messages.Pipe_Incomplete());
            }
            boolean allowed =
                    entered.getSource().mayBeTested() && entered.getTarget().mayBeTested();
            return allowed
                    ? FindingsTable.of(
                            EngineCheck.ofPipe(), () -> PipeLogins.of(item).file(entered))
                    : FormValidation.error(Messages.FormAccess_UnknownAddress());
        }
    }
}
