package io.carom.incident;

import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.party.Parties;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is suspect in a story, by its findings. Made once for as long as these are the same.
final class SuspectMachines {
    /// Something was found on a machine.
    record Seen(String machine, long time) {}

    /// Where a story's are to be had: made when they are asked for, or known from before.
    interface Source {
        /// @param wide analytics that say nothing of a single machine
        SuspectMachines of(List<Group> story, Set<String> wide);
    }

    private final List<Group> story;
    private final List<Group> graver;
    private final Parties parties;
    private final int worst;
    private @Nullable List<Seen> seen;
    private @Nullable Map<String, Long> since;
    private @Nullable Map<String, Long> graverSince;

    private SuspectMachines(List<Group> story, List<Group> graver, Parties parties) {
        this.story = story;
        this.graver = graver;
        this.parties = parties;
        int most = 0;
        for (Group group : story) {
            most = Math.max(most, group.severityId());
        }
        worst = most;
    }

    static SuspectMachines of(List<Group> story, Set<String> wide, Parties parties) {
        return new SuspectMachines(story, graver(story, wide), parties);
    }

    /// Of a story what says more than that something is worth noting.
    private static List<Group> graver(List<Group> story, Set<String> wide) {
        List<Group> out = new ArrayList<>(story.size());
        for (Group group : story) {
            if (group.severityId() >= 2 && !wide.contains(group.analytic())) {
                out.add(group);
            }
        }
        return out;
    }

    /// Whether these are of the same groups, the very objects, and as much of them is wide.
    boolean still(List<Group> its, Set<String> wide) {
        return same(story, its) && same(graver, graver(its, wide));
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean same(List<Group> a, List<Group> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (a.get(i) != b.get(i)) {
                return false;
            }
        }
        return true;
    }

    /// Whether there is anything graver than what is worth noting.
    boolean any() {
        return !graver.isEmpty();
    }

    /// The gravest finding's OCSF severity.
    int worst() {
        return worst;
    }

    /// Since when each machine is suspect.
    Map<String, Long> since() {
        Map<String, Long> known = since;
        if (known == null) {
            known = Map.copyOf(Suspicions.since(story, parties));
            since = known;
        }
        return known;
    }

    /// As {@link #since}, by what is graver.
    Map<String, Long> graverSince() {
        Map<String, Long> known = graverSince;
        if (known == null) {
            known = graver.size() == story.size() ? since() : Map.copyOf(Suspicions.since(graver, parties));
            graverSince = known;
        }
        return known;
    }

    /// On which machines something graver was found, and when.
    List<Seen> seen() {
        List<Seen> known = seen;
        if (known == null) {
            known = new ArrayList<>();
            for (Group group : graver) {
                for (Finding finding : group.kept()) {
                    for (String machine : Suspicions.machines(finding, parties)) {
                        known.add(new Seen(machine, finding.time()));
                    }
                }
            }
            seen = known;
        }
        return known;
    }
}
