package io.jenkins.plugins.clickpipe.engine.target;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The server settings under which every statement of the engine runs, so that no result depends on a server's or a
 * user's profile. Those in {@link #STATEMENT} go with each statement. What else a profile has changed is put back to
 * ClickHouse's own default, but for limits, resources, permissions and what concerns other replicas. A setting that
 * the server does not know is left out.
 */
public final class PinnedSettings {
    /** Reads wait for what was written before, where a server offers it. */
    static final String SEQUENTIAL = "select_sequential_consistency";

    /** What the engine's statements and its reading of answers rely on, in both directions. */
    private static final Map<String, String> STATEMENT = parse(
            """
            dialect=clickhouse
            session_timezone=UTC
            format_tsv_null_representation=\\N
            input_format_tsv_empty_as_default=0
            input_format_tsv_enum_as_number=0
            input_format_tsv_detect_header=0
            input_format_tsv_skip_first_lines=0
            input_format_tsv_skip_trailing_empty_lines=0
            input_format_tsv_allow_variable_number_of_columns=0
            input_format_tsv_crlf_end_of_line=0
            output_format_tsv_crlf_end_of_line=0
            input_format_allow_errors_num=0
            input_format_allow_errors_ratio=0
            input_format_null_as_default=0
            input_format_defaults_for_omitted_fields=1
            input_format_force_null_for_omitted_fields=0
            date_time_input_format=basic
            date_time_output_format=simple
            date_time_64_output_format_cut_trailing_zeros_align_to_groups_of_thousands=0
            date_time_overflow_behavior=ignore
            cast_string_to_date_time_mode=basic
            bool_true_representation=true
            bool_false_representation=false
            interval_output_format=numeric
            output_format_decimal_trailing_zeros=0
            output_format_always_write_decimal_point_in_float_and_decimal=0
            output_format_float_precision=0
            output_format_trim_fixed_string=0
            precise_float_parsing=1
            decimal_check_overflow=1
            format_binary_max_string_size=0
            format_binary_max_array_size=0
            input_format_binary_decode_types_in_binary_format=0
            output_format_json_quote_64bit_integers=0
            output_format_json_quote_64bit_floats=0
            output_format_json_quote_decimals=0
            output_format_json_quote_denormals=1
            output_format_json_array_of_rows=0
            output_format_json_validate_utf8=0
            output_format_json_escape_forward_slashes=1
            output_format_json_named_tuples_as_objects=1
            output_format_json_map_as_array_of_tuples=0
            output_format_json_skip_null_value_in_named_tuples=0
            http_write_exception_in_output_format=0
            limit=0
            offset=0
            extremes=0
            final=0
            additional_table_filters={}
            additional_result_filter=
            use_query_cache=0
            apply_deleted_mask=1
            discard_query_data=0
            partial_result_on_first_cancel=0
            read_overflow_mode=throw
            read_overflow_mode_leaf=throw
            group_by_overflow_mode=throw
            sort_overflow_mode=throw
            result_overflow_mode=throw
            timeout_overflow_mode=throw
            timeout_overflow_mode_leaf=throw
            set_overflow_mode=throw
            join_overflow_mode=throw
            distinct_overflow_mode=throw
            transfer_overflow_mode=throw
            skip_unavailable_shards=0
            enable_parallel_replicas=0
            force_primary_key=0
            force_index_by_date=0
            force_data_skipping_indices=
            ignore_data_skipping_indices=
            implicit_transaction=0
            join_use_nulls=0
            join_default_strictness=ALL
            any_join_distinct_right_table_keys=0
            join_any_take_last_row=0
            transform_null_in=0
            group_by_use_nulls=0
            aggregate_functions_null_for_empty=0
            empty_result_for_aggregation_by_empty_set=0
            data_type_default_nullable=0
            cast_keep_nullable=0
            insert_null_as_default=1
            prefer_column_name_to_alias=0
            enable_positional_arguments=1
            asterisk_include_materialized_columns=0
            asterisk_include_alias_columns=0
            count_distinct_implementation=uniqExact
            create_if_not_exists=0
            ignore_drop_queries_probability=0
            inject_random_order_for_select_without_order_by=0
            """);

    /**
     * One insert makes one block, so that one token names all of it: a repeated insert is kept whole or dropped whole
     * (ClickHouse documentation, "Deduplicating inserts on retries"). ReplacingMergeTree would merge each block before
     * it is written: a cost, and rows of one key would go.
     */
    private static final Map<String, String> INSERT = parse(
            """
            insert_deduplicate=1
            async_insert=0
            optimize_on_insert=0
            input_format_parallel_parsing=0
            max_insert_block_size=1000000000
            max_insert_block_size_bytes=0
            use_strict_insert_block_limits=0
            min_insert_block_size_rows=1000000000
            min_insert_block_size_bytes=0
            max_partitions_per_insert_block=0
            """);

    /** Limits of rows and bytes, which a profile without a constraint means for people. */
    private static final Map<String, String> LIMITS = parse(
            """
            max_result_rows=0
            max_result_bytes=0
            max_rows_to_read=0
            max_bytes_to_read=0
            max_rows_to_read_leaf=0
            max_bytes_to_read_leaf=0
            max_rows_to_group_by=0
            max_rows_to_sort=0
            max_bytes_to_sort=0
            max_rows_in_set=0
            max_bytes_in_set=0
            max_rows_in_join=0
            max_bytes_in_join=0
            max_rows_in_distinct=0
            max_bytes_in_distinct=0
            max_rows_to_transfer=0
            max_bytes_to_transfer=0
            """);

