package io.jenkins.plugins.clickpipe.configuration;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/**
 * A pipe's settings with the names of the ClickPipes API and of the pipe file. Null leaves a setting to the engine's
 * default, so that a default that a later engine changes is not fixed by a form somebody once saved.
 */
public final class PipeSettings extends AbstractDescribableImpl<PipeSettings> implements Serializable {
    private static final long serialVersionUID = 1L;

    private String replicationMode;
    private Integer syncIntervalSeconds;
    private Integer pullBatchSize;
    private Boolean streamLargeTransactions;
    private Boolean allowNullableColumns;
    private Integer initialLoadParallelism;
    private Long snapshotNumRowsPerPartition;
    private Integer snapshotNumberOfParallelTables;
    private Integer maxSourceConnections;
    private Integer maxMegabytesPerSecond;
    private String publicationName;
    private String replicationSlotName;
    private String softDeletedRows;
    private Boolean catchUpBeforeSwap;
    private Boolean keepOriginalLive;
    private String verify;
    private Boolean approveSwap;
    private String approvalTimeout;
    private String keepPreviousTables;
    private Integer maxRowLossPercent;
    private Boolean strictTypes;

    /** Every setting at its default. */
    @DataBoundConstructor
    public PipeSettings() {
        // all by setters
    }

    /** The settings that are not left to the engine, in the pipe file's order. */
    public Map<String, Object> named() {
        Map<String, Object> named = new LinkedHashMap<>();
        put(named, "replicationMode", replicationMode);
        put(named, "syncIntervalSeconds", syncIntervalSeconds);
        put(named, "pullBatchSize", pullBatchSize);
        put(named, "streamLargeTransactions", streamLargeTransactions);
        put(named, "allowNullableColumns", allowNullableColumns);
        put(named, "initialLoadParallelism", initialLoadParallelism);
        put(named, "snapshotNumRowsPerPartition", snapshotNumRowsPerPartition);
        put(named, "snapshotNumberOfParallelTables", snapshotNumberOfParallelTables);
        put(named, "maxSourceConnections", maxSourceConnections);
        put(named, "maxMegabytesPerSecond", maxMegabytesPerSecond);
        put(named, "publicationName", publicationName);
        put(named, "replicationSlotName", replicationSlotName);
        put(named, "softDeletedRows", softDeletedRows);
        put(named, "catchUpBeforeSwap", catchUpBeforeSwap);
        put(named, "keepOriginalLive", keepOriginalLive);
        put(named, "verify", verify);
        put(named, "approveSwap", approveSwap);
        put(named, "approvalTimeout", approvalTimeout);
        put(named, "keepPreviousTables", keepPreviousTables);
        put(named, "maxRowLossPercent", maxRowLossPercent);
        put(named, "strictTypes", strictTypes);
        return named;
    }

    private static void put(Map<String, Object> named, String name, Object value) {
        if (value != null) {
            named.put(name, value);
        }
    }

    public String getReplicationMode() {
        return replicationMode;
    }

    @DataBoundSetter
    public void setReplicationMode(String replicationMode) {
        this.replicationMode = Util.fixEmptyAndTrim(replicationMode);
    }

    public Integer getSyncIntervalSeconds() {
        return syncIntervalSeconds;
    }

    @DataBoundSetter
    public void setSyncIntervalSeconds(Integer syncIntervalSeconds) {
        this.syncIntervalSeconds = syncIntervalSeconds;
    }

    public Integer getPullBatchSize() {
        return pullBatchSize;
    }

    @DataBoundSetter
    public void setPullBatchSize(Integer pullBatchSize) {
        this.pullBatchSize = pullBatchSize;
    }

    public Boolean getStreamLargeTransactions() {
        return streamLargeTransactions;
    }

    @DataBoundSetter
    public void setStreamLargeTransactions(Boolean streamLargeTransactions) {
        this.streamLargeTransactions = streamLargeTransactions;
    }

    public Boolean getAllowNullableColumns() {
        return allowNullableColumns;
    }

    @DataBoundSetter
    public void setAllowNullableColumns(Boolean allowNullableColumns) {
        this.allowNullableColumns = allowNullableColumns;
    }

    public Integer getInitialLoadParallelism() {
        return initialLoadParallelism;
    }

    @DataBoundSetter
    public void setInitialLoadParallelism(Integer initialLoadParallelism) {
        this.initialLoadParallelism = initialLoadParallelism;
    }

