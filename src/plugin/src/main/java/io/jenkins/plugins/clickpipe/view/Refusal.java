package io.jenkins.plugins.clickpipe.view;

import static java.util.Objects.requireNonNull;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.kohsuke.stapler.HttpResponses.HttpResponseException;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/** Why a button did not do what it says; answers with a page that tells it and 409. */
public final class Refusal extends HttpResponseException {
    private static final long serialVersionUID = 1L;

    private final String url;

    /** @param url where to look or to go on, relative to Jenkins' own */
    public Refusal(String message, String url) {
        super(message, null);
        this.url = requireNonNull(url);
    }

    /** Relative to Jenkins' own URL. */
    public String getUrl() {
        return url;
    }

    @Override
    public void generateResponse(StaplerRequest2 request, StaplerResponse2 response, Object node)
            throws IOException, ServletException {
        response.setStatus(HttpServletResponse.SC_CONFLICT);
        request.getView(this, "index.jelly").forward(request, response);
    }
}
