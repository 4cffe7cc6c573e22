package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.event.Indicator;
import io.carom.intel.Warninglists;
import io.carom.intelstore.IntelStore;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import io.carom.party.Parties;
import io.carom.run.Hunt;
import io.carom.run.StandingHunt;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Looks for indicators that just came in through everything that is kept, and says who was touched. A
/// hunt that was stopped goes on when the same document is added again.
final class NewIntelHunt {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Common common;
    private final Map<String, Set<String>> companions = new TreeMap<>();
    private final List<Indicator> indicators = new ArrayList<>();

    NewIntelHunt(Common common) {
        this.common = common;
    }

    /// Takes what a document names.
    void add(List<Indicator> ofDocument) {
        Set<String> together = new TreeSet<>();
        ofDocument.forEach(i -> together.add(i.value()));
        for (Indicator one : ofDocument) {
            indicators.add(one);
            companions.computeIfAbsent(one.value(), v -> new TreeSet<>()).addAll(together);
        }
    }

    /// Takes everything that the home looks for: feeds say what changed in it, and what was asked
    /// before is not asked again.
    void addKept(IntelStore store, Instant now) throws IOException {
        for (IntelStore.Kept kept : store.all(now)) {
            if (kept.active()) {
                kept.indicator().asked().ifPresent(one -> add(List.of(one)));
            }
        }
    }

    void run() throws Exception {
        if (indicators.isEmpty()) {
            return;
        }
        if (!Files.exists(common.home().resolve("lake").resolve("catalog.db"))) {
            common.note("Nothing is kept here yet, so there is no history to hunt in.");
            return;
        }
        long started = System.nanoTime();
        Set<String> touched = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        StandingHunt.Asked asked;
        try (Lake lake = Lake.open(common.home());
                StandingHunt standing = StandingHunt.open(common.home());
                Cases cases = Cases.open(common.home())) {
            Parties parties = KnownParties.kept(common, cases);
            Warninglists excused = excused(parties);
            List<ObjectNode> incidents = cases.incidents();
            asked = standing.run(lake, indicators, new StandingHunt.Taker() {
                @Override
                public void seen(String client, List<Hunt.Sighting> sightings) throws IOException {
                    for (Hunt.Sighting s : sightings) {
                        String listed = excused.holding(s.indicator());
                        print(client, s, listed);
                        if (listed == null) {
                            touched.add(client);
                            seen.add(s.indicator().uid());
                            restate(client, s, incidents, cases);
                        }
                    }
                }

                @Override
                public void progress(int done, int steps) {
                    if (steps >= 10 && done % Math.max(1, steps / 10) == 0) {
                        common.note("hunting: " + Shown.count(done) + " of " + Shown.count(steps) + " clients");
                    }
                }
            });
            reach(lake);
        }
        common.out().flush();
        common.note("Hunted for " + Shown.count(indicators.size()) + " indicators, " + Shown.count(asked.fresh())
                + " of them new here, in " + Shown.seconds((System.nanoTime() - started) / 1e9) + ": "
                + (touched.isEmpty()
                        ? "nobody was touched."
                        : Shown.count(seen.size()) + " seen, touched: "
                                + Shown.text(String.join(", ", touched), 400)
                                + ". \"carom hunt --indicators … --investigate\" makes incidents of it."));
    }

    private static Warninglists excused(Parties parties) {
        List<String> owned = new ArrayList<>();
        parties.parties().forEach(p -> owned.addAll(p.domains()));
        return Warninglists.builtIn().and(Warninglists.own(owned));
    }

    private void print(String client, Hunt.Sighting s, @org.jspecify.annotations.Nullable String listed) {
        Indicator indicator = s.indicator();
        String first = Instant.ofEpochMilli(s.first()).toString();
        String last = Instant.ofEpochMilli(s.last()).toString();
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("type", indicator.type().label())
                    .put("value", indicator.value())
                    .put("count", s.count())
                    .put("first_seen", first)
                    .put("last_seen", last);
            s.sources().forEach(line.putArray("sources")::add);
            line.putArray("parties").add(client);
            if (listed != null) {
                line.put("warninglist", listed);
            }
            common.out().println(JSON.writeValueAsString(line));
            return;
        }
        common.out()
                .println(Shown.text(client, 64) + ": " + indicator.type().label() + " "
                        + Shown.text(indicator.value(), 200) + " in " + Shown.count(s.count()) + " events, " + first
                        + " to "
                        + last + ", in " + String.join(", ", s.sources())
                        + (listed == null ? "" : "; on the warninglist \"" + Shown.text(listed, 100) + "\""));
    }

    /// An incident of the client that holds the value, or another of the same document, began no later
    /// than this.
    private void restate(String client, Hunt.Sighting s, List<ObjectNode> incidents, Cases cases) throws IOException {
        Set<String> together = companions.getOrDefault(s.indicator().value(), Set.of());
        for (ObjectNode incident : incidents) {
            boolean concerned = incident.path("client").asString("").equals(client)
                    && !incident.path("status").asString("").equals("closed")
                    && holds(incident, together);
            String id = incident.path("id").asString("");
            if (concerned
                    && cases.moments()
                            .restate(
                                    id,
                                    Instant.ofEpochMilli(s.first()),
                                    "a hunt for " + s.indicator().value() + " found it")) {
                common.note(id + ": its first contact was at " + Instant.ofEpochMilli(s.first())
                        + ", earlier than was known; its clocks are restated (\"carom incidents clock " + id + "\")");
            }
        }
    }

    private static boolean holds(JsonNode incident, Set<String> values) {
        for (JsonNode value : incident.path("indicators")) {
            if (values.contains(value.asString(""))) {
                return true;
            }
        }
        return false;
    }

    private void reach(Lake lake) throws IOException {
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
        if (events > 0) {
            common.note("Looked back to " + Instant.ofEpochMilli(from) + " in " + Shown.count(events) + " events"
                    + (gone == 0 ? "" : "; " + Shown.count(gone) + " more are no longer kept") + ".");
        }
    }
}
