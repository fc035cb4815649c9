package io.jenkins.plugins.clickpipe.engine.definition;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads YAML into {@link YamlNode}s. Jackson's own tree keeps neither places, nor all duplicate keys, nor the text of
 * scalars, and takes an unquoted password that starts with {@code &} or {@code !} for nothing; hence its tokens.
 */
final class YamlTree {
    private final String yaml;
    private final EnvironmentReferences environment;
    private final Faults faults;

    YamlTree(String yaml, EnvironmentReferences environment, Faults faults) {
        this.yaml = yaml;
        this.environment = environment;
        this.faults = faults;
    }

    /** The one document's root; empty, with the fault reported, where there is none. */
    Optional<YamlNode.Mapping> root() {
        try (YAMLParser parser = new YAMLFactory().createParser(yaml)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                faults.add("", 0, "is empty; it needs at least name, source, target and tables");
                return Optional.empty();
            }
            YamlNode root = node(parser, "");
            if (parser.nextToken() != null) {
                faults.add("", line(parser), "holds more than one YAML document; write one file for each pipe");
            }
            if (root instanceof YamlNode.Mapping mapping) {
                return Optional.of(mapping);
            }
            if (root instanceof YamlNode.Empty) {
                faults.add(root, "is empty; it needs at least name, source, target and tables");
            } else if (!(root instanceof YamlNode.Unreadable)) {
                faults.add(root, "must be keys and values, starting with name, source, target and tables");
            }
            return Optional.empty();
        } catch (JsonProcessingException e) {
            syntaxFault(e);
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory", e);
        }
    }

    /** Reads the node at whose first token the parser stands, to its last. */
    private YamlNode node(YAMLParser parser, String path) throws IOException {
        int line = line(parser);
        boolean decorated = parser.isCurrentAlias() || parser.getObjectId() != null || parser.getTypeId() != null;
        YamlNode node =
                switch (parser.currentToken()) {
                    case START_OBJECT -> mapping(parser, path, line);
                    case START_ARRAY -> sequence(parser, path, line);
                    case VALUE_NULL -> new YamlNode.Empty(path, line);
                    default -> decorated ? new YamlNode.Unreadable(path, line) : scalar(parser.getText(), path, line);
                };
        if (decorated) {
            faults.add(node, "tags, anchors and aliases are not supported; quote a text that starts with !, & or *");
            return new YamlNode.Unreadable(path, line);
        }
        return node;
    }

    private YamlNode mapping(YAMLParser parser, String path, int line) throws IOException {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int keyLine = line(parser);
            parser.nextToken();
            YamlNode value = node(parser, YamlNode.path(path, key));
            YamlNode earlier = entries.putIfAbsent(key, value);
            if (earlier != null) {
                faults.add(value.path(), keyLine, "the key stands twice; the first is on line " + earlier.line());
            }
        }
        return new YamlNode.Mapping(path, line, entries);
    }

    private YamlNode sequence(YAMLParser parser, String path, int line) throws IOException {
        List<YamlNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(parser, path + "[" + items.size() + "]"));
        }
        return new YamlNode.Sequence(path, line, items);
    }

    private YamlNode scalar(String text, String path, int line) {
        EnvironmentReferences.Result resolved = environment.resolve(text);
        resolved.problems().forEach(problem -> faults.add(path, line, problem));
        return resolved.problems().isEmpty()
                ? new YamlNode.Scalar(path, line, resolved.text(), resolved.used())
                : new YamlNode.Unreadable(path, line);
    }

    /** Only the parser's problem is told: its full message quotes the file's lines. */
    private void syntaxFault(JsonProcessingException e) {
        int line;
        int column;
        String problem = "this is not YAML that a pipe file can have";
        Throwable cause = e.getCause();
        Mark mark = cause instanceof MarkedYAMLException marked ? marked.getProblemMark() : null;
        if (mark != null) {
            line = mark.getLine() + 1;
            column = mark.getColumn() + 1;
            problem = withoutTag(((MarkedYAMLException) cause).getProblem());
        } else {
            JsonLocation location = e.getLocation();
            line = location == null ? 1 : Math.max(1, location.getLineNr());
            column = location == null ? 1 : Math.max(1, location.getColumnNr());
        }
        faults.add("line " + line + ", column " + column, 0, "YAML syntax: " + problem + hint(line));
    }

    /** A tag may be the beginning of a password that lacks its quotes. */
    private static String withoutTag(String problem) {
        return problem.contains("tag handle") ? "a text that starts with ! needs quotes" : problem;
    }

    private String hint(int line) {
        boolean reference = yaml.lines().skip(line - 1L).limit(1).anyMatch(text -> text.contains("${"));
        return reference ? "; inside braces, \"${NAME}\" needs its quotes" : "";
    }

    private static int line(YAMLParser parser) {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }
}
