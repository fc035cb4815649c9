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
}
