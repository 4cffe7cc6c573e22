package io.carom.advise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientReportTest {
    @TempDir
    Path folder;

    private List<AdviseStore.Reported> read(byte[] bytes) throws Exception {
        Path file = folder.resolve("report.csv");
        Files.write(file, bytes);
        ClientReport.Read read = ClientReport.read(file, folder.resolve("none"));
        assertEquals(List.of(), read.faults());
        return read.seen();
    }

    @Test
    void aTableIsReadAsProgramsForTablesWriteIt() throws Exception {
        Instant at = Instant.parse("2026-03-02T10:00:00Z");
        List<AdviseStore.Reported> expected =
                List.of(new AdviseStore.Reported("domain", "evil.example", 2, at, at, "report.csv"));
        assertEquals(
                expected,
                read("\uFEFFValue,Type,Count,First_Seen\r\nevil.example,Domain,2,2026-03-02T10:00:00Z\r\n"
                        .getBytes(StandardCharsets.UTF_8)));
        assertEquals(
                expected,
                read("value,count,first_seen,note\nevil.example,2,2026-03-02T10:00:00Z,M\u00FCller\n"
                        .getBytes(StandardCharsets.ISO_8859_1)));
    }
}
