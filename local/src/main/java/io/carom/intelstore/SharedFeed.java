package io.carom.intelstore;

import io.carom.intel.StixObjects;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.taxii.CollectionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The indicators of a home as the shared collection gives them on: those that are looked for and that
/// are marked for others. What is marked TLP:AMBER+STRICT or TLP:RED, and what nobody marked, stays
/// here.
public final class SharedFeed {
    private SharedFeed() {}

    /// Makes the shared collection say what the home's indicators say now; what is looked for no longer
    /// is taken back there.
    ///
    /// @param told an indicator as anybody may have it; empty where nobody may
    public static CollectionStore.Published publish(
            Path home, Instant now, Function<ThreatIndicator, Optional<ThreatIndicator>> told) throws IOException {
        try (IntelStore intel = IntelStore.open(home);
                CollectionStore store = CollectionStore.open(home)) {
            return store.share(objects(intel.all(now), now, told), now);
        }
    }

    /// When what is published may have changed; any text.
    public static String state(Path home) throws IOException {
        StringBuilder state = new StringBuilder();
        for (String name : List.of("intel.db", "intel.db-wal")) {
            Path file = home.resolve(name);
            if (Files.exists(file)) {
                state.append(Files.getLastModifiedTime(file))
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ');
            }
        }
        return state.toString();
    }

    private static List<String> objects(
            List<IntelStore.Kept> kept, Instant now, Function<ThreatIndicator, Optional<ThreatIndicator>> told) {
        StixObjects objects = new StixObjects(now);
        // Who said it is known in the widest circle in which something that they said is.
        Map<String, Tlp> makers = new LinkedHashMap<>();
        for (IntelStore.Kept one : kept) {
            Tlp tlp = one.indicator().facts().tlp();
            if (!one.active() || tlp == null || tlp.compareTo(Tlp.AMBER) > 0) {
                continue;
            }
            ThreatIndicator indicator = told.apply(one.indicator()).orElse(null);
            if (indicator != null && objects.indicator(indicator) != null) {
                makers.merge(StixObjects.source(indicator), tlp, (a, b) -> a.compareTo(b) < 0 ? a : b);
            }
        }
        makers.forEach((id, tlp) -> objects.mark(id, tlp));
        return objects.texts();
    }
}
