package io.carom.incident;

import io.carom.event.Cidr;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import io.carom.trace.Ledger;
import io.carom.trace.Trace;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who reached whom in a story: the hops that were traced, else the contacts that touch its machines.
final class StoryPath {
    private static final int MAX_HOPS = 60;
    private static final long HOUR = 3_600_000;

    private final String client;
    private final List<Group> groups;
    private final Set<String> addresses;
    private final Set<String> indicators;
    private final List<Trace> traces;
    private final Contacts contacts;
    private final Parties parties;
    private final long last;

    StoryPath(StoryFacts facts, Contacts contacts) {
        this.client = facts.client();
        this.groups = facts.groups();
        this.addresses = facts.addresses();
        this.indicators = facts.indicators();
        this.traces = facts.traces();
        this.contacts = contacts;
        this.parties = facts.parties();
        this.last = facts.last();
    }

    /// Contacts that touch the affected machines and lead in, on, or out to an indicator; by time.
    List<Incident.Hop> path() {
        List<Trace.Hop> traced = traces.getFirst().hops();
        if (!traced.isEmpty()) {
            return traced.stream().limit(MAX_HOPS).map(StoryPath::hop).toList();
        }
        Map<String, Incident.Hop> hops = new LinkedHashMap<>();
        for (String address : addresses) {
            for (Ledger.Pair pair : contacts.to(address)) {
                boolean over = pair.link() != null && pair.first() <= last + 24 * HOUR;
                if (over || addresses.contains(pair.src()) || indicators.contains(pair.src())) {
                    hop(hops, pair);
                }
            }
            for (Ledger.Pair pair : contacts.from(address)) {
                if (indicators.contains(pair.dst()) || link(pair.dst()) != null) {
                    hop(hops, pair);
                }
            }
        }
        Set<String> pairs = new HashSet<>();
        for (Incident.Hop hop : hops.values()) {
            pairs.add(hop.from() + " " + hop.to());
        }
        for (Group group : groups) {
            for (Finding finding : group.kept()) {
                String from = finding.evidence().srcAddress();
                String to = finding.evidence().dstAddress();
                if (from == null || to == null || hops.size() >= MAX_HOPS * 20 || !pairs.add(from + " " + to)) {
                    continue;
                }
                boolean touches = indicators.contains(from) || indicators.contains(to) || link(from) != null;
                if (touches) {
                    Link link = link(from);
                    Instant at = Instant.ofEpochMilli(finding.time());
                    hops.putIfAbsent(
                            from + " " + to + " -1",
                            new Incident.Hop(at, at, from, to, -1, owner(from), link == null ? null : link.name(), 1));
                }
            }
        }
        return hops.values().stream()
                .sorted(Comparator.comparing((Incident.Hop h) -> h.link() == null)
                        .thenComparing(Incident.Hop::time)
                        .thenComparing(Incident.Hop::from)
                        .thenComparing(Incident.Hop::to)
                        .thenComparingInt(Incident.Hop::port))
                .limit(MAX_HOPS)
                .sorted(Comparator.comparing(Incident.Hop::time)
                        .thenComparing(Incident.Hop::from)
                        .thenComparing(Incident.Hop::to)
                        .thenComparingInt(Incident.Hop::port))
                .toList();
    }

    private static Incident.Hop hop(Trace.Hop h) {
        return new Incident.Hop(
                h.time(),
                h.end(),
                h.from(),
                h.to(),
                -1,
                h.fromParty(),
                h.link(),
                Math.max(1, h.records().size()),
                h.toParty(),
                h.account(),
                h.via(),
                h.confidence(),
                h.why(),
                h.records());
    }

    private static void hop(Map<String, Incident.Hop> hops, Ledger.Pair p) {
        if (hops.size() < MAX_HOPS * 20) {
            hops.putIfAbsent(
                    p.src() + " " + p.dst() + " " + p.port(),
                    new Incident.Hop(
                            Instant.ofEpochMilli(p.first()),
                            Instant.ofEpochMilli(p.last()),
                            p.src(),
                            p.dst(),
                            p.port(),
                            p.srcParty(),
                            p.link(),
                            p.count()));
        }
    }

    private @Nullable String owner(String text) {
        byte[] address = Cidr.address(text);
        Party owner = address == null ? null : parties.ownerOf(address, client);
        return owner == null ? null : owner.name();
    }

    private @Nullable Link link(@Nullable String text) {
        byte[] address = text == null ? null : Cidr.address(text);
        return address == null ? null : parties.linkOf(address, client);
    }
}
