package io.jenkins.plugins.clickpipe.engine.definition;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A pipe file, or an override of its settings, that cannot be used. It holds all faults at once, so that one round of
 * editing is enough. It has no cause: a YAML parser's own exception quotes the file, passwords included.
 */
public final class InvalidPipeFileException extends EngineException {
    private static final long serialVersionUID = 1L;

    private final ArrayList<Fault> faults;

    /** @param faults at least one */
    public InvalidPipeFileException(List<Fault> faults) {
        super(message(faults));
        this.faults = new ArrayList<>(faults);
    }

    /** In the order of the file, faults that concern several places last. */
    public List<Fault> faults() {
        return List.copyOf(faults);
    }

    private static String message(List<Fault> faults) {
        String count = faults.size() == 1 ? "a fault" : faults.size() + " faults";
        return faults.stream()
                .map(fault -> "\n  " + fault)
                .collect(Collectors.joining("", "The pipe file has " + count + ":", ""));
    }
}
