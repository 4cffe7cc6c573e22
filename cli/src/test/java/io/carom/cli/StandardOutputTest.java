package io.carom.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of results where they go: a full disk, somebody who reads only the beginning, another
/// language.
final class StandardOutputTest {
    private static final String CONN =
            "{\"_path\":\"conn\",\"ts\":1551675600.5,\"uid\":\"C1\",\"id.orig_h\":\"192.0.2.1\",\"id.orig_p\":1024,"
                    + "\"id.resp_h\":\"198.51.100.7\",\"id.resp_p\":443,\"proto\":\"tcp\",\"conn_state\":\"SF\"}\n";

    @TempDir
    Path folder;

    private Process start(ProcessBuilder.Redirect out, List<String> options, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(options);
        all.add("-Xmx500m");
        return Program.process(all, List.of(arguments))
                .redirectOutput(out)
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private int end(Process process) throws InterruptedException {
        try {
            assertTrue(process.waitFor(300, TimeUnit.SECONDS), "it ends");
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    @Test
    void resultsThatADiskHasNoRoomForAreNotTakenForWritten() throws Exception {
        File full = new File("/dev/full");
        assumeTrue(full.exists(), "there is no disk that is full");
        String log = Files.writeString(folder.resolve("conn.ndjson"), CONN).toString();
        String home = "--home=" + folder.resolve("home");
        for (String[] arguments : new String[][] {{"convert", home, log}, {"sources", home, "--formats"}}) {
            Process process = start(ProcessBuilder.Redirect.appendTo(full), List.of(), arguments);
            assertEquals(Exit.FAILED, end(process), arguments[0]);
            assertTrue(
                    err().startsWith("carom: the results cannot be written to standard output: "),
                    arguments[0] + ": " + err());
        }
    }

    @Test
    void whoReadsOnlyTheBeginningIsNoFault() throws Exception {
        String log = Files.writeString(folder.resolve("conn.ndjson"), CONN.repeat(20_000))
                .toString();
        Process process =
                start(ProcessBuilder.Redirect.PIPE, List.of(), "convert", "--home=" + folder.resolve("home"), log);
        try (BufferedReader out = process.inputReader()) {
            assertTrue(out.readLine().startsWith("{"));
        }
        assertEquals(Exit.DONE, end(process), err());
        assertEquals("", err());
    }

    @Test
    void numbersAreWrittenAlikeInEveryLanguage() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1_200; i++) {
            lines.append(CONN.replace("C1", "C" + i));
        }
        String log = Files.writeString(folder.resolve("conn.ndjson"), lines).toString();
        Path home = folder.resolve("home");
        assertEquals(0, new Program(home).run("ingest", log).exit());
        Process process = start(
                ProcessBuilder.Redirect.to(folder.resolve("out").toFile()),
                List.of("-Duser.language=de", "-Duser.country=DE"),
                "sources",
                "--home=" + home);
        assertEquals(Exit.DONE, end(process), err());
        assertTrue(
                Files.readString(folder.resolve("out")).contains(" 1,200 "), Files.readString(folder.resolve("out")));
    }
}
