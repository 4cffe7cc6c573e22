package io.carom.campaign;

import io.carom.party.Parties;
import io.carom.party.Party;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;

/// Tells which incidents of several clients are one intruder's.
///
/// Two incidents are joined when what they share weighs at least 1: one known indicator, one machine of
/// a supplier, or several lesser things. A value rented long ago may be somebody else's by now, so the
/// weight of what is rented falls with the time between them, to nothing after a year. What everybody
/// shares never joins: what is excused (public resolvers, popular sites, private networks), what
/// parties own, and whatever is no known indicator and yet is there at more than half of the clients.
/// Incidents stay what they are: a campaign only names them.
public final class Campaigns {
    private static final double ONE = 0.999;
    private static final Duration YEAR = Duration.ofDays(365);

    /// From so many clients on "half of them" means everybody.
    private static final int MANY = 4;

    /// Two of them weigh so much, and any number no more: one deed sets off several rules, so that the
    /// fifth says little that the second did not. Neither tools alone nor with the supplier make two
    /// incidents one intruder's.
    private static final double MOST_OF_TOOLS = 0.6;

    private Campaigns() {}

    /// @param members incidents that are told, of whatever client
    /// @param excused values that say nothing, whoever shares them
    /// @param sightings by client what was seen there of values, whether or not it made an incident
    public static List<Campaign> of(
            List<Member> members, Parties parties, Predicate<String> excused, Map<String, Set<String>> sightings) {
        Map<Trait, List<Member>> by = new TreeMap<>();
        for (Member member : members) {
            for (Trait trait : member.traits()) {
                by.computeIfAbsent(trait, t -> new ArrayList<>()).add(member);
            }
        }
        Set<Trait> joining = new TreeSet<>();
        int clients = clientsOf(members, parties);
        by.forEach((trait, of) -> {
            if (joins(trait, of, clients, excused)) {
                joining.add(trait);
            }
        });
        Groups groups = new Groups(members);
        for (List<Member> of : by.values()) {
            join(of, joining, groups);
        }
        List<Campaign> campaigns = new ArrayList<>();
        for (List<Member> group : groups.all()) {
            Set<String> hit = new TreeSet<>();
            group.forEach(m -> hit.add(m.client()));
            if (hit.size() > 1) {
                campaigns.add(campaign(group, joining, parties, sightings));
            }
        }
        campaigns.sort(Comparator.comparingInt((Campaign c) -> -c.clients().size())
                .thenComparing(Campaign::first)
                .thenComparing(Campaign::id));
        return campaigns;
    }

    private static int clientsOf(List<Member> members, Parties parties) {
        Set<String> clients = new TreeSet<>();
        members.forEach(m -> clients.add(m.client()));
        parties.parties().stream().filter(p -> p.role() == Party.Role.CLIENT).forEach(p -> clients.add(p.name()));
        return clients.size();
    }

    private static boolean joins(Trait trait, List<Member> of, int clients, Predicate<String> excused) {
        return switch (trait.kind()) {
            case SPRINGBOARD -> true;
            case SUPPLIER -> true;
            case INDICATOR -> !excused.test(trait.value());
            case INFRASTRUCTURE, ACCOUNT, TOOL -> {
                long at = of.stream().map(Member::client).distinct().count();
                yield !excused.test(trait.value()) && (clients < MANY || at * 2 <= clients);
            }
        };
    }

    private static void join(List<Member> of, Set<Trait> joining, Groups groups) {
        // Members that share a trait are compared along the line of time: each with the one before at
        // another client, and with the first, so that the work stays linear where a thousand share it.
        List<Member> line = new ArrayList<>(of);
        line.sort(Comparator.comparing(Member::first).thenComparing(Member::incident));
        for (int i = 1; i < line.size(); i++) {
            for (int j = Math.max(0, i - 8); j < i; j++) {
                if (weight(line.get(i), line.get(j), joining) >= ONE) {
                    groups.join(line.get(i), line.get(j));
                }
            }
        }
    }

    /// What speaks for one intruder of two incidents.
    static double weight(Member a, Member b, Set<Trait> joining) {
        double sum = 0;
        double common = 0;
        double age = 1 - Math.min(1, (double) gap(a, b).toDays() / YEAR.toDays());
        Set<String> counted = new TreeSet<>();
        for (Trait trait : a.traits()) {
            if (joining.contains(trait) && b.traits().contains(trait) && counted.add(trait.value())) {
                boolean rented = trait.kind() == Trait.Kind.INDICATOR && !content(trait.value())
                        || trait.kind() == Trait.Kind.INFRASTRUCTURE;
                // A month between them is nothing; only what lies farther apart loses.
                double weight = trait.kind().weight() * (rented && gap(a, b).toDays() > 31 ? age : 1);
                if (trait.kind() == Trait.Kind.TOOL) {
                    common += weight;
                } else {
                    sum += weight;
                }
            }
        }
        return sum + Math.min(common, MOST_OF_TOOLS);
    }

