package io.carom.incident;

import static io.carom.incident.Phrases.time;

import io.carom.incident.FindingsByEntity.Group;
import io.carom.party.Parties;
import io.carom.trace.Trace;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Tells one incident: what its groups of findings and the client's contacts show, and no more.
final class Story {
    private final String id;
    private final StoryFacts facts;
    private final Contacts contacts;
    private final Instant detected;

    Story(
            String id,
            String client,
            List<Group> groups,
            Contacts contacts,
            Parties parties,
            Instant detected,
            Set<Entity> everybodys,
            List<Trace> traces) {
        this.id = id;
        this.facts = StoryFacts.of(client, groups, parties, everybodys, traces);
        this.contacts = contacts;
        this.detected = detected;
    }

    Incident incident() {
        Incident.Entry entry = traced(new EntryByContacts(facts, contacts).entry());
        List<Incident.Hop> path = new StoryPath(facts, contacts).path();
        Headline headline = new Headline(facts, entry, path);
        Gravity gravity = Gravity.of(facts, entry, path);
        return new Incident(
                id,
                facts.client(),
                headline.title(),
                headline.summary(),
                gravity.severity(),
                gravity.why(),
                Incident.Status.NEW,
                Instant.ofEpochMilli(facts.first()),
                Instant.ofEpochMilli(facts.last()),
                entry,
                path,
                parties(entry, path),
                facts.groups().stream()
                        .flatMap(g -> g.attacks().stream())
                        .collect(Collectors.toCollection(TreeSet::new))
                        .stream()
                        .toList(),
                facts.groups(),
                List.copyOf(facts.affected()),
                List.copyOf(facts.indicators()),
                new Incident.Clocks(Instant.ofEpochMilli(facts.first()), detected),
                new Actions(facts, entry, path).list(),
                facts.traces(),
                "",
                Suspicions.since(facts.groups(), facts.parties()));
    }

    /// The way in that the sessions show, where they show one; else that of the contacts.
    private Incident.Entry traced(Incident.Entry byContacts) {
        List<Trace> traces = facts.traces();
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
        best.gaps().forEach(gap -> reason.append(' ').append(PlainText.shown(gap, 400)));
        String link = best.entry().link();
        if (link == null && byContacts.link() != null && byContacts.confidence() > best.confidence()) {
            return byContacts;
        }
        return new Incident.Entry(best.entry().party(), link, best.confidence(), reason.toString());
    }

    private List<String> parties(Incident.Entry entry, List<Incident.Hop> path) {
        Set<String> out = new LinkedHashSet<>();
        out.add(facts.client());
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
}