    public Long getSnapshotNumRowsPerPartition() {
        return snapshotNumRowsPerPartition;
    }

    @DataBoundSetter
    public void setSnapshotNumRowsPerPartition(Long snapshotNumRowsPerPartition) {
        this.snapshotNumRowsPerPartition = snapshotNumRowsPerPartition;
    }

    public Integer getSnapshotNumberOfParallelTables() {
        return snapshotNumberOfParallelTables;
    }

    @DataBoundSetter
    public void setSnapshotNumberOfParallelTables(Integer snapshotNumberOfParallelTables) {
        this.snapshotNumberOfParallelTables = snapshotNumberOfParallelTables;
    }

    public Integer getMaxSourceConnections() {
        return maxSourceConnections;
    }

    @DataBoundSetter
    public void setMaxSourceConnections(Integer maxSourceConnections) {
        this.maxSourceConnections = maxSourceConnections;
    }

    public Integer getMaxMegabytesPerSecond() {
        return maxMegabytesPerSecond;
    }

    @DataBoundSetter
    public void setMaxMegabytesPerSecond(Integer maxMegabytesPerSecond) {
        this.maxMegabytesPerSecond = maxMegabytesPerSecond;
    }

    public String getPublicationName() {
        return publicationName;
    }

    @DataBoundSetter
    public void setPublicationName(String publicationName) {
        this.publicationName = Util.fixEmptyAndTrim(publicationName);
    }

    public String getReplicationSlotName() {
        return replicationSlotName;
    }

    @DataBoundSetter
    public void setReplicationSlotName(String replicationSlotName) {
        this.replicationSlotName = Util.fixEmptyAndTrim(replicationSlotName);
    }

    public String getSoftDeletedRows() {
        return softDeletedRows;
    }

    @DataBoundSetter
    public void setSoftDeletedRows(String softDeletedRows) {
        this.softDeletedRows = Util.fixEmptyAndTrim(softDeletedRows);
    }

    public Boolean getCatchUpBeforeSwap() {
        return catchUpBeforeSwap;
    }

    @DataBoundSetter
    public void setCatchUpBeforeSwap(Boolean catchUpBeforeSwap) {
        this.catchUpBeforeSwap = catchUpBeforeSwap;
    }

    public Boolean getKeepOriginalLive() {
        return keepOriginalLive;
    }

    @DataBoundSetter
    public void setKeepOriginalLive(Boolean keepOriginalLive) {
        this.keepOriginalLive = keepOriginalLive;
    }

    public String getVerify() {
        return verify;
    }

    @DataBoundSetter
    public void setVerify(String verify) {
        this.verify = Util.fixEmptyAndTrim(verify);
    }

    public Boolean getApproveSwap() {
        return approveSwap;
    }

    @DataBoundSetter
    public void setApproveSwap(Boolean approveSwap) {
        this.approveSwap = approveSwap;
    }

    public String getApprovalTimeout() {
        return approvalTimeout;
    }

    @DataBoundSetter
    public void setApprovalTimeout(String approvalTimeout) {
        this.approvalTimeout = Util.fixEmptyAndTrim(approvalTimeout);
    }

    public String getKeepPreviousTables() {
        return keepPreviousTables;
    }

    @DataBoundSetter
    public void setKeepPreviousTables(String keepPreviousTables) {
        this.keepPreviousTables = Util.fixEmptyAndTrim(keepPreviousTables);
    }

    public Integer getMaxRowLossPercent() {
        return maxRowLossPercent;
    }

    @DataBoundSetter
    public void setMaxRowLossPercent(Integer maxRowLossPercent) {
        this.maxRowLossPercent = maxRowLossPercent;
    }

    public Boolean getStrictTypes() {
        return strictTypes;
    }

    @DataBoundSetter
    public void setStrictTypes(Boolean strictTypes) {
        this.strictTypes = strictTypes;
    }

    @Extension
    @Symbol("clickPipeSettings")
    public static final class DescriptorImpl extends Descriptor<PipeSettings> {
        private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");
        private static final Pattern DURATION = Pattern.compile("0|[0-9]{1,9}[smhd]");
        private static final int LONGEST_NAME = 63;

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
        public FormValidation doCheckSnapshotNumRowsPerPartition(
                @AncestorInPath Item item, @QueryParameter String value) {
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
}
