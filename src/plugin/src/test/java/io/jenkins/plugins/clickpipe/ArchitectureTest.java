package io.jenkins.plugins.clickpipe;

import static com.tngtech.archunit.lang.conditions.ArchConditions.accessField;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import hudson.model.Action;
import hudson.model.Cause;
import hudson.model.Describable;
import hudson.model.Saveable;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.junit.jupiter.api.Test;
import org.kohsuke.stapler.interceptor.RequirePOST;
import org.kohsuke.stapler.verb.GET;
import org.kohsuke.stapler.verb.POST;

/** What Jenkins asks of its plugins, and what this one asks of itself. */
class ArchitectureTest {
    private static final String WEB_METHOD = "do[A-Z].*";

    private static final JavaClasses PLUGIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.jenkins.plugins.clickpipe")
            .that(DescribedPredicate.describe("are not of the test bed", ArchitectureTest::isOfThePlugin));

    @Test
    void aFormsQuestionsArePosted() {
        methods()
                .that()
                .haveNameMatching("do(Check|Fill|Test).*")
                .should()
                .beAnnotatedWith(POST.class)
                .check(PLUGIN);
    }

    @Test
    void everyWebMethodNamesItsVerb() {
        methods()
                .that()
                .haveNameMatching(WEB_METHOD)
                .and()
                .arePublic()
                .should()
                .beAnnotatedWith(POST.class)
                .orShould()
                .beAnnotatedWith(RequirePOST.class)
                .orShould()
                .beAnnotatedWith(GET.class)
                .check(PLUGIN);
    }

    @Test
    void everyWebMethodAsksForAPermission() {
        methods()
                .that()
                .haveNameMatching(WEB_METHOD)
                .and()
                .arePublic()
                .should(new ArchCondition<>("ask for a permission") {
                    @Override
                    public void check(JavaMethod method, ConditionEvents events) {
                        String sentence = method.getFullName() + " asks for no permission";
                        events.add(new SimpleConditionEvent(method, PermissionCheck.isReachedFrom(method), sentence));
                    }
                })
                .check(PLUGIN);
    }

    @Test
    void nothingPersistedIsARecord() {
        classes()
                .that(DescribedPredicate.describe("XStream persists", ArchitectureTest::isPersisted))
                .should()
                .notBeRecords()
                .check(PLUGIN);
        fields().that()
                .areDeclaredInClassesThat(
                        DescribedPredicate.describe("XStream persists", ArchitectureTest::isPersisted))
                .and(DescribedPredicate.describe("are written", ArchitectureTest::isWritten))
                .should()
                .haveRawType(DescribedPredicate.describe("that is no record", type -> !type.isRecord()))
                .check(PLUGIN);
    }

    @Test
    void nothingWritesToTheControllersConsole() {
        noClasses()
                .should(accessField(System.class, "out"))
                .orShould(accessField(System.class, "err"))
                .check(PLUGIN);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.jenkins.plugins.clickpipe.(*)..")
                .should()
                .beFreeOfCycles()
                .check(PLUGIN);
    }

    private static boolean isOfThePlugin(JavaClass type) {
        String name = type.getPackageName();
        return !name.startsWith("io.jenkins.plugins.clickpipe.testbed")
                && !name.startsWith("io.jenkins.plugins.clickpipe.engine");
    }

    private static boolean isPersisted(JavaClass type) {
        return type.isAssignableTo(Describable.class)
                || type.isAssignableTo(Action.class)
                || type.isAssignableTo(Cause.class)
                || type.isAssignableTo(Saveable.class)
                || type.isAssignableTo(StepExecution.class);
    }

    private static boolean isWritten(JavaField field) {
        return !field.getModifiers().contains(JavaModifier.STATIC)
                && !field.getModifiers().contains(JavaModifier.TRANSIENT);
    }
}
