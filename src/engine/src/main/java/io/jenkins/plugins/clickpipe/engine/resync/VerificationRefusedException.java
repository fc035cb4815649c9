package io.jenkins.plugins.clickpipe.engine.resync;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.util.List;

/** The loaded tables differ from the source, so they were not swapped in. */
public final class VerificationRefusedException extends EngineException {
    private static final long serialVersionUID = 1L;

    VerificationRefusedException(List<String> differences) {
        super("Verification refused the swap: " + String.join("; ", differences)
                + ". Readers see the original tables as before; the _resync tables are kept for a look. Find out what"
                + " differs, then resync again.");
    }
}
