package io.jenkins.plugins.clickpipe.engine.definition;

import io.jenkins.plugins.clickpipe.engine.definition.YamlNode.Mapping;
import io.jenkins.plugins.clickpipe.engine.definition.YamlNode.Scalar;
import io.jenkins.plugins.clickpipe.engine.definition.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads the keys of one mapping of a pipe file by type. A value that does not fit is reported, and the caller gets the
 * default, so that reading goes on to the next fault.
 */
final class Section {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(0|[1-9](_?[0-9]){0,17})");
    private static final Map<String, Boolean> FLAGS = Map.of("true", true, "false", false);

    private final Mapping mapping;
    private final Faults faults;

    /** Reports every key that is not one of {@code keys}. */
    Section(Mapping mapping, List<String> keys, Faults faults) {
        this.mapping = mapping;
        this.faults = faults;
        mapping.entries().forEach((key, value) -> {
            if (!keys.contains(key)) {
                faults.add(value, unknownKey(key, keys));
            }
        });
    }

    static String unknownKey(String key, List<String> keys) {
        return key.contains(":")
                ? "unknown key; write a space after the colon"
                : "unknown key" + NearestWord.suggestion(key, keys);
    }

    /** As {@link #section}, for an entry of a list. */
    static Optional<Section> of(YamlNode node, List<String> keys, Faults faults) {
        if (node instanceof Mapping mapping) {
            return Optional.of(new Section(mapping, keys, faults));
        }
        if (!(node instanceof YamlNode.Unreadable)) {
            faults.add(node, "must be keys and values, not " + kind(node));
        }
        return Optional.empty();
    }

    Faults faults() {
        return faults;
    }

    /** The path of a key here, whether the file has it or not. */
    String path(String key) {
        return YamlNode.path(mapping.path(), key);
    }

    /** Reports a fault of a key that the file may not have. */
    void fault(String key, String message) {
        YamlNode node = mapping.entries().get(key);
        faults.add(path(key), node == null ? mapping.line() : node.line(), message);
    }

    /** How the file writes the value of a key that has none, such as {@code ~}; empty for other keys. */
    Optional<String> nullText(String key) {
        return mapping.entries().get(key) instanceof YamlNode.Empty empty
                ? Optional.of(empty.text())
                : Optional.empty();
    }

    /** The value; empty where the key is missing or has no value. */
    Optional<YamlNode> node(String key) {
        return Optional.ofNullable(mapping.entries().get(key)).filter(node -> !(node instanceof YamlNode.Empty));
    }

    /** As {@link #node}; reports a missing one. */
    Optional<YamlNode> requiredNode(String key) {
        Optional<YamlNode> node = node(key);
        if (node.isEmpty()) {
            fault(key, "is required");
        }
        return node;
    }

    /** The mapping below a required key. */
    Optional<Section> section(String key, List<String> keys) {
        return requiredNode(key).flatMap(node -> of(node, keys, faults));
    }

    /** The scalar below a key; another kind of value is reported. */
    Optional<Scalar> scalar(String key) {
        return node(key).flatMap(node -> scalar(node, "one value"));
    }

    /** As {@link #scalar(String)}; reports a missing or empty one. */
    Optional<Scalar> requiredScalar(String key) {
        return requiredNode(key).flatMap(node -> scalar(node, "one value")).filter(this::hasText);
    }

    Optional<String> requiredText(String key) {
        return requiredScalar(key).map(Scalar::text);
    }

    /** The text below a key; an empty one is reported. */
    Optional<String> text(String key) {
        return scalar(key).filter(this::hasText).map(Scalar::text);
    }

    /** The texts below a key; empty where the key is missing. A text that stands twice is reported. */
    List<Scalar> texts(String key) {
        List<Scalar> texts = new ArrayList<>();
        for (YamlNode item : list(key)) {
            Optional<Scalar> text = item instanceof YamlNode.Empty ? wrongKind(item, "a text") : scalar(item, "a text");
            text.filter(this::hasText).ifPresent(scalar -> {
                if (texts.stream().anyMatch(earlier -> earlier.text().equals(scalar.text()))) {
                    faults.add(scalar, "stands twice in this list");
                }
                texts.add(scalar);
            });
        }
        return texts;
    }

    /** The list below a key; empty where the key is missing. */
    List<YamlNode> list(String key) {
        Optional<YamlNode> node = node(key);
        if (node.isPresent() && node.get() instanceof Sequence sequence) {
            return sequence.items();
        }
        node.ifPresent(other -> wrongKind(other, "a list, for example [a, b]"));
        return List.of();
    }

    long number(String key, long smallest, long largest, long otherwise) {
        Optional<Scalar> scalar = scalar(key);
        if (scalar.isEmpty()) {
            return otherwise;
        }
        String text = scalar.get().text();
        if (WHOLE_NUMBER.matcher(text).matches()) {
            long value = Long.parseLong(text.replace("_", ""));
            if (value >= smallest && value <= largest) {
                return value;
            }
        }
        faults.add(
                scalar.get(),
                "must be a whole number from " + smallest + " to " + largest + ", not "
                        + scalar.get().quoted());
        return otherwise;
    }

    boolean flag(String key, boolean otherwise) {
        Optional<Scalar> scalar = scalar(key);
        Boolean value = scalar.map(s -> FLAGS.get(s.text())).orElse(null);
        if (scalar.isPresent() && value == null) {
            faults.add(
                    scalar.get(), "must be true or false, not " + scalar.get().quoted());
        }
        return value == null ? otherwise : value;
    }

    /** The value whose word the file has. */
    <T> Optional<T> oneOf(String key, List<T> values, Function<T, String> word) {
        Optional<Scalar> scalar = scalar(key);
        if (scalar.isEmpty()) {
            return Optional.empty();
        }
        String text = scalar.get().text();
        Optional<T> value =
                values.stream().filter(v -> word.apply(v).equals(text)).findFirst();
        if (value.isEmpty()) {
            List<String> words = values.stream().map(word).toList();
            faults.add(
                    scalar.get(),
                    "must be one of " + String.join(", ", words) + ", not "
                            + scalar.get().quoted()
                            + (scalar.get().secret() ? "" : NearestWord.suggestion(text, words)));
        }
        return value;
    }

    private boolean hasText(Scalar scalar) {
        if (scalar.text().isBlank()) {
            faults.add(scalar, "must not be empty");
            return false;
        }
        if (scalar.text().indexOf('\0') >= 0) {
            faults.add(scalar, "must not hold a zero character");
            return false;
        }
        return true;
    }

    private Optional<Scalar> scalar(YamlNode node, String wanted) {
        return node instanceof Scalar scalar ? Optional.of(scalar) : wrongKind(node, wanted);
    }

    private Optional<Scalar> wrongKind(YamlNode node, String wanted) {
        if (!(node instanceof YamlNode.Unreadable)) {
            faults.add(node, "must be " + wanted + ", not " + kind(node));
        }
        return Optional.empty();
    }

    private static String kind(YamlNode node) {
        if (node instanceof Mapping) {
            return "keys and values";
        }
        if (node instanceof Sequence) {
            return "a list";
        }
        return node instanceof Scalar ? "one value" : "nothing";
    }
}
