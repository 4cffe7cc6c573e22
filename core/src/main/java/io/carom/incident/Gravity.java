package io.carom.incident;

import static io.carom.incident.Phrases.count;
import static io.carom.incident.Phrases.list;

import io.carom.event.Cidr;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident.Severity;
import io.carom.trace.Suspicion;
import io.carom.trace.Trace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// How bad a story is, and why, in words.
///
/// It begins with the gravest finding. Spread, different kinds of evidence and a supplier's link, two of them
/// together, raise it by a step; so does a machine that the client calls critical or an account that it calls
/// privileged. What is only noted (informational, low) does not become an alarm by being frequent, nor what one
/// analytic alone finds with nothing beside it, unless such a machine or account is in it; several kinds within half a
/// day are something beside it, however mild.
///
/// @param why the reasons, one a sentence, the gravest finding first
record Gravity(Severity severity, List<String> why) {
    /// A hop that is less likely lets nothing be called reached.
    private static final double LIKELY = 0.5;

    /// How surely sessions must show that a link was used, so that it makes a story graver: their confidence is that of
    /// real stories, and of harmless ones some use a link too.
    private static final double SURELY = 0.94;

    private static final int MANY = 3;

    /// What is milder (low, informational) is no second kind of evidence: there is always some of it.
    private static final int SOMETHING = 3;

    /// Kinds of evidence that are mild each, and as good as one more when they come together: of 902 harmless
    /// leads one had so many within half a day (seeds 1161 to 1217).
    private static final int TOGETHER = 4;

    private static final int MILD = 2;
    private static final long HALF_A_DAY = 12L * 3_600_000;

    Gravity {
        why = List.copyOf(why);
    }

    /// How many kinds of evidence, mild ones among them, began within half a day; the most there were.
    private static int together(List<Group> groups) {
        List<Group> byTime = groups.stream()
                .filter(g -> g.severityId() >= MILD)
                .sorted(Comparator.comparingLong(Group::first))
                .toList();
        Map<String, Integer> within = new HashMap<>();
        int most = 0;
        int from = 0;
        for (Group group : byTime) {
            within.merge(group.analytic(), 1, Integer::sum);
            while (byTime.get(from).first() < group.first() - HALF_A_DAY) {
                within.computeIfPresent(byTime.get(from).analytic(), (a, n) -> n == 1 ? null : n - 1);
                from++;
            }
            most = Math.max(most, within.size());
        }
        return most;
    }

    private static boolean bySessions(StoryFacts story, Incident.Entry entry) {
        Trace best = story.traces().getFirst();
        return Objects.equals(best.entry().link(), entry.link()) && best.confidence() == entry.confidence();
    }

