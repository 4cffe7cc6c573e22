package io.carom.campaign;

import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Who in the client list a campaign is likely to reach next, and why. Each reason takes its share of
/// what is left to certainty; who has none is not told.
final class NextTargets {
    private static final int MAX = 50;

    private NextTargets() {}

    private record Reason(double weight, String words) {}

    static List<Campaign.Likely> of(
            Campaign campaign, Set<String> hit, Parties parties, Map<String, Set<String>> sightings) {
        List<Campaign.Likely> likely = new ArrayList<>();
        for (Party party : parties.parties()) {
            if (party.role() == Party.Role.CLIENT && !hit.contains(party.name())) {
                List<Reason> reasons =
                        reasons(party, campaign, parties, sightings.getOrDefault(party.name(), Set.of()));
                if (!reasons.isEmpty()) {
                    reasons.sort(Comparator.comparingDouble(r -> -r.weight));
                    double left = 1;
                    for (Reason reason : reasons) {
                        left *= 1 - reason.weight;
                    }
                    likely.add(new Campaign.Likely(
                            party.name(),
                            Math.round((1 - left) * 100) / 100.0,
                            reasons.stream().map(Reason::words).toList()));
                }
            }
        }
        likely.sort(Comparator.comparingDouble((Campaign.Likely l) -> -l.likelihood())
                .thenComparing(Campaign.Likely::client));
        return likely.subList(0, Math.min(MAX, likely.size()));
    }

    private static List<Reason> reasons(Party party, Campaign campaign, Parties parties, Set<String> seen) {
        List<Reason> reasons = new ArrayList<>();
        for (Campaign.Shared shared : campaign.shared()) {
            if (shared.joins() && seen.contains(shared.trait().value())) {
                reasons.add(
                        new Reason(0.6, shared.trait().value() + " was seen there too, without an incident so far"));
            }
        }
        List<Link> ways = parties.links().stream()
                .filter(l -> campaign.links().contains(l.name()))
                .toList();
        Set<String> kinds = new TreeSet<>();
        Set<String> hosts = new TreeSet<>();
        Set<String> networks = new TreeSet<>();
        Set<Integer> ports = new TreeSet<>();
        ways.forEach(l -> {
            kinds.add(l.kind());
            hosts.addAll(l.hosts());
            l.networks().forEach(n -> networks.add(n.toString()));
            ports.addAll(l.ports());
        });
        for (Link link : parties.links()) {
            if (!link.client().equals(party.name()) || !campaign.suppliers().contains(link.supplier())) {
                continue;
            }
            reasons.add(new Reason(0.3, link.supplier() + " reaches it too, over link " + link.name()));
            List<String> machines =
                    link.hosts().stream().filter(hosts::contains).toList();
            List<String> ends = link.networks().stream()
                    .map(Object::toString)
                    .filter(networks::contains)
                    .toList();
            if (!machines.isEmpty() || !ends.isEmpty()) {
                reasons.add(new Reason(
                        0.3,
                        "link " + link.name() + " begins at what the intruder came from: "
                                + String.join(", ", machines.isEmpty() ? ends : machines)));
            }
            if (kinds.contains(link.kind())) {
                reasons.add(new Reason(0.15, "it is reached by " + link.kind() + " as those that were hit"));
            }
            List<String> same = link.ports().stream()
                    .filter(ports::contains)
                    .map(String::valueOf)
                    .toList();
            if (!same.isEmpty()) {
                reasons.add(new Reason(0.05, "the link is open for the same services: " + String.join(", ", same)));
            }
        }
        return reasons;
    }
}
