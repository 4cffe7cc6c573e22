package io.carom.mailnet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The mail network stands beside the line: it knows no event, no lake and no server of pages, and nothing below knows
/// it.
final class MailNetworkRoomsTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.carom");

    @Test
    void itKnowsNothingOfTheLine() {
        noClasses()
                .that()
                .resideInAPackage("io.carom.mailnet..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.carom.event..",
                        "io.carom.source..",
                        "io.carom.detect..",
                        "io.carom.trace..",
                        "io.carom.lake..",
                        "io.carom.run..",
                        "io.carom.server..",
                        "io.carom.cli..",
                        "org.duckdb..",
                        "org.apache.iceberg..")
                .check(ALL);
    }

    @Test
    void nothingBelowKnowsIt() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.carom.mailnet..", "io.carom.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.carom.mailnet..")
                .check(ALL);
    }

    @Test
    void protocolsDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("io.carom.mailnet.smtp..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.carom.mailnet.imap..")
                .check(ALL);
        noClasses()
                .that()
                .resideInAPackage("io.carom.mailnet.imap..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.carom.mailnet.smtp..")
                .check(ALL);
    }
}
