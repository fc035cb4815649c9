package io.jenkins.plugins.clickpipe.engine.types;

import io.jenkins.plugins.clickpipe.engine.EngineException;

/** A value that its destination column cannot hold, with {@code strictTypes} on. The caller adds table and key. */
public final class UnrepresentableValueException extends EngineException {
    private static final long serialVersionUID = 1L;

    private final String column;

    UnrepresentableValueException(String column, String clickHouseType, String value) {
        super("column \"" + column + "\": " + clickHouseType + " cannot hold " + value + ".");
        this.column = column;
    }

    public String column() {
        return column;
    }

    /**
     * The same with its table and row.
     *
     * @param table schema-qualified, unquoted
     * @param row what tells the row apart, for example {@code id=5}
     * @param work what stopped, for example {@code the load}
     */
    public EngineException inRow(String table, String row, String work) {
        return new EngineException(
                "Table " + table + ", row " + row + ": " + getMessage() + " strictTypes is on, so " + work
                        + " stopped; correct the row, exclude the column, or set strictTypes: false.",
                this);
    }
}
