package io.carom.incident;

import io.carom.incident.FindingsByEntity.Group;
import io.carom.observe.WindowsAccounts;
import io.carom.party.Parties;
import io.carom.party.Party;
import io.carom.trace.History;
import io.carom.trace.Launch;
import io.carom.trace.Ledger;
import io.carom.trace.SessionBook;
import io.carom.trace.Trace;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Groups findings into stories.
///
/// Findings of one client belong together when they share a machine, an account, an address, a supplier's
/// address or an indicator, directly or by way of others, and when a traced path leads from one to the
/// other ({@link Chains}). Two clients' findings never do. What a large
/// share of a client's machines has in common (a resolver, a proxy, a noisy rule) joins nothing: such a
/// value or rule is one story by itself.
public final class Incidents {
    /// Shared by everybody is what at least so many of a client's machines have in common…
    private static final int MANY = 10;

    /// …and more than one in so many of those that are known.
    private static final int SHARE = 4;

    /// Accounts that every machine has, and that say nothing of who used them, beside {@link WindowsAccounts}.
    private static final Set<String> EVERYBODYS_ACCOUNTS = Set.of(
            "nt authority\\system",
            "nt authority\\local service",
            "nt authority\\network service",
            "nt authority\\anonymous logon",
            "root",
            "nobody",
            "-",
            "n/a",
            "unknown",
            "0",
            "s-1-5-7",
            "s-1-5-18",
            "s-1-5-19",
            "s-1-5-20",
            "s-1-0-0",
            "nt-autorität\\system",
            "nt-autorität\\lokaler dienst",
            "nt-autorität\\netzwerkdienst",
            "autorite nt\\système");

    private static boolean ofEachMachine(String account) {
        return WindowsAccounts.OWN.contains(account) || EVERYBODYS_ACCOUNTS.contains(account);
    }

    static final Comparator<Group> EARLIEST = Comparator.comparingLong(Group::first)
            .thenComparing(Group::analytic)
            .thenComparing(g -> g.affected() == null
                    ? ""
                    : g.affected().kind() + g.affected().value());

    private Incidents() {}

    /// The stories in these groups, worst first, then the earliest.
    ///
    /// @param pairs the ledger's; the way in and the path are read from them
    /// @param detected when this was found
    public static List<Incident> of(List<Group> groups, List<Ledger.Pair> pairs, Parties parties, Instant detected) {
        return of(groups, pairs, parties, detected, new SessionBook().history(origin -> ""));
    }

    /// As {@link #of(List, List, Parties, Instant)}, with the sessions by which hops are traced.
    public static List<Incident> of(
            List<Group> groups, List<Ledger.Pair> pairs, Parties parties, Instant detected, History sessions) {
        return of(
                groups,
                parties,
                Contacts.of(pairs, parties),
                new TracedNow(sessions, parties, Suspicions.of(groups, parties)),
                (story, wide) -> SuspectMachines.of(story, wide, parties),
                (id, client, story, known, everybodys, traces) ->
                        new Story(id, client, story, known, parties, detected, everybodys, traces).incident());
    }

    /// Tells one story.
    interface Teller {
        /// @param traces the readings of how it came in, the likeliest first
        Incident tell(
                String id,
                String client,
                List<Group> story,
                Contacts known,
                Set<Entity> everybodys,
                List<Trace> traces);
    }

