package io.jenkins.plugins.clickpipe.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A loopback TCP proxy that can break: it cuts connections (by a reset, as a crash or a firewall does), holds bytes
 * back, or refuses new connections. Its methods may be called from any thread while bytes flow.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int CONNECT_LIMIT_MILLIS = 10_000;
    private static final long NEVER = Long.MAX_VALUE;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong bytesToServer = new AtomicLong();
    private final AtomicLong bytesToClient = new AtomicLong();
    private final AtomicLong cutToServerAt = new AtomicLong(NEVER);
    private final AtomicLong cutToClientAt = new AtomicLong(NEVER);
    private final AtomicLong pauseToClientAt = new AtomicLong(NEVER);
    private final Object gate = new Object();
    private boolean paused;
    private volatile boolean refusing;
    private volatile boolean closed;

    private TcpProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    }

    /** Starts a proxy on a free port of 127.0.0.1. */
    public static TcpProxy to(String host, int port) {
        try {
            TcpProxy proxy = new TcpProxy(new InetSocketAddress(host, port));
            proxy.daemon("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("No port for a proxy", e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Connections accepted so far, refused ones not counted. */
    public int connections() {
        return connections.get();
    }

    /** Connections open now. */
    public int openConnections() {
        return sockets.size() / 2;
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
        sockets.forEach(TcpProxy::reset);
        sockets.clear();
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

    private void accept() {
        while (!closed) {
            try {
                Socket client = listener.accept();
                if (refusing) {
                    reset(client);
                } else {
                    connections.incrementAndGet();
                    daemon("connect", () -> connect(client));
                }
            } catch (IOException e) {
                if (closed) {
                    return;
                }
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(target, CONNECT_LIMIT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            reset(client);
            reset(server);
            return;
        }
        sockets.add(client);
        sockets.add(server);
        daemon("to-client", () -> pump(server, client, bytesToClient, cutToClientAt));
        pump(client, server, bytesToServer, cutToServerAt);
    }

    private void pump(Socket from, Socket to, AtomicLong count, AtomicLong cutAt) {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                awaitOpenGate();
                long limit = cutAt.get();
                long allowed = Math.max(0, Math.min(n, limit - count.get()));
                out.write(buffer, 0, (int) allowed);
                count.addAndGet(allowed);
                long pause = pauseToClientAt.get();
                if (bytesToClient.get() >= pause && pauseToClientAt.compareAndSet(pause, NEVER)) {
                    pause();
                }
                if (count.get() >= limit && cutAt.compareAndSet(limit, NEVER)) {
                    cutAll();
                    return;
                }
            }
            to.shutdownOutput();
            if (from.isOutputShutdown()) {
                forget(from, to);
            }
        } catch (IOException e) {
            reset(from);
            reset(to);
            forget(from, to);
        }
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

    private void forget(Socket one, Socket other) {
        sockets.remove(one);
        sockets.remove(other);
        close(one);
        close(other);
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException alreadyClosed) {
            return;
        }
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException nothingToClose) {
            // it is closed all the same
        }
    }

    private void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, "proxy-" + port() + "-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Cuts all connections and gives the port back. */
    @Override
    public void close() {
        closed = true;
        resume();
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            cutAll();
        }
    }
}
