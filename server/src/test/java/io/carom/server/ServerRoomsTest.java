package io.carom.server;

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
