package io.jenkins.plugins.clickpipe.configuration;

import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.util.regex.Pattern;

/** A field of a form that may be left empty, which leaves the setting to the engine. */
final class SettingField {
    private SettingField() {}

    static FormValidation matching(Item item, String value, Pattern pattern, String fault) {
        FormAccess.check(item);
        String text = Util.fixEmptyAndTrim(value);
        return text == null || pattern.matcher(text).matches() ? FormValidation.ok() : FormValidation.error(fault);
    }

    static ListBoxModel choice(Item item, String... words) {
        FormAccess.check(item);
        ListBoxModel items = new ListBoxModel();
        items.add(Messages.PipeSettings_Default(), "");
        for (String word : words) {
            items.add(word);
        }
        return items;
    }

    static FormValidation inRange(Item item, String value, int least, int most) {
        FormAccess.check(item);
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.ok()
                : FormValidation.validateIntegerInRange(value, least, most);
    }
}
