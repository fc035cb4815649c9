package io.jenkins.plugins.clickpipe.testbed.faults;

import io.jenkins.plugins.clickpipe.testbed.TcpRelay;
import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * A loopback TCP proxy to which faults happen at given positions of all bytes that pass in one direction. The
 * connection that carries that byte suffers; what follows passes untouched until the next position.
 */
final class FaultyProxy implements AutoCloseable {
    private final TcpRelay relay;
    private final Direction toServer;
    private final Direction toClient;

    /** What happens to a connection. */
    enum Kind {
        /** Both ends get a reset. */
        RESET,
        /** Both ends see an orderly end in the middle of the data. */
        TRUNCATE,
        /** Nothing passes for a while. */
        STALL,
        /** All connections of the proxy are reset. */
        RESET_ALL
    }

    /**
     * A fault to come.
     *
     * @param position bytes that pass before
     * @param millis how long a stall lasts
     */
    record Fault(Kind kind, boolean toServer, long position, int millis) {}

    FaultyProxy(String host, int port, List<Fault> faults) {
        this.toServer = new Direction(faults.stream().filter(Fault::toServer).toList());
        this.toClient = new Direction(faults.stream().filter(f -> !f.toServer()).toList());
        this.relay = TcpRelay.to(host, port, () -> true, () -> flow(toServer), () -> flow(toClient));
    }

    int port() {
        return relay.port();
    }

    /** The faults that have happened. */
    List<Fault> happened() {
        List<Fault> all = new ArrayList<>(toServer.happened());
        all.addAll(toClient.happened());
        return all;
    }

    private TcpRelay.Flow flow(Direction direction) {
        return (bytes, length, to) -> {
            Passage passage = direction.pass(length);
            to.write(bytes, 0, passage.bytes());
            if (passage.fault() != null && !goesOn(passage.fault())) {
                return false;
            }
            to.write(bytes, passage.bytes(), length - passage.bytes());
            return true;
        };
    }

    private boolean goesOn(Fault fault) throws IOException {
        switch (fault.kind()) {
            case STALL -> {
                try {
                    TimeUnit.MILLISECONDS.sleep(fault.millis());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return true;
            }
            case RESET -> throw new SocketException("reset on purpose");
            case RESET_ALL -> {
                relay.resetAll();
                return false;
            }
            case TRUNCATE -> {
                return false;
            }
        }
        throw new IllegalStateException("unknown kind " + fault.kind());
    }

    @Override
    public void close() {
        relay.close();
    }

    /** Bytes that pass before a fault, of a piece of data, and the fault; null where none happens in it. */
    private record Passage(int bytes, Fault fault) {}

    /** All connections' bytes in one direction. */
    private static final class Direction {
        private final PriorityQueue<Fault> waiting =
                new PriorityQueue<>((a, b) -> Long.compare(a.position(), b.position()));
        private final List<Fault> happened = new ArrayList<>();
        private long passed;

        Direction(List<Fault> faults) {
            waiting.addAll(faults);
        }

        synchronized Passage pass(int bytes) {
            long before = passed;
            passed += bytes;
            Fault next = waiting.peek();
            if (next == null || next.position() >= passed) {
                return new Passage(bytes, null);
            }
            happened.add(waiting.poll());
            return new Passage((int) Math.max(0, next.position() - before), next);
        }

        synchronized List<Fault> happened() {
            return List.copyOf(happened);
        }
    }
}
