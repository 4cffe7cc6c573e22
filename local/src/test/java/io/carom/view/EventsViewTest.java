package io.carom.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.lake.Ingest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class EventsViewTest {
    @TempDir
    Path home;

    @Test
    void allTimesThereAreMayBeSearched() throws Exception {
        Path log = Files.writeString(
                home.resolve("conn.log"),
                "{\"_path\":\"conn\",\"ts\":1551660000.0,\"uid\":\"C1\",\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":1,"
                        + "\"id.resp_h\":\"10.0.0.2\",\"id.resp_p\":443,\"proto\":\"tcp\"}\n");
        Ingest.into(home, 1 << 20, "acme", List.of(log.toString()));
        try (Views views = new Views(home, InstantSource.system())) {
            for (String text : List.of("", "10.0.0.1", "src:10.0.0.1")) {
                ObjectNode found = views.of(Sight.ALL)
                        .events()
                        .search(new EventsView.Search(text, "", "", Instant.MIN, Instant.MAX, null, 10, 0));
                assertEquals(1, found.path("total").asInt(0), text);
                assertEquals(1, found.path("events").size(), text);
            }
            assertEquals(
                    1,
                    new Hunts(views.of(Sight.ALL))
                            .answer(Hunts.read("10.0.0.1"), Instant.MIN, Instant.MAX)
                            .path("seen")
                            .size());
        }
    }
}
