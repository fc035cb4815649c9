package io.jenkins.plugins.clickpipe.browser;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A page in a {@link Chromium}, with the requests that it has sent and what its console has told. */
public final class BrowserPage {
    private static final String POLICY = "Content Security Policy";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final DevTools tools;
    private final String session;
    private final Map<String, PageRequest> requests = new LinkedHashMap<>();
    private final List<String> complaints = new ArrayList<>();

    BrowserPage(DevTools tools, String session) {
        this.tools = requireNonNull(tools);
        this.session = requireNonNull(session);
        tools.listen(session, this::take);
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            send(domain + ".enable", Map.of());
        }
    }

    private Map<String, Object> send(String method, Map<String, Object> parameters) {
        return tools.send(session, method, parameters);
    }

    private synchronized void take(String event, Map<String, Object> told) {
        String id = String.valueOf(told.get("requestId"));
        switch (event) {
            case "Network.requestWillBeSent" -> {
                Map<String, Object> request = DevTools.object(told.get("request"));
                String url = String.valueOf(request.get("url"));
                redirected(id, told.get("redirectResponse"));
                long before =
                        requestsTo(url).stream().filter(other -> !other.ended()).count();
                requests.put(
                        id, new PageRequest(String.valueOf(request.get("method")), url, 0, (int) before + 1, false));
            }
            case "Network.responseReceived" -> {
                Object status = DevTools.object(told.get("response")).get("status");
                requests.computeIfPresent(id, (key, request) -> request.answered(((Number) status).intValue()));
            }
            case "Network.loadingFinished", "Network.loadingFailed" ->
                requests.computeIfPresent(id, (key, request) -> request.finished());
            case "Log.entryAdded" -> {
                Map<String, Object> entry = DevTools.object(told.get("entry"));
                complain(entry.get("level"), entry.get("text") + " " + entry.getOrDefault("url", ""));
            }
            case "Runtime.consoleAPICalled" -> complain(told.get("type"), words(told.get("args")));
            case "Runtime.exceptionThrown" -> complaints.add(String.valueOf(told.get("exceptionDetails")));
            default -> {}
        }
    }

    /** A redirected request goes on under its own id. */
    private void redirected(String id, Object response) {
        if (response != null) {
            PageRequest first = requests.remove(id);
            int status = ((Number) DevTools.object(response).get("status")).intValue();
            requests.put(id + "/" + requests.size(), first.answered(status).finished());
        }
    }

    private static String words(Object arguments) {
        return ((List<?>) arguments)
                .stream()
                        .map(DevTools::object)
                        .map(argument -> String.valueOf(argument.getOrDefault("value", argument.get("description"))))
                        .collect(Collectors.joining(" "));
    }

    private void complain(Object level, String text) {
        // what a policy only reports is no error to Chromium
        if (List.of("error", "warning", "assert").contains(String.valueOf(level)) || text.contains(POLICY)) {
            complaints.add(text);
        }
    }

    /** Goes to an address and waits until all of it is loaded and its scripts have begun. */
    public BrowserPage go(String url) {
        evaluate("window.left = true");
        send("Page.navigate", Map.of("url", url));
        await("window.left === undefined && document.readyState === 'complete'");
        return this;
    }

    /** The value of an expression in JavaScript, or of its promise; works also where the page's own scripts are off. */
    public Object evaluate(String expression) {
        Map<String, Object> answer =
                send("Runtime.evaluate", Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
        if (answer.containsKey("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
        }
        return DevTools.object(answer.get("result")).get("value");
    }

    /** Waits until an expression is true, also across a change of page. */
    public void await(String expression) {
        await(expression, () -> Boolean.TRUE.equals(evaluate(expression)));
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(LIMIT)
                .ignoreException(IllegalStateException.class)
                .until(condition);
    }

    /** The text of the first element of that selector. */
    public String text(String selector) {
        return String.valueOf(evaluate("document.querySelector(\"%s\").innerText.trim()".formatted(selector)));
    }

    /** How many elements the selector has. */
    public int count(String selector) {
        return ((Number) evaluate("document.querySelectorAll(\"%s\").length".formatted(selector))).intValue();
    }

    /** Waits for the element and clicks on it. */
    public void click(String selector) {
        await("document.querySelector(\"%s\") !== null".formatted(selector));
        evaluate("document.querySelector(\"%s\").click()".formatted(selector));
    }

    /** The pages that it opens from now on run no scripts of their own. */
    public void withoutScripts() {
        send("Emulation.setScriptExecutionDisabled", Map.of("value", true));
    }

    /** The requests whose address ends so, in the order in which they were sent. */
    public synchronized List<PageRequest> requestsTo(String end) {
        return requests.values().stream()
                .filter(request -> request.url().endsWith(end))
                .toList();
    }

    /** Errors and warnings of the console: of scripts, of what could not be loaded, of the Content Security Policy. */
    public synchronized List<String> complaints() {
        return List.copyOf(complaints);
    }
}
