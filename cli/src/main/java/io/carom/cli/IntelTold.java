package io.carom.cli;

import io.carom.config.ConfigException;
import io.carom.intelstore.IntelStore;
import io.carom.intelstore.feed.Feed;
import io.carom.intelstore.feed.FeedPoll;
import io.carom.intelstore.feed.Polled;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Tells what documents added, changed and took back.
final class IntelTold {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 20;

    private final Common common;
    private boolean faults;

    IntelTold(Common common) {
        this.common = common;
    }

    /// Whether something was not read.
    boolean faults() {
        return faults;
    }

    void fault(String text) {
        faults = true;
        common.fault(Shown.text(text, 400));
    }

    /// Asks a feed and tells what it gave; one that fails is told, and others are asked.
    void polled(FeedPoll feeds, Feed feed, Instant now) throws ConfigException, InterruptedException {
        try {
            List<Polled> polled = feeds.poll(feed, now);
            for (Polled one : polled) {
                document(one.path(), one.indicators(), one.faults(), one.left(), one.change());
            }
            if (polled.isEmpty()) {
                document(feed.url(), 0, List.of(), Map.of(), new IntelStore.Change(0, 0, 0, 0));
            }
        } catch (IOException e) {
            fault(String.valueOf(e.getMessage()));
        }
    }

    void document(
            String path, long indicators, List<String> unread, Map<String, Integer> left, IntelStore.Change change) {
        faults |= !unread.isEmpty();
        unread.stream().limit(SHOWN).forEach(f -> common.fault(Shown.text(f, 400)));
        if (unread.size() > SHOWN) {
            common.fault("… and " + (unread.size() - SHOWN) + " faults more of " + Shown.text(path, 200));
        }
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("path", path)
                    .put("indicators", indicators)
                    .put("added", change.added())
                    .put("changed", change.changed())
                    .put("gone", change.gone())
                    .put("same", change.same())
                    .put("faults", unread.size());
            ObjectNode others = line.putObject("left");
            left.forEach(others::put);
            common.out().println(JSON.writeValueAsString(line));
            return;
        }
        common.out()
                .println(Shown.text(path, 200) + ": " + Shown.count(change.added()) + " added, "
                        + Shown.count(change.changed()) + " changed, " + Shown.count(change.gone()) + " gone, "
                        + Shown.count(change.same()) + " as before");
        left.forEach((why, n) -> common.note("  left out " + Shown.count(n) + ": " + Shown.text(why, 200)));
    }
}
