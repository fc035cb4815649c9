package io.jenkins.plugins.clickpipe.configuration;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Source tables, by name or pattern, and what becomes of them in ClickHouse. */
public final class TableRule extends AbstractDescribableImpl<TableRule> implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final List<String> ENGINES = List.of("ReplacingMergeTree", "MergeTree", "Null");

    private final String source;
    private List<String> exclude = new ArrayList<>();
    private String target;
    private List<String> excludedColumns = new ArrayList<>();
    private List<String> sortingKeys = new ArrayList<>();
    private String tableEngine;
    private String partitionKey;
    private String partitionBy;

    /** @param source a table such as {@code public.orders}, or an Ant-style pattern such as {@code public/*} */
    @DataBoundConstructor
    public TableRule(String source) {
        this.source = Util.fixNull(source).trim();
    }

    public String getSource() {
        return source;
    }

    public List<String> getExclude() {
        return List.copyOf(exclude);
    }

    @DataBoundSetter
    public void setExclude(List<String> exclude) {
        this.exclude = names(exclude);
    }

    /** Null for the source table's name. */
    public String getTarget() {
        return target;
    }

    @DataBoundSetter
    public void setTarget(String target) {
        this.target = Util.fixEmptyAndTrim(target);
    }

    public List<String> getExcludedColumns() {
        return List.copyOf(excludedColumns);
    }

    @DataBoundSetter
    public void setExcludedColumns(List<String> excludedColumns) {
        this.excludedColumns = names(excludedColumns);
    }

    /** Empty for the primary key. */
    public List<String> getSortingKeys() {
        return List.copyOf(sortingKeys);
    }

    @DataBoundSetter
    public void setSortingKeys(List<String> sortingKeys) {
        this.sortingKeys = names(sortingKeys);
    }

    /** Null for ReplacingMergeTree. */
    public String getTableEngine() {
        return tableEngine;
    }

    @DataBoundSetter
    public void setTableEngine(String tableEngine) {
        this.tableEngine = Util.fixEmptyAndTrim(tableEngine);
    }

    /** A source column; null leaves the choice to the engine. */
    public String getPartitionKey() {
        return partitionKey;
    }

    @DataBoundSetter
    public void setPartitionKey(String partitionKey) {
        this.partitionKey = Util.fixEmptyAndTrim(partitionKey);
    }

    /** A ClickHouse expression; null for no partitions. */
    public String getPartitionBy() {
        return partitionBy;
    }

    @DataBoundSetter
    public void setPartitionBy(String partitionBy) {
        this.partitionBy = Util.fixEmptyAndTrim(partitionBy);
    }

    /** A configuration that was written by hand may leave lists out. */
    private Object readResolve() {
        exclude = names(Util.fixNull(exclude));
        excludedColumns = names(Util.fixNull(excludedColumns));
        sortingKeys = names(Util.fixNull(sortingKeys));
        return this;
    }

    /** The form sends one text with a name a line. */
    private static List<String> names(List<String> entered) {
        return new ArrayList<>(entered.stream()
                .flatMap(String::lines)
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .toList());
    }

    @Extension
    @Symbol("clickPipeTable")
    public static final class DescriptorImpl extends Descriptor<TableRule> {
        @Override
        public String getDisplayName() {
            return Messages.TableRule_DisplayName();
        }

        /** A name a line, for the form. */
        public String lines(List<String> names) {
            return names == null ? "" : String.join("\n", names);
        }

        @POST
        public ListBoxModel doFillTableEngineItems(@AncestorInPath Item item) {
            FormAccess.check(item);
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.PipeSettings_Default(), "");
            ENGINES.forEach(items::add);
            return items;
        }

        @POST
        public FormValidation doCheckSource(@AncestorInPath Item item, @QueryParameter String value) {
            FormAccess.check(item);
            return FormValidation.validateRequired(value);
        }
    }
}
