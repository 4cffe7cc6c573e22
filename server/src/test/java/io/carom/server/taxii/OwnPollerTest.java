package io.carom.server.taxii;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.certificate.Authority;
import io.carom.certificate.Pem;
import io.carom.intelstore.IntelStore;
import io.carom.intelstore.feed.Feed;
import io.carom.intelstore.feed.FeedPoll;
import io.carom.intelstore.feed.FeedTerms;
import io.carom.server.CaromServer;
import io.carom.server.ServerOptions;
import io.carom.server.account.Account;
import io.carom.server.account.Accounts;
import io.carom.taxii.CollectionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One home reads what another gives: over TLS, with a client certificate, page after page.
class OwnPollerTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    @TempDir
    Path folder;

    private static List<String> objects(int from, int to) {
        List<String> objects = new ArrayList<>();
        for (int i = from; i < to; i++) {
            objects.add("{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--"
                    + new UUID(0x4000L, 0x8000_0000_0000_0000L | i)
                    + "\",\"created\":\"2026-01-01T00:00:00Z\",\"modified\":\"2026-01-01T00:00:00Z\",\"pattern_type\":\"stix\","
                    + "\"valid_from\":\"2026-01-01T00:00:00Z\",\"pattern\":\"[domain-name:value = 'h" + i
                    + ".example']\"}");
        }
        return objects;
    }

    @Test
    void whatOneHomeGivesTheOtherKeeps() throws Exception {
        Path giver = folder.resolve("giver");
        Path own = folder.resolve("own.pem");
        try (CaromServer server = CaromServer.start(ServerOptions.loopback(giver, true));
                CollectionStore store = CollectionStore.open(giver);
                Accounts accounts = Accounts.open(giver);
                IntelStore taker = IntelStore.open(folder.resolve("taker"))) {
            store.publish("acme", objects(0, 2_500), NOW);
            accounts.put(new Account("acme", "acme", null, false), NOW);
            Authority.Issued issued = Authority.of(giver, Instant.now()).client("acme", Instant.now());
            accounts.certificate("acme", issued.certificate());
            Pem.write(own, Pem.text(issued.key(), issued.certificate()), true);
            Path authority = Objects.requireNonNull(server.authority());
            Path credentials =
                    Files.writeString(folder.resolve("c.yaml"), "certificate: own.pem\nauthority: " + authority + "\n");
            FeedPoll feeds = new FeedPoll(taker, Map.of());
            String address = server.address().resolve("taxii2/").toString();
            IOException untrusted = assertThrows(IOException.class, () -> feeds.add(address, FeedTerms.AS_SAID, null));
            assertTrue(String.valueOf(untrusted.getMessage()).contains("no TLS with it"), untrusted.getMessage());
            Feed feed = feeds.add(address, FeedTerms.AS_SAID, credentials).getFirst();
            assertEquals(2_500, feeds.poll(feed, NOW).getFirst().change().added());
            store.publish("acme", objects(2_500, 2_510), NOW);
            Feed again = Objects.requireNonNull(taker.feeds().known(feed.url()));
            assertEquals(
                    new IntelStore.Change(10, 0, 0, 0),
                    feeds.poll(again, NOW).getFirst().change());
            assertEquals(2_510, taker.all(NOW).size());
        }
    }
}
