package io.jenkins.plugins.clickpipe.steps;

import hudson.Util;
import hudson.model.Item;
import hudson.util.ComboBoxModel;
import hudson.util.FormValidation;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.FormAccess;
import io.jenkins.plugins.clickpipe.configuration.Pipe;

/** The field {@code pipe} of steps: names to choose from, and whether one is known. */
final class PipeChoice {
    private PipeChoice() {}

    /** The names of all pipes, for somebody who may configure the job; none for others. */
    static ComboBoxModel items(Item item) {
        ComboBoxModel names = new ComboBoxModel();
        if (FormAccess.isGranted(item)) {
            ClickPipesConfiguration.get().getPipes().stream().map(Pipe::getName).forEach(names::add);
        }
        return names;
    }

    static FormValidation check(Item item, String value) {
        String name = Util.fixEmptyAndTrim(value);
        if (name == null) {
            return FormValidation.ok(Messages.PipeChoice_Required());
        }
        if (!FormAccess.isGranted(item)) {
            return FormValidation.ok();
        }
        return ClickPipesConfiguration.get().pipe(name).isPresent()
                ? FormValidation.ok()
                : FormValidation.warning(Messages.PipeChoice_Unknown(name));
    }
}
