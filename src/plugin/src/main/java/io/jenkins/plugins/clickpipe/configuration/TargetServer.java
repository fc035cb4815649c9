package io.jenkins.plugins.clickpipe.configuration;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.net.URI;
import java.net.URISyntaxException;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The ClickHouse database that a pipe writes. */
public final class TargetServer extends AbstractDescribableImpl<TargetServer> {
    private final String url;
    private final String database;
    private String credentialsId;

    /** @param url of ClickHouse's HTTP interface, without user and password */
    @DataBoundConstructor
    public TargetServer(String url, String database) {
        this.url = Util.fixNull(url).trim();
        this.database = Util.fixNull(database).trim();
    }

    public String getUrl() {
        return url;
    }

    public String getDatabase() {
        return database;
    }

    /** Null for ClickHouse's user {@code default} without a password. */
    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    @Extension
    @Symbol("clickPipeTarget")
    public static final class DescriptorImpl extends Descriptor<TargetServer> {
        @Override
        public String getDisplayName() {
            return Messages.TargetServer_DisplayName();
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@QueryParameter String credentialsId) {
            return CredentialsChoice.items(credentialsId);
        }

        @POST
        public FormValidation doCheckUrl(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            try {
                URI uri = new URI(Util.fixNull(value).trim());
                boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
                if (http && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                    return FormValidation.ok();
                }
            } catch (URISyntaxException e) {
                return FormValidation.error(Messages.TargetServer_InvalidUrl());
            }
            return FormValidation.error(Messages.TargetServer_InvalidUrl());
        }

        @POST
        public FormValidation doCheckDatabase(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return FormValidation.validateRequired(value);
        }
    }
}
