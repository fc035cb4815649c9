package io.jenkins.plugins.clickpipe.engine.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.jenkins.plugins.clickpipe.engine.definition.Secret;
import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import io.jenkins.plugins.clickpipe.engine.statistics.TableStatistics.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ArtifactsTest {
    @TempDir
    Path temporary;

    @Test
    void writingMakesTheDirectoryAndLeavesNothingButTheFiles() throws Exception {
        Path directory = temporary.resolve("a/b");
        Artifacts artifacts = new Artifacts(directory);

        artifacts.write(SampleLoad.underWay());
        artifacts.write(SampleLoad.shop());
        artifacts.write(new StatementLog(new SteppingClock(), Redaction.NONE));

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "load-stats.json", "load-stats.csv", "load-stats.html", "verification.xml", "plan.sql");
        }
    }

    @Test
    void jsonReadsBackAsTheSameStatistics() throws Exception {
        for (LoadStatistics statistics :
                List.of(SampleLoad.shop(), SampleLoad.underWay(), SampleLoad.refused(), SampleLoad.nothing())) {
            new Artifacts(temporary).write(statistics);

            JsonNode json = new JsonMapper()
                    .readTree(temporary.resolve("load-stats.json").toFile());

            assertThat(json.get("schemaVersion").asInt()).isEqualTo(1);
            assertThat(LoadStatisticsJson.read(json)).isEqualTo(statistics);
        }
    }

    @Test
    void jsonOfAnotherSchemaIsRefused() {
        ObjectNode json = LoadStatisticsJson.write(SampleLoad.shop()).put("schemaVersion", 2);

        assertThatThrownBy(() -> LoadStatisticsJson.read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void csvHasALineForEachTableAndOneForTheTotal() throws Exception {
        new Artifacts(temporary).write(SampleLoad.shop());

        List<Map<String, String>> lines = new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .<Map<String, String>>readValues(
                        temporary.resolve("load-stats.csv").toFile())
                .readAll();

        assertThat(lines).hasSize(13);
        assertThat(lines.get(1))
                .containsEntry("source", "public.orders")
                .containsEntry("rows", "8214907")
                .containsEntry("alteredValuesByColumn", "placed_at=4; total=17")
                .containsEntry("started", "2026-03-14T02:00:06.250Z");
        assertThat(lines.get(12)).containsEntry("source", "total").containsEntry("rows", "63239854");
    }

    @Test
    void csvOfNoTableStillHasItsHeaderAndTotal() throws Exception {
        new Artifacts(temporary).write(SampleLoad.nothing());

        assertThat(temporary.resolve("load-stats.csv"))
                .content()
                .startsWith("source,target,")
                .contains("\ntotal,,0,0,");
    }

    @Test
    void eachTableHasATestCaseForEachCheckAndFailuresCarryTheirDetail() throws Exception {
        new Artifacts(temporary).write(SampleLoad.refused());

        Element suite = suite();
        assertThat(suite.getAttribute("tests")).isEqualTo("35");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getElementsByTagName("testcase").getLength()).isEqualTo(35);
        NodeList failures = suite.getElementsByTagName("failure");
        assertThat(failures.getLength()).isEqualTo(1);
        assertThat(failures.item(0).getTextContent()).contains("public.orders", "8 214 911 in orders_resync");
        assertThat(((Element) failures.item(0).getParentNode()).getAttribute("classname"))
                .isEqualTo("shop-to-warehouse.public.orders");
    }

    @Test
    void checksThatDidNotRunAreSkipped() throws Exception {
        new Artifacts(temporary).write(SampleLoad.underWay());

        assertThat(suite().getAttribute("failures")).isEqualTo("0");
        assertThat(suite().getElementsByTagName("skipped").getLength())
                .isEqualTo(Integer.parseInt(suite().getAttribute("skipped")))
                .isPositive();
    }

    @Test
    void aHostileNameCannotBreakTheTestReport() throws Exception {
        String hostile = "public.<b>\"x\"&]]>\u0001\uD800\uFFFF";

        new Artifacts(temporary)
                .write(SampleLoad.shop(), List.of(new TableCheck(hostile, hostile, TableCheck.Result.FAILED, hostile)));

        assertThat(suite().getElementsByTagName("failure").item(0).getTextContent())
                .contains("public.<b>\"x\"&]]>\uFFFD\uFFFD\uFFFD");
    }

    @Test
    void aPartlyLoadedTableOfAnEndedRunFailsItsPartitionCheck() {
        LoadStatistics underWay = SampleLoad.underWay();
        LoadStatistics broken = new LoadStatistics(
                underWay.pipe(),
                underWay.run(),
                "Failed",
                Optional.of("The connection was lost."),
                underWay.started(),
                Optional.of(SampleLoad.at(201)),
                underWay.phases(),
                underWay.tables(),
                underWay.samples());

        assertThat(TableCheck.of(broken))
                .filteredOn(check -> check.table().equals("public.order_items"))
                .extracting(TableCheck::result)
                .containsExactly(TableCheck.Result.FAILED, TableCheck.Result.SKIPPED);
    }

    @Test
    void aSecretInTheFailureReachesNoFile() throws Exception {
        LoadStatistics shop = SampleLoad.shop();
        LoadStatistics leaking = new LoadStatistics(
                shop.pipe(),
                shop.run(),
                "Failed",
                Optional.of("cannot log in with hunter2-hunter2"),
                shop.started(),
                shop.ended(),
                shop.phases(),
                shop.tables(),
                shop.samples());

        new Artifacts(temporary, Redaction.of(List.of(new Secret("hunter2-hunter2")))).write(leaking);

        assertThat(temporary.resolve("load-stats.json"))
                .content()
                .contains("log in with ****")
                .doesNotContain("hunter2");
        assertThat(temporary.resolve("load-stats.html"))
                .content()
                .contains("log in with ****")
                .doesNotContain("hunter2");
    }

    @Test
    void aFileThatCannotBeWrittenIsNamed() throws Exception {
        Path file = Files.createFile(temporary.resolve("occupied"));

        assertThatThrownBy(() -> new Artifacts(file).write(SampleLoad.shop()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("load-stats.json");
    }

    @Test
    void aTableOfZeroRowsIsVerifiedLikeAnyOther() {
        assertThat(TableCheck.of(SampleLoad.shop()))
                .filteredOn(check -> check.table().equals("public.feature_flags"))
                .extracting(TableCheck::result)
                .containsOnly(TableCheck.Result.PASSED);
        assertThat(SampleLoad.shop().total().verification()).isEqualTo(Verification.PASSED);
    }

    private Element suite() throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(temporary.resolve("verification.xml").toFile())
                .getDocumentElement();
    }
}
