package io.jenkins.plugins.clickpipe.engine.types;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One nullable column, fed on both ways: as a COPY field and as a value of pgoutput. */
final class Conversion {
    private final ColumnMapping column;

    private Conversion(ColumnMapping column) {
        this.column = column;
    }

    static Conversion of(PostgresType type) {
        return of(type, new TypeMapping.Options(true, true, false, false));
    }

    static Conversion of(PostgresType type, TypeMapping.Options options) {
        return new Conversion(new TypeMapping(options).map("c", type, true, false));
    }

    /** What a value becomes, which must be the same on both ways. */
    Result convert(String value) {
        RowEncoder fromCopy = new RowEncoder(List.of(column), "", false);
        RowBuffer copied = new RowBuffer();
        byte[] line = (value == null ? "\\N\n" : escape(value) + "\n").getBytes(StandardCharsets.UTF_8);
        fromCopy.encodeCopyRow(line, 0, line.length, copied);

        RowEncoder fromChange = new RowEncoder(List.of(column), "", false);
        RowBuffer changed = new RowBuffer();
        byte[][] values = {value == null ? null : value.getBytes(StandardCharsets.UTF_8)};
        fromChange.encodeValues(values, RowEncoder.lineEnd(""), changed);

        assertThat(changed.toByteArray()).isEqualTo(copied.toByteArray());
        Result result = new Result(copied.toByteArray(), altered(fromCopy));
        assertThat(altered(fromChange)).isEqualTo(result.altered());
        return result;
    }

    /** The TabSeparated field of a value that arrives as it was. */
    String exactly(String value) {
        Result result = convert(value);
        assertThat(result.altered()).as("altered: %s", value).isFalse();
        return result.field();
    }

    /** The TabSeparated field of a value that does not. */
    String altering(String value) {
        Result result = convert(value);
        assertThat(result.altered()).as("altered: %s", value).isTrue();
        return result.field();
    }

    record Result(byte[] line, boolean altered) {
        String field() {
            String text = new String(line, StandardCharsets.UTF_8);
            assertThat(text).endsWith("\n");
            return text.substring(0, text.length() - 1);
        }
    }

    private static boolean altered(RowEncoder encoder) {
        Map<String, Long> counts = new LinkedHashMap<>();
        encoder.flushAlterations(counts::put);
        return !counts.isEmpty();
    }

    /** As COPY does it in text format. */
    private static String escape(String value) {
        return value.replace("\\", "\\\\")
                .replace("\b", "\\b")
                .replace("\f", "\\f")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t")
                .replace("\u000B", "\\v");
    }
}
