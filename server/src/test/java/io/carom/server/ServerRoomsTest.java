package io.carom.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameContaining;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// What is below the server does not know that there is one.
class ServerRoomsTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.carom");

    @Test
    void nothingBelowKnowsTheServer() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.carom.server..", "io.carom.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.carom.server..", "io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..")
                .check(ALL);
    }

    /// Pages and the API see the home through a view, which shows one client no other.
    @Test
    void pagesAndTheApiHaveNoWayToTheHomeButTheView() {
        noClasses()
                .that()
                .resideInAnyPackage("io.carom.server.web..", "io.carom.server.api..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "io.carom.lake..",
                                "io.carom.sightings..",
                                "io.carom.run..",
                                "io.carom.advise..",
                                "io.carom.home..",
                                "io.carom.intelstore..",
                                "io.carom.report..",
                                "io.carom.taxii..",
                                "java.sql..")
                        .or(resideInAPackage("io.carom.cases..").and(not(simpleNameContaining("Step")))))
                .check(ALL);
    }

    @Test
    void collectionsKnowIntelligenceAndNothingElseOfTheLine() {
        noClasses()
                .that()
                .resideInAPackage("io.carom.taxii..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.carom.run..",
                        "io.carom.lake..",
                        "io.carom.report..",
                        "io.carom.cases..",
                        "io.carom.sightings..",
                        "io.carom.detect..",
                        "io.carom.incident..")
                .check(ALL);
    }
}
