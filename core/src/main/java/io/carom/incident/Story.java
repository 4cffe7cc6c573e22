package io.carom.incident;

import io.carom.event.Cidr;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import io.carom.trace.Ledger;
import io.carom.trace.Trace;
import io.carom.trace.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Tells one incident: what its groups of findings and the client's contacts show, and no more.
final class Story {
    private static final int MAX_HOPS = 60;
    private static final int MAX_TARGETS = 20;
    private static final int MAX_ADDRESSES = 1000;
    private static final long HOUR = 3_600_000;

    /// Ports by which people and tools take over a machine: SSH, RPC, NetBIOS, SMB, RDP, VNC, WinRM.
    private static final Set<Integer> REMOTE_CONTROL = Set.of(22, 23, 135, 139, 445, 3389, 5900, 5938, 5985, 5986);

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMMM uuuu HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final String id;
    private final String client;
    private final List<Group> groups;
    private final Contacts contacts;
    private final Parties parties;
    private final Instant detected;
    private final Set<Entity> everybodys;
    private final List<Trace> traces;

    private final long first;
    private final long last;
    private final Set<Entity> affected = new LinkedHashSet<>();
    private final Set<String> addresses = new TreeSet<>();
    private final Set<String> indicators = new TreeSet<>();

    Story(
            String id,
            String client,
            List<Group> groups,
            Contacts contacts,
            Parties parties,
            Instant detected,
            Set<Entity> everybodys,
            Tracer tracer) {
        this.id = id;
        this.client = client;
        this.groups = groups;
        this.contacts = contacts;
        this.parties = parties;
        this.detected = detected;
        this.everybodys = everybodys;
        this.traces = tracer.trace(client, Suspicions.since(groups, parties));
        long earliest = Long.MAX_VALUE;
        long latest = Long.MIN_VALUE;
        for (Group group : groups) {
            if (group.first() != 0) {
                earliest = Math.min(earliest, group.first());
                latest = Math.max(latest, group.last());
            }
            if (group.affected() != null) {
                affected.add(group.affected());
            }
            for (Entity entity : group.entities()) {
                if (entity.kind() == Entity.Kind.INDICATOR && group.byIndicator()) {
                    indicators.add(entity.value());
                }
                boolean about = entity.equals(group.affected()) || !everybodys.contains(entity);
                if (entity.kind() == Entity.Kind.ADDRESS && about && addresses.size() < MAX_ADDRESSES) {
                    addresses.add(entity.value());
                }
            }
        }
        first = earliest > latest ? 0 : earliest;
        last = earliest > latest ? 0 : latest;
    }

    Incident incident() {
        Incident.Entry entry = traced(entry());
        List<Incident.Hop> path = path();
        return new Incident(
                id,
                client,
                title(entry),
                summary(entry),
                severity(entry),
                Incident.Status.NEW,
                Instant.ofEpochMilli(first),
                Instant.ofEpochMilli(last),
                entry,
                path,
                parties(entry, path),
                groups.stream()
                        .flatMap(g -> g.attacks().stream())
                        .collect(Collectors.toCollection(TreeSet::new))
                        .stream()
                        .toList(),
                groups,
                List.copyOf(affected),
                List.copyOf(indicators),
                new Incident.Clocks(Instant.ofEpochMilli(first), detected),
                actions(entry),
                traces,
                "",
                Suspicions.since(groups, parties));
    }

    // ---- the way in

