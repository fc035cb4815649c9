package io.jenkins.plugins.clickpipe.engine.load;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import io.jenkins.plugins.clickpipe.engine.source.ExportedSnapshot;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.types.CopyEncoder;
import io.jenkins.plugins.clickpipe.engine.types.RowFormat;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/** The parallel copy of a pipe's tables into their {@code _resync} tables, under one exported snapshot. */
public final class InitialLoad {
    private static final int ROUNDS_TO_END = 20;

    private final Options options;
    private final List<TableLoad> tables;
    private final ClickHouse clickHouse;
    private final PartitionQueue queue;
    private final Listener listener;
    private final Clock clock;
    private final int workers;
    private final Throttle throttle;

    /**
     * @param run begins every deduplication token
     * @param workers sessions that read the source, at least 1
     * @param parallelTables tables that are read at the same time, while each has work for a worker, at least 1
     * @param megabytesPerSecond that all workers together read at most; 0 for no bound
     * @param version of all rows, that of the snapshot
     * @param strict the first value that the type mapping cannot hold ends the load
     */
    public record Options(
            String run, int workers, int parallelTables, int megabytesPerSecond, long version, boolean strict) {}

    /** Hears how the load goes; called by several threads. */
    public interface Listener {
        void statement(String sql);

        /** The destination has accepted every row of a partition. */
        void partitionDone(TableLoad table, Partition partition);

        /** About every half second, from the thread that runs the load. */
        void tick();

        /** The load has failed: what still runs on either server is to be cancelled. May be called repeatedly. */
        void abandon();
    }

    public InitialLoad(Options options, List<TableLoad> tables, ClickHouse clickHouse, Listener listener, Clock clock) {
        this.options = Objects.requireNonNull(options);
        this.tables = List.copyOf(tables);
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.listener = Objects.requireNonNull(listener);
        this.clock = Objects.requireNonNull(clock);
        this.workers = Math.min(
                options.workers(),
                Math.max(1, tables.stream().mapToInt(t -> t.partitions().size()).sum()));
        this.queue = new PartitionQueue(
                tables.stream().map(TableLoad::partitions).toList(), options.parallelTables(), workers);
        this.throttle = new Throttle(options.megabytesPerSecond());
    }

    /**
     * Loads everything.
     *
     * @throws InterruptedException when stopped; the workers have ended then
     */
    public void run(ExportedSnapshot snapshot) throws InterruptedException {
        LoadMemory memory = LoadMemory.of(Runtime.getRuntime().maxMemory(), workers);
        ChunkSize chunkSize = new ChunkSize(memory.chunkBytes());
        HeldValues held = new HeldValues(memory.longestHeldValue());
        ExecutorService readers = Executors.newCachedThreadPool(daemon("load"));
        ExecutorService senders = Executors.newCachedThreadPool(daemon("insert"));
        try {
            CompletionService<Void> completion = new ExecutorCompletionService<>(readers);
            List<Future<Void>> futures = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                ChunkSender sender = new ChunkSender(clickHouse, senders, memory.bufferBytes());
                RowChunks chunks = new RowChunks(this, sender, i, chunkSize, held.holder());
                futures.add(completion.submit(new LoadWorker(this, snapshot, sender, chunks)));
            }
            for (int ended = 0; ended < workers; ) {
                Future<Void> done = completion.poll(500, TimeUnit.MILLISECONDS);
                listener.tick();
                if (done != null) {
                    done.get();
                    ended++;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException interruption) {
                throw interruption;
            }
            throw EngineException.of(e);
        } finally {
            readers.shutdownNow();
            senders.shutdownNow();
            endAll(readers, senders);
        }
    }

    /** No worker may still be at work when the caller cleans up. */
    private void endAll(ExecutorService readers, ExecutorService senders) {
        boolean interrupted = Thread.interrupted();
        try {
            for (int i = 0; i < ROUNDS_TO_END && !(readers.isTerminated() && senders.isTerminated()); i++) {
                if (!readers.awaitTermination(20, TimeUnit.MILLISECONDS)
                        || !senders.awaitTermination(20, TimeUnit.MILLISECONDS)) {
                    listener.abandon();
                    readers.awaitTermination(500, TimeUnit.MILLISECONDS);
                    senders.awaitTermination(500, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    PartitionQueue queue() {
        return queue;
    }

    List<TableLoad> tables() {
        return tables;
    }

    String run() {
        return options.run();
    }

    String database() {
        return clickHouse.database();
    }

    Instant now() {
        return clock.instant();
    }

    void hear(String sql) {
        listener.statement(sql);
    }

    Throttle throttle() {
        return throttle;
    }

    void stretchDone(Reading reading) {
        for (Partition partition : reading.stretch().partitions()) {
            reading.table().progress().partitionDone(now());
            listener.partitionDone(reading.table(), partition);
        }
    }

    RowFormat format(TableLoad table) {
        return RowFormat.of(table.mapping().columnMappings(), options.strict());
    }

    /** @param held hears the length of a long value that is held, see {@link RowFormat#encoder} */
    CopyEncoder encoder(TableLoad table, IntConsumer held) {
        return format(table).encoder(table.mapping().columnMappings(), options.version(), options.strict(), held);
    }
}
