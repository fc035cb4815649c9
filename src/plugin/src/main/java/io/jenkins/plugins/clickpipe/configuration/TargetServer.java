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
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The ClickHouse database that a pipe writes. */
public final class TargetServer extends AbstractDescribableImpl<TargetServer> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String url;
    private final String database;
    private String credentialsId;
    private transient boolean passwordGiven;

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

    /** Also in the URL, where ClickHouse takes user and password before the host and among the parameters. */
    boolean isPasswordGiven() {
        return passwordGiven || url.indexOf('@') >= 0 || url.indexOf('?') >= 0;
    }

    /** Whether whoever asks may have the engine log in here with the stored password. */
    boolean mayBeTested() {
        return FormAccess.maySendPassword(
                ClickPipesConfiguration.get().getPipes().stream().map(Pipe::getTarget), this, TargetServer::identity);
    }

    private List<?> identity() {
        return Arrays.asList(url, database, credentialsId);
    }

    @Extension
    @Symbol("clickPipeTarget")
    public static final class DescriptorImpl extends Descriptor<TargetServer> {
        @Override
        public String getDisplayName() {
            return Messages.TargetServer_DisplayName();
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return CredentialsChoice.items(item, credentialsId);
        }

        @POST
        public FormValidation doCheckUrl(@AncestorInPath Item item, @QueryParameter String value) {
            FormAccess.check(item);
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
        public FormValidation doCheckDatabase(@AncestorInPath Item item, @QueryParameter String value) {
            FormAccess.check(item);
            return FormValidation.validateRequired(value);
        }

        /** Has the engine log in to the server that the form names. See {@link FormAccess#maySendPassword}. */
        @POST
        public FormValidation doTestConnection(
                @AncestorInPath Item item,
                @QueryParameter String url,
                @QueryParameter String database,
                @QueryParameter String credentialsId) {
            FormAccess.check(item);
            TargetServer entered = new TargetServer(url, database);
            entered.setCredentialsId(credentialsId);
            if (!entered.mayBeTested()) {
                return FormValidation.error(Messages.FormAccess_UnknownAddress());
            }
            return FindingsTable.of(
                    EngineCheck.ofTarget(), () -> PipeLogins.of(item).fileOfTarget(entered));
        }
    }
}