    /// The stories in these groups, by contacts and traces that are at hand, as they are told.
    static List<Incident> of(
            List<Group> groups,
            Parties parties,
            Map<String, Contacts> contacts,
            Traces traces,
            SuspectMachines.Source suspects,
            Teller teller) {
        Map<String, List<Group>> byClient = new TreeMap<>();
        for (Group group : groups) {
            byClient.computeIfAbsent(group.client(), c -> new ArrayList<>()).add(group);
        }
        List<Told> stories = new ArrayList<>();
        byClient.forEach((client, its) -> {
            Contacts known = contacts.getOrDefault(client, Contacts.NONE);
            Set<Entity> everybodys = everybodys(its, known);
            Set<String> wide = wideAnalytics(its, known);
            List<List<Group>> byEntity = stories(its, wide, everybodys, parties);
            for (List<Group> story : new Chains(client, traces, suspects).joined(byEntity, wide)) {
                stories.add(new Told(
                        id(client, story.getFirst()),
                        client,
                        story,
                        known,
                        everybodys,
                        suspects.of(story, wide).since()));
            }
        });
        List<Incident> out = new ArrayList<>();
        List<Launch> launches = new ArrayList<>();
        for (Told story : stories) {
            Incident incident = story.by(teller, traces.of(story.id, story.client, story.since));
            out.add(incident);
            if (incident.severity().compareTo(Incident.Severity.MEDIUM) >= 0) {
                launches.addAll(traces.launches(story.id, story.client, story.since));
            }
        }
        // What one client's trace tells of the supplier's machines helps to read those of the others.
        Map<String, Set<String>> reached = new HashMap<>();
        launches.forEach(
                l -> reached.computeIfAbsent(l.supplier(), s -> new HashSet<>()).add(l.client()));
        for (int i = 0; i < out.size(); i++) {
            Incident incident = out.get(i);
            String party = incident.entry().party();
            Set<String> clients =
                    incident.entry().link() == null || party == null ? Set.of() : reached.getOrDefault(party, Set.of());
            if (clients.size() > (clients.contains(incident.client()) ? 1 : 0)) {
                Told story = stories.get(i);
                out.set(i, story.by(teller, traces.again(story.id, story.client, story.since, launches)));
            }
        }
        List<Incident> told = campaigns(SharedOrigins.of(out));
        told.sort(Comparator.comparing(Incident::severity)
                .reversed()
                .thenComparing(Incident::firstSeen)
                .thenComparing(Incident::client)
                .thenComparing(Incident::id));
        return told;
    }

    private record Told(
            String id,
            String client,
            List<Group> groups,
            Contacts known,
            Set<Entity> everybodys,
            Map<String, Long> since) {
        Incident by(Teller teller, List<Trace> traces) {
            return teller.tell(id, client, groups, known, everybodys, traces);
        }
    }

    /// Tells stories of several clients apart from one another's, and says which have a machine of a
    /// supplier's in common.
    private static List<Incident> campaigns(List<Incident> incidents) {
        Map<String, List<Integer>> byMachine = new TreeMap<>();
        for (int i = 0; i < incidents.size(); i++) {
            for (Incident.Hop hop : incidents.get(i).path()) {
                boolean over = hop.link() != null && hop.link().equals(hop.via()) && hop.confidence() >= 0.5;
                if (over && hop.party() != null) {
                    byMachine
                            .computeIfAbsent(hop.party() + "\0" + hop.from(), m -> new ArrayList<>())
                            .add(i);
                }
            }
        }
        int[] root = new int[incidents.size()];
        for (int i = 0; i < root.length; i++) {
            root[i] = i;
        }
        byMachine.forEach((machine, its) -> its.forEach(i -> join(root, its.getFirst(), i)));
        Map<Integer, Set<String>> clients = new TreeMap<>();
        Map<Integer, String> names = new TreeMap<>();
        byMachine.forEach((machine, its) -> names.putIfAbsent(find(root, its.getFirst()), machine));
        for (int i = 0; i < root.length; i++) {
            clients.computeIfAbsent(find(root, i), r -> new HashSet<>())
                    .add(incidents.get(i).client());
        }
        List<Incident> out = new ArrayList<>();
        for (int i = 0; i < root.length; i++) {
            int r = find(root, i);
            String name = names.get(r);
            boolean several = clients.getOrDefault(r, Set.of()).size() > 1 && name != null;
            out.add(several ? incidents.get(i).in("campaign-" + print(String.valueOf(name))) : incidents.get(i));
        }
        return out;
    }

    /// One client's groups, put together: in each story the earliest first.
    private static List<List<Group>> stories(
            List<Group> unordered, Set<String> wide, Set<Entity> everybodys, Parties parties) {
        List<Group> groups = new ArrayList<>(unordered);
        groups.sort(EARLIEST);
        int[] root = new int[groups.size()];
        Map<Object, Integer> holder = new HashMap<>();
        for (int i = 0; i < root.length; i++) {
            root[i] = i;
            Group group = groups.get(i);
            if (group.affected() == null || wide.contains(group.analytic())) {
                join(root, i, holder.computeIfAbsent(group.analytic(), own(i)));
                continue;
            }
            for (Entity entity : group.entities()) {
                if (!everybodys.contains(entity)) {
                    join(root, i, holder.computeIfAbsent(entity, own(i)));
                    Entity bare = bare(entity, group.client(), parties);
                    if (bare != null && !everybodys.contains(bare)) {
                        join(root, i, holder.computeIfAbsent(bare, own(i)));
                    }
                }
            }
        }
        Map<Integer, List<Group>> stories = new TreeMap<>();
        for (int i = 0; i < root.length; i++) {
            stories.computeIfAbsent(find(root, i), r -> new ArrayList<>()).add(groups.get(i));
        }
        return List.copyOf(stories.values());
    }

