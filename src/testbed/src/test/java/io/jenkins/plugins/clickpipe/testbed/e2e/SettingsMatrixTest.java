package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.testbed.ClickHouseServer;
import io.jenkins.plugins.clickpipe.testbed.ClickHouseUser;
import io.jenkins.plugins.clickpipe.testbed.Servers;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Invariant 15, ClickHouse's half: whatever the profile of the pipe's user and the server's time zone say, source and
 * destination are equal after each command, or the first command refuses and touches nothing.
 *
 * <p>Settings: {@value #SEED_PROPERTY}, {@value #SETS_PROPERTY} random sets, and with {@value #EACH_PROPERTY} each
 * setting by itself, which takes half an hour.
 */
@WithServers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SettingsMatrixTest {
    static final String SEED_PROPERTY = "clickpipe.settings.seed";
    static final String SETS_PROPERTY = "clickpipe.settings.sets";
    static final String EACH_PROPERTY = "clickpipe.settings.each";

    private static final List<String> HOSTILE =
            """
            format_tsv_null_representation=NULL
            format_tsv_null_representation=
            input_format_tsv_empty_as_default=1
            input_format_tsv_enum_as_number=1
            input_format_tsv_crlf_end_of_line=1
            output_format_tsv_crlf_end_of_line=1
            input_format_tsv_skip_first_lines=1
            input_format_tsv_skip_trailing_empty_lines=1
            input_format_tsv_allow_variable_number_of_columns=1
            input_format_allow_errors_num=10
            input_format_allow_errors_ratio=0.5
            input_format_null_as_default=1
            input_format_defaults_for_omitted_fields=0
            input_format_force_null_for_omitted_fields=1
            input_format_parallel_parsing=1
            date_time_output_format=iso
            date_time_output_format=unix_timestamp
            date_time_input_format=best_effort
            date_time_input_format=best_effort_us
            date_time_64_output_format_cut_trailing_zeros_align_to_groups_of_thousands=1
            date_time_overflow_behavior=saturate
            cast_string_to_date_time_mode=best_effort
            session_timezone=America/New_York
            session_timezone=Asia/Kolkata
            bool_true_representation=yes
            bool_false_representation=no
            interval_output_format=kusto
            output_format_decimal_trailing_zeros=1
            output_format_always_write_decimal_point_in_float_and_decimal=1
            output_format_float_precision=2
            precise_float_parsing=0
            decimal_check_overflow=0
            format_binary_max_string_size=10
            format_binary_max_array_size=1
            output_format_binary_encode_types_in_binary_format=1
            input_format_binary_decode_types_in_binary_format=1
            output_format_json_quote_64bit_integers=1
            output_format_json_quote_64bit_floats=1
            output_format_json_quote_decimals=1
            output_format_json_array_of_rows=1
            output_format_json_named_tuples_as_objects=0
            output_format_json_escape_forward_slashes=0
            output_format_json_validate_utf8=1
            output_format_write_statistics=0
            http_write_exception_in_output_format=1
            limit=1
            offset=1
            extremes=1
            final=1
            additional_result_filter=0
            additional_table_filters={'_clickpipe_journal':'kind != \\'STATUS\\''}
            use_query_cache=1,query_cache_nondeterministic_function_handling=save,query_cache_system_table_handling=save
            max_result_rows=2,result_overflow_mode=break
            max_rows_to_read=5,read_overflow_mode=break
            max_rows_to_group_by=1,group_by_overflow_mode=any
            max_rows_to_sort=2,sort_overflow_mode=break
            max_rows_in_set=1,set_overflow_mode=break
            max_rows_in_join=1,join_overflow_mode=break
            max_rows_in_distinct=1,distinct_overflow_mode=break
            max_rows_to_transfer=1,transfer_overflow_mode=break
            timeout_overflow_mode=break
            join_use_nulls=1
            join_default_strictness=ANY
            any_join_distinct_right_table_keys=1
            join_any_take_last_row=1
            join_algorithm=partial_merge
            join_algorithm=full_sorting_merge
            transform_null_in=1
            group_by_use_nulls=1
            aggregate_functions_null_for_empty=1
            empty_result_for_aggregation_by_empty_set=1
            data_type_default_nullable=1
            cast_keep_nullable=1
            insert_null_as_default=0
            prefer_column_name_to_alias=1
            enable_positional_arguments=0
            asterisk_include_materialized_columns=1
            asterisk_include_alias_columns=1
            count_distinct_implementation=uniq
            least_greatest_legacy_null_behavior=1
            union_default_mode=DISTINCT
            enable_analyzer=0
            compatibility=22.8
            compatibility=23.8
            insert_deduplicate=0
            deduplicate_insert=disable
            deduplicate_insert_select=disable
            async_insert=1
            async_insert=1,wait_for_async_insert=0
            async_insert_deduplicate=1
            optimize_on_insert=1
            max_insert_block_size=1
            max_insert_block_size_bytes=1
            use_strict_insert_block_limits=1,max_insert_block_size=3
            min_insert_block_size_rows=1,min_insert_block_size_bytes=1
            max_partitions_per_insert_block=1
            max_block_size=1
            flatten_nested=0
            create_if_not_exists=1
            default_table_engine=Log
            ignore_drop_queries_probability=1
            implicit_transaction=1
            apply_deleted_mask=0
            force_primary_key=1
            force_index_by_date=1
            inject_random_order_for_select_without_order_by=1
            discard_query_data=1
            partial_result_on_first_cancel=1
            enable_extended_results_for_datetime_functions=1
            show_create_query_identifier_quoting_rule=always,show_create_query_identifier_quoting_style=DoubleQuotes
            print_pretty_type_names=0
            optimize_trivial_count_query=0
            input_format_skip_unknown_fields=0
            enable_named_columns_in_function_tuple=1
            use_structure_from_insertion_table_in_table_functions=0
            check_query_single_value_result=1
            schema_inference_make_columns_nullable=0
            dialect=prql
            alter_sync=0
            mutations_sync=0
            """
                    .lines()
                    .toList();

    private static final Map<String, String> FIXED = Map.of(
            "format_tsv_null_representation", "NULL",
            "date_time_output_format", "iso",
            "session_timezone", "Asia/Tokyo",
            "join_use_nulls", "1",
            "limit", "1");

    private final long seed = Long.getLong(SEED_PROPERTY, new Random().nextInt(1_000_000));
    private final Map<String, ClickHouseUser> users = new LinkedHashMap<>();
    private final List<String> sets = new ArrayList<>();
    private ClickHouseServer server;

    @BeforeAll
    void startServer() {
        System.out.println("seed of the sets of settings: " + seed);
        List<String> shuffled = new ArrayList<>(HOSTILE);
        Collections.shuffle(shuffled, new Random(seed));
        int count = Integer.getInteger(SETS_PROPERTY, 4);
        for (int set = 0; set < count; set++) {
            List<String> part = new ArrayList<>();
            for (int i = set; i < shuffled.size(); i += count) {
                part.add(shuffled.get(i));
            }
            add("set_" + set, part);
        }
        if (Boolean.getBoolean(EACH_PROPERTY)) {
            for (int i = 0; i < HOSTILE.size(); i++) {
                add("one_" + i, List.of(HOSTILE.get(i)));
            }
        }
        FIXED.forEach((name, value) -> users.put(
                "fixed_" + name, new ClickHouseUser("fixed_" + name, Map.of(name, value), List.of(name), Map.of())));
        users.put("plain", ClickHouseUser.of("plain", Map.of()));
        users.put("readonly", ClickHouseUser.of("readonly", Map.of("readonly", "2")));
        users.put("reading", ClickHouseUser.of("reading", Map.of("readonly", "1")));
        users.put("without_ddl", ClickHouseUser.of("without_ddl", Map.of("allow_ddl", "0")));
        users.put("blind", new ClickHouseUser("blind", Map.of(), List.of(), Map.of("policies.loose", "t = 'x'")));
        server = ClickHouseServer.start(Map.of(), ZoneId.of("Europe/Berlin"), List.copyOf(users.values()));
    }

    private void add(String user, List<String> settings) {
        Map<String, String> profile = new LinkedHashMap<>();
        for (String line : settings) {
            for (String setting : line.split(",(?=[a-z_0-9]+=)")) {
                String[] pair = setting.split("=", 2);
                profile.put(pair[0], pair[1]);
            }
        }
        sets.add(user);
        users.put(user, ClickHouseUser.of(user, profile));
    }

    @AfterAll
    void stopServer() {
        server.close();
    }

    Stream<String> sets() {
        return sets.stream();
    }

    static Stream<String> fixed() {
        return FIXED.keySet().stream().sorted();
    }

    @Test
    void aServerThatIsNotInUtcHasTheSourcesRows(Servers servers) {
        try (TestDatabase database = TestDatabase.create(servers)) {
            workload(database, "plain").run();
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void settingsOfTheUsersProfileChangeNoResult(String user) {
        try (TestDatabase database = TestDatabase.create(Servers.shared())) {
            System.out.println(user + ": " + users.get(user).settings());
            workload(database, user).run();
        }
    }

    @ParameterizedTest
    @MethodSource("fixed")
    void aSettingThatTheProfileFixesOtherwiseIsRefusedByName(String setting) {
        refused("fixed_" + setting, setting, "profile");
    }

    @Test
    void aUserWhoMayOnlyReadIsRefused() {
        refused("readonly", "readonly", "profile");
        refused("reading", "readonly", "profile");
    }

    @Test
    void aUserWhoMayNotMakeTablesIsRefused() {
        refused("without_ddl", "allow_ddl", "profile");
    }

    /** Whether the table is there already or not. */
    @Test
    void aUserFromWhomARowPolicyHidesRowsIsRefused() {
        Servers servers = Servers.shared();
        try (TestDatabase source = TestDatabase.create(servers)) {
            server.createDatabase("policies");
            source.executeSource("CREATE TABLE loose (id int PRIMARY KEY, t text)");
            String yaml = source.pipeYaml(
                            servers.postgresPipeUser(),
                            server.user(users.get("blind")),
                            "tables: [{source: public.loose}]\n")
                    .lines()
                    .map(line -> line.startsWith("target:") ? line.replace(source.name(), "policies") : line)
                    .collect(Collectors.joining("\n", "", "\n"));
            EngineProcess.run(yaml, "resync").assertRefused(1, "row policies hide rows of loose from user blind");

            server.admin().execute("policies", "CREATE TABLE loose (id Int32) ENGINE = MergeTree ORDER BY id");
            EngineProcess.run(yaml, "resync").assertRefused(1, "row policies hide rows of loose from user blind");

            assertThat(new Footprint(source).slots()).isEmpty();
            assertThat(server.admin().query("SELECT name FROM system.tables WHERE database = 'policies'"))
                    .containsExactly(List.of("loose"));
        }
    }

    private void refused(String user, String... words) {
        try (TestDatabase database = TestDatabase.create(Servers.shared())) {
            EnvironmentWorkload workload = workload(database, user);

            EngineRun check = workload.engine("check");
            assertThat(check.exitCode()).as(check.toString()).isEqualTo(1);
            assertThat(check.output()).contains(words);
            workload.engine("resync").assertRefused(1, words);

            Footprint footprint = new Footprint(database);
            assertThat(footprint.slots()).isEmpty();
            assertThat(footprint.publications()).isEmpty();
            assertThat(server.admin()
                            .query("SELECT name FROM system.tables WHERE database = '" + database.name() + "'"))
                    .isEmpty();
        }
    }

    private EnvironmentWorkload workload(TestDatabase database, String user) {
        server.createDatabase(database.name());
        return EnvironmentWorkload.prepare(
                database, database.servers().postgresPipeUser(), server.user(users.get(user)), server.admin());
    }
}
