package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.cases.KeptFindings;
import io.carom.event.Finding;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveTellingTest {
    private static final Finding FINDING = new Finding(
            "uid",
            "rule",
            "title",
            "message",
            3,
            1_772_359_200_000L,
            "acme",
            new Finding.Evidence("log", 1, "test", 1007, null, null, "fs01", "eva", "native"),
            List.of(),
            List.of());

    @TempDir
    Path home;

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger published = new AtomicInteger();

    private void run(KeptFindings findings) throws Exception {
        try (Spool spool = Spool.open(
                LiveLine.spoolOf(home),
                new Spool.Limits(64 << 10, 1 << 30, 0, 1 << 20),
                InstantSource.system(),
                told::add)) {
            LiveTelling telling = new LiveTelling(
                    findings,
                    new LiveInputs(spool, Sources.installed()),
                    InstantSource.system(),
                    fresh -> {},
                    told::add);
            telling.start();
            telling.found(FINDING, 0);
            telling.then(published::incrementAndGet);
            telling.close();
        }
    }

    @Test
    void aStateIsPublishedOnceWhatWasFoundBeforeIsKept() throws Exception {
        try (KeptFindings findings = KeptFindings.open(home)) {
            run(findings);
            assertEquals(1, findings.count());
        }
        assertEquals(1, published.get());
        assertEquals(List.of(), told);
    }

    @Test
    void whereFindingsCannotBeKeptNoStateOfBehindThemIsPublished() throws Exception {
        KeptFindings findings = KeptFindings.open(home);
        findings.close();
        run(findings);
        assertEquals(0, published.get());
        assertTrue(told.getFirst().startsWith("FINDINGS ARE NOT KEPT"), told::toString);
        assertTrue(told.getLast().contains("found again at the next start"), told::toString);
    }
}
