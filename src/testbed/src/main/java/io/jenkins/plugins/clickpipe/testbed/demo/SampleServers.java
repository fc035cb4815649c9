package io.jenkins.plugins.clickpipe.testbed.demo;

import io.jenkins.plugins.clickpipe.testbed.Servers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Keeps the demo's shop and an empty ClickHouse running for the sample Jenkins home, until it is stopped. */
public final class SampleServers {
    private static final String DATABASE = "shop";
    private static final String JENKINS = "http://localhost:8080/jenkins/";

    private SampleServers() {}

    /** @param arguments the sample home; by default {@code work} in the current directory */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments.length > 0 ? arguments[0] : "work")
                .toAbsolutePath()
                .normalize();
        if (!Files.isDirectory(home.resolve("jobs"))) {
            throw new DemoFailedException("There is no " + home.resolve("jobs") + "; name the sample home.");
        }
        Narrator narrator = new Narrator(System.out, false);
        narrator.step("Start PostgreSQL and ClickHouse");
        Ending ending = new Ending(narrator);
        try {
            Servers servers = ending.watch(Servers.start());
            ending.watch(Databases.create(servers, DATABASE));
            narrator.step("Fill a shop's database in PostgreSQL");
            Shop shop = new Shop(servers.postgresPipeUser(), DATABASE);
            shop.createTables();
            for (String table : Shop.TABLES) {
                narrator.say("  %-12s %9s rows".formatted(table, Result.count(shop.fill(table))));
            }
            SampleHome sample = ending.watch(new SampleHome(servers, DATABASE, home));
            narrator.step("Jenkins");
            narrator.say("Wrote " + sample.write(JENKINS) + ", which Jenkins reads when it starts.");
            narrator.say(
                    """

                    Leave this running. In a second terminal start Jenkins, which takes about a minute:

                        mvn -q -Dmaven.test.skip verify -Pjenkins,sample

                    Then open %sclickpipes/ and follow docs/guide.md.
                    Ctrl-C ends the servers and removes their data."""
                            .formatted(JENKINS));
            new CountDownLatch(1).await();
        } catch (Exception e) {
            ending.awaitIfStopped();
            throw e;
        } finally {
            ending.close();
        }
    }
}
