package io.jenkins.plugins.clickpipe.configuration;

import hudson.model.Item;
import io.jenkins.plugins.clickpipe.ClickPipePermissions;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import jenkins.model.Jenkins;

/** Who may fill in and test a pipe's form: an administrator in Jenkins' own configuration, or who configures a job. */
public final class FormAccess {
    private FormAccess() {}

    static void check(Item item) {
        if (item == null) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        } else {
            item.checkPermission(ClickPipePermissions.CONFIGURE);
        }
    }

    /** Whether the present user may. */
    public static boolean isGranted(Item item) {
        return item == null
                ? Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                : item.hasPermission(ClickPipePermissions.CONFIGURE);
    }

    /**
     * Whether a stored password may be sent to a server that a form names. To any that an administrator names, who can
     * read and change all of this anyway. For somebody else only to one that a saved pipe has, with the same
     * credentials and encryption: otherwise a form would be a way to have a password sent to an address of one's own.
     *
     * @param identity all of a server that decides where a password goes, and which
     */
    static <T> boolean maySendPassword(Stream<T> saved, T entered, Function<T, ?> identity) {
        return Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                || saved.anyMatch(server -> Objects.equals(identity.apply(server), identity.apply(entered)));
    }
}
