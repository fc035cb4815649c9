package io.jenkins.plugins.clickpipe.configuration;

import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** What the form of a pipe's settings offers and checks. */
@Extension
@Symbol("clickPipeSettings")
public final class PipeSettingsDescriptor extends Descriptor<PipeSettings> {
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern DURATION = Pattern.compile("0|[0-9]{1,9}[smhd]");
    private static final int LONGEST_NAME = 63;

    public PipeSettingsDescriptor() {
        super(PipeSettings.class);
    }

    @Override
    public String getDisplayName() {
        return Messages.PipeSettings_DisplayName();
    }

    /** What the form leaves empty is left to the engine; Stapler would make 0 or false of it. */
    @Override
    public PipeSettings newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
        for (Object name : List.copyOf(form.names())) {
            if ("".equals(form.get(name))) {
                form.remove(name);
            }
        }
        return super.newInstance(request, form);
    }

    @POST
    public ListBoxModel doFillReplicationModeItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "cdc", "snapshot", "cdc_only");
    }

    @POST
    public FormValidation doCheckSyncIntervalSeconds(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.inRange(item, value, 1, 86_400);
    }

    @POST
    public FormValidation doCheckPullBatchSize(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.inRange(item, value, 1, 10_000_000);
    }

    @POST
    public ListBoxModel doFillAllowNullableColumnsItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "true", "false");
    }

    @POST
    public FormValidation doCheckInitialLoadParallelism(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.inRange(item, value, 1, 64);
    }

    @POST
    public FormValidation doCheckSnapshotNumRowsPerPartition(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.inRange(item, value, 100, 1_000_000_000);
    }

    @POST
    public FormValidation doCheckSnapshotNumberOfParallelTables(
            @AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.inRange(item, value, 1, 64);
    }

    @POST
    public FormValidation doCheckMaxSourceConnections(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.inRange(item, value, 3, 10_000);
    }

    @POST
    public FormValidation doCheckMaxMegabytesPerSecond(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.inRange(item, value, 1, 100_000);
    }

    @POST
    public ListBoxModel doFillSoftDeletedRowsItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "transfer", "discard");
    }

    @POST
    public ListBoxModel doFillStreamLargeTransactionsItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "true", "false");
    }

    @POST
    public ListBoxModel doFillCatchUpBeforeSwapItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "true", "false");
    }

    @POST
    public ListBoxModel doFillKeepOriginalLiveItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "false", "true");
    }

    @POST
    public FormValidation doCheckMaxRowLossPercent(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.inRange(item, value, 0, 100);
    }

    @POST
    public ListBoxModel doFillVerifyItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "counts", "checksums", "off");
    }

    @POST
    public ListBoxModel doFillStrictTypesItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "false", "true");
    }

    @POST
    public ListBoxModel doFillIgnoredOperationsItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "none", "delete", "truncate", "delete_and_truncate");
    }

    @POST
    public FormValidation doCheckPublicationName(@AncestorInPath Item item, @QueryParameter String value) {
        FormAccess.check(item);
        return Util.fixNull(value).getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME
                ? FormValidation.ok()
                : FormValidation.error(Messages.PipeSettings_LongName());
    }

    @POST
    public FormValidation doCheckReplicationSlotName(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.matching(item, value, SLOT, Messages.PipeSettings_InvalidSlot());
    }

    @POST
    public ListBoxModel doFillApproveSwapItems(@AncestorInPath Item item) {
        return SettingField.choice(item, "false", "true");
    }

    @POST
    public FormValidation doCheckApprovalTimeout(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.matching(item, value, DURATION, Messages.PipeSettings_InvalidDuration());
    }

    @POST
    public FormValidation doCheckKeepPreviousTables(@AncestorInPath Item item, @QueryParameter String value) {
        return SettingField.matching(item, value, DURATION, Messages.PipeSettings_InvalidDuration());
    }
}
