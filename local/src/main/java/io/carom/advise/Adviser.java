package io.carom.advise;

import io.carom.cases.Cases;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.intel.Decay;
import io.carom.intel.Facts;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.intel.Warninglists;
import io.carom.intelstore.IntelStore;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import io.carom.party.Parties;
import io.carom.party.Party;
import io.carom.run.Hunt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Says what each affected client must be told, from what a home keeps: incidents, sightings,
/// indicators, parties.
///
/// The same home as of the same time gives the same advice.
public final class Adviser implements AutoCloseable {
    private static final List<String> SEVERITIES = List.of("informational", "low", "medium", "high", "critical");

    private final Settings settings;
    private final List<ObjectNode> incidents = new ArrayList<>();
    private final List<IntelStore.Kept> kept;
    private final List<Indicator> asked = new ArrayList<>();
    private final List<Indicator> marked;
    private final @Nullable Lake lake;
    private final Set<String> spread;

    /// @param made as of when the advice is
    /// @param tlp what a client may do with what nobody else marked
    /// @param severity the mildest incident that is told
    /// @param excused what is no sign of trouble, and so no sighting
    public record Settings(Path home, Parties parties, Instant made, Tlp tlp, String severity, Warninglists excused) {}

    /// What is no sign of trouble: what lists say, and the parties' own domains.
    public static Warninglists excused(Parties parties, Warninglists lists) {
        List<String> owned = new ArrayList<>();
        parties.parties().forEach(p -> owned.addAll(p.domains()));
        return lists.and(Warninglists.own(owned));
    }

    /// @param spread ids of incidents whose intruder was seen at other clients too
    public Adviser(Settings settings, Cases cases, Set<String> spread) throws IOException {
        this.settings = settings;
        this.spread = Set.copyOf(spread);
        for (ObjectNode incident : cases.incidents()) {
            String status = incident.path("status").asString("");
            if (!status.equals("closed") && !incident.has("merged_into")) {
                incidents.add(incident);
            }
        }
        marked = cases.valueMarks().all();
        if (IntelStore.exists(settings.home)) {
            try (IntelStore store = IntelStore.open(settings.home)) {
                kept = store.all(settings.made);
            }
        } else {
            kept = List.of();
        }
        lake = Files.isDirectory(settings.home.resolve("lake")) ? Lake.open(settings.home) : null;
        asked.addAll(asked());
    }

    /// Everything whose sight is told of: what is looked for now, and what was found in any incident.
    private List<Indicator> asked() {
        Map<String, Indicator> all = new TreeMap<>();
        for (IntelStore.Kept one : kept) {
            if (one.active()) {
                one.indicator().asked().ifPresent(i -> all.putIfAbsent(i.uid(), i));
            }
        }
        for (ObjectNode incident : incidents) {
            for (JsonNode finding : incident.path("findings")) {
                Indicator of = indicator(finding.path("analytic").asString(""));
                if (of != null) {
                    all.putIfAbsent(of.uid(), of);
                }
            }
        }
        List<Indicator> list = new ArrayList<>(all.values());
        list.removeIf(i -> settings.excused.holding(i) != null);
        return list;
    }

    /// Of an analytic's id, `indicator:ip:203.0.113.9`; null if it is none of an indicator.
    static @Nullable Indicator indicator(String analytic) {
        String[] parts = analytic.split(":", 3);
        if (parts.length == 3 && parts[0].equals("indicator")) {
            for (IndicatorType type : IndicatorType.values()) {
                if (type.label().equals(parts[1])) {
                    return new Indicator(type, parts[2], "", "");
                }
            }
        }
        return null;
    }

    private boolean told(JsonNode incident) {
        return SEVERITIES.indexOf(incident.path("severity").asString("")) >= SEVERITIES.indexOf(settings.severity);
    }

    private List<ObjectNode> of(String client) {
        return incidents.stream()
                .filter(i -> i.path("client").asString("").equals(client) && told(i))
                .toList();
    }

    /// The clients that must be told something, by name. Whoever runs Carom is none of them.
    public List<String> affected() throws IOException {
        Set<String> clients = new TreeSet<>();
        incidents.stream()
                .filter(this::told)
                .forEach(i -> clients.add(i.path("client").asString("")));
        Lake there = lake;
        if (there != null) {
            for (String client : there.clients()) {
                if (!clients.contains(client) && !seen(client).isEmpty()) {
                    clients.add(client);
                }
            }
        }
        clients.removeIf(c ->
                settings.parties.named(c).map(p -> p.role() == Party.Role.US).orElse(false));
        return List.copyOf(clients);
    }

