package io.jenkins.plugins.clickpipe.view;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/** The answer to a page that asks what is new: JSON, or 304 when nothing is. */
public final class LiveResponse implements HttpResponse {
    private final String json;
    private final String version;

    /** @param version another one for other content */
    public LiveResponse(String json, String version) {
        this.json = requireNonNull(json);
        this.version = requireNonNull(version);
    }

    @Override
    public void generateResponse(StaplerRequest2 request, StaplerResponse2 response, Object node)
            throws IOException, ServletException {
        response.setHeader("ETag", '"' + version + '"');
        response.setHeader("Cache-Control", "private, no-cache");
        String known = request.getHeader("If-None-Match");
        // a server that compresses adds to the tag
        if (known != null && (known.contains('"' + version + '"') || known.contains('"' + version + "--gzip\""))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        response.setContentType("application/json;charset=UTF-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
