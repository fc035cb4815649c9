package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Objects;
import java.util.Optional;

/**
 * A column's type as PostgreSQL's catalog {@code pg_type} has it.
 *
 * @param schema the type's schema, {@code pg_catalog} for built-in types
 * @param name {@code pg_type.typname}, for example {@code int4} (not {@code integer}), or a user type's name
 * @param kind {@code pg_type.typtype}
 * @param typmod the column's type modifier, -1 without one; for the base of a domain the domain's {@code typtypmod}
 * @param delimiter {@code pg_type.typdelim}: what separates values of this type in an array's text, a comma but for
 *     {@code box}
 * @param element the element type of a true array; empty for everything else, {@code name} and {@code point} included;
 *     its typmod is the array column's own
 * @param base what a domain is based on, possibly another domain; empty for everything else
 */
public record PostgresType(
        String schema,
        String name,
        Kind kind,
        int typmod,
        char delimiter,
        Optional<PostgresType> element,
        Optional<PostgresType> base) {

    /** {@code pg_type.typtype}; an array is a base type with an element. */
    public enum Kind {
        BASE,
        COMPOSITE,
        DOMAIN,
        ENUM,
        PSEUDO,
        RANGE,
        MULTIRANGE;

        /** From the letter in {@code pg_type.typtype}; an unknown letter is a base type. */
        public static Kind of(char typtype) {
            return switch (typtype) {
                case 'c' -> COMPOSITE;
                case 'd' -> DOMAIN;
                case 'e' -> ENUM;
                case 'p' -> PSEUDO;
                case 'r' -> RANGE;
                case 'm' -> MULTIRANGE;
                default -> BASE;
            };
        }
    }

    public PostgresType {
        Objects.requireNonNull(schema);
        Objects.requireNonNull(name);
        Objects.requireNonNull(kind);
        Objects.requireNonNull(element);
        Objects.requireNonNull(base);
    }

    /** A built-in base type. */
    public static PostgresType builtIn(String name, int typmod) {
        return new PostgresType(
                "pg_catalog",
                name,
                Kind.BASE,
                typmod,
                name.equals("box") ? ';' : ',',
                Optional.empty(),
                Optional.empty());
    }

    /** A built-in base type without a modifier. */
    public static PostgresType builtIn(String name) {
        return builtIn(name, -1);
    }

    /** The array of this type, named as PostgreSQL names it unless the name is taken: {@code _int4}. */
    public PostgresType array() {
        return new PostgresType(schema, "_" + name, Kind.BASE, typmod, ',', Optional.of(this), Optional.empty());
    }

    /** A domain over this type. */
    public PostgresType domain(String domainSchema, String domainName) {
        return new PostgresType(
                domainSchema, domainName, Kind.DOMAIN, -1, delimiter, Optional.empty(), Optional.of(this));
    }

    /** A user's type of another kind than domain, without a modifier. */
    public static PostgresType user(String schema, String name, Kind kind) {
        return new PostgresType(schema, name, kind, -1, ',', Optional.empty(), Optional.empty());
    }

    /** The type below all domains; itself when it is none. */
    public PostgresType withoutDomains() {
        PostgresType type = this;
        while (type.base.isPresent()) {
            type = type.base.get();
        }
        return type;
    }
}
