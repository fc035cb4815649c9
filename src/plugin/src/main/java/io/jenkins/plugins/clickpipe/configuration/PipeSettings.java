package io.jenkins.plugins.clickpipe.configuration;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.util.LinkedHashMap;
import java.util.Map;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * A pipe's settings with the names of the ClickPipes API and of the pipe file. Null leaves a setting to the engine's
 * default, so that a default that a later engine changes is not fixed by a form somebody once saved.
 */
public final class PipeSettings extends AbstractDescribableImpl<PipeSettings> {
    private String replicationMode;
    private Integer syncIntervalSeconds;
    private Integer pullBatchSize;
    private Boolean allowNullableColumns;
    private Integer initialLoadParallelism;
    private Long snapshotNumRowsPerPartition;
    private Integer snapshotNumberOfParallelTables;
    private String publicationName;
    private String replicationSlotName;
    private String softDeletedRows;
    private Boolean keepOriginalLive;
    private String verify;
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
        put(named, "allowNullableColumns", allowNullableColumns);
        put(named, "initialLoadParallelism", initialLoadParallelism);
        put(named, "snapshotNumRowsPerPartition", snapshotNumRowsPerPartition);
        put(named, "snapshotNumberOfParallelTables", snapshotNumberOfParallelTables);
        put(named, "publicationName", publicationName);
        put(named, "replicationSlotName", replicationSlotName);
        put(named, "softDeletedRows", softDeletedRows);
        put(named, "keepOriginalLive", keepOriginalLive);
        put(named, "verify", verify);
        put(named, "keepPreviousTables", keepPreviousTables);
        put(named, "maxRowLossPercent", maxRowLossPercent);
        put(named, "strictTypes", strictTypes);
        return named;
    }

    /** A form cannot send nothing for a truth value, so the engine's default counts as left open. */
    private static Boolean other(Boolean value, boolean engineDefault) {
        return value == null || value == engineDefault ? null : value;
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

    public Boolean getAllowNullableColumns() {
        return allowNullableColumns;
    }

    @DataBoundSetter
    public void setAllowNullableColumns(Boolean allowNullableColumns) {
        this.allowNullableColumns = other(allowNullableColumns, true);
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

    public Boolean getKeepOriginalLive() {
        return keepOriginalLive;
    }

    @DataBoundSetter
    public void setKeepOriginalLive(Boolean keepOriginalLive) {
        this.keepOriginalLive = other(keepOriginalLive, false);
    }

    public String getVerify() {
        return verify;
    }

    @DataBoundSetter
    public void setVerify(String verify) {
        this.verify = Util.fixEmptyAndTrim(verify);
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
        this.strictTypes = other(strictTypes, false);
    }

    @Extension
    @Symbol("clickPipeSettings")
    public static final class DescriptorImpl extends Descriptor<PipeSettings> {
        @Override
        public String getDisplayName() {
            return Messages.PipeSettings_DisplayName();
        }

        @POST
        public ListBoxModel doFillReplicationModeItems() {
            return choice("cdc", "snapshot", "cdc_only");
        }

        @POST
        public FormValidation doCheckSyncIntervalSeconds(@QueryParameter String value) {
            return inRange(value, 1, 86_400);
        }

        @POST
        public FormValidation doCheckPullBatchSize(@QueryParameter String value) {
            return inRange(value, 1, 10_000_000);
        }

        @POST
        public ListBoxModel doFillAllowNullableColumnsItems() {
            return truth(true, false);
        }

        @POST
        public FormValidation doCheckInitialLoadParallelism(@QueryParameter String value) {
            return inRange(value, 1, 64);
        }

        @POST
        public FormValidation doCheckSnapshotNumRowsPerPartition(@QueryParameter String value) {
            return inRange(value, 100, 1_000_000_000);
        }

        @POST
        public FormValidation doCheckSnapshotNumberOfParallelTables(@QueryParameter String value) {
            return inRange(value, 1, 64);
        }

        @POST
        public ListBoxModel doFillSoftDeletedRowsItems() {
            return choice("transfer", "discard");
        }

        @POST
        public ListBoxModel doFillKeepOriginalLiveItems() {
            return truth(false, true);
        }

        @POST
        public ListBoxModel doFillVerifyItems() {
            return choice("counts", "checksums", "off");
        }

        @POST
        public FormValidation doCheckMaxRowLossPercent(@QueryParameter String value) {
            return inRange(value, 0, 100);
        }

        @POST
        public ListBoxModel doFillStrictTypesItems() {
            return truth(false, true);
        }

        private static ListBoxModel choice(String... words) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.PipeSettings_Default(), "");
            for (String word : words) {
                items.add(word);
            }
            return items;
        }

        private static ListBoxModel truth(boolean first, boolean second) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            ListBoxModel items = new ListBoxModel();
            items.add(String.valueOf(first));
            items.add(String.valueOf(second));
            return items;
        }

        private static FormValidation inRange(String value, int least, int most) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.ok()
                    : FormValidation.validateIntegerInRange(value, least, most);
        }
    }
}
