package io.jenkins.plugins.clickpipe.engine.report;

import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Takes secrets out of text before it is written anywhere, the last guard after the code that should never
 * have put one there. Covers the given secrets, as they are and as an SQL literal quotes them, the value of
 * any {@code PASSWORD '...'} or {@code IDENTIFIED BY '...'} clause, and the password in a URL's user part.
 *
 * <p>A secret shorter than eight characters is replaced only where it stands as a word of its own, so that a
 * weak password does not make all other text unreadable.
 */
public final class Redaction {
    /** Knows no secret but removes password clauses and passwords in URLs. */
    public static final Redaction NONE = new Redaction(List.of());

    private static final String MASK = "****";
    private static final int ANYWHERE = 8;
    private static final Pattern CLAUSE = Pattern.compile(
            "(?i)\\b(password\\s*=?\\s*|identified(?:\\s+with\\s+\\w+)?\\s+by\\s+)'(?:[^'\\\\]|''|\\\\.)*'");
    private static final Pattern URL = Pattern.compile("(://[^\\s:/@'\"]*):[^\\s/@'\"]+@");

    private final List<Pattern> secrets;

    private Redaction(List<Pattern> secrets) {
        this.secrets = secrets;
    }

    /** A redaction of these secrets; empty ones are ignored. */
    public static Redaction of(Collection<Secret> secrets) {
        return new Redaction(secrets.stream()
                .map(Secret::reveal)
                .filter(text -> !text.isEmpty())
                .flatMap(text ->
                        List.of(
                                text,
                                text.replace("'", "''"),
                                text.replace("\\", "\\\\").replace("'", "\\'"))
                                .stream())
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Redaction::pattern)
                .collect(Collectors.toUnmodifiableList()));
    }

    /** The text with every secret replaced by asterisks. */
    public String apply(String text) {
        String clean = text;
        for (Pattern secret : secrets) {
            clean = secret.matcher(clean).replaceAll(Matcher.quoteReplacement(MASK));
        }
        clean = CLAUSE.matcher(clean).replaceAll("$1'" + Matcher.quoteReplacement(MASK) + "'");
        return URL.matcher(clean).replaceAll("$1:" + Matcher.quoteReplacement(MASK) + "@");
    }

    /** The statistics with every secret in their failure replaced by asterisks. */
    public LoadStatistics apply(LoadStatistics statistics) {
        return new LoadStatistics(
                statistics.pipe(),
                statistics.run(),
                statistics.status(),
                statistics.failure().map(this::apply),
                statistics.started(),
                statistics.ended(),
                statistics.phases(),
                statistics.tables(),
                statistics.samples());
    }

    private static Pattern pattern(String secret) {
        String quoted = Pattern.quote(secret);
        return Pattern.compile(
                secret.length() >= ANYWHERE ? quoted : "(?<![A-Za-z0-9_])" + quoted + "(?![A-Za-z0-9_])");
    }
}
