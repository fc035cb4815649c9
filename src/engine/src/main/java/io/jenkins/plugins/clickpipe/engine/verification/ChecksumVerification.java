package io.jenkins.plugins.clickpipe.engine.verification;

import io.jenkins.plugins.clickpipe.engine.load.Partition;
import io.jenkins.plugins.clickpipe.engine.load.TableLoad;
import io.jenkins.plugins.clickpipe.engine.source.RelationMovedException;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.ColumnResult;
import io.jenkins.plugins.clickpipe.engine.statistics.VerificationCheck.Kind;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Compares the values of each loaded table with the snapshot, by sums of hashes that each server computes of its own
 * rows. PostgreSQL does so partition by partition, with several sessions. One hash a row tells whether all columns are
 * equal; only when they are not, hashes of each column tell which.
 */
public final class ChecksumVerification {
    /** Two sums each stay below PostgreSQL's 1,664 result columns by far. */
    private static final int COLUMNS_AT_ONCE = 100;

    private static final String OTHER_ROWS = "the values are those of the source, but in other rows";

    private final ClickHouse clickHouse;
    private final SnapshotReaders readers;

    public ChecksumVerification(ClickHouse clickHouse, SnapshotReaders readers) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.readers = Objects.requireNonNull(readers);
    }

    /** Each table gets its check, or is found to have moved. */
    public void verify(List<TableLoad> tables) throws InterruptedException {
        String encoding = readers.await(readers.read("SHOW server_encoding", row -> row.getString(1)));
        boolean utf8 = encoding.equals("UTF8") || encoding.equals("SQL_ASCII");
        Map<TableLoad, TableForms> forms = new LinkedHashMap<>();
        Map<TableLoad, List<Future<Fingerprint>>> asked = new LinkedHashMap<>();
        for (TableLoad table : tables) {
            if (CountVerification.keepsRows(table) && table.isSettled()) {
                forms.put(table, new TableForms(table.mapping(), utf8));
                asked.put(table, ask(table, forms.get(table)::sourceRows));
            }
        }
        for (Map.Entry<TableLoad, TableForms> entry : forms.entrySet()) {
            TableLoad table = entry.getKey();
            Fingerprint loaded = loaded(entry.getValue().targetRows(clickHouse.database()));
            try {
                table.progress().checked(compare(table, entry.getValue(), sum(asked.get(table)), loaded));
            } catch (RelationMovedException e) {
                table.progress().moved(e.how());
            }
        }
    }

    private VerificationCheck compare(TableLoad table, TableForms forms, Fingerprint source, Fingerprint loaded)
            throws InterruptedException {
        Map<String, ColumnResult> results = new LinkedHashMap<>();
        boolean rowsAreEqual = source.equalsAt(0, loaded) && source.equalsAt(1, loaded);
        if (rowsAreEqual) {
            forms.compared().forEach(c -> results.put(c, new ColumnResult(c, Verification.PASSED, "")));
        } else {
            results.putAll(columns(table, forms));
        }
        for (int i = 0; i < forms.uncompared().size(); i++) {
            String column = forms.uncompared().get(i);
            boolean equal = source.equalsAt(i + 2, loaded);
            results.put(
                    column,
                    new ColumnResult(
                            column,
                            equal ? Verification.NOT_RUN : Verification.FAILED,
                            equal
                                    ? "compared by the number of NULLs alone"
                                    : source.numbers().get(i + 2) + " values in the snapshot, "
                                            + loaded.numbers().get(i + 2) + " loaded"));
        }
        List<ColumnResult> inOrder =
                table.mapping().columnNames().stream().map(results::get).toList();
        boolean equal = rowsAreEqual && inOrder.stream().noneMatch(column -> column.result() == Verification.FAILED);
        return new VerificationCheck(
                Kind.CHECKSUMS,
                equal ? Verification.PASSED : Verification.FAILED,
                ChecksumSentence.of(equal, inOrder),
                inOrder);
    }

    /** What differs in a table whose rows differ. */
    private Map<String, ColumnResult> columns(TableLoad table, TableForms forms) throws InterruptedException {
        Map<String, ColumnResult> values = new LinkedHashMap<>();
        Map<String, ColumnResult> places = new LinkedHashMap<>();
        List<String> all = forms.compared();
        int sums = forms.hasKey() ? 2 : 1;
        for (int from = 0; from < all.size(); from += COLUMNS_AT_ONCE) {
            List<String> names = all.subList(from, Math.min(all.size(), from + COLUMNS_AT_ONCE));
            List<Future<Fingerprint>> asked = ask(table, relation -> forms.sourceColumns(names, relation));
            Fingerprint loaded = loaded(forms.targetColumns(names, clickHouse.database()));
            Fingerprint source = sum(asked);
            for (int i = 0; i < names.size(); i++) {
                boolean equal = source.equalsAt(1 + sums * i, loaded);
                boolean inPlace = !forms.hasKey() || source.equalsAt(2 + sums * i, loaded);
                values.put(names.get(i), result(names.get(i), equal, "the values differ"));
                places.put(names.get(i), result(names.get(i), inPlace, OTHER_ROWS));
            }
        }
        boolean valuesDiffer = values.values().stream().anyMatch(c -> c.result() == Verification.FAILED);
        return valuesDiffer ? values : places;
    }

    private static ColumnResult result(String column, boolean equal, String detail) {
        return new ColumnResult(column, equal ? Verification.PASSED : Verification.FAILED, equal ? "" : detail);
    }

    /** @param query makes a query of what follows FROM */
    private List<Future<Fingerprint>> ask(TableLoad table, Function<String, String> query) {
        List<Future<Fingerprint>> answers = new ArrayList<>();
        for (Partition partition : table.partitions()) {
            String from = partition.from();
            String sql = query.apply(from);
            // a wide table's sums are long, and the same for each of its partitions
            String shown = partition.index() == 0 ? sql : "SELECT /* sums as for the first partition */ FROM " + from;
            answers.add(readers.read(table, partition.relation(), sql, shown, row -> {
                List<BigInteger> numbers = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    numbers.add(new BigInteger(row.getString(i)));
                }
                return new Fingerprint(numbers);
            }));
        }
        return answers;
    }

    private Fingerprint sum(List<Future<Fingerprint>> answers) throws InterruptedException {
        Fingerprint sum = readers.await(answers.get(0));
        for (Future<Fingerprint> answer : answers.subList(1, answers.size())) {
            sum = sum.plus(readers.await(answer));
        }
        return sum;
    }

    private Fingerprint loaded(String sql) {
        String line = new String(clickHouse.tabSeparated(sql), StandardCharsets.US_ASCII).strip();
        return new Fingerprint(
                Arrays.stream(line.split("\t")).map(BigInteger::new).toList());
    }
}
