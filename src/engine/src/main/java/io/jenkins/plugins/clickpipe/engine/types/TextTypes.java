package io.jenkins.plugins.clickpipe.engine.types;

import java.util.Set;

/** The types of which PostgreSQL makes one another without touching a row: text and varchar. */
public final class TextTypes {
    private static final Set<Long> OIDS = Set.of(25L, 1043L);

    private TextTypes() {}

    /** Values of both types are written alike. */
    public static boolean isSame(long typeOid, long otherOid) {
        return typeOid == otherOid || OIDS.contains(typeOid) && OIDS.contains(otherOid);
    }
}
