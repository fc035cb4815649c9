package io.jenkins.plugins.clickpipe.testbed.e2e;

import io.jenkins.plugins.clickpipe.testbed.PostgresEndpoint;
import io.jenkins.plugins.clickpipe.testbed.Servers;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Invariant 15, PostgreSQL's half: whatever is set on the pipe's role or on the database, source and destination are
 * equal after each command. Ordinary sessions and those of the walsender are meant alike.
 *
 * <p>Settings: {@value #SEED_PROPERTY}; with {@value #EACH_PROPERTY} each setting by itself too.
 */
@WithServers
class SourceSettingsMatrixTest {
    static final String SEED_PROPERTY = "clickpipe.settings.seed";
    static final String EACH_PROPERTY = "clickpipe.settings.each";

    private static final long SEED = Long.getLong(SEED_PROPERTY, new Random().nextInt(1_000_000));
    private static final List<String> HOSTILE =
            """
            "DateStyle" = 'German, DMY'
            "DateStyle" = 'SQL, MDY'
            "TimeZone" = 'America/New_York'
            "IntervalStyle" = 'postgres_verbose'
            extra_float_digits = -15
            bytea_output = 'escape'
            search_path = 'nowhere'
            statement_timeout = '1s'
            lock_timeout = '1ms'
            idle_in_transaction_session_timeout = '1s'
            idle_session_timeout = '1s'
            transaction_timeout = '1s'
            wal_sender_timeout = '300ms'
            default_transaction_read_only = on
            default_transaction_isolation = 'serializable'
            default_transaction_isolation = 'repeatable read'
            default_transaction_deferrable = on
            row_security = on
            client_encoding = 'LATIN1'
            standard_conforming_strings = off
            backslash_quote = off
            escape_string_warning = off
            array_nulls = off
            transform_null_equals = on
            quote_all_identifiers = on
            xmlbinary = hex
            xmloption = document
            synchronize_seqscans = on
            enable_seqscan = off
            enable_indexscan = off
            enable_tidscan = off
            enable_bitmapscan = off
            enable_hashagg = off
            enable_hashjoin = off
            enable_mergejoin = off
            enable_nestloop = off
            enable_sort = off
            enable_material = off
            work_mem = '64kB'
            temp_buffers = '800kB'
            jit = on
            jit_above_cost = 0
            debug_parallel_query = on
            debug_parallel_query = regress
            max_parallel_workers_per_gather = 4
            parallel_setup_cost = 0
            plan_cache_mode = force_generic_plan
            geqo_threshold = 2
            from_collapse_limit = 1
            client_min_messages = error
            client_min_messages = debug1
            lc_monetary = 'C.UTF-8'
            lc_numeric = 'C.UTF-8'
            lc_time = 'C.UTF-8'
            default_text_search_config = 'simple'
            tcp_keepalives_idle = 1
            logical_decoding_work_mem = '64kB'
            synchronous_commit = off
            """
                    .lines()
                    .toList();

    /** What is set where. */
    record Case(String where, List<String> settings) {}

    static Stream<Case> cases() {
        System.out.println("seed of the sets of settings: " + SEED);
        List<String> shuffled = new ArrayList<>(HOSTILE);
        Collections.shuffle(shuffled, new Random(SEED));
        Stream<Case> all = Stream.of(new Case("DATABASE", shuffled), new Case("ROLE", reversed(shuffled)));
        return Boolean.getBoolean(EACH_PROPERTY)
                ? Stream.concat(
                        all,
                        IntStream.range(0, HOSTILE.size())
                                .mapToObj(i -> new Case(i % 2 == 0 ? "DATABASE" : "ROLE", List.of(HOSTILE.get(i)))))
                : all;
    }

    private static List<String> reversed(List<String> settings) {
        List<String> reversed = new ArrayList<>(settings);
        Collections.reverse(reversed);
        return reversed;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void settingsOfRoleAndDatabaseChangeNoResult(Case settings) {
        Servers servers = Servers.shared();
        String role = "role_" + UUID.randomUUID().toString().substring(0, 8);
        PostgresEndpoint owner = servers.postgresPipeUser();
        PostgresEndpoint source = new PostgresEndpoint(owner.host(), owner.port(), role, owner.password());
        servers.postgresAdmin()
                .execute(
                        "postgres",
                        "CREATE ROLE " + role + " LOGIN REPLICATION PASSWORD '" + owner.password() + "' IN ROLE "
                                + owner.user());
        try (TestDatabase database = TestDatabase.create(servers)) {
            servers.postgresAdmin().execute("postgres", "GRANT CREATE ON DATABASE " + database.name() + " TO " + role);
            EnvironmentWorkload workload = EnvironmentWorkload.prepare(
                    database, source, servers.clickHousePipeUser(), servers.clickHouseAdmin());
            set(database, settings, role);
            workload.run();
        } finally {
            servers.postgresAdmin().execute("postgres", "DROP ROLE " + role);
        }
    }

    /** The tests' own role has the defaults in this database all the same. */
    private static void set(TestDatabase database, Case settings, String role) {
        String target = settings.where().equals("ROLE") ? "ROLE " + role : "DATABASE " + database.name();
        for (String setting : settings.settings()) {
            String name = setting.split(" = ")[0];
            String usual = database.querySource("SELECT setting || coalesce(CASE WHEN unit IN ('ms', 's') THEN unit"
                            + " END, '') FROM pg_settings WHERE name = '" + name.replace("\"", "") + "'")
                    .get(0)
                    .get(0);
            database.servers()
                    .postgresAdmin()
                    .execute(
                            "postgres",
                            "ALTER ROLE "
                                    + database.servers().postgresPipeUser().user() + " IN DATABASE "
                                    + database.name() + " SET " + name + " = "
                                    + (name.equals("search_path") ? usual : "'" + usual + "'"),
                            "ALTER " + target + " SET " + setting);
        }
    }
}
