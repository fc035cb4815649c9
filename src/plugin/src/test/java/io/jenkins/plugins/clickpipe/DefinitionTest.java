package io.jenkins.plugins.clickpipe;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider.FolderCredentialsProperty;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.DomainCredentials;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.PipeSettings;
import io.jenkins.plugins.clickpipe.configuration.SourceServer;
import io.jenkins.plugins.clickpipe.configuration.TableRule;
import io.jenkins.plugins.clickpipe.configuration.TargetServer;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.steps.ResyncBuilder;
import io.jenkins.plugins.clickpipe.steps.ResyncClickPipeStep;
import io.jenkins.plugins.clickpipe.steps.SyncBuilder;
import io.jenkins.plugins.clickpipe.steps.SyncClickPipeStep;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Pipes that a job defines itself. */
@WithJenkins
@WithServers
class DefinitionTest {
    @Test
    void aPipelineDefinesItsPipeWithAFoldersCredentials(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        ClickPipesConfiguration.get().setPipes(List.of());
        Folder folder = jenkins.createProject(Folder.class, "team");
        PostgresEndpoint source = database.servers().postgresPipeUser();
        ClickHouseEndpoint target = database.servers().clickHousePipeUser();
        FolderCredentialsProperty property = new FolderCredentialsProperty(new DomainCredentials[0]);
        folder.addProperty(property);
        CredentialsStore store = property.getStore();
        add(store, "team-pg", source.user(), source.password());
        add(store, "team-ch", target.user(), target.password());
        String definition = """
                [name: '%1$s',
                 source: [host: '%2$s', port: %3$d, database: '%1$s', credentialsId: 'team-pg'],
                 target: [url: '%4$s', database: '%1$s', credentialsId: 'team-ch'],
                 tables: [[source: 'public/orders', sortingKeys: ['id']], [source: 'public/*']],
                 settings: [initialLoadParallelism: 2, verify: 'counts']]""".formatted(database.name(), source.host(), source.port(), target.url());

        WorkflowJob scripted = folder.createProject(WorkflowJob.class, "scripted");
        Jobs.with(
                scripted,
                "node { def r = resyncClickPipe definition: %s, settings: [verify: 'off']\n echo \"${r.rows} rows\" }"
                        .formatted(definition));
        WorkflowRun first = jenkins.buildAndAssertSuccess(scripted);
        jenkins.assertLogContains("20500 rows", first);
        jenkins.assertLogNotContains("[Verification]", first);
        BuildFiles.assertNoSecrets(jenkins, first, pipe.secrets());

        WorkflowJob declarative = folder.createProject(WorkflowJob.class, "declarative");
        Jobs.with(
                declarative,
                "pipeline { agent any\n stages { stage('Resync') { steps { resyncClickPipe pipe: '%s', definition: %s } } } }"
                        .formatted(database.name(), definition));
        jenkins.assertLogContains("[Verification]", jenkins.buildAndAssertSuccess(declarative));

        Jobs.with(
                declarative,
                "pipeline { agent any\n stages { stage('Resync') { steps { resyncClickPipe clickPipe(%s) } } } }"
                        .formatted(definition.substring(1, definition.length() - 1)));
        jenkins.assertLogContains("[Verification]", jenkins.buildAndAssertSuccess(declarative));
        Jobs.with(
                declarative,
                "pipeline { agent any\n stages { stage('Sync') { steps { syncClickPipe pipe: %s, seconds: 1 } } } }"
                        .formatted(definition));
        jenkins.buildAndAssertSuccess(declarative);
        assertThat(PipeRecords.get().all())
                .extracting(PipeRecord::id)
                .containsExactly(new PipeId("team", database.name()));

        WorkflowJob outside = Jobs.pipeline(jenkins, "node { resyncClickPipe definition: %s }".formatted(definition));
        jenkins.assertLogContains(
                "ERROR: The credentials team-pg of the source of ClickPipe " + database.name(),
                jenkins.buildAndAssertStatus(Result.FAILURE, outside));
    }

    @Test
    void twoFoldersWithAPipeOfOneNameDoNotTouchEachOthers(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ShopPipe pipe = ShopPipe.create(database);
        ClickPipesConfiguration.get().setPipes(List.of());
        String definition = pipe.definition("");
        WorkflowJob first = jenkins.createProject(Folder.class, "a").createProject(WorkflowJob.class, "resync");
        Jobs.with(first, "node { resyncClickPipe definition: %s }".formatted(definition));
        WorkflowJob second = jenkins.createProject(Folder.class, "b").createProject(WorkflowJob.class, "resync");
        Jobs.with(second, "node { resyncClickPipe definition: %s }".formatted(definition));
        jenkins.buildAndAssertSuccess(first);

        jenkins.assertLogContains(
                "belongs to Jenkins folder a, and this pipe file is of Jenkins folder b",
                jenkins.buildAndAssertStatus(Result.FAILURE, second));

        jenkins.buildAndAssertSuccess(first);
        Jobs.with(
                second,
                "node { syncClickPipe pipe: %s, seconds: 1 }"
                        .formatted(pipe.definition("owner: 'Jenkins folder a', ")));
        jenkins.buildAndAssertSuccess(second);
    }

