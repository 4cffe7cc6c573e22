package io.carom.incident;

import static io.carom.incident.Phrases.time;

import io.carom.event.Cidr;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.party.Parties;
import io.carom.trace.Machines;
import io.carom.trace.Suspicion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What to do about a story: a list that can be worked off, what stops the intruder first.
final class Actions {
    private static final int MAX_TARGETS = 20;
    /// What is blocked is what stands in the list: one that is left out is not blocked.
    private static final int MAX_BLOCKED = 10_000;
    private static final long HOUR = 3_600_000;
    /// Findings that somebody was sent a phish.
    private static final String MAIL = FindingsByEntity.BEHAVIOUR + "mail";

    private final StoryFacts story;
    private final Incident.Entry entry;
    private final List<Incident.Hop> path;
    private final List<Incident.Action> out = new ArrayList<>();

    Actions(StoryFacts story, Incident.Entry entry, List<Incident.Hop> path) {
        this.story = story;
        this.entry = entry;
        this.path = path;
    }

    List<Incident.Action> list() {
        cut();
        pull();
        block();
        disable();
        isolate();
        channels();
        ask();
        collect();
        return List.copyOf(out);
    }

    private String supplier() {
        return entry.party() == null ? "the supplier" : PlainText.shown(entry.party());
    }

    private void add(String kind, Collection<String> targets, String text) {
        add(kind, targets, MAX_TARGETS, text);
    }

    private void add(String kind, Collection<String> targets, int most, String text) {
        out.add(new Incident.Action(kind, targets.stream().limit(most).toList(), text));
    }

    private void cut() {
        if (entry.link() != null && entry.confidence() >= 0.2) {
            add(
                    "cut",
                    List.of(entry.link()),
                    (entry.confidence() >= 0.9 ? "Cut link " : "Restrict and watch link ")
                            + PlainText.shown(entry.link()) + " until " + supplier() + " has explained its traffic of "
                            + time(story.first()) + ".");
        }
    }

    private void block() {
        List<String> block = story.indicators().stream()
                .filter(i -> !Addresses.publicResolver(i))
                .toList();
        if (!block.isEmpty()) {
            add("block", block, MAX_BLOCKED, "Block and hunt for: " + Phrases.list(block, 10) + ".");
        }
    }

    /// Phishing mails that lie in mailboxes, and who has one.
    private void pull() {
        Set<String> ids = new LinkedHashSet<>();
        Set<String> readers = new TreeSet<>();
        for (Group group : story.groups()) {
            if (group.analytic().equals(MAIL)) {
                for (Finding finding : group.kept()) {
                    finding.observables().stream()
                            .filter(o -> o.name().equals("email.message_uid"))
                            .forEach(o -> ids.add(o.value()));
                    String user = finding.evidence().user();
                    if (user != null) {
                        readers.add(user);
                    }
                }
            }
        }
        if (!ids.isEmpty()) {
            add(
                    "pull",
                    ids,
                    "Pull back from mailboxes, and warn their owners: " + Phrases.number(ids.size())
                            + (ids.size() == 1 ? " mail" : " mails") + " at " + Phrases.list(readers, 10)
                            + ". \"carom mail story MESSAGE-ID\" has the list and the texts.");
        }
    }

    /// Accounts that something was done with, not only sent to.
    private Set<String> acted() {
        Set<String> acted = new LinkedHashSet<>();
        for (Group group : story.groups()) {
            if (!group.analytic().equals(MAIL)) {
                group.entities().stream()
                        .filter(e -> e.kind() == Entity.Kind.ACCOUNT)
                        .forEach(e -> acted.add(Suspicion.bare(e.value())));
            }
        }
        return acted;
    }

