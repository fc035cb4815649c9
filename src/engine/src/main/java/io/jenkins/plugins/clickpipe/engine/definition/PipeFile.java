package io.jenkins.plugins.clickpipe.engine.definition;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.definition.YamlNode.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The YAML file that defines a pipe. */
public final class PipeFile {
    private static final List<String> KEYS =
            List.of("name", "owner", "source", "target", "tables", SettingsSection.NAME);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,50}");
    private static final Pattern OWNER = Pattern.compile("\\P{Cntrl}{1,200}");

    private PipeFile() {}

    /**
     * Reads a pipe file. <code>${NAME}</code> in any text is replaced by the variable's value, <code>$${</code> stands
     * for a plain <code>${</code>.
     *
     * @param overrides {@code name=value} for this run, names as in {@code settings}; an empty value means the default
     * @throws InvalidPipeFileException with every fault that was found; none of them holds a secret
     */
    public static PipeDefinition read(String yaml, Map<String, String> environment, List<String> overrides) {
        Faults faults = new Faults();
        Optional<YamlNode.Mapping> root = new YamlTree(yaml, new EnvironmentReferences(environment), faults).root();
        if (root.isEmpty()) {
            SettingsSection.read(Optional.empty(), overrides, faults);
            throw new InvalidPipeFileException(faults.all());
        }
        Section file = new Section(root.get(), KEYS, faults);
        String name = name(file);
        Optional<String> owner = owner(file);
        Optional<SourceServer> source = ServerSections.readSource(file);
        Optional<TargetServer> target = ServerSections.readTarget(file);
        List<TableRule> tables = TableRulesSection.read(file);
        Settings settings = SettingsSection.read(file.node(SettingsSection.NAME), overrides, faults);
        faults.throwIfAny();
        return new PipeDefinition(name, owner, source.orElseThrow(), target.orElseThrow(), tables, settings);
    }

    private static String name(Section file) {
        Optional<Scalar> name = file.requiredScalar("name");
        if (name.isPresent() && !NAME.matcher(name.get().text()).matches()) {
            file.fault(
                    "name",
                    "must be 1 to 50 letters, digits, underscores and hyphens, not "
                            + name.get().quoted());
        }
        return name.map(Scalar::text).orElse("");
    }

    private static Optional<String> owner(Section file) {
        Optional<Scalar> owner = file.scalar("owner");
        if (owner.isPresent() && !OWNER.matcher(owner.get().text()).matches()) {
            file.fault("owner", "must be 1 to 200 characters, none of them a control character");
        }
        return owner.map(Scalar::text);
    }

    /**
     * The definition as JSON, for the journal: the pipe file's keys in its order, every default written out, no
     * password, and not the owner, who belongs to the pipe's identity.
     */
    public static ObjectNode write(PipeDefinition definition) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("name", definition.name());
        json.set("source", ServerSections.write(definition.source()));
        json.set("target", ServerSections.write(definition.target()));
        json.set("tables", TableRulesSection.write(definition.tables()));
        json.set(SettingsSection.NAME, SettingsSection.write(definition.settings()));
        return json;
    }
}
