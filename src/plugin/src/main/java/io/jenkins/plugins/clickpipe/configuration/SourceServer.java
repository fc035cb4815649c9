package io.jenkins.plugins.clickpipe.configuration;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.clickpipe.process.EngineCheck;
import java.io.Serializable;
import java.util.List;
import java.util.regex.Pattern;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The PostgreSQL database that a pipe reads. */
public final class SourceServer extends AbstractDescribableImpl<SourceServer> implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int DEFAULT_PORT = 5432;
    private static final String DEFAULT_SSL_MODE = "prefer";
    private static final List<String> SSL_MODES =
            List.of("disable", "allow", DEFAULT_SSL_MODE, "require", "verify-ca", "verify-full");

    private final String host;
    private final String database;
    private final String credentialsId;
    private int port = DEFAULT_PORT;
    private String sslMode = DEFAULT_SSL_MODE;
    private transient boolean passwordGiven;

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

    /**
     * Always null: a password is never kept here.
     *
     * @deprecated use credentials
     */
    @Deprecated
    public String getPassword() {
        return null;
    }

    /**
     * For a definition that holds a password in spite of all: it is passed over, and the definition refused.
     *
     * @deprecated use credentials
     */
    @Deprecated
    @DataBoundSetter
    public void setPassword(String password) {
        passwordGiven = password != null;
    }

    boolean isPasswordGiven() {
        return passwordGiven;
    }

    /** Whether whoever asks may have the engine log in here with the stored password. */
    boolean mayBeTested() {
        return FormAccess.maySendPassword(
                ClickPipesConfiguration.get().getPipes().stream().map(Pipe::getSource), this, SourceServer::identity);
    }

    /** A configuration that was written by hand may leave out what has a default. */
    private Object readResolve() {
        port = port == 0 ? DEFAULT_PORT : port;
        setSslMode(sslMode);
        return this;
    }

    private List<?> identity() {
        return List.of(host, port, database, credentialsId, sslMode);
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
        public ListBoxModel doFillSslModeItems(@AncestorInPath Item item) {
            FormAccess.check(item);
            ListBoxModel items = new ListBoxModel();
            SSL_MODES.forEach(items::add);
            return items;
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoice.items(item, credentialsId);
        }

        @POST
        public FormValidation doCheckHost(@AncestorInPath Item item, @QueryParameter String value) {
            FormAccess.check(item);
            return HOST.matcher(Util.fixNull(value)).matches()
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.SourceServer_InvalidHost());
        }

        @POST
        public FormValidation doCheckPort(@AncestorInPath Item item, @QueryParameter String value) {
            FormAccess.check(item);
            return FormValidation.validateIntegerInRange(value, 1, 65_535);
        }

        @POST
        public FormValidation doCheckDatabase(@AncestorInPath Item item, @QueryParameter String value) {
            FormAccess.check(item);
            return FormValidation.validateRequired(value);
        }

        @POST
        public FormValidation doCheckCredentialsId(@AncestorInPath Item item, @QueryParameter String value) {
            FormAccess.check(item);
            return FormValidation.validateRequired(value);
        }

        /** Has the engine log in to the server that the form names. See {@link FormAccess#maySendPassword}. */
        @POST
        public FormValidation doTestConnection(
                @AncestorInPath Item item,
                @QueryParameter String host,
                @QueryParameter int port,
                @QueryParameter String database,
                @QueryParameter String credentialsId,
                @QueryParameter String sslMode) {
            FormAccess.check(item);
            SourceServer entered = new SourceServer(host, database, credentialsId);
            entered.setPort(port);
            entered.setSslMode(sslMode);
            if (!entered.mayBeTested()) {
                return FormValidation.error(Messages.FormAccess_UnknownAddress());
            }
            return FindingsTable.of(
                    EngineCheck.ofSource(), () -> PipeLogins.of(item).fileOfSource(entered));
        }
    }
}
