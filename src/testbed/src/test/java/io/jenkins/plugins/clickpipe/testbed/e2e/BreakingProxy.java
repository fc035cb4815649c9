package io.jenkins.plugins.clickpipe.testbed.e2e;

import io.jenkins.plugins.clickpipe.testbed.TcpRelay;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A loopback TCP proxy that resets each connection by itself once a random number of bytes has passed, until it has
 * done so a given number of times. Connections that carry little, such as the one that holds an exported snapshot,
 * live on.
 */
final class BreakingProxy implements AutoCloseable {
    private final TcpRelay relay;
    private final AtomicInteger cutsLeft;
    private final AtomicInteger cuts = new AtomicInteger();

    /**
     * Bytes that a connection carries in one direction before it breaks.
     *
     * @param least 1 or more
     * @param most {@link Integer#MAX_VALUE} for a direction in which nothing breaks
     */
    record Budget(int least, int most) {
        static final Budget UNLIMITED = new Budget(1, Integer.MAX_VALUE);

        private long next(Random random) {
            synchronized (random) {
                return most == Integer.MAX_VALUE ? Long.MAX_VALUE : random.nextInt(least, most);
            }
        }
    }

    /** @param seed of the byte counts; the order in which connections draw them is the threads' */
    BreakingProxy(String host, int port, Budget toServer, Budget toClient, int cuts, long seed) {
        this.cutsLeft = new AtomicInteger(cuts);
        Random random = new Random(seed);
        this.relay = TcpRelay.to(
                host,
                port,
                () -> true,
                () -> new Breaking(toServer.next(random)),
                () -> new Breaking(toClient.next(random)));
    }

    int port() {
        return relay.port();
    }

    /** Connections broken so far. */
    int cuts() {
        return cuts.get();
    }

    /** Carries so many bytes and then breaks the connection, where breaks are left. */
    private final class Breaking implements TcpRelay.Flow {
        private long left;

        Breaking(long budget) {
            this.left = budget;
        }

        @Override
        public boolean pass(byte[] bytes, int length, OutputStream to) throws IOException {
            boolean breaks = length >= left && cutsLeft.getAndUpdate(cut -> Math.max(0, cut - 1)) > 0;
            to.write(bytes, 0, breaks ? (int) left : length);
            if (breaks) {
                cuts.incrementAndGet();
                throw new SocketException("broken on purpose");
            }
            left = left - length <= 0 ? Long.MAX_VALUE : left - length;
            return true;
        }
    }

    @Override
    public void close() {
        relay.close();
    }
}
