package io.jenkins.plugins.clickpipe.engine.changes;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.EngineException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Applies batches in a thread of its own, so that the next one is read meanwhile. They are applied one after the other
 * in their order: one at most, so whoever has the next waits. All methods are called by one owner's thread, which alone
 * hears of results, within these calls.
 */
final class ApplierThread implements AutoCloseable {
    /** A batch is being accepted; ClickHouse is given half an hour when it is busy. */
    private static final Duration LIMIT = Duration.ofMinutes(40);

    private static final Duration END_LIMIT = Duration.ofMinutes(1);

    private final Function<ChangeBatch, ChangeCounts> applier;
    private final BiConsumer<ChangeBatch, ChangeCounts> applied;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread worker = new Thread(task, "changes-applier");
        worker.setDaemon(true);
        return worker;
    });

    private Optional<Running> running = Optional.empty();

    private record Running(ChangeBatch batch, Future<ChangeCounts> counts) {}

    /**
     * @param applier returns when the destination has accepted a batch
     * @param applied hears of each batch that was accepted
     */
    ApplierThread(Function<ChangeBatch, ChangeCounts> applier, BiConsumer<ChangeBatch, ChangeCounts> applied) {
        this.applier = requireNonNull(applier);
        this.applied = requireNonNull(applied);
    }

    /**
     * Begins to apply a batch, after the one before it.
     *
     * @throws RuntimeException see {@link #await}
     */
    void submit(ChangeBatch batch) {
        await();
        if (thread.isShutdown()) {
            throw stopped();
        }
        running = Optional.of(new Running(batch, thread.submit(() -> applier.apply(batch))));
    }

    /** Nothing is being applied. */
    boolean isIdle() {
        return running.isEmpty();
    }

    /**
     * Hears of a batch that is done; does not wait for one.
     *
     * @throws RuntimeException see {@link #await}
     */
    void listen() {
        if (running.isPresent() && running.get().counts().isDone()) {
            await();
        }
    }

    /**
     * Waits until nothing is being applied. An interrupt breaks off what is.
     *
     * @throws RuntimeException what the applying of the batch has thrown
     */
    void await() {
        if (running.isEmpty()) {
            return;
        }
        Running last = running.get();
        ChangeCounts counts;
        try {
            counts = result(last.counts());
        } catch (ExecutionException e) {
            running = Optional.empty();
            throw EngineException.of(e);
        } catch (CancellationException e) {
            running = Optional.empty();
            throw stopped();
        }
        running = Optional.empty();
        applied.accept(last.batch(), counts);
    }

    private ChangeCounts result(Future<ChangeCounts> counts) throws ExecutionException {
        boolean interrupted = false;
        try {
            Duration limit = LIMIT;
            while (true) {
                try {
                    return counts.get(limit.toMillis(), TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                    breakOff();
                    limit = END_LIMIT;
                }
            }
        } catch (TimeoutException e) {
            throw new EngineException(
                    "ClickHouse neither accepts nor refuses a batch of changes. Look at its running"
                            + " queries, then run the command again.",
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void breakOff() {
        // A batch that the thread has not taken yet never comes to an end of its own.
        thread.shutdownNow().forEach(task -> ((Future<?>) task).cancel(false));
    }

    private static EngineException stopped() {
        return new EngineException("Stopped while changes were applied.");
    }

    /** Breaks off what is being applied; what it has come to is not heard. */
    @Override
    public void close() {
        breakOff();
        if (running.isPresent()) {
            try {
                result(running.get().counts());
            } catch (ExecutionException | CancellationException e) {
                // It was broken off.
            } finally {
                running = Optional.empty();
            }
        }
    }
}
