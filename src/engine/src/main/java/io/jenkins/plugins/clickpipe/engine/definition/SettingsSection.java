package io.jenkins.plugins.clickpipe.engine.definition;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.IgnoredOperations;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.ReplicationMode;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.SoftDeletedRows;
import io.jenkins.plugins.clickpipe.engine.definition.Settings.Verify;
import io.jenkins.plugins.clickpipe.engine.definition.YamlNode.Scalar;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The {@code settings} of a pipe file, and their overrides. */
final class SettingsSection {
    static final String NAME = "settings";

    private static final List<String> KEYS = List.of(
            "replicationMode",
            "syncIntervalSeconds",
            "pullBatchSize",
            "streamLargeTransactions",
            "allowNullableColumns",
            "initialLoadParallelism",
            "snapshotNumRowsPerPartition",
            "snapshotNumberOfParallelTables",
            "maxSourceConnections",
            "maxMegabytesPerSecond",
            "publicationName",
            "replicationSlotName",
            "softDeletedRows",
            "catchUpBeforeSwap",
            "keepOriginalLive",
            "approveSwap",
            "approvalTimeout",
            "verify",
            "keepPreviousTables",
            "maxRowLossPercent",
            "strictTypes",
            "ignoredOperations");
    private static final Pattern SLOT_NAME = Pattern.compile("[a-z0-9_]{1,63}");
    private static final int LONGEST_IDENTIFIER_BYTES = 63;
    private static final Duration LONGEST_KEEP = Duration.ofDays(365);
    private static final Duration LONGEST_APPROVAL = Duration.ofDays(30);

    private SettingsSection() {}

    /**
     * Reads the settings with {@code overrides} laid over them.
     *
     * @param overrides {@code name=value}; the later of two wins; nothing or {@code null} after the sign means the
     *     default
     */
    static Settings read(Optional<YamlNode> settings, List<String> overrides, Faults faults) {
        YamlNode.Mapping file = new YamlNode.Mapping(NAME, 0, Map.of());
        if (settings.isPresent() && settings.get() instanceof YamlNode.Mapping mapping) {
            file = mapping;
        } else {
            settings.ifPresent(other -> Section.of(other, KEYS, faults));
        }
        Map<String, YamlNode> entries = new LinkedHashMap<>(file.entries());
        overrides.forEach(override -> override(entries, override, faults));
        return read(new Section(new YamlNode.Mapping(file.path(), file.line(), entries), KEYS, faults));
    }

    private static void override(Map<String, YamlNode> entries, String override, Faults faults) {
        int sign = override.indexOf('=');
        String name = (sign < 0 ? override : override.substring(0, sign)).trim();
        String path = "--set " + YamlNode.shown(name);
        if (sign < 0) {
            faults.add(path, 0, "must be name=value");
        } else if (!KEYS.contains(name)) {
            faults.add(path, 0, Section.unknownKey(name, KEYS));
        } else {
            String value = override.substring(sign + 1).trim();
            boolean empty = value.isEmpty() || value.equals("null");
            entries.put(name, empty ? new YamlNode.Empty(path, 0, value) : new Scalar(path, 0, value, false));
        }
    }

    private static Settings read(Section section) {
        Settings defaults = Settings.DEFAULTS;
        return new Settings(
                section.oneOf("replicationMode", List.of(ReplicationMode.values()), SettingsSection::word)
                        .orElse(defaults.replicationMode()),
                (int) section.number("syncIntervalSeconds", 1, 86_400, defaults.syncIntervalSeconds()),
                (int) section.number("pullBatchSize", 1, 10_000_000, defaults.pullBatchSize()),
                section.flag("streamLargeTransactions", defaults.streamLargeTransactions()),
                section.flag("allowNullableColumns", defaults.allowNullableColumns()),
                (int) section.number("initialLoadParallelism", 1, 64, defaults.initialLoadParallelism()),
                section.number(
                        "snapshotNumRowsPerPartition", 100, 1_000_000_000, defaults.snapshotNumRowsPerPartition()),
                (int) section.number(
                        "snapshotNumberOfParallelTables", 1, 64, defaults.snapshotNumberOfParallelTables()),
                (int) section.number("maxSourceConnections", 3, 10_000, defaults.maxSourceConnections()),
                (int) section.number("maxMegabytesPerSecond", 1, 100_000, defaults.maxMegabytesPerSecond()),
                publicationName(section),
                replicationSlotName(section),
                section.oneOf("softDeletedRows", List.of(SoftDeletedRows.values()), SettingsSection::word)
                        .orElse(defaults.softDeletedRows()),
                section.flag("catchUpBeforeSwap", defaults.catchUpBeforeSwap()),
                section.flag("keepOriginalLive", defaults.keepOriginalLive()),
                section.flag("approveSwap", defaults.approveSwap()),
                duration(section, "approvalTimeout", Duration.ofSeconds(1), LONGEST_APPROVAL)
                        .orElse(defaults.approvalTimeout()),
                section.oneOf("verify", List.of(Verify.values()), SettingsSection::word)
                        .orElse(defaults.verify()),
                duration(section, "keepPreviousTables", Duration.ZERO, LONGEST_KEEP)
                        .orElse(defaults.keepPreviousTables()),
                (int) section.number("maxRowLossPercent", 0, 100, defaults.maxRowLossPercent()),
                section.flag("strictTypes", defaults.strictTypes()),
                section.oneOf("ignoredOperations", List.of(IgnoredOperations.values()), SettingsSection::word)
                        .orElse(defaults.ignoredOperations()));
    }

