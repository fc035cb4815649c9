package io.jenkins.plugins.clickpipe.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.util.FormValidation;
import hudson.util.FormValidation.Kind;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.clickpipe.process.EngineCheck.Finding;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.stapler.DataBoundSetter;

/** What the forms offer and refuse. */
class FormsTest {
    @Test
    void everySettingOfThePipeFileIsInTheForm() throws IOException {
        String readme = Files.readString(Path.of("../../README.md"));
        String block = readme.substring(readme.indexOf("\nsettings: "));
        Matcher key =
                Pattern.compile("^  ([a-zA-Z]+):", Pattern.MULTILINE).matcher(block.substring(0, block.indexOf("```")));
        List<String> documented = key.results().map(match -> match.group(1)).toList();

        assertThat(documented).hasSizeGreaterThan(10);
        assertThat(Arrays.stream(PipeSettings.class.getMethods())
                        .filter(method -> method.isAnnotationPresent(DataBoundSetter.class))
                        .map(Method::getName)
                        .map(name -> name.substring(3, 4).toLowerCase() + name.substring(4))
                        .collect(Collectors.toSet()))
                .containsAll(documented);
        String form = Files.readString(
                Path.of("src/main/resources/" + PipeSettings.class.getName().replace('.', '/') + "/config.jelly"));
        assertThat(documented).allSatisfy(name -> assertThat(form).contains("field=\"" + name + "\""));
    }

    @Test
    void findingsAreRowsOfEscapedText() {
        FormValidation shown = FindingsTable.shown(List.of(
                new Finding("ok", "PostgreSQL", "version 18"),
                new Finding("warning", "<script>alert(1)</script>", "\"quoted\" & <b>bold</b>")));

        assertThat(shown.kind).isEqualTo(Kind.WARNING);
        assertThat(shown.renderHtml())
                .contains("<td>OK</td><td>PostgreSQL</td><td>version 18</td>")
                .contains("<td>Warning</td><td>&lt;script&gt;")
                .doesNotContain("<script>", "<b>");
        assertThat(FindingsTable.shown(List.of(new Finding("fault", "a", "b"))).kind)
                .isEqualTo(Kind.ERROR);
    }

    @Test
    @WithJenkins
    void fieldsRefuseWhatTheEngineWouldRefuse(JenkinsRule jenkins) {
        Pipe.DescriptorImpl pipe = jenkins.jenkins.getDescriptorByType(Pipe.DescriptorImpl.class);
        SourceServer.DescriptorImpl source = jenkins.jenkins.getDescriptorByType(SourceServer.DescriptorImpl.class);
        TargetServer.DescriptorImpl target = jenkins.jenkins.getDescriptorByType(TargetServer.DescriptorImpl.class);
        TableRule.DescriptorImpl table = jenkins.jenkins.getDescriptorByType(TableRule.DescriptorImpl.class);
        PipeSettingsDescriptor settings = jenkins.jenkins.getDescriptorByType(PipeSettingsDescriptor.class);

        assertOk(
                pipe.doCheckName(null, "orders_1-b"),
                pipe.doCheckEngineMemory(null, ""),
                pipe.doCheckEngineMemory(null, "1024"),
                source.doCheckHost(null, "::1"),
                source.doCheckPort(null, "5432"),
                target.doCheckUrl(null, "https://ch.example.com:8443"),
                table.doCheckSource(null, "public/*"),
                settings.doCheckPullBatchSize(null, ""),
                settings.doCheckKeepPreviousTables(null, "24h"),
                settings.doCheckApprovalTimeout(null, "90m"),
                settings.doCheckReplicationSlotName(null, "slot_1"),
                settings.doCheckPublicationName(null, "Any name"));
        assertError(
                pipe.doCheckName(null, "no spaces"),
                pipe.doCheckName(null, "x".repeat(51)),
                pipe.doCheckEngineMemory(null, "64"),
                source.doCheckHost(null, "postgres://db"),
                source.doCheckPort(null, "65536"),
                source.doCheckDatabase(null, " "),
                source.doCheckCredentialsId(null, ""),
                target.doCheckUrl(null, "http://user:password@ch"),
                target.doCheckUrl(null, "ftp://ch"),
                target.doCheckDatabase(null, ""),
                table.doCheckSource(null, ""),
                settings.doCheckPullBatchSize(null, "0"),
                settings.doCheckSyncIntervalSeconds(null, "86401"),
                settings.doCheckInitialLoadParallelism(null, "many"),
                settings.doCheckKeepPreviousTables(null, "one day"),
                settings.doCheckApprovalTimeout(null, "soon"),
                settings.doCheckReplicationSlotName(null, "Slot"),
                settings.doCheckPublicationName(null, "x".repeat(64)));
        assertThat(settings.doFillStrictTypesItems(null))
                .extracting((ListBoxModel.Option option) -> option.value)
                .containsExactly("", "false", "true");
    }

    private static void assertOk(FormValidation... results) {
        assertThat(results).extracting(result -> result.kind).containsOnly(Kind.OK);
    }

    private static void assertError(FormValidation... results) {
        assertThat(results).extracting(result -> result.kind).containsOnly(Kind.ERROR);
    }
}
