package io.jenkins.plugins.clickpipe.configuration;

import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** The ClickPipes of this controller, by name: Manage Jenkins, System, ClickPipes. */
@Extension
@Symbol("clickPipes")
public final class ClickPipesConfiguration extends GlobalConfiguration {
    private List<Pipe> pipes = new ArrayList<>();
    private Integer engineMemory;
    private Integer alertMinutes;
    private Integer alertMegabytes;

    /** Loads what was saved. */
    public ClickPipesConfiguration() {
        load();
    }

    /** The configuration of the running controller. */
    public static ClickPipesConfiguration get() {
        return ExtensionList.lookupSingleton(ClickPipesConfiguration.class);
    }

    @Override
    public String getDisplayName() {
        return Messages.ClickPipesConfiguration_DisplayName();
    }

    /** In the order in which they were entered; a copy. */
    public synchronized List<Pipe> getPipes() {
        return List.copyOf(pipes);
    }

    /**
     * Replaces all pipes and saves them.
     *
     * @throws IllegalArgumentException when two have the same name, or one is invalid
     */
    @DataBoundSetter
    public synchronized void setPipes(List<Pipe> pipes) {
        Set<String> names = new HashSet<>();
        for (Pipe pipe : pipes) {
            try {
                pipe.validate();
            } catch (AbortException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
            if (!names.add(pipe.getName())) {
                throw new IllegalArgumentException("Two ClickPipes are named " + pipe.getName());
            }
        }
        this.pipes = new ArrayList<>(pipes);
        save();
    }

    /** Megabytes of Java heap for the engine where a pipe does not say otherwise; null for the default. */
    public synchronized Integer getEngineMemory() {
        return engineMemory;
    }

    /** @throws IllegalArgumentException naming the range */
    @DataBoundSetter
    public synchronized void setEngineMemory(Integer engineMemory) {
        this.engineMemory = EngineMemory.checked(engineMemory);
        save();
    }

    /** Minutes that a pipe may be behind before administrators are told; null for the default. */
    public synchronized Integer getAlertMinutes() {
        return alertMinutes;
    }

    /** @throws IllegalArgumentException naming the range */
    @DataBoundSetter
    public synchronized void setAlertMinutes(Integer alertMinutes) {
        this.alertMinutes = AlertLimit.MINUTES.checked(alertMinutes);
        save();
    }

    /** Minutes that a pipe may be behind. */
    public int alertMinutes() {
        return AlertLimit.MINUTES.orDefault(getAlertMinutes());
    }

    /** Megabytes of WAL that a slot may keep before administrators are told; null for the default. */
    public synchronized Integer getAlertMegabytes() {
        return alertMegabytes;
    }

    /** @throws IllegalArgumentException naming the range */
    @DataBoundSetter
    public synchronized void setAlertMegabytes(Integer alertMegabytes) {
        this.alertMegabytes = AlertLimit.MEGABYTES.checked(alertMegabytes);
        save();
    }

    /** Megabytes of WAL that a slot may keep. */
    public int alertMegabytes() {
        return AlertLimit.MEGABYTES.orDefault(getAlertMegabytes());
    }

    /** The pipe of that name. */
    public Optional<Pipe> pipe(String name) {
        return getPipes().stream().filter(pipe -> pipe.getName().equals(name)).findFirst();
    }

    @Override
    public boolean configure(StaplerRequest2 request, JSONObject json) throws FormException {
        List<Pipe> entered = new ArrayList<>();
        for (Object pipe : JSONArray.fromObject(json.has("pipes") ? json.get("pipes") : new JSONArray())) {
            entered.add(Descriptor.bindJSON(request, Pipe.class, (JSONObject) pipe));
        }
        try {
            setEngineMemory(number(json, "engineMemory"));
            setAlertMinutes(number(json, "alertMinutes"));
            setAlertMegabytes(number(json, "alertMegabytes"));
            setPipes(entered);
        } catch (IllegalArgumentException e) {
            throw new FormException(e.getMessage(), e, "pipes");
        }
        return true;
    }

    private static Integer number(JSONObject json, String field) {
        String text = json.optString(field);
        return text.isBlank() ? null : Integer.valueOf(text.trim());
    }

    @POST
    public FormValidation doCheckAlertMinutes(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return AlertLimit.MINUTES.check(value);
    }

    @POST
    public FormValidation doCheckAlertMegabytes(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return AlertLimit.MEGABYTES.check(value);
    }

    /** For the form. */
    public int defaultAlertMinutes() {
        return AlertLimit.MINUTES.orDefault(null);
    }

    /** For the form. */
    public int defaultAlertMegabytes() {
        return AlertLimit.MEGABYTES.orDefault(null);
    }

    @POST
    public FormValidation doCheckEngineMemory(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return EngineMemory.check(value);
    }

    /** For the form. */
    public int defaultEngineMemory() {
        return EngineMemory.DEFAULT;
    }
}
