package io.jenkins.plugins.clickpipe.browser;

import static java.util.Objects.requireNonNull;

import groovy.json.JsonOutput;
import groovy.json.JsonSlurper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * A connection to a browser by the Chrome DevTools Protocol, which needs neither a driver of the browser's version nor a
 * library. Commands and events of all pages go over it, told apart by their session.
 */
final class DevTools implements WebSocket.Listener, AutoCloseable {
    private static final int SECONDS = 60;

    private final Map<Integer, CompletableFuture<Map<String, Object>>> answers = new ConcurrentHashMap<>();
    private final Map<String, BiConsumer<String, Map<String, Object>>> listeners = new ConcurrentHashMap<>();
    private final AtomicInteger commands = new AtomicInteger();
    private final StringBuilder message = new StringBuilder();
    private final WebSocket socket;

    DevTools(URI address) {
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(requireNonNull(address), this)
                .join();
    }

    /** Hands a session's events, with their method and parameters, to somebody who does not wait. */
    void listen(String session, BiConsumer<String, Map<String, Object>> listener) {
        listeners.put(session, listener);
    }

    /**
     * Sends a command and waits for its result.
     *
     * @param session null for the browser's own
     * @throws IllegalStateException when the browser refuses it or does not answer within a minute
     */
    synchronized Map<String, Object> send(String session, String method, Map<String, Object> parameters) {
        int id = commands.incrementAndGet();
        CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
        answers.put(id, answer);
        Map<String, Object> command = new HashMap<>(Map.of("id", id, "method", method, "params", parameters));
        if (session != null) {
            command.put("sessionId", session);
        }
        socket.sendText(JsonOutput.toJson(command), true).join();
        try {
            return answer.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("Chromium has not done " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted at " + command, e);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        message.append(data);
        if (last) {
            Map<String, Object> received = object(new JsonSlurper().parseText(message.toString()));
            message.setLength(0);
            take(received);
        }
        from.request(1);
        return null;
    }

    private void take(Map<String, Object> received) {
        if (!received.containsKey("id")) {
            BiConsumer<String, Map<String, Object>> listener = listeners.get(String.valueOf(received.get("sessionId")));
            if (listener != null) {
                listener.accept(String.valueOf(received.get("method")), object(received.get("params")));
            }
            return;
        }
        CompletableFuture<Map<String, Object>> answer = answers.remove(received.get("id"));
        if (received.containsKey("error")) {
            answer.completeExceptionally(new IllegalStateException(String.valueOf(received.get("error"))));
        } else {
            answer.complete(object(received.get("result")));
        }
    }

    /** A field, or what was parsed, that is an object of JSON. */
    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object json) {
        return (Map<String, Object>) json;
    }

    @Override
    public void close() {
        socket.abort();
    }
}
