package io.jenkins.plugins.clickpipe.status;

import static java.util.Objects.requireNonNull;

import groovy.json.JsonException;
import hudson.util.AtomicFileWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.util.Timer;

/**
 * The records as files, one a pipe, each written whole. A changed record is written within five seconds, so that a load
 * writes its file no oftener than that; a controller that is killed forgets no more.
 */
final class RecordFiles {
    private static final Logger LOG = Logger.getLogger(RecordFiles.class.getName());
    private static final int DELAY_SECONDS = 5;
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final Function<String, PipeRecord> records;
    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    /** @param records finds the present record of a pipe; null for none */
    RecordFiles(Path directory, Function<String, PipeRecord> records) {
        this.directory = requireNonNull(directory);
        this.records = requireNonNull(records);
    }

    /** A file that cannot be read is left alone and told of in Jenkins' log. */
    List<PipeRecord> readAll() {
        List<PipeRecord> read = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return read;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(SUFFIX)).toList()) {
                try {
                    read.add(PipeRecord.read(JsonObject.parse(Files.readString(file))));
                } catch (IOException | JsonException e) {
                    LOG.log(
                            Level.WARNING,
                            e,
                            () -> file + " cannot be read; the pipe shows as unknown until its next build");
                }
            }
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    e,
                    () -> directory + " cannot be read; pipes show as unknown until their next build");
        }
        return read;
    }

    void changed(String pipe) {
        if (changed.add(pipe)) {
            Timer.get().schedule(() -> flush(pipe), DELAY_SECONDS, TimeUnit.SECONDS);
        }
    }

    void flush() {
        changed.forEach(this::flush);
    }

    /** Writes the pipe's record now if it has changed, or deletes its file if there is none any more. */
    synchronized void flush(String pipe) {
        if (!changed.remove(pipe)) {
            return;
        }
        PipeRecord record = records.apply(pipe);
        try {
            if (record == null) {
                Files.deleteIfExists(directory.resolve(pipe + SUFFIX));
                return;
            }
            Files.createDirectories(directory);
            try (AtomicFileWriter out =
                    new AtomicFileWriter(directory.resolve(pipe + SUFFIX), StandardCharsets.UTF_8)) {
                out.write(record.toJson().toString());
                out.commit();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, e, () -> "The record of ClickPipe " + pipe + " cannot be written");
        }
    }
}
