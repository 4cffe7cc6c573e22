package io.carom.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.source.input.Inputs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Real event logs: every record is there, and its kept JSON gives the same event again.
class WindowsEvtxTest {
    @Test
    void everyRecordOfTheAttackSamplesIsAnEventAndItsNativeRecordGivesTheSameEventAgain() throws IOException {
        Map<String, Integer> truth = new HashMap<>();
        for (String line : Files.readAllLines(WindowsData.file("endpoint/evtx-truth.csv"))) {
            String[] columns = line.split(",", 4);
            truth.put(columns[1], columns[2].equals("records_raw") ? 0 : Integer.parseInt(columns[2]));
        }
        int[] files = new int[1];
        read(WindowsData.file("evtx/attack-samples.tar.gz"), (path, in) -> {
            ReadEvents events = ReadEvents.of(path, in, null);
            Integer expected = truth.get(path.substring(path.indexOf('!') + 1));
            assertEquals(expected, (int) events.result().records(), path);
            assertEquals(
                    events.result().records(),
                    events.events().size() + events.rejects().size(),
                    path);
            again(path, events);
            files[0]++;
        });
        assertEquals(122, files[0]);
    }

    @Test
    void theRegressionLogsGiveTheSameEventsAgain() throws IOException {
        int[] records = new int[1];
        read(WindowsData.file("sigma/regression.tar.gz"), (path, in) -> {
            ReadEvents events = ReadEvents.of(path, in, null);
            again(path, events);
            records[0] += events.events().size();
        });
        assertTrue(records[0] > 100, records[0] + " records");
    }

    private static void again(String path, ReadEvents events) {
        assertTrue(events.sources().stream().allMatch("windows-evtx"::equals), path);
        String natives = String.join("\n", events.natives());
        ReadEvents again =
                ReadEvents.of(path, new ByteArrayInputStream(natives.getBytes(StandardCharsets.UTF_8)), null);
        assertEquals(events.events().size(), again.events().size(), path);
        for (int i = 0; i < events.events().size(); i++) {
            assertEquals(events.events().get(i), again.events().get(i), path + " event " + i);
        }
    }

    private interface Reading {
        void input(String path, InputStream in) throws IOException;
    }

    private static void read(Path archive, Reading reading) throws IOException {
        Inputs.readOne(archive.toString(), new Inputs.Visitor() {
            @Override
            public void input(String path, Instant modified, InputStream in) throws IOException {
                if (path.endsWith(".evtx")) {
                    reading.input(path, in);
                }
            }

            @Override
            public void refused(String path, String reason) {
                throw new AssertionError(path + ": " + reason);
            }
        });
    }
}