    private List<Hunt.Sighting> seen(String client) throws IOException {
        Lake there = lake;
        if (there == null || asked.isEmpty() || !there.clients().contains(client)) {
            return List.of();
        }
        try (Sightings sightings = there.sightings(Set.of(client))) {
            return new Hunt(there, sightings, Hunt.Period.ALL).seen(asked);
        }
    }

    /// What the client may know, with all that is known of others.
    public Audience audience(String client) {
        Audience audience = new Audience(settings.parties, client);
        Set<String> here = new TreeSet<>();
        of(client).forEach(i -> here.addAll(CaseParts.names(i)));
        for (ObjectNode incident : incidents) {
            String other = incident.path("client").asString("");
            if (!other.equals(client)) {
                audience.seenElsewhere(other, CaseParts.names(incident), n -> here.contains(n));
            }
        }
        marks(client).withheld().forEach(audience::withhold);
        return audience;
    }

    private Marks marks(String client) {
        Marks marks = new Marks(kept, client);
        marked.forEach(marks::add);
        return marks;
    }

    /// What the client is told.
    public Advice of(String client, Audience audience) throws IOException {
        Marks marks = marks(client);
        List<ObjectNode> mine = of(client);
        CaseParts parts = new CaseParts(settings.parties, audience, marks, settings.made, spread);
        List<Advice.Case> cases = new ArrayList<>();
        for (ObjectNode incident : mine) {
            cases.add(parts.of(incident));
        }
        int[] withheld = new int[1];
        List<Advice.Seen> seen = indicators(mine, seen(client), reported(client), audience, marks, withheld);
        List<Advice.Action> actions = parts.actions(mine, cases, seen);
        List<Advice.Reach> reach = new ArrayList<>();
        List<String> unknown = new ArrayList<>(parts.unknown(mine));
        if (withheld[0] > 0) {
            unknown.add(
                    withheld[0] == 1
                            ? "One more indicator was seen that its source does not let us name to you. Ask us about it."
                            : withheld[0]
                                    + " more indicators were seen that their sources do not let us name to you. Ask us"
                                    + " about them.");
        }
        reach(client, audience, reach, unknown);
        Party us = settings.parties.parties().stream()
                .filter(p -> p.role() == Party.Role.US)
                .findFirst()
                .orElse(null);
        // A document goes as far as the strictest that it tells may go (FIRST, TLP 2.0).
        Tlp tlp = settings.tlp;
        for (Advice.Seen one : seen) {
            tlp = java.util.Objects.requireNonNull(
                    Tlp.stricter(tlp, one.indicator().facts().tlp()));
        }
        return new Advice(
                client,
                settings.made,
                tlp,
                us == null ? "" : us.name(),
                us == null ? "" : audience.text(us.contact()),
                headline(client, cases, seen),
                cases,
                seen,
                actions,
                unknown,
                reach);
    }

    private static String headline(String client, List<Advice.Case> cases, List<Advice.Seen> seen) {
        if (cases.isEmpty()) {
            return "Your logs hold " + count(seen.size(), "sign", "signs") + " of intruders that others know; no"
                    + " incident was found at " + client + " yet.";
        }
        Advice.Case worst = cases.getFirst();
        return worst.headline()
                + (cases.size() == 1
                        ? ""
                        : " " + count(cases.size() - 1, "more incident is", "more incidents are") + " told of below.");
    }

    static String count(long n, String one, String many) {
        return String.format(java.util.Locale.ENGLISH, "%,d %s", n, n == 1 ? one : many);
    }

    private record Sum(long count, Instant first, Instant last, Set<String> sources) {}

