package io.carom.incident;

import io.carom.event.Cidr;
import io.carom.event.Finding;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Findings by client, analytic and the thing they are about, counted, with the evidence of the gravest and
/// earliest kept.
///
/// Bounded, however many findings come: at most {@link #MAX_GROUPS} groups with {@link #MAX_EVIDENCE}
/// findings each are held, texts are cut, and native records together take no more than about
/// {@link #EVIDENCE_CHARS} characters. What comes beyond is counted by client and analytic alone. Below the
/// bounds the result does not depend on the order of the findings. Not safe for use by many threads.
public final class FindingsByEntity {
    public static final int MAX_GROUPS = 1 << 16;
    public static final int MAX_EVIDENCE = 4;
    public static final long EVIDENCE_CHARS = 32L << 20;

    private static final int LONGEST_RECORD = 4096;
    private static final int RECORD_BEYOND_BUDGET = 160;
    private static final int MAX_ENTITIES = 32;
    private static final int MAX_OVERFLOW = 4096;
    private static final int DNS_ACTIVITY = 4003;

    private static final Comparator<Finding> EARLIEST = Comparator.comparingLong(Finding::time)
            .thenComparing(f -> f.evidence().path())
            .thenComparingLong(f -> f.evidence().record())
            .thenComparing(Finding::uid);

    /// What is kept of a group: a grave finding is not to be crowded out by mild ones before it.
    private static final Comparator<Finding> WORST =
            Comparator.comparingInt((Finding f) -> -f.severityId()).thenComparing(EARLIEST);

    /// The findings of one analytic about one thing.
    ///
    /// @param affected what of the client's they are about; null for those that were too many to hold apart
    /// @param count of all findings
    /// @param first and `last`: milliseconds since 1970; 0 where no finding's event has a time
    /// @param kept the gravest findings, the earliest of them first, texts cut
    /// @param entities what they have in common with other findings
    /// @param attacks ATT&CK techniques
    public record Group(
            String client,
            String analytic,
            String title,
            String message,
            int severityId,
            @Nullable Entity affected,
            long count,
            long first,
            long last,
            List<Finding> kept,
            List<Entity> entities,
            List<String> attacks) {
        public Group {
            kept = List.copyOf(kept);
            entities = List.copyOf(entities);
            attacks = List.copyOf(attacks);
        }

        /// Whether an indicator found them; see {@link FindingsByEntity#INDICATOR}.
        public boolean byIndicator() {
            return analytic.startsWith(INDICATOR);
        }
    }

    /// How the id of an analytic begins that is an indicator: `indicator:ip:203.0.113.9`.
    public static final String INDICATOR = "indicator:";

    /// What ids of behaviour analytics begin with in a finding.
    public static final String BEHAVIOUR = "carom.";

    private record Key(
            String client, String analytic, @Nullable Entity affected) {}

    private static final class Sum {
        Finding earliest;
        int severityId;
        long count;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        final List<Finding> kept = new ArrayList<>(2);
        final TreeSet<Entity> entities = new TreeSet<>();
        final TreeSet<String> attacks = new TreeSet<>();
        /// As it was told last; null where something came since.
        @Nullable
        Group told;

        Sum(Finding finding) {
            earliest = finding;
        }
    }

    private final Parties parties;
    private final Map<Key, Sum> groups = new HashMap<>();
    private final Map<Key, Sum> overflow = new HashMap<>();
    private final Map<String, TimeSpread> times = new TreeMap<>();
    private long chars;
    private long total;

    public FindingsByEntity(Parties parties) {
        this.parties = parties;
    }

    public void add(Finding finding) {
        total++;
        TimeSpread spread = times.computeIfAbsent(finding.client(), c -> new TimeSpread());
        if (finding.time() != 0) {
            spread.add(finding.time());
        }
        TreeSet<Entity> entities = entities(finding);
        Key key = new Key(finding.client(), PlainText.cut(finding.analytic(), 300), affected(finding, entities));
        if (key.analytic.startsWith(INDICATOR) && key.affected != null && key.affected.kind() == Entity.Kind.ADDRESS) {
            // It spoke of the indicator to a resolver or proxy, which others ask too.
            entities.removeIf(x -> x.kind() == Entity.Kind.ADDRESS && !x.equals(key.affected));
        }
        Sum sum = groups.get(key);
        if (sum == null) {
            if (groups.size() < MAX_GROUPS) {
                sum = new Sum(cut(finding, 0));
                groups.put(key, sum);
            } else {
                Key wide = new Key(key.client, key.analytic, null);
                if (!overflow.containsKey(wide) && overflow.size() >= MAX_OVERFLOW) {
                    wide = new Key(key.client, "others", null);
                }
                sum = overflow.computeIfAbsent(wide, k -> new Sum(cut(finding, 0)));
            }
        }
        enter(sum, finding, entities);
    }

