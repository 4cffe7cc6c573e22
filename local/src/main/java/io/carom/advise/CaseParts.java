package io.carom.advise;

import io.carom.cases.DutyClocks;
import io.carom.event.Indicator;
import io.carom.party.Parties;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Turns kept incidents into what their client is told of them.
final class CaseParts {
    static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("d MMMM uuuu HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private static final List<String> SEVERITIES = List.of("critical", "high", "medium", "low", "informational");
    private static final List<String> KINDS =
            List.of("pull", "cut", "disable", "block", "watch", "isolate", "look", "collect", "ask");

    /// Findings, and records of each, that are told one by one.
    private static final int MAX_FOUND = 40;

    private static final int MAX_RECORDS = 2;
    private static final int MAX_TEXT = 400;
    private static final int MAX_LOOKED = 1 << 16;

    /// Things that are not known are told one by one up to so many of a kind.
    private static final int MAX_UNKNOWN = 20;

    private final Parties parties;
    private final Audience audience;
    private final Marks marks;
    private final Instant made;
    private final Set<String> spread;

    CaseParts(Parties parties, Audience audience, Marks marks, Instant made, Set<String> spread) {
        this.parties = parties;
        this.audience = audience;
        this.marks = marks;
        this.made = made;
        this.spread = spread;
    }

    /// Machines, accounts and addresses that an incident names, folded.
    static Set<String> names(JsonNode incident) {
        Set<String> names = new TreeSet<>();
        for (JsonNode finding : incident.path("findings")) {
            name(finding.path("affected"), names);
            for (JsonNode e : finding.path("evidence")) {
                name(e.path("host"), names);
                name(e.path("user"), names);
            }
        }
        for (JsonNode hop : incident.path("path")) {
            name(hop.path("from"), names);
            name(hop.path("to"), names);
            name(hop.path("account"), names);
        }
        return names;
    }

    private static void name(JsonNode node, Set<String> names) {
        String text = Folded.text(node.asString("")).strip();
        if (!text.isEmpty()) {
            names.add(text);
            // A machine is known by its short name too.
            int dot = text.indexOf('.');
            if (dot > 3 && Character.isLetter(text.charAt(0)) && text.indexOf('@') < 0) {
                names.add(text.substring(0, dot));
            }
        }
    }

    private static String text(JsonNode node, String name) {
        return node.path(name).asString("");
    }

    private static Instant time(JsonNode node, String name) {
        return Instant.parse(text(node, name));
    }

    Advice.Case of(JsonNode incident) {
        JsonNode entry = incident.path("entry");
        String supplier = audience.value(text(entry, "party")).orElse("");
        String link = audience.value(text(entry, "link")).orElse("");
        Set<String> machines = new LinkedHashSet<>();
        Set<String> all = new LinkedHashSet<>();
        for (JsonNode finding : incident.path("findings")) {
            String affected = text(finding, "affected");
            if (!affected.isEmpty()) {
                all.add(affected);
                audience.value(affected).ifPresent(machines::add);
            }
        }
        List<String> techniques = new ArrayList<>();
        incident.path("techniques").forEach(t -> techniques.add(audience.text(t.asString(""))));
        List<String> restated = new ArrayList<>();
        for (JsonNode one : incident.path("clocks").path("restated")) {
            restated.add("The first contact was at " + MINUTES.format(time(one, "to")) + " UTC, not at "
                    + MINUTES.format(time(one, "from")) + " UTC as was known before. What you told others before "
                    + MINUTES.format(time(one, "at")) + " UTC is out of date.");
        }
        Instant first = time(incident.path("clocks"), "occurred");
        return new Advice.Case(
                text(incident, "id"),
                headline(first, time(incident, "last_seen"), supplier, link, all.size()),
                text(incident, "severity"),
                text(incident, "status"),
                first,
                time(incident, "last_seen"),
                entry(entry),
                supplier,
                link,
                before(incident, supplier),
                spread.contains(text(incident, "id"))
                        || !text(incident, "campaign").isEmpty(),
                hops(incident),
                found(incident),
                List.copyOf(machines),
                techniques,
                indicators(incident),
                DutyClocks.of(incident, parties, made),
                restated);
    }

    private static Set<String> indicators(JsonNode incident) {
        Set<String> uids = new LinkedHashSet<>();
        for (JsonNode finding : incident.path("findings")) {
            Indicator of = Adviser.indicator(text(finding, "analytic"));
            if (of != null) {
                uids.add(of.uid());
            }
        }
        return uids;
    }

    private static String headline(Instant first, Instant last, String supplier, String link, int machines) {
        String where = Adviser.count(machines, "machine or account", "machines and accounts");
        String when = MINUTES.format(first) + " UTC"
                + (last.isAfter(first.plusSeconds(60)) ? " to " + MINUTES.format(last) + " UTC" : "");
        return supplier.isEmpty()
                ? "Signs of an intruder were found at " + where + " of yours, " + when + "."
                : "Somebody came into your network from " + supplier + (link.isEmpty() ? "" : " over the link " + link)
                        + "; " + where + " of yours " + (machines == 1 ? "is" : "are") + " affected, " + when + ".";
    }

    private String entry(JsonNode entry) {
        String reason = audience.text(text(entry, "reason"));
        double confidence = entry.path("confidence").asDouble(0);
        return confidence <= 0
                ? "How it came in is not known. " + reason
                : reason + String.format(Locale.ROOT, " (confidence %.2f)", confidence);
    }

    /// Of what happened at the supplier: how it began there and how many steps, without its machines
    /// and accounts.
    private String before(JsonNode incident, String supplier) {
        if (supplier.isEmpty()) {
            return "";
        }
        long steps = 0;
        for (JsonNode hop : incident.path("path")) {
            if (text(hop, "party").equals(supplier) && text(hop, "to_party").equals(supplier)) {
                steps++;
            }
        }
        StringBuilder out = new StringBuilder();
        JsonNode origin = incident.path("origins").path(0);
        double confidence = origin.path("confidence").asDouble(0);
        if (confidence >= 0.2 && text(origin, "party").equals(supplier)) {
            out.append(String.format(
                    Locale.ROOT,
                    "At %s it probably began %s on %s UTC (confidence %.2f). ",
                    supplier,
                    way(text(origin, "way")),
                    MINUTES.format(time(origin, "time")),
                    confidence));
        }
        if (steps > 0) {
            out.append(Adviser.count(steps, "step", "steps"))
                    .append(" inside ")
                    .append(supplier)
                    .append(steps == 1 ? " is" : " are")
                    .append(" known; their records are with ")
                    .append(supplier)
                    .append('.');
        }
        return out.toString().strip();
    }

    private static String way(String label) {
        for (io.carom.trace.Trace.Way way : io.carom.trace.Trace.Way.values()) {
            if (way.label().equals(label)) {
                return way.words();
            }
        }
        return io.carom.trace.Trace.Way.UNKNOWN.words();
    }

    private List<Advice.Hop> hops(JsonNode incident) {
        List<Advice.Hop> hops = new ArrayList<>();
        for (JsonNode hop : incident.path("path")) {
            String from = text(hop, "party");
            String to = text(hop, "to_party");
            boolean mine =
                    from.equals(audience.client()) || to.equals(audience.client()) || to.isEmpty() && from.isEmpty();
            boolean others = !from.isEmpty() && !audience.knows(from) || !to.isEmpty() && !audience.knows(to);
            boolean inner = !from.isEmpty() && !from.equals(audience.client()) && from.equals(to);
            // Whose the far end is may not be known where it lies outside; the near end is the client's
            // then.
            if (!others && !inner && (mine || to.isEmpty() || from.isEmpty())) {
                hops.add(new Advice.Hop(
                        time(hop, "time"),
                        end(text(hop, "from"), from),
                        end(text(hop, "to"), to),
                        audience.value(text(hop, "account")).orElse(""),
                        audience.text(text(hop, "via")),
                        hop.path("confidence").asDouble(0)));
            }
        }
        return hops;
    }

    private String end(String value, String party) {
        return audience.value(value)
                .orElse(party.isEmpty() || !audience.knows(party) ? "[withheld]" : "a machine of " + party);
    }

    private List<Advice.Found> found(JsonNode incident) {
        List<JsonNode> all = new ArrayList<>();
        incident.path("findings").forEach(all::add);
        all.sort(Comparator.comparingInt((JsonNode f) -> SEVERITIES.indexOf(text(f, "severity")))
                .thenComparing(f -> text(f, "first_seen"))
                .thenComparing(f -> text(f, "analytic"))
                .thenComparing(f -> text(f, "affected")));
        List<Advice.Found> found = new ArrayList<>();
        for (JsonNode finding : all.subList(0, Math.min(MAX_FOUND, all.size()))) {
            List<Advice.Record> records = new ArrayList<>();
            for (JsonNode e : finding.path("evidence")) {
                Advice.Record record = record(e);
                if (records.size() < MAX_RECORDS && !records.contains(record)) {
                    records.add(record);
                }
            }
            String affected = text(finding, "affected");
            found.add(new Advice.Found(
                    audience.text(text(finding, "title")),
                    text(finding, "severity"),
                    affected.isEmpty() ? "" : audience.value(affected).orElse("[withheld]"),
                    finding.path("count").asLong(0),
                    time(finding, "first_seen"),
                    time(finding, "last_seen"),
                    records));
        }
        return found;
    }

    private Advice.Record record(JsonNode e) {
        String path = text(e, "path");
        String file = path.substring(
                Math.max(path.lastIndexOf('/'), Math.max(path.lastIndexOf('\\'), path.lastIndexOf('!'))) + 1);
        String raw = text(e, "native");
        String cut = raw.length() > MAX_TEXT ? raw.substring(0, MAX_TEXT) + "…" : raw;
        return new Advice.Record(
                audience.text(text(e, "source")),
                audience.value(file).orElse(""),
                e.path("record").asLong(0),
                // Half a name may stand where it is cut: what comes behind is looked at too.
                audience.value(raw.substring(0, Math.min(raw.length(), MAX_LOOKED)))
                                .isPresent()
                        ? cut
                        : "");
    }

    private record Ask(String kind, String text) {}

    /// Who asks for something, and for what it is to be done.
    private static final class Asked {
        final Set<String> targets = new LinkedHashSet<>();
        final Set<String> incidents = new LinkedHashSet<>();

        void by(String incident, Collection<String> its) {
            targets.addAll(its);
            incidents.add(incident);
        }
    }

    /// What to do, of all incidents together.
    ///
    /// @param cases what is told of the incidents
    List<Advice.Action> actions(List<? extends JsonNode> incidents, List<Advice.Case> cases, List<Advice.Seen> seen) {
        Asked block = new Asked();
        seen.forEach(s -> block.targets.add(s.indicator().value()));
        for (Advice.Case one : cases) {
            if (!one.indicators().isEmpty()) {
                block.incidents.add(one.id());
            }
        }
        Asked disable = new Asked();
        Asked isolate = new Asked();
        Asked look = new Asked();
        Map<Ask, Asked> others = new LinkedHashMap<>();
        for (JsonNode incident : incidents) {
            String id = text(incident, "id");
            for (JsonNode action : incident.path("actions")) {
                String kind = text(action, "kind");
                List<String> targets = new ArrayList<>();
                action.path("targets")
                        .forEach(t -> audience.value(t.asString("")).ifPresent(targets::add));
                boolean needsNone = kind.equals("cut") || kind.equals("ask") || kind.equals("collect");
                if (targets.isEmpty() && !needsNone) {
                    continue;
                }
                switch (kind) {
                    case "block" -> block.by(id, targets);
                    case "disable" -> disable.by(id, targets);
                    case "isolate" -> isolate.by(id, targets);
                    case "look" -> look.by(id, targets);
                    default ->
                        others.computeIfAbsent(new Ask(kind, audience.text(text(action, "text"))), k -> new Asked())
                                .by(id, targets);
                }
            }
        }
        List<Advice.Action> all = new ArrayList<>();
        others.forEach((ask, asked) ->
                all.add(new Advice.Action(ask.kind, ask.text, List.copyOf(asked.targets), asked.incidents)));
        targets(all, "disable", "Disable or reset, and end the sessions of: ", disable.targets, disable.incidents);
        targets(all, "isolate", "Take memory and disk evidence of, then isolate: ", isolate.targets, isolate.incidents);
        targets(
                all,
                "look",
                "Find out what these places outside are for, and block those that nobody can name: ",
                look.targets,
                look.incidents);
        targets(
                all,
                "block",
                "Block, and look for in logs we do not have: ",
                block.targets.stream().filter(v -> marks.of(v).mayBeBlocked()).toList(),
                block.incidents);
        targets(
                all,
                "watch",
                "Watch for without blocking, scanning or looking up, so that nobody notices (PAP): ",
                block.targets.stream().filter(v -> !marks.of(v).mayBeBlocked()).toList(),
                block.incidents);
        all.sort(Comparator.comparingInt(a -> KINDS.indexOf(a.kind())));
        return all;
    }

    private static void targets(
            List<Advice.Action> into, String kind, String before, Collection<String> targets, Set<String> incidents) {
        if (!targets.isEmpty()) {
            into.add(new Advice.Action(kind, before + list(targets) + ".", List.copyOf(targets), incidents));
        }
    }

    private static String list(Collection<String> values) {
        String shown =
                String.join(", ", values.stream().limit(Advice.Action.NAMED).toList());
        return values.size() > Advice.Action.NAMED
                ? shown + " and " + (values.size() - Advice.Action.NAMED) + " more (in the files)"
                : shown;
    }

    /// What is not known of these incidents, in words; where they are many, how many more there are.
    List<String> unknown(List<? extends JsonNode> incidents) {
        Set<String> unknown = new LinkedHashSet<>();
        List<String> noEntry = new ArrayList<>();
        boolean over = false;
        for (JsonNode incident : incidents) {
            JsonNode entry = incident.path("entry");
            over |= entry.path("party").isString();
            if (entry.path("confidence").asDouble(0) <= 0) {
                noEntry.add(text(incident, "id"));
            }
        }
        if (noEntry.size() > MAX_UNKNOWN) {
            unknown.add(String.format(Locale.ENGLISH, "How %,d of the incidents came in.", noEntry.size()));
        } else {
            noEntry.forEach(id -> unknown.add("How " + id + " came in."));
        }
        for (JsonNode incident : incidents) {
            for (JsonNode other : incident.path("alternatives")) {
                String party = text(other, "party");
                double confidence = other.path("confidence").asDouble(0);
                if (confidence >= 0.1) {
                    unknown.add(String.format(
                            Locale.ROOT,
                            "It may also have come in %s%s (confidence %.2f).",
                            way(text(other, "way")),
                            party.isEmpty() || !audience.knows(party) ? "" : " from " + party,
                            confidence));
                }
            }
            incident.path("gaps").forEach(g -> unknown.add(audience.text(g.asString(""))));
        }
        List<String> told = new ArrayList<>(unknown);
        if (told.size() > 2 * MAX_UNKNOWN) {
            int more = told.size() - MAX_UNKNOWN;
            told.subList(MAX_UNKNOWN, told.size()).clear();
            told.add(String.format(
                    Locale.ENGLISH, "%,d more such things of the incidents that come after the gravest.", more));
        }
        if (over) {
            told.add(
                    "What happened in the supplier's own network is looked into there; this page tells only what reached"
                            + " yours.");
        }
        return told;
    }
}
