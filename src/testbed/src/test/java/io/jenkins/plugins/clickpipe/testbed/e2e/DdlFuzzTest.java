package io.jenkins.plugins.clickpipe.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.clickpipe.testbed.TestDatabase;
import io.jenkins.plugins.clickpipe.testbed.WithServers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Random DDL between syncs, during syncs, and during resyncs from their load to their swap. After each round every table is equal row by row, or that table or the pipe has
 * stopped with a sentence in {@code status}, and a resync makes it equal again. The short form is one known run; {@code
 * -Dclickpipe.ddl.seed} and {@code -Dclickpipe.ddl.rounds} make others, and longer ones.
 */
@WithServers
class DdlFuzzTest {
    private static final int ROUNDS = Integer.getInteger("clickpipe.ddl.rounds", 6);
    private static final long SEED = Long.getLong("clickpipe.ddl.seed", 1);
    private static final List<Moment> MOMENTS = List.of(Moment.values());
    private static final String PIPE =
            """
            tables: [{source: public.plain}, {source: public.typed}, {source: public.parted}, {source: public.parent}]
            settings: {syncIntervalSeconds: 1, maxRowLossPercent: 100}
            """;

    private final ObjectMapper json = new ObjectMapper();
    private TestDatabase database;
    private RandomDdl ddl;
    private int stops;
    private final Map<Integer, Integer> resyncs = new TreeMap<>();

    @Test
    void noTableIsUnequalAndRunning(TestDatabase fresh) throws Exception {
        database = fresh;
        Random random = new Random(SEED);
        ddl = new RandomDdl(database, random.nextLong());
        ddl.types();
        run("create").assertSucceeded();
        for (int round = 1; round <= ROUNDS; round++) {
            int before = ddl.done().size();
            Moment moment = MOMENTS.get(random.nextInt(MOMENTS.size()));
            int steps = 5 + random.nextInt(25);
            switch (moment) {
                case BETWEEN_SYNCS -> steps(steps);
                case DURING_SYNC -> duringSync(steps);
                case DURING_RESYNC -> duringResync(steps, random);
            }
            String what = "seed " + SEED + ", round " + round + ", " + moment;
            try {
                assertRightOrStopped(what);
            } catch (AssertionError e) {
                List<String> statements = ddl.done();
                throw new AssertionError(
                        what + " after:\n" + String.join("\n", statements.subList(before, statements.size())), e);
            }
        }
        System.out.println("DDL fuzz: seed " + SEED + ", " + ROUNDS + " rounds, "
                + ddl.done().size() + " statements, " + stops + " stops, resyncs by exit code: " + resyncs);
    }

    /** When the DDL of a round comes. */
    private enum Moment {
        BETWEEN_SYNCS,
        DURING_SYNC,
        DURING_RESYNC
    }

    private void steps(int count) {
        for (int i = 0; i < count; i++) {
            ddl.step();
        }
    }

    private void duringSync(int count) {
        try (EngineProcess sync = EngineProcess.start(database.pipeYaml(PIPE), "sync")) {
            steps(count);
            sync.terminate();
            assertThat(sync.awaitEnd().exitCode()).isIn(130, 1);
        }
    }

    /** Spread over it, so that each phase meets some; with an approval its catch-up lasts longer than its load. */
    private void duringResync(int count, Random random) throws InterruptedException {
        boolean waits = random.nextBoolean();
        try (EngineProcess resync =
                EngineProcess.start(database.pipeYaml(PIPE), "resync", "--set", "approveSwap=" + waits)) {
            for (int i = 0; i < count; i++) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(250));
                ddl.step();
            }
            while (waits && resync.isAlive() && run("approve").exitCode() != 0) {
                steps(1);
            }
            EngineRun end = resync.awaitEnd();
            resyncs.merge(end.exitCode(), 1, Integer::sum);
            if (end.exitCode() != 0) {
                end.assertRefused(end.exitCode() == 3 ? 3 : 1);
            }
        }
    }

    private void assertRightOrStopped(String what) throws IOException {
        EngineRun sync = run("sync", "--once");
        JsonNode status = status();
        if (status.path("status").asText().equals("Failed")) {
            stops++;
            assertThat(sync.exitCode()).as("%s: %s", what, sync).isEqualTo(1);
            assertThat(status.path("reason").asText()).as(what).isNotBlank();
            assertThat(run("status").stdout()).as(what).contains("Reason: ");
            resyncAll(what);
            return;
        }
        assertThat(sync.exitCode()).as("%s: %s", what, sync).isZero();
        Set<String> stopped = new TreeSet<>();
        status.path("stoppedTables").fieldNames().forEachRemaining(stopped::add);
        RandomDdl.TABLES.stream()
                .filter(table -> !stopped.contains(table))
                .forEach(table -> assertSame(what + "\n" + sync, table));
        stopped.forEach(
                table -> assertThat(status.path("stoppedTables").path(table).asText())
                        .as(what)
                        .isNotBlank());
        stops += stopped.size();
        for (String table : stopped) {
            EngineRun resync = run("resync", "--tables", "public." + table);
            if (resync.exitCode() != 0) {
                refused(what, resync, table);
                resyncAll(what);
                return;
            }
            assertSame(what + ", resynced", table);
        }
    }

    private void resyncAll(String what) {
        EngineRun resync = run("resync");
        for (String table : RandomDdl.TABLES) {
            if (resync.exitCode() != 0) {
                refused(what, resync, table);
                resync = run("resync");
            }
        }
        assertThat(resync.exitCode()).as("%s: %s", what, resync).isZero();
        RandomDdl.TABLES.forEach(table -> assertSame(what + ", all resynced", table));
    }

    /** A table that cannot be replicated as it is now is refused by name; it begins anew. */
    private void refused(String what, EngineRun resync, String table) {
        resync.assertRefused(1);
        if (resync.stderr().contains("public." + table)) {
            ddl.create(table);
        }
    }

    private void assertSame(String what, String table) {
        List<List<String>> described = database.querySource(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = to_regclass('" + table
                        + "') AND attnum > 0 AND NOT attisdropped ORDER BY attnum");
        String source = described.stream()
                .map(column -> text(column.get(0), column.get(1)))
                .collect(Collectors.joining(", "));
        String target = described.stream()
                .map(column -> column.get(1).endsWith("[]")
                        ? "arrayStringConcat(arrayMap(x -> ifNull(x, '-'), " + column.get(0) + "), ',')"
                        : "toString(" + column.get(0) + ")")
                .collect(Collectors.joining(", "));
        assertThat(database.queryTarget("SELECT " + target + " FROM " + table + " FINAL WHERE _peerdb_is_deleted = 0"))
                .as(what + ", table " + table)
                .containsExactlyInAnyOrderElementsOf(database.querySource("SELECT " + source + " FROM " + table));
    }

    /** A cast of char(n) to text would take the blanks at its end away. */
    private static String text(String column, String type) {
        return type.endsWith("[]")
                ? "array_to_string(" + column + ", ',', '-')"
                : type.equals("character") ? "to_json(" + column + ") #>> '{}'" : column + "::text";
    }

    private JsonNode status() throws IOException {
        return json.readTree(run("status", "--json").stdout());
    }

    private EngineRun run(String command, String... options) {
        return EngineProcess.run(database.pipeYaml(PIPE), command, options);
    }
}
