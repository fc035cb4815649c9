package io.jenkins.plugins.clickpipe.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private ServerSocket echo;
    private TcpProxy proxy;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread server = new Thread(this::serve);
        server.setDaemon(true);
        server.start();
        proxy = TcpProxy.to("127.0.0.1", echo.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        echo.close();
    }

    @Test
    void bytesPassInBothDirectionsAndAreCounted() throws IOException {
        try (Socket client = connect()) {
            assertThat(exchange(client, 5)).isEqualTo(5);
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(proxy.bytesToServer()).isEqualTo(5);
        assertThat(proxy.bytesToClient()).isEqualTo(5);
        assertThat(proxy.connections()).isEqualTo(1);
        Awaitility.await().until(() -> proxy.openConnections() == 0);
    }

    @Test
    void aConnectionIsCutAfterSoManyBytesOnce() throws IOException {
        proxy.cutAfterBytesToServer(3);
        try (Socket client = connect()) {
            client.getOutputStream().write(new byte[10]);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
                if (client.getInputStream().readNBytes(10).length < 10) {
                    throw new IOException("ended");
                }
            });
        }
        assertThat(proxy.bytesToServer()).isEqualTo(3);
        try (Socket client = connect()) {
            assertThat(exchange(client, 10)).isEqualTo(10);
        }
    }

    @Test
    void cutAllResetsWhatIsOpenAndLetsNewConnectionsIn() throws IOException {
        try (Socket client = connect()) {
            exchange(client, 1);
            proxy.cutAll();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> client.getInputStream().read())
                    .withMessageContaining("reset");
        }
        try (Socket client = connect()) {
            assertThat(exchange(client, 1)).isEqualTo(1);
        }
    }

    @Test
    void aPausedProxyHoldsBytesBackUntilItResumes() throws IOException {
        try (Socket client = connect()) {
            exchange(client, 1);
            proxy.pause();
            client.getOutputStream().write(7);
            client.setSoTimeout(300);
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> client.getInputStream().read());
            proxy.resume();
            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }

    @Test
    void aProxyPausesAfterSoManyBytesOnce() throws IOException {
        try (Socket client = connect()) {
            proxy.pauseAfterBytesToClient(3);
            assertThat(exchange(client, 5)).isEqualTo(5);
            client.getOutputStream().write(7);
            client.setSoTimeout(300);
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> client.getInputStream().read());
            proxy.resume();
            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().read()).isEqualTo(7);
            assertThat(exchange(client, 5)).isEqualTo(5);
        }
    }

    @Test
    void aRefusingProxyResetsNewConnectionsAlone() throws IOException {
        try (Socket open = connect()) {
            exchange(open, 1);
            proxy.refuse();
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
                try (Socket refused = connect()) {
                    refused.getOutputStream().write(1);
                    if (refused.getInputStream().read() < 0) {
                        throw new IOException("ended");
                    }
                }
            });
            assertThat(exchange(open, 1)).isEqualTo(1);
            proxy.allow();
            try (Socket allowed = connect()) {
                assertThat(exchange(allowed, 1)).isEqualTo(1);
            }
        }
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout((int) Duration.ofMinutes(1).toMillis());
        return client;
    }

    private static int exchange(Socket client, int bytes) throws IOException {
        client.getOutputStream().write(new byte[bytes]);
        return client.getInputStream().readNBytes(bytes).length;
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                Socket socket = echo.accept();
                Thread copy = new Thread(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    } catch (IOException cut) {
                        // as the tests want it
                    }
                });
                copy.setDaemon(true);
                copy.start();
            } catch (IOException closed) {
                return;
            }
        }
    }
}
