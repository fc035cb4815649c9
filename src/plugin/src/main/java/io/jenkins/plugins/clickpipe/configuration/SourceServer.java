package io.jenkins.plugins.clickpipe.configuration;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.util.List;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The PostgreSQL database that a pipe reads. */
public final class SourceServer extends AbstractDescribableImpl<SourceServer> {
    private static final int DEFAULT_PORT = 5432;
    private static final String DEFAULT_SSL_MODE = "prefer";
    private static final List<String> SSL_MODES =
            List.of("disable", "allow", DEFAULT_SSL_MODE, "require", "verify-ca", "verify-full");

    private final String host;
    private final String database;
    private final String credentialsId;
    private int port = DEFAULT_PORT;
    private String sslMode = DEFAULT_SSL_MODE;

    /** @param credentialsId of a user name with password */
    @DataBoundConstructor
    public SourceServer(String host, String database, String credentialsId) {
        this.host = Util.fixNull(host).trim();
        this.database = Util.fixNull(database).trim();
        this.credentialsId = Util.fixNull(credentialsId).trim();
    }

    public String getHost() {
        return host;
    }

    public String getDatabase() {
        return database;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    public int getPort() {
        return port;
    }

    @DataBoundSetter
    public void setPort(int port) {
        this.port = port;
    }

    public String getSslMode() {
        return sslMode;
    }

    /** @param sslMode as in libpq's documentation, for example {@code verify-full} */
    @DataBoundSetter
    public void setSslMode(String sslMode) {
        this.sslMode = sslMode == null || sslMode.isBlank() ? DEFAULT_SSL_MODE : sslMode;
    }

    @Extension
    @Symbol("clickPipeSource")
    public static final class DescriptorImpl extends Descriptor<SourceServer> {
        private static final Pattern HOST = Pattern.compile("[^\\s/@,?#\\\\]{1,255}");

        @Override
        public String getDisplayName() {
            return Messages.SourceServer_DisplayName();
        }

        public int defaultPort() {
            return DEFAULT_PORT;
        }

        @POST
        public ListBoxModel doFillSslModeItems() {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            ListBoxModel items = new ListBoxModel();
            SSL_MODES.forEach(items::add);
            return items;
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@QueryParameter String credentialsId) {
            return CredentialsChoice.items(credentialsId);
        }

        @POST
        public FormValidation doCheckHost(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return HOST.matcher(Util.fixNull(value)).matches()
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.SourceServer_InvalidHost());
        }

        @POST
        public FormValidation doCheckPort(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return FormValidation.validateIntegerInRange(value, 1, 65_535);
        }

        @POST
        public FormValidation doCheckDatabase(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return FormValidation.validateRequired(value);
        }

        @POST
        public FormValidation doCheckCredentialsId(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return FormValidation.validateRequired(value);
        }
    }
}