    /// The way in that the sessions show, where they show one; else that of the contacts.
    private Incident.Entry traced(Incident.Entry byContacts) {
        Trace best = traces.getFirst();
        if (best.entry().from().isEmpty() || best.confidence() < 0.2) {
            return byContacts;
        }
        StringBuilder reason = new StringBuilder();
        for (Trace.Hop hop : best.hops()) {
            if (hop.from().equals(best.entry().from())) {
                reason.append(hop.via())
                        .append(" from ")
                        .append(hop.from())
                        .append(" to ")
                        .append(hop.to())
                        .append(hop.account().isEmpty() ? "" : " as " + hop.account())
                        .append(" on ")
                        .append(time(hop.time().toEpochMilli()))
                        .append(". ");
                break;
            }
        }
        reason.append(best.entry().why());
        if (traces.size() > 1) {
            reason.append(" Also possible: from ").append(traces.get(1).entry().from());
            String link = traces.get(1).entry().link();
            reason.append(link == null ? "" : " over " + link).append('.');
        }
        best.gaps().forEach(gap -> reason.append(' ').append(gap));
        String link = best.entry().link();
        if (link == null && byContacts.link() != null && byContacts.confidence() > best.confidence()) {
            return byContacts;
        }
        return new Incident.Entry(best.entry().party(), link, best.confidence(), reason.toString());
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
    private Incident.Entry entry() {
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

    // ---- the path

    /// Contacts that touch the affected machines and lead in, on, or out to an indicator; by time.
    private List<Incident.Hop> path() {
        List<Trace.Hop> traced = traces.getFirst().hops();
        if (!traced.isEmpty()) {
            return traced.stream().limit(MAX_HOPS).map(Story::hop).toList();
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

    private List<String> parties(Incident.Entry entry, List<Incident.Hop> path) {
        Set<String> out = new LinkedHashSet<>();
        out.add(client);
        if (entry.party() != null) {
            out.add(entry.party());
        }
        for (Incident.Hop hop : path) {
            if (hop.party() != null) {
                out.add(hop.party());
            }
        }
        return List.copyOf(out);
    }

    // ---- in words

    private Incident.Severity severity(Incident.Entry entry) {
        int worst = 1;
        Set<String> kinds = new TreeSet<>();
        for (Group group : groups) {
            worst = Math.max(worst, Incident.Severity.ofId(group.severityId()).ordinal() + 1);
            if (group.byIndicator() || group.severityId() >= 3) {
                kinds.add(group.byIndicator() ? "indicator" : group.analytic());
            }
        }
        if (!indicators.isEmpty() && indicators.stream().allMatch(Addresses::publicResolver) && kinds.size() == 1) {
            return Incident.Severity.INFORMATIONAL;
        }
        // Spread, different kinds of evidence and a supplier's link each make it worse, but what is only
        // noted in passing (informational, low) does not become an alarm by being frequent.
        if (worst == 3 && lone(kinds)) {
            // One analytic, and nothing of weight beside it: a lead to look at, not an alarm. That several
            // machines do the same is more often a service or a policy than an intruder, and what is new over a
            // link (a target, an account, an hour) is mostly new work.
            return Incident.Severity.LOW;
        }
        if (worst >= 3 && !(lone(kinds) && entry.confidence() < 0.5)) {
            int worse =
                    (affected.size() >= 3 ? 1 : 0) + (kinds.size() >= 2 ? 1 : 0) + (entry.confidence() >= 0.5 ? 1 : 0);
            worst = Math.min(5, worst + (worse >= 2 ? 1 : 0));
        }
        return Incident.Severity.ofId(worst);
    }

    private boolean lone(Set<String> kinds) {
        return kinds.size() == 1 && kinds.iterator().next().startsWith(FindingsByEntity.BEHAVIOUR);
    }

    private String title(Incident.Entry entry) {
        String who = client.isEmpty() ? "" : PlainText.shown(client) + ": ";
        String reached = entry.link() != null && entry.confidence() >= 0.5
                ? (many() ? " were reached from " : " was reached from ")
                        + PlainText.shown(entry.party() == null ? "a supplier" : entry.party())
                        + " over " + PlainText.shown(entry.link()) + " and "
                : " ";
        return who + subject() + reached + deed() + "; first " + time(first);
    }

    private boolean many() {
        return affected.size() > 1;
    }

    /// `3 machines`, `machine fs01`, `account j.doe`.
    private String subject() {
        if (affected.isEmpty()) {
            return "a machine that no record names";
        }
        if (affected.size() == 1) {
            return named(affected.iterator().next());
        }
        Map<Entity.Kind, Long> kinds =
                affected.stream().collect(Collectors.groupingBy(Entity::kind, TreeMap::new, Collectors.counting()));
        // The same machine may be there once by name and once by address: rather too few than too many.
        long machines = Math.max(kinds.getOrDefault(Entity.Kind.HOST, 0L), kinds.getOrDefault(Entity.Kind.ADDRESS, 0L));
        long accounts = kinds.getOrDefault(Entity.Kind.ACCOUNT, 0L);
        List<String> parts = new ArrayList<>();
        if (machines > 0) {
            parts.add(machines + (machines == 1 ? " machine" : " machines"));
        }
        if (accounts > 0) {
            parts.add(accounts + (accounts == 1 ? " account" : " accounts"));
        }
        return parts.isEmpty() ? affected.size() + " addresses" : String.join(" and ", parts);
    }

    private static String named(Entity entity) {
        String value = PlainText.shown(entity.value());
        return switch (entity.kind()) {
            case HOST, ADDRESS -> "machine " + value;
            case LINK_ADDRESS -> "supplier's address " + value;
            case ACCOUNT -> "account " + value;
            case INDICATOR -> value;
        };
    }

    /// What they did or suffered, by the gravest group; `spoke to a known hostile address (203.0.113.9)`.
    private String deed() {
        // The first of the gravest: groups are in order of time.
        int worst = groups.stream().mapToInt(Group::severityId).max().orElse(0);
        Group gravest =
                groups.stream().filter(g -> g.severityId() == worst).findFirst().orElseThrow();
        if (!gravest.byIndicator() || gravest.kept().isEmpty()) {
            return "showed \"" + PlainText.shown(gravest.title()) + "\"";
        }
        Finding.Evidence evidence = gravest.kept().getFirst().evidence();
        String value = gravest.entities().stream()
                .filter(e -> e.kind() == Entity.Kind.INDICATOR)
                .map(Entity::value)
                .findFirst()
                .orElseGet(() -> gravest.analytic().substring(gravest.analytic().lastIndexOf(':') + 1));
        String shown =
                PlainText.shown(value) + (indicators.size() > 1 ? " and " + (indicators.size() - 1) + " more" : "");
        int type = gravest.kept().getFirst().observables().isEmpty()
                ? 0
                : gravest.kept().getFirst().observables().getFirst().type();
        boolean several = many();
        return switch (type) {
            case 2 ->
                value.equals(evidence.srcAddress())
                        ? (several ? "were" : "was") + " contacted by a known hostile address (" + shown + ")"
                        : "spoke to a known hostile address (" + shown + ")";
            case 1 -> "asked for or spoke to a known hostile name (" + shown + ")";
            case 6 -> "fetched a known hostile URL (" + shown + ")";
            case 7, 8, 9 -> "held a known hostile file (" + shown + ")";
            case 5 -> "exchanged mail with a known hostile address (" + shown + ")";
            case 4 -> "saw an account that intruders use (" + shown + ")";
            default -> "matched a known indicator (" + shown + ")";
        };
    }

    private String summary(Incident.Entry entry) {
        long count = groups.stream().mapToLong(Group::count).sum();
        StringBuilder out = new StringBuilder();
        out.append(number(count))
                .append(count == 1 ? " finding" : " findings")
                .append(" from ")
                .append(time(first));
        if (last / 60_000 != first / 60_000) {
            out.append(" to ").append(time(last));
        }
        out.append(". ");
        if (!affected.isEmpty()) {
            out.append("Affected: ")
                    .append(list(affected.stream().map(Story::named).toList(), 6))
                    .append(". ");
        }
        if (!indicators.isEmpty()) {
            out.append(indicators.size() == 1 ? "Indicator seen: " : "Indicators seen: ")
                    .append(list(indicators, 5))
                    .append(". ");
        }
        Set<String> titles = new LinkedHashSet<>();
        groups.stream().filter(g -> !g.byIndicator()).forEach(g -> titles.add(g.title()));
        if (!titles.isEmpty()) {
            out.append("Rules that fired: ").append(list(titles, 5)).append(". ");
        }
        if (entry.link() == null) {
            out.append("How it came in is not known.");
        } else {
            out.append(entry.confidence() >= 0.5 ? "It probably came in over " : "It may have come in over ")
                    .append(PlainText.shown(entry.link()))
                    .append(entry.party() == null ? "" : " of " + PlainText.shown(entry.party()))
                    .append(String.format(Locale.ROOT, " (confidence %.2f).", entry.confidence()));
        }
        return out.toString();
    }

    // ---- what to do

    private List<Incident.Action> actions(Incident.Entry entry) {
        List<Incident.Action> out = new ArrayList<>();
        if (entry.link() != null) {
            String supplier = entry.party() == null ? "the supplier" : PlainText.shown(entry.party());
            out.add(new Incident.Action(
                    "cut",
                    List.of(entry.link()),
                    (entry.confidence() >= 0.5 ? "Cut link " : "Restrict and watch link ")
                            + PlainText.shown(entry.link()) + " until " + supplier + " has explained its traffic of "
                            + time(first) + "."));
        }
        List<String> block =
                indicators.stream().filter(i -> !Addresses.publicResolver(i)).toList();
        if (!block.isEmpty()) {
            out.add(new Incident.Action("block", limited(block), "Block and hunt for: " + list(block, 10) + "."));
        }
        List<String> accounts = kind(Entity.Kind.ACCOUNT);
        if (!accounts.isEmpty()) {
            out.add(new Incident.Action(
                    "disable",
                    limited(accounts),
                    "Disable or reset, end the sessions of: " + list(accounts, 10) + "."));
        }
        List<String> machines = new ArrayList<>();
        affected.stream()
                .filter(e -> e.kind() == Entity.Kind.HOST || e.kind() == Entity.Kind.ADDRESS)
                .forEach(e -> machines.add(e.value()));
        if (!machines.isEmpty()) {
            out.add(new Incident.Action(
                    "look",
                    limited(machines),
                    "Take memory and disk evidence of, then isolate: " + list(machines, 10) + "."));
        }
        if (entry.link() != null) {
            Set<String> sources = new TreeSet<>();
            for (Incident.Hop hop : path()) {
                if (entry.link().equals(hop.link())) {
                    sources.add(hop.from());
                }
            }
            if (!sources.isEmpty()) {
                out.add(new Incident.Action(
                        "ask",
                        limited(sources),
                        "Ask " + (entry.party() == null ? "the supplier" : PlainText.shown(entry.party()))
                                + " who was signed in behind " + list(sources, 5) + " from "
                                + time(first - 24 * HOUR) + " to " + time(last) + "."));
            }
        } else {
            out.add(new Incident.Action(
                    "collect",
                    List.of(),
                    "Collect logs of VPN, remote support and gateways into " + PlainText.shown(client) + " from "
                            + time(first - 7 * 24 * HOUR) + " on: they would show the way in."));
        }
        boolean hostLogs = groups.stream()
                .flatMap(g -> g.kept().stream())
                .anyMatch(f -> f.evidence().classUid() / 1000 == 1);
        if (!hostLogs && !machines.isEmpty()) {
            out.add(new Incident.Action(
                    "collect",
                    limited(machines),
                    "Collect process and sign-in logs (Windows event logs, Sysmon, auditd) of: " + list(machines, 10)
                            + ". No finding stands on one yet, so what ran there is not known."));
        }
        return out;
    }

    private List<String> kind(Entity.Kind kind) {
        TreeSet<String> out = new TreeSet<>();
        for (Group group : groups) {
            for (Entity entity : group.entities()) {
                if (entity.kind() == kind && !everybodys.contains(entity)) {
                    out.add(entity.value());
                }
            }
        }
        return List.copyOf(out);
    }

    private static List<String> limited(Collection<String> values) {
        return values.stream().limit(MAX_TARGETS).toList();
    }

    private static String list(Collection<String> values, int most) {
        String shown = values.stream().limit(most).map(PlainText::shown).collect(Collectors.joining(", "));
        return values.size() > most ? shown + " and " + number(values.size() - most) + " more" : shown;
    }

    private static String number(long n) {
        return String.format(Locale.ENGLISH, "%,d", n);
    }

    private static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    private static String words(Duration d) {
        if (d.toMinutes() < 120) {
            return d.toMinutes() + (d.toMinutes() == 1 ? " minute" : " minutes");
        }
        return d.toHours() < 72 ? d.toHours() + " hours" : d.toDays() + " days";
    }
}
