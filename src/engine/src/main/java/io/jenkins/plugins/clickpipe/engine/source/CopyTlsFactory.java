package io.jenkins.plugins.clickpipe.engine.source;

import java.io.IOException;
import java.net.Socket;
import java.util.Properties;
import javax.net.ssl.SSLSocket;
import org.postgresql.ssl.LibPQFactory;
import org.postgresql.util.PSQLException;

/** The driver's own TLS with {@link CopyDataStream} inside of it. The driver makes it by its name. */
public final class CopyTlsFactory extends LibPQFactory {
    public CopyTlsFactory(Properties connection) throws PSQLException {
        super(connection);
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return new CopyTlsSocket((SSLSocket) super.createSocket(socket, host, port, autoClose));
    }
}
