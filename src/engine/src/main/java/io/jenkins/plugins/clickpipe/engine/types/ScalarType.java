package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;
import java.util.Optional;
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
 * @param binary from COPY's binary format into RowBinary; empty where RowBinary has no form that would do
 */
record ScalarType(
        String name,
        String nullableName,
        Function<Quoting, ValueEncoder> encoders,
        boolean verbatim,
        boolean canBeSorted,
        String defaultText,
        Optional<BinaryForm> binary) {
    /** The text of a type whatsoever. */
    static final ScalarType STRING = verbatim("String", "", TextEncoder::new, BinaryForm.TEXT_OF_VALUE);

    /** A type that PostgreSQL sends as its text also in binary. */
    static final ScalarType TEXT = STRING.with(BinaryString.TEXT);

    ScalarType {
        Objects.requireNonNull(name);
        Objects.requireNonNull(nullableName);
        Objects.requireNonNull(encoders);
        Objects.requireNonNull(defaultText);
        Objects.requireNonNull(binary);
    }

    static ScalarType verbatim(
            String name, String defaultText, Function<Quoting, ValueEncoder> encoders, BinaryForm binary) {
        return new ScalarType(name, "Nullable(" + name + ")", encoders, true, true, defaultText, Optional.of(binary));
    }

    static ScalarType checked(
            String name, String defaultText, Function<Quoting, ValueEncoder> encoders, BinaryEncoder binary) {
        return new ScalarType(
                name, "Nullable(" + name + ")", encoders, false, true, defaultText, Optional.of(BinaryForm.of(binary)));
    }

    /** The same type with values that come otherwise in binary. */
    ScalarType with(BinaryEncoder encoder) {
        return new ScalarType(
                name, nullableName, encoders, verbatim, canBeSorted, defaultText, Optional.of(BinaryForm.of(encoder)));
    }

    /** A type around others, with elements that can be NULL: not itself nullable, and not for sorting keys. */
    static ScalarType notNullable(
            String name, Function<Quoting, ValueEncoder> encoders, String defaultText, Optional<BinaryForm> binary) {
        return new ScalarType(name, name, encoders, false, false, defaultText, binary);
    }

    boolean canBeNullable() {
        return !nullableName.equals(name);
    }

    ValueEncoder encoder(Quoting quoting) {
        return encoders.apply(quoting);
    }
}
