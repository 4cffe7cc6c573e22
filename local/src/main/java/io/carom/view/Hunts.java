package io.carom.view;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.intel.Gathered;
import io.carom.intel.IndicatorValue;
import io.carom.intel.IntelDocument;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Warninglists;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import io.carom.run.Hunt;
import io.carom.run.StandingHunt;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.IDN;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Looks for whatever was pasted in everything that is kept and in sight.
public final class Hunts {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_SHOWN = 2_000;

    private final View view;

    public Hunts(View view) {
        this.view = view;
    }

    /// What is to be looked for.
    ///
    /// @param faults what of the text was not understood, with its place
    public record Wanted(List<Indicator> indicators, List<String> faults) {
        public Wanted {
            indicators = List.copyOf(indicators);
            faults = List.copyOf(faults);
        }
    }

    /// Takes the answer as it comes, a client at a time.
    public interface Taker {
        /// @param done clients that were asked, of how many
        void seen(String client, List<ObjectNode> sightings, int done, int all) throws IOException;
    }

    /// Reads indicators from any text: a list, an advisory, STIX, MISP, OpenIOC, CSV.
    public static Wanted read(String text) throws IOException {
        String plain = text.strip();
        List<Indicator> values = values(plain);
        if (!values.isEmpty()) {
            return new Wanted(values, List.of());
        }
        Gathered gathered = new Gathered();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        IntelDocument.read(new ByteArrayInputStream(bytes), "what was pasted", true, true, gathered);
        List<Indicator> indicators = new ArrayList<>();
        for (ThreatIndicator one : gathered.indicators()) {
            one.asked().ifPresent(indicators::add);
        }
        if (indicators.isEmpty()) {
            for (String word : plain.split(BETWEEN)) {
                value(word).ifPresent(indicators::add);
                if (indicators.size() >= MOST_WORDS) {
                    break;
                }
            }
        }
        return new Wanted(indicators, indicators.isEmpty() ? gathered.faults() : List.of());
    }

    private static final String BETWEEN = "[\\s,;]+";
    private static final int MOST_WORDS = 10_000;

    /// Those of a text that is nothing but values, also several on a line: in a list what follows a value is
    /// said of it. Empty for any other text.
    private static List<Indicator> values(String plain) {
        List<Indicator> out = new ArrayList<>();
        for (String word : plain.split(BETWEEN, MOST_WORDS + 1)) {
            Optional<Indicator> one = value(word);
            if (one.isEmpty() || out.size() == MOST_WORDS) {
                return List.of();
            }
            out.add(one.get());
        }
        return out;
    }

    private static Optional<Indicator> value(String word) {
        return IndicatorValue.of(word).map(v -> new Indicator(v.type(), v.value(), "", ""));
    }

    public boolean anythingKept() {
        return Files.exists(view.home().resolve("lake").resolve("catalog.db"));
    }

    /// @param since and `until`: null for no bound
    public void run(Wanted wanted, @Nullable Instant since, @Nullable Instant until, Taker taker) throws IOException {
        if (!anythingKept() || wanted.indicators.isEmpty()) {
            return;
        }
        Hunt.Period period = new Hunt.Period(
                since == null ? Long.MIN_VALUE : EventsView.millis(since),
                until == null ? Long.MAX_VALUE : EventsView.millis(until));
        Warninglists excused = view.excused();
        List<Indicator> asked = meant(wanted.indicators);
        try (Lake lake = Lake.open(view.home())) {
            List<String> clients = List.copyOf(view.seen(lake.clients()));
            int done = 0;
            for (String client : clients) {
                List<ObjectNode> seen = new ArrayList<>();
                try (Sightings sightings = lake.sightings(Set.of(client))) {
                    for (Hunt.Sighting one : new Hunt(lake, sightings, period).seen(asked)) {
                        if (seen.size() < MOST_SHOWN) {
                            seen.add(json(client, one, excused.holding(one.indicator())));
                        }
                    }
                }
                taker.seen(client, seen, ++done, clients.size());
            }
        }
    }

