package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.carom.event.EventBatch;
import io.carom.source.Sources;
import io.carom.spool.Spool;
import io.carom.spool.SpoolEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveInputsTest {
    @TempDir
    Path folder;

    private static void send(Spool spool, String source) throws Exception {
        String line = "<38>1 2026-11-30T10:00:00Z host sshd 1 - - Failed password for invalid user u from 192.0.2.1"
                + " port 2222 ssh2\n";
        spool.append(new SpoolEntry("acme", source, "", "192.0.2.1", 0, line.getBytes(StandardCharsets.UTF_8)));
    }

    /// Of two segments one is gone that nobody let go: what was found in the other has its record.
    @Test
    void aSegmentThatCannotBeReadLeavesOutItsRecordsAlone() throws Exception {
        // Each entry begins a segment.
        Spool.Limits limits = new Spool.Limits(1, 1 << 20, 0, 1 << 20);
        try (Spool spool = Spool.open(folder, limits, InstantSource.system(), alarm -> {})) {
            send(spool, "first");
            send(spool, "second");
            LiveInputs inputs = new LiveInputs(spool, Sources.installed());
            List<String> paths = new ArrayList<>();
            LiveRounds.Taker taker = new LiveRounds.Taker() {
                @Override
                public void take(Input input, EventBatch batch, Stage.Position at, LiveRounds.Read read) {
                    inputs.number(input, read);
                    paths.add(input.path());
                }

                @Override
                public void round(long position) {}
            };
            try (LiveRounds rounds = new LiveRounds(spool, Sources.installed(), 0, taker)) {
                while (rounds.next(spool.end()) > 0) {
                    // The next round.
                }
            }
            assertEquals(2, paths.size());
            Set<RecordStage.Place> wanted = new HashSet<>();
            paths.forEach(path -> wanted.add(new RecordStage.Place(path, "acme", 1)));
            RecordStage.Place first = new RecordStage.Place(paths.get(0), "acme", 1);
            RecordStage.Place second = new RecordStage.Place(paths.get(1), "acme", 1);
            assertNotNull(inputs.fetch(wanted).evidence(first));
            try (var segments = Files.newDirectoryStream(folder, "*.seg")) {
                List<Path> all = new ArrayList<>();
                segments.forEach(all::add);
                all.sort(null);
                Files.delete(all.getFirst());
            }
            RecordStage left = inputs.fetch(wanted);
            assertNull(left.evidence(first));
            assertNotNull(left.evidence(second));
        }
    }
}
