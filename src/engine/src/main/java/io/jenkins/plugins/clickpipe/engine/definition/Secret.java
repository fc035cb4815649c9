package io.jenkins.plugins.clickpipe.engine.definition;

import java.util.Objects;

/** A password. It prints as asterisks, so that no log, exception or {@code toString} can show it. */
public final class Secret {
    public static final Secret NONE = new Secret("");

    private final String value;

    public Secret(String value) {
        this.value = Objects.requireNonNull(value);
    }

    /** The plain text, for the one place that authenticates with it. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "****";
    }
}
