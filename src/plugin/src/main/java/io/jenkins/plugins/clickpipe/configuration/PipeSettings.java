package io.jenkins.plugins.clickpipe.configuration;

import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

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
    private String ignoredOperations;

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
        put(named, "ignoredOperations", ignoredOperations);
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

    public String getIgnoredOperations() {
        return ignoredOperations;
    }

    @DataBoundSetter
    public void setIgnoredOperations(String ignoredOperations) {
        this.ignoredOperations = Util.fixEmptyAndTrim(ignoredOperations);
    }
}