    /// The account as it is called within the client's own directory: cloud services say `j.doe@acme.example`
    /// of whom Windows and analytics call `j.doe`. Null if it is another's, or has no such name.
    private static @Nullable Entity bare(Entity entity, String client, Parties parties) {
        int at = entity.kind() == Entity.Kind.ACCOUNT ? entity.value().indexOf('@') : -1;
        String name = at > 0 ? entity.value().substring(0, at) : "";
        if (name.isEmpty() || ofEachMachine(name)) {
            return null;
        }
        Party owner = parties.ownerOfAccount(entity.value());
        return owner != null && owner.name().equals(client) ? new Entity(Entity.Kind.ACCOUNT, name) : null;
    }

    private static Function<Object, Integer> own(int i) {
        return k -> i;
    }

    private static void join(int[] root, int a, int b) {
        int x = find(root, a);
        int y = find(root, b);
        root[Math.max(x, y)] = Math.min(x, y);
    }

    private static int find(int[] root, int i) {
        int at = i;
        while (root[at] != at) {
            root[at] = root[root[at]];
            at = root[at];
        }
        return at;
    }

    /// Values that say nothing by being the same.
    private static Set<Entity> everybodys(List<Group> groups, Contacts contacts) {
        Map<Entity, Set<Entity>> affected = new HashMap<>();
        Set<Entity> machines = new HashSet<>();
        for (Group group : groups) {
            Entity about = group.affected();
            if (about != null) {
                machines.add(about);
                for (Entity entity : group.entities()) {
                    affected.computeIfAbsent(entity, e -> new HashSet<>()).add(about);
                }
            }
        }
        int all = Math.max(machines.size(), contacts.machines());
        Set<Entity> out = new HashSet<>();
        affected.forEach((entity, abouts) -> {
            boolean many = switch (entity.kind()) {
                case ADDRESS, LINK_ADDRESS, INDICATOR ->
                    many(Math.max(abouts.size(), contacts.machinesAt(entity.value())), all);
                case HOST, ACCOUNT -> many(abouts.size(), all);
            };
            // What a finding is about binds it to others about the same, however many it talks to, unless
            // those are findings about others: a file server is in touch with all, a proxy speaks for
            // all.
            boolean itself = entity.kind() == Entity.Kind.ADDRESS && abouts.size() < MANY;
            boolean named = entity.kind() == Entity.Kind.ACCOUNT && ofEachMachine(entity.value())
                    || Addresses.publicResolver(entity.value());
            if (named || many && !itself) {
                out.add(entity);
            }
        });
        return out;
    }

    /// Rules and indicators that fire on a large share of the machines: each is a story by itself.
    private static Set<String> wideAnalytics(List<Group> groups, Contacts contacts) {
        Map<String, Set<Entity>> affected = new HashMap<>();
        Set<Entity> machines = new HashSet<>();
        Set<String> out = new HashSet<>();
        for (Group group : groups) {
            Entity about = group.affected();
            if (about == null) {
                continue;
            }
            machines.add(about);
            affected.computeIfAbsent(group.analytic(), a -> new HashSet<>()).add(about);
        }
        int all = Math.max(machines.size(), contacts.machines());
        affected.forEach((analytic, abouts) -> {
            if (many(abouts.size(), all)) {
                out.add(analytic);
            }
        });
        for (Group group : groups) {
            if (group.byIndicator()
                    && group.entities().stream()
                            .anyMatch(e -> e.kind() == Entity.Kind.INDICATOR && Addresses.publicResolver(e.value()))) {
                out.add(group.analytic());
            }
        }
        return out;
    }

    private static boolean many(int some, int all) {
        return some >= MANY && (long) some * SHARE > all;
    }

    static String id(String client, Group earliest) {
        Entity about = earliest.affected();
        String what =
                client + "\0" + earliest.analytic() + "\0" + (about == null ? "" : about.kind() + "\0" + about.value());
        return "inc-" + print(what);
    }

    private static String print(String what) {
        try {
            byte[] print = MessageDigest.getInstance("SHA-256").digest(what.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(print, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
