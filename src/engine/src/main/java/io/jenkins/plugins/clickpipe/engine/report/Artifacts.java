package io.jenkins.plugins.clickpipe.engine.report;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import javax.xml.stream.XMLStreamException;

/**
 * The files that a run leaves in a directory: {@code load-stats.json}, {@code load-stats.csv},
 * {@code load-stats.html}, {@code verification.xml} and {@code plan.sql}. A file appears complete or not at all,
 * also while an older one is replaced, so a reader may look at any time. The directory is created when needed.
 */
public final class Artifacts {
    private final Path directory;
    private final Redaction redaction;

    /** Artifacts in {@code directory}, with no secret known that could stand in them. */
    public Artifacts(Path directory) {
        this(directory, Redaction.NONE);
    }

    /** Artifacts in {@code directory}, cleared of the redaction's secrets. */
    public Artifacts(Path directory, Redaction redaction) {
        this.directory = requireNonNull(directory);
        this.redaction = requireNonNull(redaction);
    }

    /**
     * Writes the statistics in every form, with the checks that they themselves hold.
     *
     * @throws IOException naming the file that could not be written
     */
    public void write(LoadStatistics statistics) throws IOException {
        write(statistics, TableCheck.of(statistics));
    }

    /**
     * Writes the statistics in every form.
     *
     * @param checks the test cases of {@code verification.xml}
     * @throws IOException naming the file that could not be written
     */
    public void write(LoadStatistics statistics, List<TableCheck> checks) throws IOException {
        LoadStatistics clean = redaction.apply(statistics);
        JsonMapper mapper = new JsonMapper();
        replace("load-stats.json", out -> {
            out.write(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(LoadStatisticsJson.write(clean)));
            out.write('\n');
        });
        replace("load-stats.csv", out -> LoadStatisticsCsv.write(out, clean));
        replace("load-stats.html", out -> LoadStatisticsPage.write(out, clean));
        replace("verification.xml", out -> {
            try {
                VerificationXml.write(out, clean, checks);
            } catch (XMLStreamException failure) {
                throw new IOException(failure);
            }
        });
    }

    /**
     * Writes {@code plan.sql}.
     *
     * @throws IOException naming the file that could not be written
     */
    public void write(StatementLog statements) throws IOException {
        replace("plan.sql", out -> PlanSql.write(out, statements.recorded()));
    }

    private void replace(String name, Content content) throws IOException {
        Path file = directory.resolve(name);
        Path part = directory.resolve("." + name + "." + UUID.randomUUID() + ".part");
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
            }
            try (Writer out = Files.newBufferedWriter(part, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW)) {
                content.write(out);
            }
            move(part, file);
        } catch (IOException failure) {
            throw new IOException("cannot write the artifact " + file + ": " + failure, failure);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void move(Path part, Path file) throws IOException {
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException notHere) {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private interface Content {
        void write(Writer out) throws IOException;
    }
}
