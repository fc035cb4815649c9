package io.jenkins.plugins.clickpipe.engine.types;

/** Types that tests build. */
final class PostgresTypes {
    private PostgresTypes() {}

    /** With a modifier as PostgreSQL's make_numeric_typmod computes it. */
    static PostgresType numeric(int precision, int scale) {
        return PostgresType.builtIn("numeric", ((precision << 16) | (scale & 0x7ff)) + 4);
    }
}