    private static Optional<String> publicationName(Section section) {
        Optional<String> name = section.text("publicationName");
        name.filter(text -> text.getBytes(StandardCharsets.UTF_8).length > LONGEST_IDENTIFIER_BYTES)
                .ifPresent(
                        text -> fault(section, "publicationName", "must be 1 to 63 bytes long, as PostgreSQL's names"));
        return name;
    }

    private static Optional<String> replicationSlotName(Section section) {
        Optional<String> name = section.text("replicationSlotName");
        name.filter(text -> !SLOT_NAME.matcher(text).matches())
                .ifPresent(text -> fault(
                        section,
                        "replicationSlotName",
                        "must be 1 to 63 lower-case letters, digits and underscores, as PostgreSQL's slots"));
        return name;
    }

    private static Optional<Duration> duration(Section section, String key, Duration least, Duration most) {
        Optional<Scalar> scalar = section.scalar(key);
        Optional<Duration> duration = scalar.flatMap(s -> DurationText.parse(s.text()))
                .filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0);
        if (scalar.isPresent() && duration.isEmpty()) {
            fault(
                    section,
                    key,
                    "must be a number with s, m, h or d, such as 90s, 30m, 24h or 7d, from "
                            + DurationText.format(least) + " to " + DurationText.format(most) + ", not "
                            + scalar.get().quoted());
        }
        return duration;
    }

    /** At the value itself, which may be an override. */
    private static void fault(Section section, String key, String message) {
        section.node(key).ifPresent(node -> section.faults().add(node, message));
    }

    /** Every setting in the order of {@link #KEYS}; {@code null} for a name that the engine makes and for no bound. */
    static ObjectNode write(Settings settings) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("replicationMode", word(settings.replicationMode()));
        json.put("syncIntervalSeconds", settings.syncIntervalSeconds());
        json.put("pullBatchSize", settings.pullBatchSize());
        json.put("streamLargeTransactions", settings.streamLargeTransactions());
        json.put("allowNullableColumns", settings.allowNullableColumns());
        json.put("initialLoadParallelism", settings.initialLoadParallelism());
        json.put("snapshotNumRowsPerPartition", settings.snapshotNumRowsPerPartition());
        json.put("snapshotNumberOfParallelTables", settings.snapshotNumberOfParallelTables());
        json.put("maxSourceConnections", bound(settings.maxSourceConnections()));
        json.put("maxMegabytesPerSecond", bound(settings.maxMegabytesPerSecond()));
        json.put("publicationName", settings.publicationName().orElse(null));
        json.put("replicationSlotName", settings.replicationSlotName().orElse(null));
        json.put("softDeletedRows", word(settings.softDeletedRows()));
        json.put("catchUpBeforeSwap", settings.catchUpBeforeSwap());
        json.put("keepOriginalLive", settings.keepOriginalLive());
        json.put("approveSwap", settings.approveSwap());
        json.put("approvalTimeout", DurationText.format(settings.approvalTimeout()));
        json.put("verify", word(settings.verify()));
        json.put("keepPreviousTables", DurationText.format(settings.keepPreviousTables()));
        json.put("maxRowLossPercent", settings.maxRowLossPercent());
        json.put("strictTypes", settings.strictTypes());
        json.put("ignoredOperations", word(settings.ignoredOperations()));
        return json;
    }

    private static Integer bound(int value) {
        return value == 0 ? null : Integer.valueOf(value);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
