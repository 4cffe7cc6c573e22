package io.carom.run;

import io.carom.cases.Cases;
import io.carom.cases.HomeParties;
import io.carom.config.ConfigException;
import io.carom.event.Indicator;
import io.carom.intel.Warninglists;
import io.carom.intelstore.IntelStore;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Looks for indicators that came through everything that a home keeps: who was touched, and which clocks
/// begin earlier for it. A hunt that was stopped goes on when the same indicators are hunted for again.
public final class HistoryHunt {
    private final Path home;
    /// By value what each document names that names it: one set a document, for a list may have a million.
    private final Map<String, List<Set<String>>> documents = new HashMap<>();
    private final List<Indicator> indicators = new ArrayList<>();

    public HistoryHunt(Path home) {
        this.home = home;
    }

    /// Is told what comes of it.
    public interface Told {
        /// @param listed the warninglist that the indicator is on, so that it says nothing; null for none
        void seen(String client, Hunt.Sighting sighting, @Nullable String listed) throws IOException;

        /// The clocks of an incident were restated: its first contact was earlier than was known.
        void restated(String incident, Instant first);

        /// @param steps of how many that are done
        void progress(int done, int steps);
    }

    /// What a hunt came to.
    ///
    /// @param indicators that were hunted for, of which so many were never before
    /// @param seen indicators that were seen and are on no warninglist, at these clients
    /// @param from the earliest event that was asked; null if nothing is kept
    /// @param events that were asked, and how many more are no longer kept
    public record Answer(
            int indicators,
            int fresh,
            int seen,
            Set<String> touched,
            @Nullable Instant from,
            long events,
            long gone) {}

    /// Takes what a document names: values that stand together there.
    public void add(List<Indicator> ofDocument) {
        Set<String> together = ofDocument.stream().map(Indicator::value).collect(Collectors.toUnmodifiableSet());
        together.forEach(value ->
                documents.computeIfAbsent(value, v -> new ArrayList<>(1)).add(together));
        indicators.addAll(ofDocument);
    }

    /// Takes everything that the home looks for: feeds say what changed in it, and what was asked before is
    /// not asked again.
    public void addKept(IntelStore store, Instant now) throws IOException {
        for (IntelStore.Kept kept : store.all(now)) {
            if (kept.active()) {
                kept.indicator().asked().ifPresent(one -> add(List.of(one)));
            }
        }
    }

    public boolean isEmpty() {
        return indicators.isEmpty();
    }

    /// Whether there is any history to hunt in.
    public boolean hasHistory() {
        return Files.exists(home.resolve("lake").resolve("catalog.db"));
    }

    /// Hunts. Only where there is a history.
    public Answer run(Told told) throws IOException, ConfigException {
        Set<String> touched = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        try (Lake lake = Lake.open(home);
                StandingHunt standing = StandingHunt.open(home);
                Cases cases = Cases.open(home)) {
            Warninglists excused = HomeParties.excused(HomeParties.of(home, cases));
            List<ObjectNode> incidents = cases.incidents();
            StandingHunt.Asked asked = standing.run(lake, indicators, new StandingHunt.Taker() {
                @Override
                public void seen(String client, List<Hunt.Sighting> sightings) throws IOException {
                    for (Hunt.Sighting s : sightings) {
                        String listed = excused.holding(s.indicator());
                        told.seen(client, s, listed);
                        if (listed == null) {
                            touched.add(client);
                            seen.add(s.indicator().uid());
                            restate(client, s, incidents, cases, told);
                        }
                    }
                }

                @Override
                public void progress(int done, int steps) {
                    told.progress(done, steps);
                }
            });
            return answer(lake, asked.fresh(), seen.size(), touched);
        }
    }

    private Answer answer(Lake lake, int fresh, int seen, Set<String> touched) throws IOException {
        long from = Long.MAX_VALUE;
        long events = 0;
        long gone = 0;
        try (Sightings sightings = lake.sightings(Set.copyOf(lake.clients()))) {
            for (Sightings.Span span : sightings.spans()) {
                from = span.events() > 0 ? Math.min(from, span.from()) : from;
                events += span.events();
                gone += span.gone();
            }
        }
        return new Answer(
                indicators.size(), fresh, seen, touched, events > 0 ? Instant.ofEpochMilli(from) : null, events, gone);
    }

    /// An incident of the client that holds the value, or another of the same document, began no later than
    /// this.
    private void restate(String client, Hunt.Sighting s, List<ObjectNode> incidents, Cases cases, Told told)
            throws IOException {
        List<Set<String>> together = documents.getOrDefault(s.indicator().value(), List.of());
        for (ObjectNode incident : incidents) {
            boolean concerned = incident.path("client").asString("").equals(client)
                    && !incident.path("status").asString("").equals("closed")
                    && holds(incident, together);
            String id = incident.path("id").asString("");
            Instant first = Instant.ofEpochMilli(s.first());
            if (concerned
                    && cases.moments()
                            .restate(id, first, "a hunt for " + s.indicator().value() + " found it")) {
                told.restated(id, first);
            }
        }
    }

    private static boolean holds(JsonNode incident, List<Set<String>> documents) {
        for (JsonNode value : incident.path("indicators")) {
            for (Set<String> values : documents) {
                if (values.contains(value.asString(""))) {
                    return true;
                }
            }
        }
        return false;
    }
}
