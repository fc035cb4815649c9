package io.jenkins.plugins.clickpipe.engine.definition;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * Reads YAML into {@link YamlNode}s, from the events of SnakeYAML. A ready-made tree, Jackson's too, keeps neither
 * places, nor all duplicate keys, nor the text of scalars, and takes an unquoted password that starts with {@code &}
 * or {@code !} for nothing.
 */
final class YamlTree {
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final int DEEPEST = 20;

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
        try {
            Iterator<Event> events = new Yaml().parse(new StringReader(yaml)).iterator();
            Optional<YamlNode> root = Optional.empty();
            while (events.hasNext()) {
                Event event = events.next();
                if (event instanceof DocumentStartEvent && root.isPresent()) {
                    faults.add("", line(event), "holds more than one YAML document; write one file for each pipe");
                    break;
                } else if (event instanceof NodeEvent start) {
                    root = Optional.of(node(start, events, "", 0));
                }
            }
            return root.isPresent() ? mapping(root.get()) : empty(0);
        } catch (YAMLException e) {
            syntaxFault(e);
        } catch (TooDeepException e) {
            faults.add("", e.line, "is nested more deeply than any pipe file can be");
        }
        return Optional.empty();
    }

    private Optional<YamlNode.Mapping> mapping(YamlNode root) {
        if (root instanceof YamlNode.Mapping mapping) {
            return Optional.of(mapping);
        }
        if (root instanceof YamlNode.Empty) {
            return empty(root.line());
        }
        if (!(root instanceof YamlNode.Unreadable)) {
            faults.add(root, "must be keys and values, starting with name, source, target and tables");
        }
        return Optional.empty();
    }

    private Optional<YamlNode.Mapping> empty(int line) {
        faults.add("", line, "is empty; it needs at least name, source, target and tables");
        return Optional.empty();
    }

    /** Reads the node that {@code start} begins, to its last event. */
    private YamlNode node(NodeEvent start, Iterator<Event> events, String path, int depth) {
        int line = line(start);
        if (depth > DEEPEST) {
            throw new TooDeepException(line);
        }
        YamlNode node;
        boolean plain = start.getAnchor() == null; // an alias has one too
        if (start instanceof MappingStartEvent) {
            node = new YamlNode.Mapping(path, line, entries(events, path, depth));
        } else if (start instanceof SequenceStartEvent) {
            node = new YamlNode.Sequence(path, line, items(events, path, depth));
        } else {
            node = new YamlNode.Unreadable(path, line);
        }
        if (start instanceof CollectionStartEvent collection) {
            plain &= collection.getTag() == null;
        } else if (start instanceof ScalarEvent scalar) {
            plain &= scalar.getTag() == null;
            node = plain ? scalar(scalar, path) : node;
        }
        if (!plain) {
            faults.add(node, "tags, anchors and aliases are not supported; quote a text that starts with !, & or *");
            return new YamlNode.Unreadable(path, line);
        }
        return node;
    }

    private Map<String, YamlNode> entries(Iterator<Event> events, String path, int depth) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        Event event = events.next();
        while (!event.is(Event.ID.MappingEnd)) {
            int line = line(event);
            boolean text = event instanceof ScalarEvent;
            String key = text ? ((ScalarEvent) event).getValue() : "?";
            String valuePath = YamlNode.path(path, key);
            if (!text) {
                faults.add(path, line, "a key must be a text");
                skip((NodeEvent) event, events);
            }
            YamlNode value = node((NodeEvent) events.next(), events, valuePath, depth + 1);
            YamlNode earlier = text ? entries.putIfAbsent(key, value) : null;
            if (earlier != null) {
                faults.add(valuePath, line, "the key stands twice; the first is on line " + earlier.line());
            }
            event = events.next();
        }
        return entries;
    }

    private List<YamlNode> items(Iterator<Event> events, String path, int depth) {
        List<YamlNode> items = new ArrayList<>();
        Event event = events.next();
        while (!event.is(Event.ID.SequenceEnd)) {
            items.add(node((NodeEvent) event, events, path + "[" + items.size() + "]", depth + 1));
            event = events.next();
        }
        return items;
    }

    private static void skip(NodeEvent start, Iterator<Event> events) {
        int open = start instanceof CollectionStartEvent ? 1 : 0;
        while (open > 0) {
            Event event = events.next();
            if (event instanceof CollectionStartEvent) {
                open++;
            } else if (event.is(Event.ID.MappingEnd) || event.is(Event.ID.SequenceEnd)) {
                open--;
            }
        }
    }

    private YamlNode scalar(ScalarEvent scalar, String path) {
        int line = line(scalar);
        String text = scalar.getValue();
        if (scalar.isPlain() && NULLS.contains(text)) {
            return new YamlNode.Empty(path, line, text);
        }
        EnvironmentReferences.Result resolved = environment.resolve(text);
        resolved.problems().forEach(problem -> faults.add(path, line, problem));
        return resolved.problems().isEmpty()
                ? new YamlNode.Scalar(path, line, resolved.text(), resolved.used())
                : new YamlNode.Unreadable(path, line);
    }

    /** Only the parser's problem is told: its full message quotes the file's lines. */
    private void syntaxFault(YAMLException e) {
        if (!(e instanceof MarkedYAMLException marked) || marked.getProblemMark() == null) {
            faults.add("", 0, "YAML syntax: it holds a character that YAML does not allow");
            return;
        }
        Mark mark = marked.getProblemMark();
        int line = mark.getLine() + 1;
        faults.add(
                "line " + line + ", column " + (mark.getColumn() + 1),
                0,
                "YAML syntax: " + withoutTag(marked.getProblem()) + hint(line));
    }

    /** A tag may be the beginning of a password that lacks its quotes. */
    private static String withoutTag(String problem) {
        return problem.contains("tag handle") ? "a text that starts with ! needs quotes" : problem;
    }

    private String hint(int line) {
        boolean reference = yaml.lines().skip(line - 1L).limit(1).anyMatch(text -> text.contains("${"));
        return reference ? "; inside braces, \"${NAME}\" needs its quotes" : "";
    }

    private static int line(Event event) {
        return event.getStartMark().getLine() + 1;
    }

    /** Ends the reading: what follows is not worth telling. */
    private static final class TooDeepException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int line;

        TooDeepException(int line) {
            super(null, null, false, false);
            this.line = line;
        }
    }
}
