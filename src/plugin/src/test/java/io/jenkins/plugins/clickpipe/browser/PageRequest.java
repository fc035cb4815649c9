package io.jenkins.plugins.clickpipe.browser;

/**
 * A request that a page has sent.
 *
 * @param status of the answer; 0 before it has come
 * @param inFlight how many requests of the page to the same address were under way when it was sent, with itself
 */
public record PageRequest(String method, String url, int status, int inFlight, boolean ended) {
    PageRequest answered(int code) {
        return new PageRequest(method, url, code, inFlight, ended);
    }

    PageRequest finished() {
        return new PageRequest(method, url, status, inFlight, true);
    }
}
