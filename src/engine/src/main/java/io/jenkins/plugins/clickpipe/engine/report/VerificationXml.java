package io.jenkins.plugins.clickpipe.engine.report;

import io.jenkins.plugins.clickpipe.engine.statistics.LoadStatistics;
import java.io.Writer;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Writes {@code verification.xml} in the JUnit format that Jenkins reads: one test suite, one test case a table
 * and check. A class name is pipe and source table, so that Jenkins groups the cases by pipe and schema.
 */
final class VerificationXml {
    private VerificationXml() {}

    static void write(Writer out, LoadStatistics statistics, List<TableCheck> checks) throws XMLStreamException {
        XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeCharacters("\n");
        xml.writeStartElement("testsuite");
        attribute(xml, "name", statistics.pipe() + " verification");
        attribute(xml, "tests", String.valueOf(checks.size()));
        attribute(xml, "failures", count(checks, TableCheck.Result.FAILED));
        attribute(xml, "errors", "0");
        attribute(xml, "skipped", count(checks, TableCheck.Result.SKIPPED));
        attribute(xml, "timestamp", statistics.asOf().toString());
        for (TableCheck check : checks) {
            xml.writeCharacters("\n  ");
            testCase(xml, statistics, check);
        }
        xml.writeCharacters("\n");
        xml.writeEndElement();
        xml.writeEndDocument();
        xml.flush();
    }

    private static void testCase(XMLStreamWriter xml, LoadStatistics statistics, TableCheck check)
            throws XMLStreamException {
        xml.writeStartElement("testcase");
        attribute(xml, "classname", statistics.pipe() + "." + check.table());
        attribute(xml, "name", check.check());
        String detail = check.detail();
        switch (check.result()) {
            case FAILED -> {
                xml.writeStartElement("failure");
                attribute(xml, "message", detail.isEmpty() ? "not so: " + check.check() : detail);
                xml.writeCharacters(XmlText.valid(check.table() + ": " + detail));
                xml.writeEndElement();
            }
            case SKIPPED -> {
                xml.writeEmptyElement("skipped");
                attribute(xml, "message", detail.isEmpty() ? "not run" : detail);
            }
            case PASSED -> {
                if (!detail.isEmpty()) {
                    xml.writeStartElement("system-out");
                    xml.writeCharacters(XmlText.valid(detail));
                    xml.writeEndElement();
                }
            }
        }
        xml.writeEndElement();
    }

    private static void attribute(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, XmlText.valid(value));
    }

    private static String count(List<TableCheck> checks, TableCheck.Result result) {
        return String.valueOf(
                checks.stream().filter(check -> check.result() == result).count());
    }
}