    /** What every supported server knows, enough to be told about the others. */
    static final Map<String, String> FIRST_QUESTION = parse(
            """
            session_timezone=UTC
            output_format_json_quote_64bit_integers=0
            output_format_json_array_of_rows=0
            implicit_transaction=0
            extremes=0
            limit=0
            offset=0
            final=0
            additional_result_filter=
            additional_table_filters={}
            use_query_cache=0
            read_overflow_mode=throw
            result_overflow_mode=throw
            timeout_overflow_mode=throw
            """);

    /** The same where nothing forbids to lift limits. */
    static final Map<String, String> FREE_FIRST_QUESTION =
            union(FIRST_QUESTION, LIMITS, Map.of("dialect", "clickhouse"));

    /** The same of a server that is new enough; 26.7 fails at more than one column under this setting. */
    static final Map<String, String> NEWEST_FIRST_QUESTION =
            union(FREE_FIRST_QUESTION, Map.of("inject_random_order_for_select_without_order_by", "0"));

    /**
     * Never put back to a default: limits that refuse and do not truncate, resources, permissions, logging, waiting
     * for other replicas, what somebody's materialized views rely on.
     */
    private static final Pattern LEFT_ALONE =
            Pattern.compile("(max|min|allow|log|send|receive|http|query_profiler|trace"
                    + "|opentelemetry|memory|merge_tree|compile|load_balancing|keeper|insert_keeper|insert_quorum|distributed"
                    + "|cloud|shared_merge_tree|materialized_views?|filesystem|storage_file|s3|azure|backup|os_thread"
                    + "|parallel_view|implicit_select|metrics|remote_filesystem|local_filesystem)_.*"
                    + "|implicit_select|.*(timeout|bandwidth|cache|memory|threads?|sync|prefetch).*|priority|workload|readonly"
                    + "|compatibility|insert_quorum|select_sequential_consistency|max_.*|poll_interval|interactive_delay"
                    + "|deduplicate_blocks_in_dependent_materialized_views|throw_on_max_partitions_per_insert_block");

    /** Names that the server does not know. */
    private final Set<String> unknown;

    private final Map<String, String> statement;
    private final Map<String, String> insert;
    private final Set<String> stuck;

    /**
     * A setting as the server tells it to the engine's user.
     *
     * @param value what a statement gets that sets nothing itself
     * @param standard ClickHouse's own default
     * @param fixed the user may not change it
     */
    record Known(String name, String value, String standard, boolean fixed) {}

    private PinnedSettings(
            Set<String> unknown, Map<String, String> statement, Map<String, String> insert, Set<String> stuck) {
        this.unknown = Set.copyOf(unknown);
        this.statement = Collections.unmodifiableMap(statement);
        this.insert = Collections.unmodifiableMap(insert);
        this.stuck = Collections.unmodifiableSet(stuck);
    }

    /** Every setting that a statement may get. */
    static Set<String> names() {
        Set<String> names = new TreeSet<>(STATEMENT.keySet());
        names.addAll(LIMITS.keySet());
        names.addAll(INSERT.keySet());
        names.add(SEQUENTIAL);
        return names;
    }

    /** @param unlimited the server takes {@link #FREE_FIRST_QUESTION}, and so told what it tells under it */
    static PinnedSettings of(Collection<Known> settings, boolean unlimited) {
        Set<String> unknown = names();
        settings.forEach(setting -> unknown.remove(setting.name()));
        Map<String, String> statement = restrict(unlimited ? union(STATEMENT, LIMITS) : STATEMENT, unknown);
        Map<String, String> insert = new TreeMap<>(statement);
        insert.putAll(restrict(INSERT, unknown));
        Set<String> stuck = new HashSet<>();
        for (Known setting : settings) {
            boolean foreign = !setting.value().equals(setting.standard()) && !insert.containsKey(setting.name());
            if (setting.name().equals("alter_sync") && setting.value().equals("0")) {
                statement.put("alter_sync", "1");
            } else if (foreign && LIMITS.containsKey(setting.name()) && !setting.fixed()) {
                statement.put(setting.name(), "0");
                insert.put(setting.name(), "0");
            } else if (foreign && !LEFT_ALONE.matcher(setting.name()).matches()) {
                if (setting.fixed()) {
                    stuck.add(setting.name());
                } else {
                    statement.put(setting.name(), setting.standard());
                    insert.put(setting.name(), setting.standard());
                }
            }
        }
        return new PinnedSettings(unknown, statement, insert, stuck);
    }

    /** The same with one setting more, where the server knows it. */
    PinnedSettings with(String name, String value) {
        Map<String, String> one = known(Map.of(name, value));
        return new PinnedSettings(unknown, union(statement, one), union(insert, one), stuck);
    }

    /** Of a statement that reads, or changes tables. */
    public Map<String, String> forStatement() {
        return statement;
    }

    /** Of a statement that inserts. */
    public Map<String, String> forInsert() {
        return insert;
    }

    /** What a profile has changed and fixed; the engine's own statements do not rely on it. */
    public Set<String> stuck() {
        return stuck;
    }

    /** These without what the server does not know. */
    Map<String, String> known(Map<String, String> settings) {
        return restrict(settings, unknown);
    }

    private static Map<String, String> restrict(Map<String, String> settings, Set<String> unknown) {
        Map<String, String> restricted = new TreeMap<>(settings);
        restricted.keySet().removeAll(unknown);
        return restricted;
    }

    @SafeVarargs
    private static Map<String, String> union(Map<String, String>... settings) {
        Map<String, String> all = new TreeMap<>();
        List.of(settings).forEach(all::putAll);
        return Collections.unmodifiableMap(all);
    }

    private static Map<String, String> parse(String lines) {
        return lines.lines()
                .map(line -> List.of(Objects.requireNonNull(line).split("=", 2)))
                .collect(Collectors.toUnmodifiableMap(pair -> pair.get(0), pair -> pair.get(1)));
    }
}
