package io.carom.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveSnapshotTest {
    @TempDir
    Path folder;

    private final List<String> notes = new ArrayList<>();

    private LiveSnapshot snapshot() {
        return new LiveSnapshot(folder.resolve("detection.state"), "1", position -> {}, Runnable::run, notes::add);
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    @Test
    void oneThatFailsLeavesNothingOnTheDisk() throws Exception {
        LiveSnapshot snapshot = snapshot();
        assertNull(snapshot.begin(1, new byte[3], out -> {
            throw new IOException("No space left on device");
        }));
        assertEquals(List.of(), files());
        LiveSnapshot.Open open = Objects.requireNonNull(snapshot.begin(1, new byte[3], out -> {}));
        assertNull(open.finish(out -> {
            throw new IOException("No space left on device");
        }));
        assertEquals(List.of(), files());
        assertEquals(2, notes.size(), notes::toString);
    }

    @Test
    void oneThatIsPublishedIsReadAgain() throws Exception {
        LiveSnapshot snapshot = snapshot();
        LiveSnapshot.Open open = Objects.requireNonNull(snapshot.begin(7, new byte[3], out -> {}));
        Objects.requireNonNull(open.finish(out -> out.writeInt(5))).publish();
        assertEquals(List.of("detection.state"), files());
        LiveSnapshot.Kept kept = snapshot().read();
        assertNotNull(kept, notes::toString);
        assertEquals(7, kept.position());
    }
}
