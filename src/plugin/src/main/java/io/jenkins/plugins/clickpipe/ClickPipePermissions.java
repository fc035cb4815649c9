package io.jenkins.plugins.clickpipe;

import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Item;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.PermissionScope;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The plugin's own permissions, which jobs and folders can grant. */
public final class ClickPipePermissions {
    /** The group under which they are shown. */
    public static final PermissionGroup GROUP =
            new PermissionGroup(ClickPipePermissions.class, Messages._ClickPipePermissions_Group());

    /** To choose which pipe a job works on; who may configure a job may do it. */
    public static final Permission CONFIGURE = new Permission(
            GROUP, "Configure", Messages._ClickPipePermissions_Configure(), Item.CONFIGURE, PermissionScope.ITEM);

    /** To press a job's Resync button; who may build a job may do it. */
    public static final Permission RESYNC =
            new Permission(GROUP, "Resync", Messages._ClickPipePermissions_Resync(), Item.BUILD, PermissionScope.ITEM);

    private static final Logger LOG = Logger.getLogger(ClickPipePermissions.class.getName());

    private ClickPipePermissions() {}

    /** Makes them known before a security realm's saved grants are read. */
    @Initializer(before = InitMilestone.SYSTEM_CONFIG_LOADED)
    public static void register() {
        LOG.log(Level.FINE, "registered {0} and {1}", new Object[] {CONFIGURE.getId(), RESYNC.getId()});
    }
}
