package io.jenkins.plugins.clickpipe.engine.definition;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.clickpipe.engine.definition.YamlNode.Scalar;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The {@code source} and {@code target} of a pipe file. Hosts and URLs are never quoted: people put passwords there. */
final class ServerSections {
    private static final List<String> SOURCE_KEYS = List.of("host", "port", "database", "user", "password", "sslMode");
    private static final List<String> TARGET_KEYS = List.of("url", "database", "user", "password");
    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");
    private static final Pattern HOST = Pattern.compile("[^\\s/@,?#\\\\]{1,255}");
    private static final int LARGEST_PORT = 65_535;
    private static final URI NO_URL = URI.create("http://localhost");

    private ServerSections() {}

    /** Empty, with the fault reported, where the file has no such section. */
    static Optional<SourceServer> readSource(Section file) {
        return file.section("source", SOURCE_KEYS)
                .map(section -> new SourceServer(
                        host(section),
                        (int) section.number("port", 1, LARGEST_PORT, 5432),
                        section.requiredText("database").orElse(""),
                        section.requiredText("user").orElse(""),
                        password(section),
                        section.oneOf("sslMode", SSL_MODES, Function.identity()).orElse("prefer")));
    }

    /** Empty, with the fault reported, where the file has no such section. */
    static Optional<TargetServer> readTarget(Section file) {
        return file.section("target", TARGET_KEYS)
                .map(section -> new TargetServer(
                        url(section),
                        section.requiredText("database").orElse(""),
                        section.text("user").orElse("default"),
                        password(section)));
    }

    private static String host(Section section) {
        Optional<String> host = section.requiredText("host");
        if (host.isPresent() && !HOST.matcher(host.get()).matches()) {
            section.fault("host", "must be one host name or address, without scheme, user, port or path");
        }
        return host.orElse("");
    }

    private static Secret password(Section section) {
        return section.scalar("password")
                .map(Scalar::text)
                .filter(text -> !text.isEmpty())
                .map(Secret::new)
                .orElse(Secret.NONE);
    }

    private static URI url(Section section) {
        Optional<String> text = section.requiredText("url");
        if (text.isEmpty()) {
            return NO_URL;
        }
        if (text.get().contains("@")) {
            section.fault("url", "must not hold a user or password; use the keys user and password");
            return NO_URL;
        }
        URI url;
        try {
            url = new URI(text.get());
        } catch (URISyntaxException e) {
            section.fault("url", "must be a URL such as http://127.0.0.1:8123");
            return NO_URL;
        }
        Optional<String> fault = urlFault(url);
        fault.ifPresent(message -> section.fault("url", message));
        return fault.isPresent() ? NO_URL : withPort(url);
    }

    /** ClickHouse's client wants to be told the port. Without one it is the scheme's, as in any URL. */
    private static URI withPort(URI url) {
        int port = "https".equals(url.getScheme()) ? 443 : 80;
        return url.getPort() > 0
                ? url
                : URI.create(url.getScheme() + "://" + url.getHost() + ":" + port + url.getRawPath());
    }

    private static Optional<String> urlFault(URI url) {
        String scheme = url.getScheme();
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            return Optional.of("must start with http:// or https://, ClickHouse's HTTP interface");
        }
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            return Optional.of("must not hold a query or a fragment");
        }
        if (url.getHost() == null) {
            return Optional.of("must hold a host name of letters, digits, hyphens and dots, or an address,"
                    + " and its port, such as http://127.0.0.1:8123");
        }
        if (url.getPort() == 0 || url.getPort() > LARGEST_PORT) {
            return Optional.of("must hold a port from 1 to " + LARGEST_PORT);
        }
        return Optional.empty();
    }

    /** Without the password. */
    static ObjectNode write(SourceServer source) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("host", source.host());
        json.put("port", source.port());
        json.put("database", source.database());
        json.put("user", source.user());
        json.put("sslMode", source.sslMode());
        return json;
    }

    /** Without the password. */
    static ObjectNode write(TargetServer target) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("url", target.url().toString());
        json.put("database", target.database());
        json.put("user", target.user());
        return json;
    }
}
