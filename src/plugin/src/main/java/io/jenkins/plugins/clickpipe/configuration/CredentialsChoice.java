package io.jenkins.plugins.clickpipe.configuration;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.model.Item;
import hudson.security.ACL;
import hudson.util.ListBoxModel;
import java.util.List;
import jenkins.model.Jenkins;

/** The user names with passwords that a pipe can name: those of Jenkins itself, or those of a job. */
final class CredentialsChoice {
    private CredentialsChoice() {}

    /** Only the current choice for somebody who may not choose. */
    static ListBoxModel items(Item item, String current) {
        StandardListBoxModel items = new StandardListBoxModel();
        if (!FormAccess.isGranted(item) || item != null && !item.hasPermission(CredentialsProvider.USE_ITEM)) {
            return items.includeCurrentValue(current);
        }
        items.includeEmptyValue();
        if (item == null) {
            items.includeMatchingAs(
                    ACL.SYSTEM2,
                    Jenkins.get(),
                    StandardUsernamePasswordCredentials.class,
                    List.of(),
                    CredentialsMatchers.always());
        } else {
            items.includeMatchingAs(
                    ACL.SYSTEM2,
                    item,
                    StandardUsernamePasswordCredentials.class,
                    List.of(),
                    CredentialsMatchers.always());
        }
        return items.includeCurrentValue(current);
    }
}
