package io.jenkins.plugins.clickpipe.engine.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Sockets for sessions that COPY, see {@link CopyDataStream}. The driver makes it by its name. */
public final class CopySocketFactory extends SocketFactory {
    @Override
    public Socket createSocket() {
        return new CopySocket();
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
