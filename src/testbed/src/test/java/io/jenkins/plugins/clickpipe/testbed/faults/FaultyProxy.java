package io.jenkins.plugins.clickpipe.testbed.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A loopback TCP proxy to which faults happen at given positions of all bytes that pass in one direction. The
 * connection that carries that byte suffers; what follows passes untouched until the next position.
 */
final class FaultyProxy implements AutoCloseable {
    private final String host;
    private final int port;
    private final ServerSocket listener;
    private final Direction toServer;
    private final Direction toClient;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

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
        this.host = host;
        this.port = port;
        this.toServer = new Direction(faults.stream().filter(Fault::toServer).toList());
        this.toClient = new Direction(faults.stream().filter(f -> !f.toServer()).toList());
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

    /** The faults that have happened. */
    List<Fault> happened() {
        List<Fault> all = new ArrayList<>(toServer.happened());
        all.addAll(toClient.happened());
        return all;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(host, port);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                daemon(() -> pump(client, server, toServer));
                daemon(() -> pump(server, client, toClient));
            } catch (IOException e) {
                // closed, or a client that has gone again
            }
        }
    }

    private void pump(Socket from, Socket to, Direction direction) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                Passage passage = direction.pass(n);
                out.write(buffer, 0, passage.bytes());
                if (passage.fault() != null && !goesOn(passage.fault(), from, to)) {
                    return;
                }
                out.write(buffer, passage.bytes(), n - passage.bytes());
            }
        } catch (IOException e) {
            // the other direction's end
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private boolean goesOn(Fault fault, Socket from, Socket to) throws IOException {
        switch (fault.kind()) {
            case STALL -> {
                try {
                    TimeUnit.MILLISECONDS.sleep(fault.millis());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return true;
            }
            case RESET -> {
                from.setSoLinger(true, 0);
                to.setSoLinger(true, 0);
            }
            case RESET_ALL -> {
                for (Socket socket : sockets) {
                    reset(socket);
                }
            }
            case TRUNCATE -> to.shutdownOutput();
        }
        return false;
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // it is closed all the same
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "faulty-proxy");
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
        sockets.forEach(FaultyProxy::reset);
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
