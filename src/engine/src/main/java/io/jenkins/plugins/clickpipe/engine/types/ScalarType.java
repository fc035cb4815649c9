package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;
import java.util.function.Function;

/**
 * A ClickHouse type as the target of the mapping.
 *
 * @param name without Nullable
 * @param nullableName with Nullable at its place; equal to {@code name} where there is none
 * @param encoders the encoder for a field and for an element
 * @param verbatim every COPY field of it passes untouched
 * @param canBeSorted it may stand in a sorting key
 * @param defaultText a TabSeparated field with ClickHouse's default of the type
 */
record ScalarType(
        String name,
        String nullableName,
        Function<Quoting, ValueEncoder> encoders,
        boolean verbatim,
        boolean canBeSorted,
        String defaultText) {
    static final ScalarType STRING = verbatim("String", "", TextEncoder::new);

    ScalarType {
        Objects.requireNonNull(name);
        Objects.requireNonNull(nullableName);
        Objects.requireNonNull(encoders);
        Objects.requireNonNull(defaultText);
    }

    static ScalarType verbatim(String name, String defaultText, Function<Quoting, ValueEncoder> encoders) {
        return new ScalarType(name, "Nullable(" + name + ")", encoders, true, true, defaultText);
    }

    static ScalarType checked(String name, String defaultText, Function<Quoting, ValueEncoder> encoders) {
        return new ScalarType(name, "Nullable(" + name + ")", encoders, false, true, defaultText);
    }

    /** A type around others, with elements that can be NULL: not itself nullable, and not for sorting keys. */
    static ScalarType notNullable(String name, Function<Quoting, ValueEncoder> encoders, String defaultText) {
        return new ScalarType(name, name, encoders, false, false, defaultText);
    }

    boolean canBeNullable() {
        return !nullableName.equals(name);
    }

    ValueEncoder encoder(Quoting quoting) {
        return encoders.apply(quoting);
    }
}
