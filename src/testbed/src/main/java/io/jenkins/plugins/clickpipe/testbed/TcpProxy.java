package io.jenkins.plugins.clickpipe.testbed;

import java.net.SocketException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A loopback TCP proxy that can break: it cuts connections (by a reset, as a crash or a firewall does), holds bytes
 * back, or refuses new connections. Its methods may be called from any thread while bytes flow.
 */
public final class TcpProxy implements AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE;

    private final TcpRelay relay;
    private final AtomicLong bytesToServer = new AtomicLong();
    private final AtomicLong bytesToClient = new AtomicLong();
    private final AtomicLong cutToServerAt = new AtomicLong(NEVER);
    private final AtomicLong cutToClientAt = new AtomicLong(NEVER);
    private final AtomicLong pauseToClientAt = new AtomicLong(NEVER);
    private final Object gate = new Object();
    private boolean paused;
    private volatile boolean refusing;
    private volatile boolean closed;

    private TcpProxy(String host, int port) {
        relay = TcpRelay.to(
                host,
                port,
                () -> !refusing,
                () -> flow(bytesToServer, cutToServerAt),
                () -> flow(bytesToClient, cutToClientAt));
    }

    /** Starts a proxy on a free port of 127.0.0.1. */
    public static TcpProxy to(String host, int port) {
        return new TcpProxy(host, port);
    }

    public int port() {
        return relay.port();
    }

    /** Connections accepted so far, refused ones not counted. */
    public int connections() {
        return relay.connections();
    }

    /** Connections open now. */
    public int openConnections() {
        return relay.openConnections();
    }

    /** Bytes handed to the server so far, over all connections. */
    public long bytesToServer() {
        return bytesToServer.get();
    }

    /** Bytes handed to the client so far, over all connections. */
    public long bytesToClient() {
        return bytesToClient.get();
    }

    /** Cuts all connections once, when this many more bytes have gone to the server, over all connections. */
    public void cutAfterBytesToServer(long bytes) {
        cutToServerAt.set(bytesToServer.get() + bytes);
    }

    /** Cuts all connections once, when this many more bytes have gone to the client, over all connections. */
    public void cutAfterBytesToClient(long bytes) {
        cutToClientAt.set(bytesToClient.get() + bytes);
    }

    /** Cuts all connections now; new ones are accepted. */
    public void cutAll() {
        relay.resetAll();
    }

    /** Holds all bytes back, in both directions, with connections left open. */
    public void pause() {
        synchronized (gate) {
            paused = true;
        }
    }

    /** Pauses once, when this many more bytes have gone to the client, over all connections. */
    public void pauseAfterBytesToClient(long bytes) {
        pauseToClientAt.set(bytesToClient.get() + bytes);
    }

    /** Ends a pause; one that was only announced does not come either. */
    public void resume() {
        pauseToClientAt.set(NEVER);
        synchronized (gate) {
            paused = false;
            gate.notifyAll();
        }
    }

    /** Resets new connections as soon as they come; the open ones go on. */
    public void refuse() {
        refusing = true;
    }

    /** The opposite of {@link #refuse()}. */
    public void allow() {
        refusing = false;
    }

    private TcpRelay.Flow flow(AtomicLong count, AtomicLong cutAt) {
        return (bytes, length, to) -> {
            awaitOpenGate();
            long limit = cutAt.get();
            long allowed = Math.max(0, Math.min(length, limit - count.get()));
            to.write(bytes, 0, (int) allowed);
            count.addAndGet(allowed);
            long pause = pauseToClientAt.get();
            if (bytesToClient.get() >= pause && pauseToClientAt.compareAndSet(pause, NEVER)) {
                pause();
            }
            if (count.get() >= limit && cutAt.compareAndSet(limit, NEVER)) {
                cutAll();
                return false;
            }
            return true;
        };
    }

    private void awaitOpenGate() throws SocketException {
        synchronized (gate) {
            while (paused && !closed) {
                try {
                    gate.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new SocketException("interrupted");
                }
            }
        }
    }

    /** Cuts all connections and gives the port back. */
    @Override
    public void close() {
        closed = true;
        resume();
        relay.close();
    }
}