    static Gravity of(StoryFacts story, Incident.Entry entry, List<Incident.Hop> path) {
        List<String> why = new ArrayList<>();
        Set<String> kinds = new TreeSet<>();
        for (Group group : story.groups()) {
            if (group.byIndicator() || group.severityId() >= SOMETHING) {
                kinds.add(group.byIndicator() ? "indicator" : group.analytic());
            }
        }
        Set<String> indicators = story.indicators();
        if (!indicators.isEmpty() && indicators.stream().allMatch(Addresses::publicResolver) && kinds.size() == 1) {
            why.add("A resolver that whole countries ask is on a list; that says nothing of who asks it.");
            return new Gravity(Severity.INFORMATIONAL, why);
        }
        Group gravest = story.gravest();
        Severity begin = Severity.ofId(gravest.severityId());
        why.add("The gravest finding is " + begin.label() + ": " + PlainText.shown(gravest.title()) + ".");
        if (begin.compareTo(Severity.MEDIUM) < 0) {
            return new Gravity(begin, why);
        }
        List<String> critical = critical(story, path);
        List<String> privileged = privileged(story, path);
        boolean sure = entry.confidence() >= (bySessions(story, entry) ? SURELY : LIKELY);
        boolean over = entry.link() != null && sure;
        int together = together(story.groups());
        // That a link was used is no second kind where what is new over it is all that was found.
        boolean lone = kinds.size() == 1
                && together < TOGETHER
                && kinds.iterator().next().startsWith(FindingsByEntity.BEHAVIOUR)
                && (!sure || begin == Severity.MEDIUM);
        int worst = begin.ordinal();
        if (!lone) {
            int worse = 0;
            if (story.affected().size() >= MANY) {
                worse++;
                why.add("It is spread: " + Headline.subject(story.affected()) + " are affected.");
            }
            if (kinds.size() >= 2) {
                worse++;
                why.add(count(kinds.size(), "kind") + " of evidence agree.");
            } else if (together >= TOGETHER) {
                worse++;
                why.add(count(together, "kind") + " of evidence, most of them mild, came within half a day.");
            }
            if (over) {
                worse++;
                why.add(String.format(
                        Locale.ROOT,
                        "It came in over a supplier's link, %s (confidence %.2f).",
                        PlainText.shown(String.valueOf(entry.link())),
                        entry.confidence()));
            }
            worst += worse >= 2 ? 1 : 0;
        } else if (critical.isEmpty() && privileged.isEmpty() && begin == Severity.MEDIUM) {
            // That several machines do the same is more often a service or a policy than an intruder.
            why.add("One analytic alone says so, and nothing beside it: a lead to look at, not an alarm.");
            return new Gravity(Severity.LOW, why);
        }
        if (!critical.isEmpty()) {
            why.add(list(critical, 4) + (critical.size() == 1 ? " is" : " are") + " critical to "
                    + PlainText.shown(story.client()) + ", as its party file says.");
        }
        if (!privileged.isEmpty()) {
            why.add(list(privileged, 4)
                    + (privileged.size() == 1 ? " is a privileged account" : " are privileged accounts") + " of "
                    + PlainText.shown(story.client()) + ", as its party file says.");
        }
        // A lead at such a machine is an alarm of its own weight; more than a lead weighs a step more.
        worst += !lone && !(critical.isEmpty() && privileged.isEmpty()) ? 1 : 0;
        return new Gravity(Severity.values()[Math.min(worst, Severity.CRITICAL.ordinal())], why);
    }

    /// The critical ones of the machines that the findings are about or that were probably reached.
    private static List<String> critical(StoryFacts story, List<Incident.Hop> path) {
        Set<String> machines = new TreeSet<>();
        for (Entity entity : story.affected()) {
            if (entity.kind() == Entity.Kind.HOST || entity.kind() == Entity.Kind.ADDRESS) {
                machines.add(entity.value());
            }
        }
        for (Incident.Hop hop : path) {
            if (hop.confidence() >= LIKELY && own(story, hop)) {
                machines.add(hop.to());
            }
        }
        machines.removeIf(m -> !story.parties().critical(story.client(), m));
        return List.copyOf(machines);
    }

    private static boolean own(StoryFacts story, Incident.Hop hop) {
        byte[] address = Cidr.address(hop.to());
        return hop.toParty() == null
                ? address == null || Addresses.ofClient(address, story.client(), story.parties())
                : hop.toParty().equals(story.client());
    }

    private static List<String> privileged(StoryFacts story, List<Incident.Hop> path) {
        Set<String> accounts = new TreeSet<>();
        for (String account : story.named(Entity.Kind.ACCOUNT)) {
            privileged(story, account, accounts);
        }
        for (Incident.Hop hop : path) {
            if (hop.confidence() >= LIKELY && !hop.account().isEmpty() && own(story, hop)) {
                privileged(story, hop.account(), accounts);
            }
        }
        return List.copyOf(accounts);
    }

    private static void privileged(StoryFacts story, String account, Set<String> out) {
        String bare = Suspicion.bare(account);
        if (story.parties().privileged(story.client(), account)
                || story.parties().privileged(story.client(), bare)) {
            out.add(bare);
        }
    }
}
