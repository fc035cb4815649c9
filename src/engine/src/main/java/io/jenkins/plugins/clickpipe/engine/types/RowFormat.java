package io.jenkins.plugins.clickpipe.engine.types;

import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * In which formats rows are read from PostgreSQL by COPY and inserted into ClickHouse. Both give the same values.
 * Binary costs both servers and the engine less, but there is no binary form of every type.
 */
public enum RowFormat {
    /** COPY's text format, into TabSeparated. */
    TEXT("TabSeparated", "") {
        @Override
        public String expression(ColumnMapping column, String quotedName) {
            return quotedName;
        }

        @Override
        public CopyEncoder encoder(List<ColumnMapping> columns, long version, boolean strict, IntConsumer held) {
            return new TextCopyEncoder(new RowEncoder(columns, Long.toUnsignedString(version), strict), held);
        }
    },
    /** COPY's binary format, into RowBinary. */
    BINARY("RowBinary", " (FORMAT binary)") {
        @Override
        public String expression(ColumnMapping column, String quotedName) {
            return column.binary().orElseThrow().expression(quotedName);
        }

        @Override
        public CopyEncoder encoder(List<ColumnMapping> columns, long version, boolean strict, IntConsumer held) {
            return new BinaryCopyEncoder(columns, version, held);
        }
    };

    private final String clickHouseName;
    private final String copyOptions;

    RowFormat(String clickHouseName, String copyOptions) {
        this.clickHouseName = clickHouseName;
        this.copyOptions = copyOptions;
    }

    /**
     * The one to load a table in: binary where every column has a binary form.
     *
     * @param strict the setting {@code strictTypes}: the message shows a value as PostgreSQL prints it, so it is read
     *     as text
     */
    public static RowFormat of(List<ColumnMapping> columns, boolean strict) {
        boolean binary =
                !strict && columns.stream().allMatch(column -> column.binary().isPresent());
        return binary ? BINARY : TEXT;
    }

    /** What a COPY selects for a column. */
    public abstract String expression(ColumnMapping column, String quotedName);

    /**
     * Turns the rows of one COPY into rows of the insert.
     *
     * @param columns in the order of the COPY's column list
     * @param version of all rows, which follows the columns
     * @param held hears the length of a value that is held as it grows beyond 64 KiB, in bytes, and may refuse it by an
     *     exception
     */
    public abstract CopyEncoder encoder(List<ColumnMapping> columns, long version, boolean strict, IntConsumer held);

    /** As a plan names it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What stands behind {@code TO STDOUT}. */
    public String copyOptions() {
        return copyOptions;
    }

    /** The insert's format, by ClickHouse's name. */
    public String clickHouseName() {
        return clickHouseName;
    }
}
