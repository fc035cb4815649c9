package io.jenkins.plugins.clickpipe;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.Descriptor.FormException;
import io.jenkins.plugins.clickpipe.configuration.ClickPipesConfiguration;
import io.jenkins.plugins.clickpipe.configuration.Pipe;
import io.jenkins.plugins.clickpipe.configuration.PipeSettings;
import io.jenkins.plugins.clickpipe.configuration.SourceServer;
import io.jenkins.plugins.clickpipe.configuration.TableRule;
import io.jenkins.plugins.clickpipe.configuration.TargetServer;
import io.jenkins.plugins.clickpipe.status.PipeId;
import io.jenkins.plugins.clickpipe.status.PipeRecord;
import io.jenkins.plugins.clickpipe.status.PipeRecords;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseEndpoint;
import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A pipe over a test's databases with two small tables, in the configuration of a test's Jenkins. */
record ShopPipe(TestDatabase database) {
    static final int ORDERS = 20_000;
    static final int CUSTOMERS = 500;
    /** From PostgreSQL, and its load is under way: the tables have more than twice that, what Setup reads much less. */
    static final long BYTES_INTO_THE_LOAD = 1_000_000;

    /** Fills the source and configures the pipe. */
    static ShopPipe create(TestDatabase database) {
        database.executeSource(
                "CREATE TABLE orders (id bigint PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT g, repeat('x', 100) FROM generate_series(1, %d) g".formatted(ORDERS),
                "CREATE TABLE customers (id bigint PRIMARY KEY, name text)",
                "INSERT INTO customers SELECT g, 'c' || g FROM generate_series(1, %d) g".formatted(CUSTOMERS),
                "ANALYZE");
        ShopPipe pipe = new ShopPipe(database);
        pipe.configure(database.servers().postgresPipeUser());
        return pipe;
    }

    String name() {
        return database.name();
    }

    /** The pipe as a step defines it, with these further values, each with a comma behind it. */
    String definition(String more) {
        PostgresEndpoint source = database.servers().postgresPipeUser();
        ClickHouseEndpoint target = database.servers().clickHousePipeUser();
        return """
                [name: '%s', %s
                 source: [host: '%s', port: %d, database: '%s', credentialsId: 'shop-source'],
                 target: [url: '%s', database: '%s', credentialsId: 'shop-target'],
                 tables: [[source: 'public/*']]]""".formatted(
                        name(),
                        more,
                        source.host(),
                        source.port(),
                        database.sourceDatabase(),
                        target.url(),
                        database.targetDatabase());
    }

    /** Configures the pipe so that it reaches PostgreSQL in this way. */
    void configure(PostgresEndpoint source) {
        configure(source, database.servers().clickHousePipeUser());
    }

    /** Configures the pipe so that it reaches both servers in these ways. */
    void configure(PostgresEndpoint source, ClickHouseEndpoint target) {
        credentials("shop-source", source.user(), source.password());
        credentials("shop-target", target.user(), target.password());
        SourceServer from = new SourceServer(source.host(), database.sourceDatabase(), "shop-source");
        from.setPort(source.port());
        TargetServer to = new TargetServer(target.url(), database.targetDatabase());
        to.setCredentialsId("shop-target");
        Pipe pipe = new Pipe(name(), from, to);
        pipe.setTables(List.of(new TableRule("public/*")));
        PipeSettings settings = new PipeSettings();
        settings.setInitialLoadParallelism(2);
        settings.setSnapshotNumRowsPerPartition(200L);
        pipe.setSettings(settings);
        List<Pipe> pipes = new ArrayList<>(ClickPipesConfiguration.get().getPipes());
        pipes.removeIf(old -> old.getName().equals(name()));
        pipes.add(pipe);
        ClickPipesConfiguration.get().setPipes(pipes);
    }

    /** Changes the settings of the pipe in the configuration. */
    void settings(Consumer<PipeSettings> change) {
        List<Pipe> pipes = ClickPipesConfiguration.get().getPipes();
        pipes.stream()
                .filter(pipe -> pipe.getName().equals(name()))
                .map(Pipe::getSettings)
                .forEach(change);
        ClickPipesConfiguration.get().setPipes(pipes);
    }

    /** What Jenkins knows of the pipe. */
    PipeRecord record() {
        return PipeRecords.get().record(PipeId.configured(name()));
    }

    private static void credentials(String id, String user, String password) {
        SystemCredentialsProvider store = SystemCredentialsProvider.getInstance();
        store.getCredentials()
                .removeIf(c -> c instanceof UsernamePasswordCredentialsImpl old
                        && old.getId().equals(id));
        try {
            store.getCredentials()
                    .add(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, null, user, password));
            store.save();
        } catch (FormException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The source's and the target's passwords. */
    List<String> secrets() {
        return List.of(
                database.servers().postgresPipeUser().password(),
                database.servers().clickHousePipeUser().password());
    }

    /** Rows of a destination table, not FINAL. */
    String targetRows(String table) {
        return database.queryTarget("SELECT count() FROM " + table).get(0).get(0);
    }

    List<List<String>> slots() {
        return database.querySource("SELECT slot_name FROM pg_replication_slots WHERE database = current_database()");
    }
}
