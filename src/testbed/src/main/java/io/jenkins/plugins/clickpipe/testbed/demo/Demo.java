package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.report.Terminal;
import io.jenkins.plugins.clickpipe.testbed.Servers;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Shows a resync from beginning to end: a shop's database in an embedded PostgreSQL, a pipe to an embedded ClickHouse,
 * and the engine's command line, run as users run it.
 */
public final class Demo {
    private static final String DATABASE = "shop";
    private static final String OLD_KEY = "order_id, line_no";
    private static final String NEW_KEY = "product_id, order_id, line_no";

    private final Narrator narrator;
    private final DemoPipe pipe;
    private final Engine engine;
    private final Shop shop;
    private final Warehouse warehouse;
    private final Path artifacts;

    private Demo(Servers servers, Narrator narrator, Engine engine, DemoPipe pipe, Path artifacts) {
        this.narrator = requireNonNull(narrator);
        this.engine = requireNonNull(engine);
        this.pipe = requireNonNull(pipe);
        this.artifacts = requireNonNull(artifacts);
        this.shop = new Shop(servers.postgresPipeUser(), DATABASE);
        this.warehouse = new Warehouse(servers.clickHouseAdmin(), DATABASE);
    }

    /**
     * Runs the demo.
     *
     * @param arguments the engine's runnable jar and a directory for what the demo leaves; by default the ones of a
     *     build in the current directory
     */
    public static void main(String[] arguments) throws Exception {
        Path jar = Path.of(arguments.length > 0 ? arguments[0] : "src/engine/target/clickpipe-resync-engine.jar")
                .toAbsolutePath()
                .normalize();
        Path output = Path.of(arguments.length > 1 ? arguments[1] : "src/testbed/target/demo")
                .toAbsolutePath()
                .normalize();
        if (!Files.isRegularFile(jar)) {
            throw new DemoFailedException("There is no " + jar + "; build it first: mvn -DskipTests package");
        }
        boolean colour = Terminal.isAttached() && System.getenv("NO_COLOR") == null;
        Narrator narrator = new Narrator(System.out, colour);
        narrator.step("Start PostgreSQL and ClickHouse");
        narrator.say("Both are embedded: no Docker, no account. The first run on a machine downloads them.");
        Ending ending = new Ending(narrator);
        try {
            Servers servers = ending.watch(Servers.start());
            narrator.say("PostgreSQL: " + servers.postgresPipeUser() + "; ClickHouse: " + servers.clickHousePipeUser());
            ending.watch(Databases.create(servers, DATABASE));
            DemoPipe pipe = new DemoPipe(servers, DATABASE, output);
            Engine engine = ending.watch(new Engine(jar, output, pipe.environment(), narrator));
            new Demo(servers, narrator, engine, pipe, output.resolve("artifacts")).run();
        } catch (Exception e) {
            ending.awaitIfStopped();
            throw e;
        } finally {
            ending.close();
        }
        narrator.say("The demo took " + narrator.elapsed().toSeconds()
                + " s. The servers are stopped and their data removed; the files above stay.");
    }

    private void run() throws InterruptedException {
        makeShop();
        createPipe();
        long readBefore = letTimePass();
        changeSortingKey();
        resync();
        sync();
        showResult(readBefore);
    }

    private void makeShop() {
        narrator.step("Fill a shop's database in PostgreSQL");
        narrator.say("Enums, arrays, jsonb, numerics, timestamptz; orders is partitioned, events has no primary key.");
        shop.createTables();
        long rows = 0;
        for (String table : Shop.TABLES) {
            long added = shop.fill(table);
            narrator.say("  %-12s %9s rows".formatted(table, Result.count(added)));
            rows += added;
        }
        narrator.say("  %-12s %9s rows".formatted("together", Result.count(rows)));
    }

    private void createPipe() throws InterruptedException {
        narrator.step("Create the pipe");
        narrator.say("The pipe file; the engine takes the passwords from the environment:");
        narrator.blankLine();
        narrator.say(pipe.write(OLD_KEY).indent(4));
        narrator.blankLine();
        narrator.say("Setup makes publication and slot, Snapshot copies the tables, then the pipe is Running.");
        engine.run("create", pipe.fileName());
    }

    private long letTimePass() {
        narrator.step("Let time pass");
        narrator.say(
                """
                5 000 orders are returned, 1 500 orders are deleted with their items, and five products are deleted
                and inserted again. ClickHouse's tables get what CDC would have left of that: newer versions, and
                soft-deleted rows, which analysts still want to see. Of the five products it has seen the deletion
                only, so readers miss them.""");
        new History(shop, warehouse).happen();
        narrator.say("  products alive:      PostgreSQL %s, ClickHouse %s"
                .formatted(Result.count(shop.count("products")), Result.count(warehouse.alive("products"))));
        narrator.say("  soft-deleted orders: %s, items: %s"
                .formatted(
                        Result.count(warehouse.softDeleted("orders")),
                        Result.count(warehouse.softDeleted("order_items"))));
        return warehouse.rowsReadForOneProduct();
    }

    private void changeSortingKey() {
        narrator.step("Change a sorting key");
        narrator.say("Analysts ask for the sales of a product, but order_items is sorted by order. In the pipe file:");
        narrator.blankLine();
        narrator.say("    - sortingKeys: [" + OLD_KEY + "]\n    + sortingKeys: [" + NEW_KEY + "]");
        pipe.write(NEW_KEY);
    }

    private void resync() throws InterruptedException {
        narrator.step("Resync");
        narrator.say(
                """
                ClickHouse cannot change a sorting key in place, so the tables are loaded again beside the old ones,
                which readers keep until all are swapped at once. Meanwhile customers go on buying in PostgreSQL.""");
        int purchases;
        try (Customers customers = Customers.start(shop)) {
            engine.run(
                    "resync",
                    pipe.fileName(),
                    "--artifacts",
                    artifacts.getFileName().toString());
            purchases = customers.stop();
        }
        narrator.blankLine();
        narrator.say("Meanwhile " + purchases + " purchases were made: each 3 rows inserted, 1 changed, 1 deleted.");
    }

    private void sync() throws InterruptedException {
        narrator.step("Sync");
        narrator.say("What was changed until shortly before the swap is in the new tables. One sync brings the rest.");
        engine.run("sync", "--once", pipe.fileName());
    }

    private void showResult(long readBefore) throws InterruptedException {
        narrator.step("Result");
        narrator.say(
                "The pipe, with the statistics of its initial load. A NULL in place of an array is the one thing that"
                        + "\nClickHouse's types cannot hold: it is counted, not hidden.");
        engine.run("status", pipe.fileName());
        narrator.blankLine();
        narrator.say("Verification before the swap (verification.xml):");
        narrator.blankLine();
        narrator.say(Result.verification(artifacts));
        narrator.blankLine();
        narrator.say("Both databases now; the five products are back, the soft-deleted rows are still there:");
        narrator.blankLine();
        Result result = new Result(shop, warehouse);
        narrator.say(result.rows());
        narrator.blankLine();
        narrator.say("The same query on both, across the new sorting key:");
        narrator.blankLine();
        narrator.say(result.revenue());
        narrator.blankLine();
        narrator.say("The sales of one product: ClickHouse reads %s rows; before the resync it read %s."
                .formatted(Result.count(warehouse.rowsReadForOneProduct()), Result.count(readBefore)));
        narrator.blankLine();
        narrator.say("Report of the initial load: " + artifacts.resolve("load-stats.html"));
    }
}