    private void enter(Sum sum, Finding finding, TreeSet<Entity> entities) {
        sum.told = null;
        sum.count++;
        // 0 is an event without a time, not one of the year 1970.
        if (finding.time() != 0) {
            sum.first = Math.min(sum.first, finding.time());
            sum.last = Math.max(sum.last, finding.time());
        }
        sum.severityId = Math.max(sum.severityId, Math.clamp(finding.severityId(), 0, 6));
        for (Entity entity : entities) {
            sum.entities.add(entity);
            // The smallest are kept, not the first to come: the order of inputs must not matter.
            if (sum.entities.size() > MAX_ENTITIES) {
                sum.entities.pollLast();
            }
        }
        for (String attack : finding.attacks()) {
            if (attack.length() <= 16 && sum.attacks.size() < MAX_ENTITIES) {
                sum.attacks.add(attack);
            }
        }
        if (sum.kept.size() == MAX_EVIDENCE && WORST.compare(finding, sum.kept.getLast()) >= 0) {
            return;
        }
        for (Finding kept : sum.kept) {
            if (kept.uid().equals(finding.uid())) {
                return;
            }
        }
        boolean spent = chars > EVIDENCE_CHARS;
        if (spent && !sum.kept.isEmpty() && WORST.compare(finding, sum.kept.getFirst()) >= 0) {
            return;
        }
        Finding cut = cut(finding, spent ? RECORD_BEYOND_BUDGET : LONGEST_RECORD);
        chars += cut.evidence().nativeRecord().length();
        sum.kept.add(cut);
        sum.kept.sort(WORST);
        if (sum.kept.size() > (spent ? 1 : MAX_EVIDENCE)) {
            chars -= sum.kept.removeLast().evidence().nativeRecord().length();
        }
        sum.earliest = sum.kept.getFirst();
    }

    private static Finding cut(Finding f, int longestRecord) {
        Finding.Evidence e = f.evidence();
        List<Finding.Observable> observables = f.observables().stream()
                .limit(8)
                .map(o -> new Finding.Observable(
                        PlainText.cut(o.name(), 100), o.type(), PlainText.cut(o.value(), Entity.LONGEST)))
                .toList();
        return new Finding(
                PlainText.cut(f.uid(), 200),
                PlainText.cut(f.analytic(), 300),
                PlainText.cut(f.title(), 300),
                PlainText.cut(f.message(), 1000),
                f.severityId(),
                f.time(),
                f.client(),
                new Finding.Evidence(
                        PlainText.cut(e.path(), 1000),
                        e.record(),
                        e.source(),
                        e.classUid(),
                        plainOrNull(e.srcAddress()),
                        plainOrNull(e.dstAddress()),
                        cutOrNull(e.host()),
                        cutOrNull(e.user()),
                        longestRecord == 0 ? "" : PlainText.cut(e.nativeRecord(), longestRecord)),
                observables,
                f.attacks().stream()
                        .filter(a -> a.length() <= 16)
                        .limit(MAX_ENTITIES)
                        .toList());
    }

    /// Logs write an address of IPv6 in several ways: what is about the same machine must not be told apart
    /// by that.
    private static @Nullable String plainOrNull(@Nullable String address) {
        return address == null ? null : Cidr.plain(PlainText.cut(address, Entity.LONGEST));
    }

    private static @Nullable String cutOrNull(@Nullable String value) {
        return value == null ? null : PlainText.cut(value, Entity.LONGEST);
    }

    /// What the finding can have in common with others.
    private TreeSet<Entity> entities(Finding finding) {
        TreeSet<Entity> out = new TreeSet<>();
        Finding.Evidence e = finding.evidence();
        address(e.srcAddress(), finding.client(), out);
        // Whoever is asked for names (OCSF class 4003) is asked by all.
        if (e.classUid() != DNS_ACTIVITY) {
            address(e.dstAddress(), finding.client(), out);
        }
        if (e.host() != null && !e.host().isBlank() && ofTheHost(e.classUid())) {
            out.add(new Entity(Entity.Kind.HOST, hostName(e.host())));
        }
        if (e.user() != null && !e.user().isBlank()) {
            out.add(new Entity(Entity.Kind.ACCOUNT, e.user().toLowerCase(Locale.ROOT)));
        }
        int taken = 0;
        for (Finding.Observable observable : finding.observables()) {
            if (taken++ == 8) {
                break;
            }
            indicator(observable, finding.client(), out);
        }
        return out;
    }