    /// What was told by its looks alone is asked for as all that it may be: `mimikatz.exe` and `jane.doe`
    /// look like domains.
    private static List<Indicator> meant(List<Indicator> wanted) {
        List<Indicator> out = new ArrayList<>();
        for (Indicator one : wanted) {
            out.add(one);
            if (one.type() == IndicatorType.DOMAIN && one.origin().isEmpty()) {
                // Hosts are kept as they travel, files and accounts as they are written.
                String written = IDN.toUnicode(one.value()).toLowerCase(Locale.ROOT);
                out.add(new Indicator(IndicatorType.FILE_NAME, written, "", ""));
                out.add(new Indicator(IndicatorType.ACCOUNT, written, "", ""));
            }
        }
        return out;
    }

    private static ObjectNode json(String client, Hunt.Sighting s, @Nullable String listed) {
        ObjectNode out = JSON.createObjectNode();
        out.put("client", client)
                .put("type", s.indicator().type().label())
                .put("value", s.indicator().value())
                .put("count", s.count())
                .put("first_seen", Instant.ofEpochMilli(s.first()).toString())
                .put("last_seen", Instant.ofEpochMilli(s.last()).toString());
        s.sources().forEach(out.putArray("sources")::add);
        out.put("comment", s.indicator().comment()).put("warninglist", listed);
        return out;
    }

    /// As {@link #run}, all at once: `asked`, `faults`, `seen` and how far back was looked, by client.
    public ObjectNode answer(Wanted wanted, @Nullable Instant since, @Nullable Instant until) throws IOException {
        ObjectNode out = JSON.createObjectNode();
        out.put("asked", wanted.indicators.size());
        wanted.faults.forEach(out.putArray("faults")::add);
        var seen = out.putArray("seen");
        run(wanted, since, until, (client, sightings, done, all) -> sightings.forEach(seen::add));
        ObjectNode reach = out.putObject("looked_back_to");
        reach().forEach((client, from) -> reach.put(client, from.toString()));
        return out;
    }

    /// What the home hunts for by itself whenever indicators change: how far that is, and what it found, the
    /// latest first.
    /// For whoever sees all clients; a client is told by its package, in which no indicator is that is not
    /// for it.
    public ObjectNode standing(int most) throws IOException {
        ObjectNode out = JSON.createObjectNode();
        var found = out.putArray("found");
        if (!view.sight().all() || !Files.exists(view.home().resolve("hunts.db"))) {
            return out;
        }
        Warninglists excused = view.snapshot().excused();
        try (StandingHunt standing = StandingHunt.open(view.home())) {
            StandingHunt.State state = standing.state();
            if (state != null) {
                out.putObject("hunt")
                        .put("begun", state.begun().toString())
                        .put(
                                "ended",
                                state.ended() == null ? null : state.ended().toString())
                        .put("indicators", state.indicators())
                        .put("new", state.fresh())
                        .put("done", state.done())
                        .put("steps", state.steps());
            }
            for (StandingHunt.Found one : standing.found(most)) {
                IndicatorType type =
                        IndicatorType.valueOf(one.type().replace('-', '_').toUpperCase(Locale.ROOT));
                String listed = excused.holding(new Indicator(type, one.value(), one.comment(), ""));
                ObjectNode line = found.addObject();
                line.put("client", one.client())
                        .put("type", one.type())
                        .put("value", one.value())
                        .put("count", one.count())
                        .put("first_seen", one.first().toString())
                        .put("last_seen", one.last().toString());
                one.sources().forEach(line.putArray("sources")::add);
                line.put("comment", one.comment())
                        .put("warninglist", listed)
                        .put("told", one.told().toString());
            }
        }
        return out;
    }

    /// How far back events are kept, by client.
    public Map<String, Instant> reach() throws IOException {
        Map<String, Instant> out = new TreeMap<>();
        if (anythingKept()) {
            try (Lake lake = Lake.open(view.home())) {
                for (Lake.SourceState source : lake.sources()) {
                    if (view.sight().sees(source.client())) {
                        out.merge(
                                source.client(), Instant.ofEpochMilli(source.first()), (a, b) -> a.isBefore(b) ? a : b);
                    }
                }
            }
        }
        return out;
    }
}
