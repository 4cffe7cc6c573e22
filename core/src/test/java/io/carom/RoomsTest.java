package io.carom;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The direction of the rooms: data goes down the line once, and nothing downstream is asked from upstream.
class RoomsTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.carom");

    private static void mayNotSee(String room, String... others) {
        noClasses()
                .that()
                .resideInAPackage("io.carom." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(java.util.Arrays.stream(others)
                        .map(o -> "io.carom." + o + "..")
                        .toArray(String[]::new))
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void eventKnowsNothingElse() {
        mayNotSee("event", "source", "party", "config", "detect", "trace", "incident", "intel", "mail", "lake", "run");
    }

    @Test
    void textsKnowNothing() {
        mayNotSee(
                "text",
                "event",
                "observe",
                "source",
                "party",
                "config",
                "detect",
                "trace",
                "incident",
                "intel",
                "mail",
                "lake",
                "run");
    }

    @Test
    void observationsKnowOnlyEvents() {
        mayNotSee("observe", "source", "party", "config", "detect", "trace", "incident", "intel", "lake", "run");
    }

    @Test
    void sourcesKnowOnlyEventsAndConfiguration() {
        mayNotSee("source", "party", "detect", "trace", "incident", "intel", "lake", "run");
    }

    @Test
    void partiesKnowOnlyEventsAndConfiguration() {
        mayNotSee("party", "source", "detect", "trace", "incident", "intel", "mail", "lake", "run");
    }

    @Test
    void detectorsKnowEventsAndPartiesAndNotEachOther() {
        mayNotSee("detect", "source", "trace", "incident", "intel", "mail", "lake", "run");
        mayNotSee("detect.indicator", "detect.sigma", "detect.behaviour");
        mayNotSee("detect.sigma", "detect.indicator", "detect.behaviour");
        mayNotSee("detect.behaviour", "detect.indicator", "detect.sigma");
    }

    @Test
    void tracingAndIncidentsKnowNoReaderAndNoLake() {
        mayNotSee("trace", "source", "detect", "incident", "intel", "lake", "run");
        mayNotSee("incident", "source", "detect", "intel", "lake", "run");
    }

    @Test
    void intelAndMailKnowOnlyEvents() {
        mayNotSee("intel", "source", "party", "detect", "trace", "incident", "lake", "run");
        // Mails are taken apart by what reads them as logs.
        mayNotSee("mail", "party", "detect", "trace", "incident", "intel", "lake", "run");
    }

    @Test
    void coreShipsNoDatabaseNoServerNoEngine() {
        noClasses()
                .that()
                .resideInAnyPackage("io.carom.event..", "io.carom.source..", "io.carom.detect..", "io.carom.trace..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "org.duckdb..", "org.apache.iceberg..", "org.eclipse.jetty..")
                .check(CORE);
    }
}
