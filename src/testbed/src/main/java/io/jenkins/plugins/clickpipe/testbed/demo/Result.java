package io.jenkins.plugins.clickpipe.testbed.demo;

import static java.util.Objects.requireNonNull;

import io.jenkins.plugins.clickpipe.engine.report.ConsoleTable;
import io.jenkins.plugins.clickpipe.engine.report.ConsoleTable.Column;
import io.jenkins.plugins.clickpipe.engine.report.HumanUnits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What the demo shows at its end: the artifacts of the resync, and both databases side by side. */
final class Result {
    private final Shop shop;
    private final Warehouse warehouse;

    Result(Shop shop, Warehouse warehouse) {
        this.shop = requireNonNull(shop);
        this.warehouse = requireNonNull(warehouse);
    }

    /** The test cases of {@code verification.xml}. */
    static String verification(Path artifacts) {
        try {
            Element suite = DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(artifacts.resolve("verification.xml").toFile())
                    .getDocumentElement();
            NodeList cases = suite.getElementsByTagName("testcase");
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < cases.getLength(); i++) {
                Element test = (Element) cases.item(i);
                boolean passed = test.getElementsByTagName("failure").getLength()
                                + test.getElementsByTagName("skipped").getLength()
                        == 0;
                text.append("%-7s %-24s %s: %s%n"
                        .formatted(
                                passed ? "passed" : "NOT SO",
                                test.getAttribute("classname"),
                                test.getAttribute("name"),
                                test.getTextContent().strip()));
            }
            return text
                    + "%s checks, %s failures, %s skipped"
                            .formatted(
                                    suite.getAttribute("tests"),
                                    suite.getAttribute("failures"),
                                    suite.getAttribute("skipped"));
        } catch (IOException | ParserConfigurationException | SAXException e) {
            throw new DemoFailedException("verification.xml cannot be read: " + e.getMessage());
        }
    }

    /**
     * Rows in PostgreSQL and in ClickHouse.
     *
     * @throws DemoFailedException when a table differs
     */
    String rows() {
        ConsoleTable table = new ConsoleTable(List.of(
                Column.text("Table"),
                Column.number("Rows in PostgreSQL"),
                Column.number("Alive in ClickHouse"),
                Column.number("Soft-deleted in ClickHouse"),
                Column.text("Sorting key")));
        boolean equal = true;
        for (String name : Shop.TABLES) {
            long inSource = shop.count(name);
            long alive = warehouse.alive(name);
            equal &= inSource == alive;
            table.add(List.of(
                    name,
                    count(inSource),
                    count(alive),
                    count(warehouse.softDeleted(name)),
                    warehouse.sortingKey(name)));
        }
        if (!equal) {
            throw new DemoFailedException("PostgreSQL and ClickHouse differ:\n" + table.render(false));
        }
        return table.render(false);
    }

    /**
     * The same question to both.
     *
     * @throws DemoFailedException when the answers differ
     */
    String revenue() {
        String select = "SELECT o.status, count(*), sum(i.quantity * i.unit_price)";
        String join =
                " FROM orders %1$s JOIN order_items %2$s ON i.order_id = o.id%3$s GROUP BY o.status ORDER BY 3 DESC";
        List<List<String>> postgres = shop.query(select + join.formatted("o", "i", ""));
        List<List<String>> clickHouse = warehouse.query(select
                + join.formatted(
                        "AS o FINAL", "AS i FINAL", " WHERE o._peerdb_is_deleted = 0 AND i._peerdb_is_deleted = 0")
                + " SETTINGS output_format_decimal_trailing_zeros = 1");
        ConsoleTable table = new ConsoleTable(List.of(
                Column.text("Status"),
                Column.number("Items"),
                Column.number("Revenue in PostgreSQL"),
                Column.number("Revenue in ClickHouse")));
        if (postgres.size() != clickHouse.size()) {
            throw new DemoFailedException("PostgreSQL answers " + postgres + ", ClickHouse " + clickHouse);
        }
        for (int i = 0; i < postgres.size(); i++) {
            if (!postgres.get(i).equals(clickHouse.get(i))) {
                throw new DemoFailedException("PostgreSQL answers " + postgres + ", ClickHouse " + clickHouse);
            }
            table.add(List.of(
                    postgres.get(i).get(0),
                    count(Long.parseLong(postgres.get(i).get(1))),
                    postgres.get(i).get(2),
                    clickHouse.get(i).get(2)));
        }
        return table.render(false);
    }

    static String count(long number) {
        return HumanUnits.count(number);
    }
}
