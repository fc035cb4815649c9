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
 * The records as files, one a pipe, each written whole: {@code NAME.json}, or {@code folders/FOLDER/folders/SUB/NAME.json}
 * for a pipe of the folder {@code FOLDER/SUB}. A changed record is written within five seconds, so that a load
 * writes its file no oftener than that; a controller that is killed forgets no more.
 */
final class RecordFiles {
    private static final Logger LOG = Logger.getLogger(RecordFiles.class.getName());
    private static final int DELAY_SECONDS = 5;
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final Function<PipeId, PipeRecord> records;
    private final Set<PipeId> changed = ConcurrentHashMap.newKeySet();

    /** @param records finds the present record of a pipe; null for none */
    RecordFiles(Path directory, Function<PipeId, PipeRecord> records) {
        this.directory = requireNonNull(directory);
        this.records = requireNonNull(records);
    }

    /** A file that cannot be read is left alone and told of in Jenkins' log. */
    List<PipeRecord> readAll() {
        List<PipeRecord> read = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return read;
        }
        try (Stream<Path> files = Files.walk(directory)) {
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

    void changed(PipeId pipe) {
        if (changed.add(pipe)) {
            Timer.get().schedule(() -> flush(pipe), DELAY_SECONDS, TimeUnit.SECONDS);
        }
    }

    void flush() {
        changed.forEach(this::flush);
    }

    /** Writes the pipe's record now if it has changed, or deletes its file if there is none any more. */
    synchronized void flush(PipeId pipe) {
        if (!changed.remove(pipe)) {
            return;
        }
        PipeRecord record = records.apply(pipe);
        Path holder = holder(pipe);
        Path file = holder.resolve(pipe.name() + SUFFIX);
        try {
            if (record == null) {
                Files.deleteIfExists(file);
                return;
            }
            Files.createDirectories(holder);
            try (AtomicFileWriter out = new AtomicFileWriter(file, StandardCharsets.UTF_8)) {
                out.write(record.toJson().toString());
                out.commit();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, e, () -> "The record of ClickPipe " + pipe + " cannot be written");
        }
    }

    private Path holder(PipeId pipe) {
        Path holder = directory;
        for (String folder :
                pipe.folder().isEmpty() ? new String[0] : pipe.folder().split("/", -1)) {
            holder = holder.resolve("folders").resolve(folder);
        }
        return holder;
    }
}
