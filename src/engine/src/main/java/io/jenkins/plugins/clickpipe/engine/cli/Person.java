package io.jenkins.plugins.clickpipe.engine.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Who gives a command that log and journal remember by name. */
final class Person {
    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Who wants it, for log and journal; default: the operating system's user.")
    private Optional<String> name = Optional.empty();

    String name() {
        return name.map(String::strip).filter(text -> !text.isEmpty()).orElseGet(() -> System.getProperty("user.name"));
    }
}