    /// Whether a value stays its maker's: a hash.
    private static boolean content(String value) {
        return value.length() >= 32 && value.chars().allMatch(c -> Character.digit(c, 16) >= 0);
    }

    private static Duration gap(Member a, Member b) {
        if (a.last().isBefore(b.first())) {
            return Duration.between(a.last(), b.first());
        }
        return b.last().isBefore(a.first()) ? Duration.between(b.last(), a.first()) : Duration.ZERO;
    }

    private static Campaign campaign(
            List<Member> group, Set<Trait> joining, Parties parties, Map<String, Set<String>> sightings) {
        group.sort(Comparator.comparing(Member::first).thenComparing(Member::incident));
        Set<String> clients = new TreeSet<>();
        Set<String> links = new TreeSet<>();
        Set<String> suppliers = new TreeSet<>();
        Instant last = Instant.MIN;
        Map<Trait, Set<String>> by = new TreeMap<>();
        Map<String, Integer> techniques = new TreeMap<>();
        for (Member m : group) {
            clients.add(m.client());
            if (!m.link().isEmpty()) {
                links.add(m.link());
            }
            if (!m.supplier().isEmpty()) {
                suppliers.add(m.supplier());
            }
            last = m.last().isAfter(last) ? m.last() : last;
            m.traits().forEach(t -> by.computeIfAbsent(t, x -> new TreeSet<>()).add(m.client()));
            m.techniques().forEach(t -> techniques.merge(t, 1, Integer::sum));
        }
        List<Campaign.Shared> shared = new ArrayList<>();
        by.forEach((trait, at) -> {
            if (at.size() > 1) {
                shared.add(new Campaign.Shared(trait, List.copyOf(at), joining.contains(trait)));
            }
        });
        shared.sort(Comparator.comparing((Campaign.Shared s) -> !s.joins())
                .thenComparing(s -> -s.clients().size() * s.trait().kind().weight())
                .thenComparing(Campaign.Shared::trait));
        Set<String> hit = new TreeSet<>(clients);
        // Whoever the way leads through is a place it passed, not one it went for.
        clients.removeIf(c -> suppliers.contains(c) && clients.size() > 1);
        List<String> often = techniques.entrySet().stream()
                .filter(t -> t.getValue() > 1)
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
        Campaign plain = new Campaign(
                id(shared, group),
                List.copyOf(clients),
                group.stream().map(Member::incident).toList(),
                group.getFirst().first(),
                last,
                List.copyOf(suppliers),
                List.copyOf(links),
                shared,
                often,
                confidence(shared),
                List.of());
        return new Campaign(
                plain.id(),
                plain.clients(),
                plain.incidents(),
                plain.first(),
                plain.last(),
                plain.suppliers(),
                plain.links(),
                shared,
                often,
                plain.confidence(),
                NextTargets.of(plain, hit, parties, sightings));
    }

    private static String id(List<Campaign.Shared> shared, List<Member> group) {
        String of = shared.isEmpty()
                ? group.getFirst().incident()
                : shared.getFirst().trait().kind() + " "
                        + shared.getFirst().trait().value();
        return "campaign-"
                + UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .substring(0, 8);
    }

    /// One minus what is left of doubt when each thing that is shared takes half its weight of it.
    private static double confidence(List<Campaign.Shared> shared) {
        double doubt = 1;
        for (Campaign.Shared s : shared) {
            if (s.joins()) {
                doubt *= 1 - s.trait().kind().weight() / 2;
            }
        }
        return Math.round((1 - doubt) * 100) / 100.0;
    }

    /// Members that were joined, directly or through others.
    private static final class Groups {
        private final Map<Member, Member> parent = new HashMap<>();
        private final List<Member> members;

        Groups(List<Member> members) {
            this.members = members;
            members.forEach(m -> parent.put(m, m));
        }

        private Member root(Member m) {
            Member at = m;
            while (true) {
                Member up = java.util.Objects.requireNonNull(parent.get(at));
                if (up.equals(at)) {
                    return at;
                }
                parent.put(at, java.util.Objects.requireNonNull(parent.get(up)));
                at = up;
            }
        }

        void join(Member a, Member b) {
            parent.put(root(a), root(b));
        }

        List<List<Member>> all() {
            Map<Member, List<Member>> by = new java.util.LinkedHashMap<>();
            members.forEach(
                    m -> by.computeIfAbsent(root(m), r -> new ArrayList<>()).add(m));
            return new ArrayList<>(by.values());
        }
    }
}
