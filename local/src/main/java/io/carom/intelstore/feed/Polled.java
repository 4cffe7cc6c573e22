package io.carom.intelstore.feed;

import io.carom.intel.Gathered;
import io.carom.intelstore.IntelStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What asking gave of one document.
///
/// @param path of the document: a collection, an event, a file in an archive
/// @param indicators that were read now; none where nothing had changed
/// @param faults what could not be read, with its place
/// @param left how much was understood and is no indicator, by reason
/// @param change how that differs from before
public record Polled(
        String path, long indicators, List<String> faults, Map<String, Integer> left, IntelStore.Change change) {
    public Polled {
        faults = List.copyOf(faults);
        left = Map.copyOf(left);
    }

    static Polled of(String path, Gathered gathered, IntelStore.Change change) {
        return new Polled(path, gathered.indicators().size(), gathered.faults(), gathered.left(), change);
    }

    /// What several readings of one document gave.
    static final class Sum {
        private static final int MOST_FAULTS = 1_000;

        private long indicators;
        private final List<String> faults = new ArrayList<>();
        private final Map<String, Integer> left = new TreeMap<>();
        private IntelStore.Change change = new IntelStore.Change(0, 0, 0, 0);

        void add(Gathered some, IntelStore.Change more) {
            indicators += some.indicators().size();
            some.faults().stream().limit(MOST_FAULTS - faults.size()).forEach(faults::add);
            some.left().forEach((why, n) -> left.merge(why, n, Integer::sum));
            change = new IntelStore.Change(
                    change.added() + more.added(),
                    change.changed() + more.changed(),
                    change.gone() + more.gone(),
                    change.same() + more.same());
        }

        Polled done(String path) {
            return new Polled(path, indicators, faults, left, change);
        }
    }
}
