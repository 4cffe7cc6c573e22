package io.carom.incident;

import static io.carom.incident.Phrases.list;
import static io.carom.incident.Phrases.time;
import static io.carom.incident.Phrases.words;

import io.carom.event.Cidr;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.trace.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The way in as the contacts of the ledger show it, for stories into whose machines no session leads.
final class EntryByContacts {
    private static final long HOUR = 3_600_000;

    /// Ports by which people and tools take over a machine: SSH, RPC, NetBIOS, SMB, RDP, VNC, WinRM.
    private static final Set<Integer> REMOTE_CONTROL = Set.of(22, 23, 135, 139, 445, 3389, 5900, 5938, 5985, 5986);

    private final String client;
    private final List<Group> groups;
    private final Set<String> addresses;
    private final Contacts contacts;
    private final Parties parties;
    private final long first;
    private final long last;

    EntryByContacts(StoryFacts facts, Contacts contacts) {
        this.client = facts.client();
        this.groups = facts.groups();
        this.addresses = facts.addresses();
        this.contacts = contacts;
        this.parties = facts.parties();
        this.first = facts.first();
        this.last = facts.last();
    }

    private static final class Way {
        final String link;
        final Set<String> reached = new TreeSet<>();
        final Set<String> sources = new TreeSet<>();
        final Set<Integer> ports = new TreeSet<>();
        long begun = Long.MIN_VALUE;
        long firstEver = Long.MAX_VALUE;
        boolean control;
        boolean foundOnIt;

        Way(String link) {
            this.link = link;
        }

        double confidence;
    }

    /// Over which link the affected machines were reached before or around the first finding.
    Incident.Entry entry() {
        Map<String, Way> ways = new TreeMap<>();
        for (String address : addresses) {
            for (Ledger.Pair pair : contacts.to(address)) {
                // A contact that began after the last finding, or ended a week before the first, explains
                // nothing.
                if (pair.link() != null && pair.first() <= last && pair.last() >= first - 7 * 24 * HOUR) {
                    enter(ways.computeIfAbsent(pair.link(), Way::new), pair);
                }
            }
        }
        for (Group group : groups) {
            for (Finding finding : group.kept()) {
                Link link = link(finding.evidence().srcAddress());
                if (link != null) {
                    Way way = ways.computeIfAbsent(link.name(), Way::new);
                    way.foundOnIt = true;
                    way.begun = Math.max(way.begun, Math.min(finding.time(), first));
                    way.firstEver = Math.min(way.firstEver, finding.time());
                    way.sources.add(String.valueOf(finding.evidence().srcAddress()));
                    String to = finding.evidence().dstAddress();
                    if (to != null && addresses.contains(to)) {
                        way.reached.add(to);
                    }
                }
            }
        }
        for (Way way : ways.values()) {
            way.confidence = confidence(way);
        }
        Way best = null;
        for (Way way : ways.values()) {
            if (best == null || way.confidence > best.confidence) {
                best = way;
            }
        }
        if (best == null) {
            return new Incident.Entry(null, null, 0, notKnown());
        }
        String name = best.link;
        String supplier = parties.links().stream()
                .filter(l -> l.name().equals(name) && l.client().equals(client))
                .map(Link::supplier)
                .findFirst()
                .orElse(null);
        List<String> others =
                ways.keySet().stream().filter(w -> !w.equals(name)).toList();
        return new Incident.Entry(supplier, name, Math.round(best.confidence * 100) / 100.0, reason(best, others));
    }

    private void enter(Way way, Ledger.Pair pair) {
        way.reached.add(pair.dst());
        way.sources.add(pair.src());
        way.firstEver = Math.min(way.firstEver, pair.first());
        if (pair.first() <= first + HOUR) {
            way.begun = Math.max(way.begun, pair.first());
        }
        if (pair.port() >= 0) {
            way.ports.add(pair.port());
        }
        way.control |= REMOTE_CONTROL.contains(pair.port());
    }

    /// Weighs what speaks for a way. The weights are a judgement, not measured; a way that is used every
    /// day anyway, or that reaches a few of the machines, stays below one half.
    private double confidence(Way way) {
        double share = addresses.isEmpty() ? 0 : (double) way.reached.size() / addresses.size();
        double out = 0.2 + 0.25 * share;
        if (way.begun != Long.MIN_VALUE) {
            long before = first - way.begun;
            out += before <= 24 * HOUR ? 0.2 : before <= 7 * 24 * HOUR ? 0.1 : 0;
        } else {
            // Reached only after the first finding: no way in, at best a way on.
            out -= 0.15;
        }
        out += way.control ? 0.1 : 0;
        out += way.foundOnIt ? 0.15 : 0;
        return Math.clamp(out, 0.05, 0.9);
    }

    private String reason(Way way, List<String> others) {
        StringBuilder out = new StringBuilder();
        if (!way.reached.isEmpty()) {
            out.append(
                            way.reached.size() == addresses.size()
                                    ? (addresses.size() == 1
                                            ? "The affected address was"
                                            : "All " + addresses.size() + " affected addresses were")
                                    : way.reached.size() + " of the " + addresses.size() + " affected addresses "
                                            + (way.reached.size() == 1 ? "was" : "were"))
                    .append(" reached over ")
                    .append(way.link)
                    .append(" from ")
                    .append(list(way.sources, 3));
            if (!way.ports.isEmpty()) {
                out.append(way.ports.size() == 1 ? " on port " : " on ports ")
                        .append(list(way.ports.stream().map(String::valueOf).toList(), 5));
            }
            out.append(", first on ").append(time(way.firstEver));
            if (way.begun != Long.MIN_VALUE && way.begun <= first) {
                out.append("; the last new contact before the first finding came ")
                        .append(words(Duration.ofMillis(first - way.begun)))
                        .append(" before it");
            } else if (way.begun == Long.MIN_VALUE) {
                out.append(", which is after the first finding");
            }
            out.append('.');
        }
        if (way.foundOnIt) {
            out.append(out.isEmpty() ? "" : " ").append("Some findings are of traffic over this link itself.");
        }
        if (!others.isEmpty()) {
            out.append(" Also possible: ").append(list(others, 3)).append('.');
        }
        return out.toString();
    }

    private String notKnown() {
        if (parties.links().stream().noneMatch(l -> l.client().equals(client))) {
            return "Not known: no supplier link into " + client
                    + " is declared, so none can be told from other traffic.";
        }
        if (addresses.isEmpty()) {
            return "Not known: the findings name no address of the client, so traffic over its links cannot be laid"
                    + " beside them.";
        }
        return "Not known: no traffic over a declared link to the affected addresses is in these logs from the week"
                + " before the first finding on.";
    }

    private @Nullable Link link(@Nullable String text) {
        byte[] address = text == null ? null : Cidr.address(text);
        return address == null ? null : parties.linkOf(address, client);
    }
}