    private static void add(CredentialsStore store, String id, String user, String password) throws Exception {
        store.addCredentials(
                Domain.global(),
                new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, null, user, password));
    }

    @Test
    void aDefinitionWithoutASenseIsAUsersErrorThatHoldsNoPassword(JenkinsRule jenkins) throws Exception {
        String target = "target: [url: 'http://127.0.0.1:1', database: 'd'], tables: [[source: 'public/*']]";
        String literal =
                "[name: 'orders', source: [host: 'h', database: 'd', credentialsId: 'c', password: 'l1teral'], "
                        + target + "]";
        assertRefused(jenkins, "definition: " + literal, "ClickPipe orders is defined with a password.");
        assertRefused(
                jenkins,
                "definition: "
                        + literal.replace(", password: 'l1teral'", "").replace("127.0.0.1", "me:l1teral@127.0.0.1"),
                "ClickPipe orders is defined with a password.");
        assertRefused(
                jenkins,
                "definition: " + literal.replace(", password: 'l1teral'", "").replace("orders", "no spaces"),
                "ClickPipe no spaces: the name must be 1 to 50");
        assertRefused(
                jenkins, "pipe: 'shop', definition: " + literal, "The ClickPipe shop is named but orders is defined");
        assertRefused(jenkins, "settings: [verify: 'off']", "Name a ClickPipe, or define one");
    }

    private static void assertRefused(JenkinsRule jenkins, String arguments, String message) throws Exception {
        WorkflowRun run = jenkins.buildAndAssertStatus(
                Result.FAILURE, Jobs.pipeline(jenkins, "node { resyncClickPipe " + arguments + " }"));
        jenkins.assertLogContains("ERROR: " + message, run);
        jenkins.assertLogNotContains("\tat ", run);
        jenkins.assertLogNotContains("l1teral", run);
    }

    @Test
    void formsAndSnippetsKeepADefinition(JenkinsRule jenkins, TestDatabase database) throws Exception {
        ResyncBuilder builder = new ResyncBuilder(null);
        builder.setDefinition(definition());
        builder.setSettings(settings());
        builder.setTables("public/o*");
        FreeStyleProject job = jenkins.createFreeStyleProject();
        job.getBuildersList().add(builder);
        SyncBuilder sync = new SyncBuilder("orders");
        job.getBuildersList().add(sync);
        jenkins.configRoundtrip(job);
        ResyncBuilder kept = job.getBuildersList().get(ResyncBuilder.class);
        jenkins.assertEqualDataBoundBeans(builder, kept);
        assertThat(kept.getPipe()).isNull();
        assertThat(kept.getDefinition().getSettings().named())
                .isEqualTo(settings().named());
        jenkins.assertEqualDataBoundBeans(sync, job.getBuildersList().get(SyncBuilder.class));

        SnippetizerTester snippets = new SnippetizerTester(jenkins);
        snippets.assertRoundTrip(new ResyncClickPipeStep("orders"), "resyncClickPipe 'orders'");
        ResyncClickPipeStep step = new ResyncClickPipeStep("orders");
        step.setSettings(settings());
        step.setTables("public/o*");
        step.setApproveSwap(true);
        snippets.assertRoundTrip(
                step,
                "resyncClickPipe approveSwap: true, pipe: 'orders', settings: clickPipeSettings(strictTypes: false, verify: 'off'),"
                        + " tables: 'public/o*'");
    }

    @Test
    void aDefinitionTakesTheNamesPlaceInASnippet(JenkinsRule jenkins) throws Exception {
        SnippetizerTester snippets = new SnippetizerTester(jenkins);
        Pipe plain = new Pipe(
                "orders", new SourceServer("db", "shop", "pg"), new TargetServer("http://127.0.0.1:8123", "shop"));
        plain.setTables(List.of(new TableRule("public/*")));
        String text =
                "clickPipe(name: 'orders', source: clickPipeSource(credentialsId: 'pg', database: 'shop', host: 'db'),"
                        + " tables: [clickPipeTable('public/*')],"
                        + " target: clickPipeTarget(database: 'shop', url: 'http://127.0.0.1:8123'))";
        ResyncClickPipeStep resync = new ResyncClickPipeStep(null);
        resync.setDefinition(plain);
        snippets.assertRoundTrip(resync, "resyncClickPipe " + text);
        SyncClickPipeStep sync = new SyncClickPipeStep(null);
        sync.setDefinition(plain);
        sync.setSeconds(60);
        snippets.assertRoundTrip(sync, "syncClickPipe pipe: " + text + ", seconds: 60");
    }

    private static Pipe definition() {
        SourceServer source = new SourceServer("db.example.com", "shop", "pg");
        source.setPort(6432);
        TargetServer target = new TargetServer("https://ch.example.com:8443", "shop");
        target.setCredentialsId("ch");
        Pipe pipe = new Pipe("orders", source, target);
        pipe.setTables(List.of(new TableRule("public/*")));
        pipe.setSettings(settings());
        pipe.setEngineMemory(512);
        pipe.setOwner("the shop's team");
        return pipe;
    }

    private static PipeSettings settings() {
        PipeSettings settings = new PipeSettings();
        settings.setVerify("off");
        settings.setStrictTypes(false);
        return settings;
    }
}