    private List<Advice.Seen> indicators(
            List<ObjectNode> mine,
            List<Hunt.Sighting> sightings,
            List<AdviseStore.Reported> reported,
            Audience audience,
            Marks marks,
            int[] withheld) {
        Map<Indicator, Sum> sums = new LinkedHashMap<>();
        for (Hunt.Sighting s : sightings) {
            sums.put(
                    plain(s.indicator()),
                    new Sum(
                            s.count(),
                            Instant.ofEpochMilli(s.first()),
                            Instant.ofEpochMilli(s.last()),
                            new TreeSet<>(s.sources())));
        }
        // What findings say of indicators that are not kept as events, or no longer.
        for (ObjectNode incident : mine) {
            for (JsonNode finding : incident.path("findings")) {
                Indicator of = indicator(finding.path("analytic").asString(""));
                if (of != null && !sums.containsKey(of) && settings.excused.holding(of) == null) {
                    Set<String> sources = new TreeSet<>();
                    finding.path("evidence")
                            .forEach(e -> sources.add(e.path("source").asString("")));
                    sums.put(
                            of,
                            new Sum(
                                    finding.path("count").asLong(1),
                                    Instant.parse(finding.path("first_seen").asString("")),
                                    Instant.parse(finding.path("last_seen").asString("")),
                                    sources));
                }
            }
        }
        reported.forEach(r -> take(r, sums));
        List<Advice.Seen> seen = new ArrayList<>();
        sums.forEach((indicator, sum) -> {
            Marks.Mark mark = marks.of(indicator.value());
            if (!mark.mayGoToClients() || audience.value(indicator.value()).isEmpty()) {
                withheld[0]++;
                return;
            }
            ThreatIndicator out = outgoing(indicator, mark, audience, marks);
            seen.add(new Advice.Seen(
                    out,
                    Decay.score(out, sum.last, settings.made),
                    sum.count,
                    sum.first,
                    sum.last,
                    List.copyOf(sum.sources)));
        });
        seen.sort(Comparator.comparingInt(Advice.Seen::score)
                .reversed()
                .thenComparing(s -> -s.count())
                .thenComparing(s -> s.indicator().type())
                .thenComparing(s -> s.indicator().value()));
        return seen;
    }

    /// What the client said that it saw itself.
    private List<AdviseStore.Reported> reported(String client) throws IOException {
        if (!Files.exists(settings.home.resolve("advise.db"))) {
            return List.of();
        }
        try (AdviseStore store = AdviseStore.open(settings.home)) {
            return store.reported(client);
        }
    }

    private static void take(AdviseStore.Reported one, Map<Indicator, Sum> sums) {
        Indicator of = indicator("indicator:" + one.type() + ":" + one.value());
        if (of == null) {
            return;
        }
        Set<String> sources = new TreeSet<>(Set.of("your report"));
        Sum known = sums.get(of);
        if (known == null) {
            sums.put(of, new Sum(one.count(), one.first(), one.last(), sources));
            return;
        }
        // The same events may be in both: they are not added up.
        sources.addAll(known.sources);
        sums.put(
                of,
                new Sum(
                        Math.max(known.count, one.count()),
                        known.first.isBefore(one.first()) ? known.first : one.first(),
                        known.last.isAfter(one.last()) ? known.last : one.last(),
                        sources));
    }

    private static Indicator plain(Indicator one) {
        return new Indicator(one.type(), one.value(), "", "");
    }

    /// The indicator as it goes out: its marking, and of what its origins say only what the client may
    /// know.
    private ThreatIndicator outgoing(Indicator indicator, Marks.Mark mark, Audience audience, Marks marks) {
        Facts.Draft facts = Facts.at("carom");
        ThreatIndicator known = marks.known(indicator.type().label(), indicator.value());
        if (known != null) {
            Facts its = known.facts();
            facts.source = audience.value(its.source()).orElse("");
            facts.comment = audience.text(its.comment());
            facts.confidence = its.confidence();
            facts.made = its.made();
            facts.validFrom = its.validFrom();
            facts.validUntil = its.validUntil();
            facts.killChain.addAll(its.killChain());
            its.labels().stream().filter(l -> audience.value(l).isPresent()).forEach(facts.labels::add);
        }
        facts.tlp = mark.tlp() == null ? settings.tlp : mark.tlp();
        facts.pap = mark.pap();
        IntelType type = java.util.Objects.requireNonNull(
                IntelType.labelled(indicator.type().label()));
        return new ThreatIndicator(type, indicator.value(), facts.done());
    }

    private void reach(String client, Audience audience, List<Advice.Reach> reach, List<String> unknown)
            throws IOException {
        Lake there = lake;
        if (there == null || !there.clients().contains(client)) {
            unknown.add("Of your logs nothing is kept here: older ones were not looked at.");
            return;
        }
        try (Sightings sightings = there.sightings(Set.of(client))) {
            for (Sightings.Span span : sightings.spans()) {
                boolean some = span.events() > 0;
                reach.add(new Advice.Reach(
                        audience.text(span.source()),
                        some ? Instant.ofEpochMilli(span.from()) : null,
                        some ? Instant.ofEpochMilli(span.to()) : null,
                        span.events(),
                        span.gone()));
            }
            long rejected = sightings.rejected().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            if (rejected > 0) {
                unknown.add(count(rejected, "record of your logs was", "records of your logs were")
                        + " not understood, and so not looked at.");
            }
        }
    }

    @Override
    public void close() throws IOException {
        Lake there = lake;
        if (there != null) {
            there.close();
        }
    }
}
