package io.jenkins.plugins.clickpipe.testbed.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A loopback TCP proxy that resets each connection by itself once a random number of bytes has passed, until it has
 * done so a given number of times. Connections that carry little, such as the one that holds an exported snapshot,
 * live on.
 */
final class BreakingProxy implements AutoCloseable {
    private final String host;
    private final int port;
    private final ServerSocket listener;
    private final Budget toServer;
    private final Budget toClient;
    private final Random random;
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
        this.host = host;
        this.port = port;
        this.toServer = toServer;
        this.toClient = toClient;
        this.random = new Random(seed);
        this.cutsLeft = new AtomicInteger(cuts);
        try {
            listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Connections broken so far. */
    int cuts() {
        return cuts.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(host, port);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                daemon(() -> pump(client, server, toServer.next(random)));
                daemon(() -> pump(server, client, toClient.next(random)));
            } catch (IOException e) {
                // closed, or a client that has gone again
            }
        }
    }

    private void pump(Socket from, Socket to, long budget) {
        byte[] buffer = new byte[4096];
        long left = budget;
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                boolean breaks = n >= left && cutsLeft.getAndUpdate(cut -> Math.max(0, cut - 1)) > 0;
                out.write(buffer, 0, breaks ? (int) left : n);
                if (breaks) {
                    cuts.incrementAndGet();
                    from.setSoLinger(true, 0);
                    to.setSoLinger(true, 0);
                    return;
                }
                left = left - n <= 0 ? Long.MAX_VALUE : left - n;
            }
        } catch (IOException e) {
            // the other direction's end
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "breaking-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
