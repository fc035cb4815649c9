package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.testbed.TestbedException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Goes on changing PostgreSQL while a resync runs: a small transaction several times a second, until closed. */
final class Customers implements AutoCloseable {
    private static final long MILLISECONDS_BETWEEN = 400;
    private static final int FIRST_NEW_ORDER = 900_001;

    private static final String PURCHASE =
            """
            BEGIN;
            INSERT INTO orders VALUES (%1$d, %2$d, 'new', 49.90, '{"carrier": "bike"}', '2026-12-31Z', NULL);
            INSERT INTO order_items VALUES (%1$d, 1, 4711, 2, 24.95, NULL);
            UPDATE customers SET credit = credit - 49.90, tier = 'gold' WHERE id = %2$d;
            DELETE FROM order_items WHERE order_id = %2$d AND line_no = 1;
            INSERT INTO events VALUES ('2026-12-31Z', %2$d, 'pay', 12.5, '{"order": %1$d}');
            COMMIT""";

    private final Shop shop;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::buy, "customers");
    private volatile int purchases;
    private volatile TestbedException fault;

    private Customers(Shop shop) {
        this.shop = requireNonNull(shop);
    }

    static Customers start(Shop shop) {
        Customers customers = new Customers(shop);
        customers.thread.setDaemon(true);
        customers.thread.start();
        return customers;
    }

    private void buy() {
        try {
            for (int i = 0; !closed.await(MILLISECONDS_BETWEEN, TimeUnit.MILLISECONDS); i++) {
                shop.execute(PURCHASE.formatted(FIRST_NEW_ORDER + i, 1002 + i * 300));
                purchases = i + 1;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TestbedException e) {
            fault = e;
        }
    }

    /** Ends them and returns how many purchases were made. */
    int stop() throws InterruptedException {
        close();
        thread.join();
        if (fault != null) {
            throw fault;
        }
        return purchases;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
