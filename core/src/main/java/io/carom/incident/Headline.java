package io.carom.incident;

import static io.carom.incident.Phrases.count;
import static io.carom.incident.Phrases.list;
import static io.carom.incident.Phrases.number;
import static io.carom.incident.Phrases.surely;
import static io.carom.incident.Phrases.time;
import static io.carom.incident.Phrases.words;

import io.carom.event.AttackTactic;
import io.carom.event.AttackTechniques;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.trace.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A story in a sentence, and in some: words for whoever answers for the client, not for its analysts.
final class Headline {
    private static final double LIKELY = 0.5;

    /// What is said of an intruder in a title, the gravest first; the rest of the tactics is in the timeline.
    private static final List<AttackTactic> TOLD = List.of(
            AttackTactic.IMPACT,
            AttackTactic.EXFILTRATION,
            AttackTactic.COLLECTION,
            AttackTactic.CREDENTIAL_ACCESS,
            AttackTactic.COMMAND_AND_CONTROL);

    private final StoryFacts story;
    private final Incident.Entry entry;
    private final List<Incident.Hop> path;

    Headline(StoryFacts story, Incident.Entry entry, List<Incident.Hop> path) {
        this.story = story;
        this.entry = entry;
        this.path = path;
    }

    /// One sentence without its full stop.
    String title() {
        String client = PlainText.shown(story.client());
        String what = told() ? PlainText.shown(story.gravest().title()) + others() : subject() + " " + deed();
        if (over()) {
            String supplier = entry.party() == null ? "a supplier" : PlainText.shown(entry.party());
            return client + (entry.confidence() >= 0.9 ? " was" : " was probably") + " entered by way of " + supplier
                    + " (link " + PlainText.shown(String.valueOf(entry.link())) + "); "
                    + (told() && story.affected().size() > 1 ? subject() + " are affected" : what);
        }
        return (client.isEmpty() ? "" : client + ": ") + what;
    }

    private boolean over() {
        return entry.link() != null && entry.confidence() >= LIKELY;
    }

    /// Whether the gravest finding is a sentence that says whom it is about.
    private boolean told() {
        return story.gravest().analytic().startsWith(FindingsByEntity.BEHAVIOUR);
    }

    private String others() {
        int more = story.groups().size() - 1;
        return more == 0
                ? ""
                : ", and " + count(more, "other finding")
                        + (story.affected().size() > 1 ? " on " + PlainText.shown(subject()) : "");
    }

    /// `3 machines`, `machine fs01`, `account j.doe`.
    private String subject() {
        return subject(story.affected());
    }

