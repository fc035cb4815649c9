package io.jenkins.plugins.clickpipe.configuration;

import hudson.Extension;
import hudson.ExtensionList;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jenkins.model.GlobalConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

/** The ClickPipes of this controller, by name: Manage Jenkins, System, ClickPipes. */
@Extension
@Symbol("clickPipes")
public final class ClickPipesConfiguration extends GlobalConfiguration {
    private List<Pipe> pipes = new ArrayList<>();

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
     * @throws IllegalArgumentException when two have the same name
     */
    @DataBoundSetter
    public synchronized void setPipes(List<Pipe> pipes) {
        Set<String> names = new HashSet<>();
        for (Pipe pipe : pipes) {
            if (!names.add(pipe.getName())) {
                throw new IllegalArgumentException("Two ClickPipes are named " + pipe.getName());
            }
        }
        this.pipes = new ArrayList<>(pipes);
        save();
    }

    /** The pipe of that name. */
    public Optional<Pipe> pipe(String name) {
        return getPipes().stream().filter(pipe -> pipe.getName().equals(name)).findFirst();
    }

    @Override
    public boolean configure(StaplerRequest2 request, JSONObject json) throws FormException {
        List<Pipe> entered = json.has("pipes") ? request.bindJSONToList(Pipe.class, json.get("pipes")) : List.of();
        try {
            setPipes(entered);
        } catch (IllegalArgumentException e) {
            throw new FormException(e.getMessage(), e, "pipes");
        }
        return true;
    }
}
