package io.jenkins.plugins.clickpipe.engine.definition;

import java.io.Serializable;

/**
 * One thing that is wrong with a pipe file, or with what it says about the source.
 *
 * @param path where it stands, for example {@code tables[0].sortingKey}, {@code line 3, column 5}, {@code --set foo}
 *     or {@code pipe file} for the whole of it
 * @param message what is wrong and what is allowed; never a secret, nor a value that came from the environment
 */
public record Fault(String path, String message) implements Serializable {
    private static final long serialVersionUID = 1L;

    /** One line for people. */
    @Override
    public String toString() {
        return path + ": " + message;
    }
}
