package io.jenkins.plugins.clickpipe.engine.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class LoadStatisticsPageTest {
    private static final Pattern URL_OR_SCRIPT = Pattern.compile(
            "(?i)https?:|//[a-z]|url\\(|@import|<script|javascript:|<(?:link|img|iframe|object|embed|base)\\b| on[a-z]+\\s*=| src\\s*=| href\\s*=");

    @Test
    void thePageIsWellFormedAndNeedsNothingFromElsewhere() throws Exception {
        for (LoadStatistics statistics :
                List.of(SampleLoad.shop(), SampleLoad.underWay(), SampleLoad.refused(), SampleLoad.nothing())) {
            String page = page(statistics);

            parse(page);
            assertThat(page).doesNotContainPattern(URL_OR_SCRIPT).contains("prefers-color-scheme: dark");
        }
    }

    @Test
    void thePageShowsFiguresPhasesAndEachTable() throws Exception {
        String page = page(SampleLoad.shop());

        assertThat(page)
                .contains(
                        "63 239 854",
                        "12 of 12 tables passed",
                        "Soft-deleted rows began after 5 min 22 s and took 9.0 s")
                .contains("1 204", "placed_at", "to <span class=\"ident\">invoices_eu</span>");
        assertThat(elements(parse(page), "tr")).hasSize(1 + 12 + 1 + 1 + 3);
        assertThat(elements(parse(page), "path")).hasSize(4);
    }

    @Test
    void everyDrawingHasATitleAndEveryHeaderCellAScope() throws Exception {
        Document page = parse(page(SampleLoad.shop()));

        assertThat(elements(page, "svg"))
                .filteredOn(svg -> svg.getAttribute("role").equals("img"))
                .hasSize(6 + 2 + 12)
                .allSatisfy(svg -> assertThat(svg.getElementsByTagName("title").getLength())
                        .isEqualTo(1));
        assertThat(elements(page, "th"))
                .allSatisfy(cell -> assertThat(cell.getAttribute("scope")).isNotEmpty());
    }

    @Test
    void aFailedVerificationIsShownWithItsFigures() throws Exception {
        assertThat(page(SampleLoad.refused()))
                .contains("The run failed", "Verification refused the swap", "8 214 911 in orders_resync");
    }

    @Test
    void hostileNamesAreTextAndNothingElse() throws Exception {
        String hostile = "<b>\"x\"&'</title><script>alert(1)</script>\u0001\uD800{{pipe}}";
        TableStatistics table = SampleLoad.verified(
                SampleLoad.loaded("public." + hostile, hostile, 10, 1, 0, 1, Map.of(hostile, 1L), 0, 0),
                Verification.FAILED,
                hostile);
        LoadStatistics clean = SampleLoad.withTables(List.of(table, table));
        LoadStatistics statistics = new LoadStatistics(
                hostile,
                hostile,
                hostile,
                Optional.of(hostile),
                clean.started(),
                clean.ended(),
                clean.phases(),
                clean.tables(),
                clean.samples());

        String page = page(statistics);

        assertThat(page).doesNotContain("<script", "<b>", "\u0001");
        assertThat(elements(parse(page), "h1").get(0).getTextContent())
                .isEqualTo("<b>\"x\"&'</title><script>alert(1)</script>\uFFFD\uFFFD{{pipe}}");
    }

    @Test
    void coordinatesStayOnTheDrawing() throws Exception {
        Pattern number = Pattern.compile("-?\\d+(?:\\.\\d+)?|NaN|Infinity");
        for (LoadStatistics statistics : List.of(SampleLoad.shop(), SampleLoad.underWay())) {
            for (Element path : elements(parse(page(statistics)), "path")) {
                assertThat(number.matcher(path.getAttribute("d")).results())
                        .allSatisfy(found ->
                                assertThat(Double.parseDouble(found.group())).isBetween(0.0, 1000.0));
            }
            for (Element bar : elements(parse(page(statistics)), "rect")) {
                double start = percent(bar.getAttribute("x"));
                assertThat(start + percent(bar.getAttribute("width"))).isBetween(0.0, 100.01);
            }
        }
    }

    @Test
    void threeHundredTablesAreAllListedAndTheLargestDrawn() throws Exception {
        List<TableStatistics> tables = IntStream.range(0, 300)
                .mapToObj(i -> SampleLoad.loaded("public.t" + i, "t" + i, i * 1000L, 20, 0, 10, Map.of(), 0, 0))
                .toList();

        String page = page(SampleLoad.withTables(tables));

        assertThat(page).contains("The 20 largest of 300 tables.");
        assertThat(elements(parse(page), "tr")).hasSize(1 + 300 + 1);
        assertThat(elements(parse(page), "li")).hasSize(7 + 20);
    }

    @Test
    void oneTableHasNoLineOfTotals() throws Exception {
        List<TableStatistics> one = List.of(SampleLoad.loaded("public.only", "only", 1, 1, 0, 1, Map.of(), 0, 0));

        Document page = parse(page(SampleLoad.withTables(one)));

        assertThat(elements(page, "tfoot")).isEmpty();
    }

    @Test
    void tablesOfZeroRowsInNoTimeDrawWithoutDividingByZero() throws Exception {
        List<TableStatistics> empty = List.of(
                SampleLoad.loaded("public.a", "a", 0, 0, 0, 0, Map.of(), 0, 0),
                SampleLoad.loaded("public.b", "b", 0, 0, 0, 0, Map.of(), 0, 0));

        assertThat(page(SampleLoad.withTables(empty))).doesNotContain("NaN", "Infinity", "�");
    }

    @Test
    void aRunUnderWayShowsWhatIsExpectedAndNoEnd() throws Exception {
        String page = page(SampleLoad.underWay());

        assertThat(page).contains("of about 63 891 806", "Under way for", "has been under way for 3 min 15 s");
        assertThat(elements(parse(page), "time")).hasSize(1);
    }

    private static double percent(String attribute) {
        return attribute.isEmpty() ? 0 : Double.parseDouble(attribute.replace("%", ""));
    }

    private static String page(LoadStatistics statistics) throws Exception {
        StringWriter page = new StringWriter();
        LoadStatisticsPage.write(page, statistics);
        return page.toString();
    }

    private static Document parse(String page) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }

    private static List<Element> elements(Document page, String name) {
        NodeList nodes = page.getElementsByTagName(name);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }
}
