package io.jenkins.plugins.clickpipe.engine.resync;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.clickpipe.engine.target.ClickHouse;
import io.jenkins.plugins.clickpipe.engine.target.OneServer;
import io.jenkins.plugins.clickpipe.engine.target.TargetException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Tries whether the server and the user's profile let results be what the engine takes them for: its settings are
 * taken, values come back as they were sent, and one server answers.
 */
final class EnvironmentChecks {
    private static final String SUBJECT = "ClickHouse settings";

    /** One line of what formats and time zones could alter; it reads and prints the same. */
    private static final String LINE = "\\N\t\t\\\\N\tNULL\t1960-02-03\t1960-02-03 04:05:06.000007\t2024-03-31"
            + " 02:30:00.500000\t-1.5\ttrue\t0.1\t[NULL,'','a']\t['2024-03-31 02:30:00.000000',NULL]\n";

    private static final String STRUCTURE = "a Nullable(String), b Nullable(String), c Nullable(String), d String,"
            + " e Date32, f DateTime64(6), g DateTime64(6, \\'UTC\\'), h Decimal(10, 4), i Bool, j Float64,"
            + " k Array(Nullable(String)), l Array(Nullable(DateTime64(6)))";

    private static final String ROW = "FROM format(TabSeparated, '" + STRUCTURE + "', unhex('"
            + HexFormat.of().formatHex(LINE.getBytes(StandardCharsets.UTF_8)) + "'))";

    /** The same values by functions that no format takes part in. */
    private static final String MEANING = "SELECT isNull(a), isNotNull(b) AND b = '', isNotNull(c), d = 'NULL',"
            + " e = makeDate32(1960, 2, 3), toUnixTimestamp64Micro(f) = -312753293999993,"
            + " toUnixTimestamp64Micro(g) = 1711852200500000, h * 2 = -3, i = 1, j = 0.1, isNull(k[1]) AND k[2] = '',"
            + " toUnixTimestamp64Micro(assumeNotNull(l[1])) = 1711852200000000 AND isNull(l[2]) " + ROW;

    private final ClickHouse clickHouse;
    private final List<Finding> findings;

    EnvironmentChecks(ClickHouse clickHouse, List<Finding> findings) {
        this.clickHouse = Objects.requireNonNull(clickHouse);
        this.findings = Objects.requireNonNull(findings);
    }

    /** Returns false when nothing else can be looked at. */
    boolean settings() {
        List<String> refused = clickHouse.refusedSettings();
        if (!refused.isEmpty()) {
            fault(TargetException.refusedSettings(clickHouse.server().user(), String.join(", ", refused)));
            return false;
        }
        Optional<String> several = new OneServer(clickHouse).fault();
        if (several.isPresent()) {
            findings.add(Finding.fault("ClickHouse servers", several.get()));
            return false;
        }
        int before = findings.size();
        changes();
        roundTrip();
        if (!clickHouse.pinned().stuck().isEmpty()) {
            findings.add(Finding.warning(
                    SUBJECT,
                    "the settings profile of user " + clickHouse.server().user() + " fixes "
                            + String.join(", ", clickHouse.pinned().stuck())
                            + " otherwise than by ClickHouse's default; statements run with that"));
        }
        if (findings.size() == before) {
            findings.add(Finding.ok(SUBJECT, "values come back as they are sent, whatever the profile says"));
        }
        return true;
    }

    private void changes() {
        JsonNode row = clickHouse
                .rows("SELECT toString(getSetting('readonly')) AS reading,"
                        + " toString(toUInt8(getSetting('allow_ddl'))) AS ddl")
                .get(0);
        String profile = "the settings profile of user " + clickHouse.server().user() + " has ";
        if (!row.get("reading").asText().equals("0")) {
            fault(profile + "readonly = " + row.get("reading").asText()
                    + ", so it cannot write; set readonly to 0, or give the pipe a user of its own");
        }
        if (row.get("ddl").asText().equals("0")) {
            fault(profile + "allow_ddl = 0, so it cannot make tables; set allow_ddl to 1, or give the pipe a user of"
                    + " its own");
        }
    }

    private void roundTrip() {
        String printed = new String(clickHouse.tabSeparated("SELECT * " + ROW), StandardCharsets.UTF_8);
        String meaning = new String(clickHouse.tabSeparated(MEANING), StandardCharsets.UTF_8);
        if (!printed.equals(LINE) || meaning.contains("0")) {
            fault("values do not come back as they were sent: " + visible(LINE) + " became " + visible(printed)
                    + "; look for settings of formats and time zones in the server's configuration and the profile of"
                    + " user " + clickHouse.server().user());
        }
    }

    private static String visible(String line) {
        return line.strip().replace("\t", " | ");
    }

    private void fault(String message) {
        findings.add(Finding.fault(SUBJECT, message));
    }
}
