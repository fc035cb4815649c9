package io.jenkins.plugins.clickpipe.engine.target;

import java.io.IOException;
import java.io.OutputStream;

/** The rows of one insert, which can be written again when the insert has to be repeated. */
@FunctionalInterface
public interface InsertBody {
    void writeTo(OutputStream out) throws IOException;
}
