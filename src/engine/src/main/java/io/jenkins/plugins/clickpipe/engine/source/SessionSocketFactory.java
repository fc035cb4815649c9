package io.jenkins.plugins.clickpipe.engine.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.util.Map;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/**
 * Sockets that notice after two minutes that their server has vanished. Those of COPY sessions read a {@link
 * CopyDataStream}. The driver makes it by its name.
 */
public final class SessionSocketFactory extends SocketFactory {
    static final String COPY = "copy";
    static final String PLAIN = "plain";

    private static final Map<SocketOption<Integer>, Integer> PROBES = Map.of(
            ExtendedSocketOptions.TCP_KEEPIDLE, 60,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 10,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 6);

    private final boolean copies;

    /** @param use {@link #COPY} or {@link #PLAIN} */
    public SessionSocketFactory(String use) {
        this.copies = use.equals(COPY);
    }

    @Override
    public Socket createSocket() throws IOException {
        Socket socket = copies ? new CopySocket() : new Socket();
        for (Map.Entry<SocketOption<Integer>, Integer> probe : PROBES.entrySet()) {
            if (socket.supportedOptions().contains(probe.getKey())) {
                socket.setOption(probe.getKey(), probe.getValue());
            }
        }
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }

    private static final class CopySocket extends Socket {
        private InputStream stream;

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (stream == null) {
                stream = new CopyDataStream(super.getInputStream());
            }
            return stream;
        }
    }
}