    /// Accounts, with where they were used; those that may do most first.
    private void disable() {
        Map<String, Set<String>> at = new LinkedHashMap<>();
        List<String> accounts = new ArrayList<>(story.named(Entity.Kind.ACCOUNT));
        Set<String> acted = acted();
        accounts.removeIf(a -> !acted.contains(Suspicion.bare(a)));
        Parties parties = story.parties();
        accounts.sort(java.util.Comparator.comparing((String a) -> !parties.privileged(story.client(), a))
                .thenComparing(a -> a));
        // An account is written in several ways; all are one person's.
        Map<String, Set<String>> byBare = new HashMap<>();
        accounts.forEach(a -> at.put(a, byBare.computeIfAbsent(Suspicion.bare(a), k -> new LinkedHashSet<>())));
        for (Group group : story.groups()) {
            for (Finding finding : group.kept()) {
                String user = finding.evidence().user();
                String host = finding.evidence().host();
                if (user != null && host != null && !host.isEmpty()) {
                    used(byBare, user, host);
                }
            }
        }
        for (Incident.Hop hop : path) {
            if (!hop.account().isEmpty() && hop.confidence() >= 0.5) {
                used(byBare, hop.account(), hop.to());
            }
        }
        if (at.isEmpty()) {
            return;
        }
        String shown = at.entrySet().stream()
                        .limit(10)
                        .map(e -> PlainText.shown(e.getKey())
                                + (e.getValue().isEmpty() ? "" : " (used on " + Phrases.list(e.getValue(), 3) + ")"))
                        .collect(Collectors.joining(", "))
                + (at.size() > 10 ? " and " + Phrases.number(at.size() - 10) + " more" : "");
        add(
                "disable",
                accounts,
                "Disable or reset at " + (story.client().isEmpty() ? "its directory" : PlainText.shown(story.client()))
                        + ", and end the sessions of: " + shown + ".");
    }

    private static void used(Map<String, Set<String>> byBare, String account, String host) {
        Set<String> hosts = byBare.get(Suspicion.bare(account));
        if (hosts != null && hosts.size() < MAX_TARGETS) {
            hosts.add(Machines.shortName(host));
        }
    }

    private List<String> machines() {
        List<String> machines = new ArrayList<>();
        story.affected().stream()
                .filter(e -> e.kind() == Entity.Kind.HOST || e.kind() == Entity.Kind.ADDRESS)
                .forEach(e -> machines.add(e.value()));
        machines.sort(
                java.util.Comparator.comparing((String m) -> !story.parties().critical(story.client(), m)));
        return machines;
    }

    private void isolate() {
        List<String> machines = machines();
        if (!machines.isEmpty()) {
            add(
                    "isolate",
                    machines,
                    "Take memory and disk evidence of, then isolate: " + Phrases.list(machines, 10) + ".");
        }
    }

    /// Where analytics saw machines call or send to, that no list knows.
    private void channels() {
        Set<String> places = new TreeSet<>();
        for (Group group : story.groups()) {
            if (group.byIndicator() || !group.analytic().startsWith(FindingsByEntity.BEHAVIOUR)) {
                continue;
            }
            for (Finding finding : group.kept()) {
                String to = finding.evidence().dstAddress();
                byte[] address = to == null ? null : Cidr.address(to);
                if (to != null
                        && address != null
                        && group.severityId() >= 3
                        && !Addresses.publicResolver(to)
                        && !story.indicators().contains(to)
                        && !Addresses.ofClient(address, story.client(), story.parties())
                        && story.parties().ownerOf(address, story.client()) == null) {
                    places.add(to);
                }
            }
        }
        if (!places.isEmpty()) {
            add(
                    "look",
                    places,
                    "Find out what these places outside are for, and block those that nobody can name: "
                            + Phrases.list(places, 8) + ".");
        }
    }

    private void ask() {
        if (entry.link() == null) {
            return;
        }
        Set<String> sources = new TreeSet<>();
        for (Incident.Hop hop : path) {
            if (entry.link().equals(hop.link())) {
                sources.add(hop.from());
            }
        }
        if (!sources.isEmpty()) {
            add(
                    "ask",
                    sources,
                    "Ask " + supplier() + " who was signed in behind " + Phrases.list(sources, 5) + " from "
                            + time(story.first() - 24 * HOUR) + " to " + time(story.last()) + ".");
        }
    }

    /// Logs that would tell more: those that the trace missed by name, else those that show ways in.
    private void collect() {
        List<String> gaps = story.traces().getFirst().gaps();
        gaps.stream()
                .limit(3)
                .forEach(gap -> add("collect", List.of(), "Collect what is missing. " + PlainText.shown(gap, 400)));
        if (entry.link() == null) {
            add(
                    "collect",
                    List.of(),
                    "Collect logs of VPN, remote support and gateways into " + PlainText.shown(story.client())
                            + " from " + time(story.first() - 7 * 24 * HOUR) + " on: they would show the way in.");
        }
        List<String> machines = machines();
        boolean hostLogs = story.groups().stream()
                .flatMap(g -> g.kept().stream())
                .anyMatch(f -> f.evidence().classUid() / 1000 == 1);
        if (!hostLogs && !machines.isEmpty()) {
            add(
                    "collect",
                    machines,
                    "Collect process and sign-in logs (Windows event logs, Sysmon, auditd) of: "
                            + Phrases.list(machines, 10) + ". No finding stands on one yet, so what ran there is not"
                            + " known.");
        }
    }
}