    /// As {@link #subject()}.
    static String subject(Set<Entity> affected) {
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
            parts.add(count(machines, "machine"));
        }
        if (accounts > 0) {
            parts.add(count(accounts, "account"));
        }
        return parts.isEmpty() ? affected.size() + " addresses" : String.join(" and ", parts);
    }

    static String named(Entity entity) {
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
        Group gravest = story.gravest();
        if (!gravest.byIndicator() || gravest.kept().isEmpty()) {
            return "showed \"" + PlainText.shown(gravest.title()) + "\"";
        }
        Finding.Evidence evidence = gravest.kept().getFirst().evidence();
        String value = gravest.entities().stream()
                .filter(e -> e.kind() == Entity.Kind.INDICATOR)
                .map(Entity::value)
                .findFirst()
                .orElseGet(() -> gravest.analytic().substring(gravest.analytic().lastIndexOf(':') + 1));
        int more = story.indicators().size() - 1;
        String shown = PlainText.shown(value) + (more > 0 ? " and " + more + " more" : "");
        int type = gravest.kept().getFirst().observables().isEmpty()
                ? 0
                : gravest.kept().getFirst().observables().getFirst().type();
        boolean several = story.affected().size() > 1;
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

    /// What is known, on what it stands and what is not known, in some sentences.
    String summary() {
        StringBuilder out = new StringBuilder();
        out.append(wayIn()).append(' ').append(reached());
        String deeds = deeds();
        if (!deeds.isEmpty()) {
            out.append(deeds).append(' ');
        }
        if (!story.indicators().isEmpty()) {
            out.append(story.indicators().size() == 1 ? "Known hostile: " : "Known hostile, all seen: ")
                    .append(list(story.indicators(), 5))
                    .append(". ");
        }
        out.append(span()).append(findings()).append(unknown());
        return out.toString();
    }

    private String wayIn() {
        Trace.Entry traced = story.traces().getFirst().entry();
        if (entry.link() != null && entry.confidence() >= 0.2) {
            String supplier = entry.party() == null ? "a supplier" : PlainText.shown(entry.party());
            return "Somebody " + surely(entry.confidence()) + " came in by way of " + supplier + ", over the link "
                    + PlainText.shown(entry.link())
                    + String.format(Locale.ROOT, " (confidence %.2f).", entry.confidence());
        }
        if (entry.confidence() >= 0.2 && traced.way() != Trace.Way.UNKNOWN) {
            return "Somebody " + surely(entry.confidence()) + " came in "
                    + traced.way().words()
                    + (traced.from().isEmpty() ? "" : ", from " + PlainText.shown(traced.from()))
                    + String.format(Locale.ROOT, " (confidence %.2f).", entry.confidence());
        }
        return "How it came in is not known.";
    }

    private String reached() {
        Set<String> machines = new LinkedHashSet<>();
        path.stream()
                .filter(h -> h.confidence() >= LIKELY && story.client().equals(h.toParty()))
                .forEach(h -> machines.add(h.to()));
        String affected = story.affected().isEmpty()
                ? ""
                : "Affected: "
                        + list(story.affected().stream().map(Headline::named).toList(), 6) + ". ";
        return affected
                + (machines.size() < 2
                        ? ""
                        : "It went to " + count(machines.size(), "machine") + ": " + list(machines, 6) + ". ");
    }

    /// The gravest that findings of weight say was done.
    private String deeds() {
        Set<AttackTactic> tactics = EnumSet.noneOf(AttackTactic.class);
        story.groups().stream()
                .filter(g -> g.severityId() >= 3)
                .flatMap(g -> g.attacks().stream())
                .forEach(t -> AttackTechniques.tactics(t).stream().limit(1).forEach(tactics::add));
        List<String> words = TOLD.stream()
                .filter(tactics::contains)
                .limit(3)
                .map(t -> switch (t) {
                    case IMPACT -> "data or systems damaged";
                    case EXFILTRATION -> "data sent out";
                    case COLLECTION -> "data gathered";
                    case CREDENTIAL_ACCESS -> "passwords taken or tried";
                    default -> "a line kept to the outside";
                })
                .toList();
        return words.isEmpty() ? "" : "Signs of: " + String.join(", ", words) + ".";
    }

    private String span() {
        if (story.first() == 0) {
            return "No record says when. ";
        }
        long length = story.last() - story.first();
        return "From " + time(story.first())
                + (length < 60_000
                        ? ". "
                        : " to " + time(story.last()) + ", " + words(Duration.ofMillis(length)) + ". ");
    }

    private String findings() {
        long all = story.groups().stream().mapToLong(Group::count).sum();
        // Of each analytic the gravest: ten that say the same say no more than one.
        Map<String, String> titles = new LinkedHashMap<>();
        story.groups().stream()
                .filter(g -> !g.byIndicator())
                .sorted(Comparator.comparingInt((Group g) -> -g.severityId()))
                .forEach(g -> titles.putIfAbsent(g.analytic(), g.title()));
        return "It stands on " + number(all) + (all == 1 ? " finding" : " findings")
                + (titles.isEmpty() ? "." : ", the gravest: " + list(titles.values(), 3) + ".");
    }

    private String unknown() {
        List<String> gaps = story.traces().getFirst().gaps();
        return gaps.isEmpty() ? "" : " Not known: " + count(gaps.size(), "gap") + " in the logs, named below.";
    }
}