    /// Whether the class's `device` is the machine it happened on: of system activity, of Windows' own
    /// (OCSF's extension, 201...) and of sign-ins. Of network events it is the firewall or sensor that saw
    /// them, which everything has in common.
    private static boolean ofTheHost(int classUid) {
        int category = classUid / 1000;
        return category == 1 || category == 3 || category == 201;
    }

    private static String hostName(String host) {
        String folded = host.toLowerCase(Locale.ROOT);
        int dot = folded.indexOf('.');
        return dot > 0 && Cidr.address(folded) == null ? folded.substring(0, dot) : folded;
    }

    private void address(@Nullable String text, String client, TreeSet<Entity> out) {
        byte[] address = text == null ? null : Cidr.address(Cidr.plain(text));
        if (address == null || text == null) {
            return;
        }
        if (parties.linkOf(address, client) != null) {
            out.add(new Entity(Entity.Kind.LINK_ADDRESS, Cidr.plain(text)));
        } else if (Addresses.ofClient(address, client, parties)) {
            out.add(new Entity(Entity.Kind.ADDRESS, Cidr.plain(text)));
        }
    }

    private void indicator(Finding.Observable observable, String client, TreeSet<Entity> out) {
        String value = observable.value().toLowerCase(Locale.ROOT);
        // OCSF observable.type_id: 1 hostname, 2 address, 4 user, 5 mail address, 6 URL, 8 hash. Names of
        // files and processes are the same on every machine and bind nothing together.
        switch (observable.type()) {
            case 2 -> {
                byte[] address = Cidr.address(Cidr.plain(value));
                if (address != null
                        && parties.linkOf(address, client) == null
                        && !Addresses.ofClient(address, client, parties)) {
                    out.add(new Entity(Entity.Kind.INDICATOR, Cidr.plain(value)));
                }
            }
            case 1 -> {
                Party owner = parties.ownerOfName(value);
                if (owner == null || !owner.name().equals(client)) {
                    out.add(new Entity(Entity.Kind.INDICATOR, value));
                }
            }
            case 4 -> out.add(new Entity(Entity.Kind.ACCOUNT, value));
            case 5, 6, 8 -> out.add(new Entity(Entity.Kind.INDICATOR, value));
            default -> {}
        }
    }

    /// What of the client's the finding is about: the machine that says so, else the client's address, else
    /// the account, else what it was reached from.
    private static @Nullable Entity affected(Finding finding, TreeSet<Entity> entities) {
        String src = plainOrNull(finding.evidence().srcAddress());
        for (Entity.Kind kind :
                List.of(Entity.Kind.HOST, Entity.Kind.ADDRESS, Entity.Kind.ACCOUNT, Entity.Kind.LINK_ADDRESS)) {
            Entity found = null;
            for (Entity entity : entities) {
                if (entity.kind() == kind && (found == null || entity.value().equals(src))) {
                    found = entity;
                }
            }
            if (found != null) {
                return found;
            }
        }
        return entities.isEmpty() ? null : entities.first();
    }

    /// How many findings were added.
    public long total() {
        return total;
    }

    /// How many of them were counted by client and analytic alone, because there was too much to hold
    /// apart.
    public long heldTogether() {
        return overflow.values().stream().mapToLong(s -> s.count).sum();
    }

    /// When the findings of each client happened.
    public Map<String, TimeSpread> times() {
        return times;
    }

    /// All groups: by client, then the earliest first. One to which nothing came is the same object as
    /// before.
    public List<Group> groups() {
        List<Group> out = new ArrayList<>(groups.size() + overflow.size());
        groups.forEach((key, sum) -> out.add(group(key, sum)));
        overflow.forEach((key, sum) -> out.add(group(key, sum)));
        out.sort(Comparator.comparing(Group::client)
                .thenComparingLong(Group::first)
                .thenComparing(Group::analytic)
                .thenComparing(g -> g.affected() == null
                        ? ""
                        : g.affected().kind() + g.affected().value()));
        return out;
    }

    private static Group group(Key key, Sum sum) {
        Group told = sum.told;
        if (told == null) {
            told = made(key, sum);
            sum.told = told;
        }
        return told;
    }

    private static Group made(Key key, Sum sum) {
        return new Group(
                key.client,
                key.analytic,
                sum.earliest.title(),
                sum.earliest.message(),
                sum.severityId,
                key.affected,
                sum.count,
                sum.first > sum.last ? 0 : sum.first,
                sum.first > sum.last ? 0 : sum.last,
                sum.kept,
                List.copyOf(sum.entities),
                List.copyOf(sum.attacks));
    }
}
