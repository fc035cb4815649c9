package io.jenkins.plugins.clickpipe.testbed;

import static java.util.Objects.requireNonNull;

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
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Accepts connections on a free port of 127.0.0.1 and relays each to a server, through flows that may hold its bytes
 * back or break it. Its methods may be called from any thread while bytes flow.
 */
public final class TcpRelay implements AutoCloseable {
    private static final int CONNECT_LIMIT_MILLIS = 10_000;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final BooleanSupplier admits;
    private final Supplier<Flow> toServer;
    private final Supplier<Flow> toClient;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();

    /** One direction of one connection, called by one thread. */
    @FunctionalInterface
    public interface Flow {
        /**
         * Hands on what has come, or as much of it as it likes.
         *
         * @return false when both ends shall see an orderly end now
         * @throws IOException when both ends shall get a reset now
         */
        boolean pass(byte[] bytes, int length, OutputStream to) throws IOException;
    }

    private TcpRelay(InetSocketAddress target, BooleanSupplier admits, Supplier<Flow> toServer, Supplier<Flow> toClient)
            throws IOException {
        this.target = requireNonNull(target);
        this.admits = requireNonNull(admits);
        this.toServer = requireNonNull(toServer);
        this.toClient = requireNonNull(toClient);
        this.listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    }

    /**
     * Starts one.
     *
     * @param admits asked for each new connection; one that is not admitted gets a reset
     * @param toServer makes a flow for each connection
     * @param toClient likewise
     */
    public static TcpRelay to(
            String host, int port, BooleanSupplier admits, Supplier<Flow> toServer, Supplier<Flow> toClient) {
        try {
            TcpRelay relay = new TcpRelay(new InetSocketAddress(host, port), admits, toServer, toClient);
            relay.daemon("accept", relay::accept);
            return relay;
        } catch (IOException e) {
            throw new UncheckedIOException("No port for a proxy", e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Connections admitted so far. */
    public int connections() {
        return connections.get();
    }

    /** Connections open now. */
    public int openConnections() {
        return sockets.size() / 2;
    }

    /** Cuts all connections now; new ones are accepted. */
    public void resetAll() {
        sockets.forEach(TcpRelay::reset);
        sockets.clear();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (admits.getAsBoolean()) {
                    connections.incrementAndGet();
                    daemon("connect", () -> connect(client));
                } else {
                    reset(client);
                }
            } catch (IOException e) {
                // closed, or a client that has gone again
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
        daemon("to-client", () -> pump(server, client, toClient.get()));
        pump(client, server, toServer.get());
    }

    private void pump(Socket from, Socket to, Flow flow) {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (!flow.pass(buffer, n, out)) {
                    to.shutdownOutput();
                    from.shutdownOutput();
                    forget(from, to);
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
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            resetAll();
        }
    }
}
