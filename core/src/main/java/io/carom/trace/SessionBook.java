package io.carom.trace;

import io.carom.observe.Address;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Call;
import io.carom.observe.Observation.Change;
import io.carom.observe.Observation.Changed;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Launch;
import io.carom.observe.Observation.Lease;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Request;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.observe.RemoteProcedure;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Collects who used which machine from which: connections that carry a session and sign-ins, put
/// together where they coincide.
///
/// Fed in the order of time. Of each pair of machines the first {@link #KEPT} pieces are kept and the last as many,
/// up to {@link #BUSY} while the client has {@link #ROOM}: a supplier's end of a link and the jump host behind it are
/// such a busy pair, and what was between the first and the last may be what is asked for. At most {@link #PAIRS} pairs
/// a client; those that come later are counted and left out. Not safe for use by many threads.
public final class SessionBook implements Consumer<Observation>, Serializable {
    private static final long serialVersionUID = 1;

    static final int KEPT = 48;

    /// Pieces that are kept of a pair while there is room, beside the first.
    static final int BUSY = 464;

    /// Pieces of all pairs of a client from which on a pair has no more than twice {@link #KEPT}.
    static final int ROOM = 1 << 20;

    /// Pairs of machines of a client that are held.
    public static final int PAIRS = 1 << 18;

    static final int MENTIONS = 1 << 14;

    /// Products' clocks may be this far apart, in milliseconds: a sign-in belongs to the connection
    /// that it lies within by so much.
    static final long SKEW = 6 * 60_000;

    /// What was asked for over a session begins within so long of it, in milliseconds.
    private static final long MINUTES = 2 * 60_000;

    static final String WEB = "web";
    static final String SUPPORT = "remote support";

    /// How sure a session is of which nobody says what it carried.
    private static final float UNTOLD = 0.6f;

    /// Ports by which people and tools use another machine, and what that is called.
    private static final Map<Integer, String> PORTS = Map.ofEntries(
            Map.entry(22, "SSH"),
            Map.entry(23, "Telnet"),
            Map.entry(139, "SMB"),
            Map.entry(445, "SMB"),
            Map.entry(3389, "RDP"),
            Map.entry(5900, "VNC"),
            Map.entry(5938, "TeamViewer"),
            Map.entry(5985, "WinRM"),
            Map.entry(5986, "WinRM"),
            Map.entry(7070, "AnyDesk"),
            Map.entry(1723, "VPN"),
            Map.entry(1433, "SQL Server"));

    private static final Set<String> TOOLS = Set.of("screenconnect", "teamviewer", "anydesk");

    private static final Map<String, String> SERVICES = Map.of(
            "rdp",
            "RDP",
            "ssh",
            "SSH",
            "smb",
            "SMB",
            "gssapi,smb",
            "SMB",
            "rfb",
            "VNC",
            "telnet",
            "Telnet",
            "dce_rpc",
            "SMB");

    /// What one event says of a session.
    private record Piece(
            long time, long end, String account, String via, float sure, long bytes, boolean signIn, Origin origin)
            implements Serializable {}

    private static final class Pair implements Serializable {
        private static final long serialVersionUID = 1;

        final List<Piece> first = new ArrayList<>();
        final List<Piece> last = new ArrayList<>();

        /// @return the piece that made room; null if none had to
        @Nullable
        Piece add(Piece piece, boolean room) {
            if (first.size() < KEPT) {
                first.add(piece);
                return null;
            }
            Piece gone = last.size() >= (room ? BUSY : KEPT) ? last.removeFirst() : null;
            last.add(piece);
            return gone;
        }
    }

    private record Named(long time, String host, String account, String named, Origin origin) implements Serializable {}

    /// A gateway let an account through.
    private record Gate(long time, String host, String account) implements Serializable {}

    private static final int GATES = 32;

    private static final class Client implements Serializable {
        private static final long serialVersionUID = 1;

        final Map<String, Map<String, Pair>> pairs = new LinkedHashMap<>();
        final Machines machines = new Machines();
        final Leases leases = new Leases();
        final Channels channels = new Channels();
        final Carriers carriers = new Carriers();
        final List<Named> mentions = new ArrayList<>();
        final Map<String, TreeSet<Long>> services = new HashMap<>();
        /// When a program was begun from afar on a host, and by what means.
        final Map<String, TreeMap<Long, String>> begun = new HashMap<>();
        int size;
        int left;
        long added;
        int held;
        /// From the first question on.
        transient @Nullable Joined joined;
        long begin = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        /// The end of what was collected before, see {@link #next}.
        long before = Long.MIN_VALUE;
        /// The last few connections that may carry a session, for sign-ins to coincide with.
        final List<Contact> recent = new ArrayList<>();
        final ArrayDeque<Gate> gates = new ArrayDeque<>();

        /// What began on this machine may say what sessions into it went by.
        void means(String hostOrAddress) {
            Joined known = joined;
            if (known != null) {
                known.index.means(hostOrAddress);
                machines.namesOf(hostOrAddress).forEach(known.index::means);
            }
        }
    }

    /// The pieces of a client as {@link SessionIndex} asks for them.
    private static final class Joined implements SessionIndex.Pieces {
        final SessionIndex index = new SessionIndex(this);
        private final String name;
        private final Client client;
        private final Function<Origin, String> inputs;
        private final Map<String, Set<String>> sources = new HashMap<>();

        Joined(String name, Client client, Function<Origin, String> inputs) {
            this.name = name;
            this.client = client;
            this.inputs = inputs;
            client.pairs.forEach((from, tos) -> tos.forEach((to, pair) -> {
                begun(from, to);
                pair.first.forEach(p -> index.touched(from, to, p.time));
                pair.last.forEach(p -> index.touched(from, to, p.time));
            }));
            client.machines.onRenamed(index::renamed, index::means);
        }

        void begun(String from, String to) {
            sources.computeIfAbsent(to, t -> new LinkedHashSet<>(2)).add(from);
        }

        @Override
        public String label(String raw, long time) {
            return SessionBook.label(client, raw, time);
        }

        @Override
        public Collection<Long> times(String from, String to) {
            Pair pair = client.pairs.getOrDefault(from, Map.of()).get(to);
            List<Long> out = new ArrayList<>();
            if (pair != null) {
                pair.first.forEach(p -> out.add(p.time));
                pair.last.forEach(p -> out.add(p.time));
            }
            return out;
        }

        @Override
        public Collection<String> to(String from) {
            return client.pairs.getOrDefault(from, Map.of()).keySet();
        }

        @Override
        public Collection<String> from(String to) {
            return sources.getOrDefault(to, Set.of());
        }

        @Override
        public List<Session> sessions(String from, String to, Collection<String> rawFrom, Collection<String> rawTo) {
            List<Piece> pieces = new ArrayList<>();
            for (String f : rawFrom) {
                Map<String, Pair> tos = client.pairs.getOrDefault(f, Map.of());
                for (String t : rawTo) {
                    Pair pair = tos.get(t);
                    if (pair != null) {
                        for (List<Piece> some : List.of(pair.first, pair.last)) {
                            for (Piece piece : some) {
                                if (label(f, piece.time).equals(from)
                                        && label(t, piece.time).equals(to)) {
                                    pieces.add(piece);
                                }
                            }
                        }
                    }
                }
            }
            List<Session> out = new ArrayList<>();
            if (!pieces.isEmpty()) {
                SessionBook.sessions(name, client, from, to, pieces, inputs, out);
            }
            return out;
        }
    }

    /// Names are learned from coincidences anew when there is a twentieth more to learn from.
    private static final int MORE = 20;

    private final Map<String, Client> clients = new TreeMap<>();
    private long coincidedAt = -1;

    private Client of(String name) {
        return clients.computeIfAbsent(name, n -> new Client());
    }

    @Override
    public void accept(Observation observation) {
        Client client = of(observation.origin().client());
        client.begin = Math.min(client.begin, observation.time());
        client.end = Math.max(client.end, observation.time());
        switch (observation) {
            case Contact c -> {
                contact(client, c);
                client.channels.add(c);
                client.carriers.add(c);
            }
            case SignIn s -> signIn(client, s);
            case Lease l -> lease(client, l);
            case Request r -> request(client, r);
            case Lookup l -> lookup(client, l);
            case Launch l -> launch(client, l);
            case Call c -> called(client, c);
            case Change c -> {
                if (c.changed() == Changed.SERVICE_INSTALLED) {
                    client.services
                            .computeIfAbsent(Machines.shortName(c.host()), h -> new TreeSet<>())
                            .add(c.time());
                    client.means(Machines.shortName(c.host()));
                } else if (c.changed() == Changed.JOB_CREATED && !c.host().isEmpty()) {
                    begun(client, c.host(), c.time(), "scheduled task");
                }
            }
            default -> {}
        }
    }

    private static void contact(Client client, Contact c) {
        String via = SERVICES.get(c.service());
        if (via == null) {
            via = PORTS.get(c.dstPort());
        }
        if (via == null || c.outcome().failed() || !carries(c)) {
            return;
        }
        long bytes = c.bytesOut() < 0 && c.bytesIn() < 0 ? -1 : Math.max(0, c.bytesOut()) + Math.max(0, c.bytesIn());
        long end = c.duration() > 0 ? c.time() + c.duration() : c.time();
        // Who states no amounts at all (the first word of a firewall, an endpoint's sensor) cannot tell a
        // session from
        // a probe that was answered.
        boolean told = bytes >= 0 || c.packetsOut() >= 0 || c.duration() > 2000;
        float sure = told ? c.sure() : Math.min(c.sure(), UNTOLD);
        add(client, c.src().text(), c.dst().text(), new Piece(c.time(), end, "", via, sure, bytes, false, c.origin()));
        if (client.recent.size() >= 256) {
            client.recent.subList(0, 128).clear();
        }
        client.recent.add(c);
    }

    /// What agreeing on keys takes at least, in bytes both ways: a banner, an offer and a refusal take less.
    private static final int AGREED = 3000;

    /// A port that answered a probe is open, no more, even if it said its name: a session carries something.
    private static boolean carries(Contact c) {
        if (c.bytesOut() >= 0 || c.bytesIn() >= 0) {
            return Math.max(0, c.bytesOut()) + Math.max(0, c.bytesIn()) >= AGREED;
        }
        return c.packetsOut() < 0 || c.packetsOut() > 4 || c.duration() > 2000;
    }

    private static void signIn(Client client, SignIn s) {
        if (s.outcome() != Outcome.SUCCESS
                || s.account().isEmpty()
                || s.account().endsWith("$")) {
            return;
        }
        String via = switch (s.means()) {
            case REMOTE_DESKTOP -> "RDP";
            case SSH -> "SSH";
            case VPN -> "VPN";
            case REMOTE_SUPPORT -> SUPPORT;
            case NETWORK -> "network sign-in";
            default -> "";
        };
        if (s.host().isEmpty() && !s.srcHost().isEmpty()) {
            client.gates.addLast(new Gate(s.time(), s.srcHost(), s.account()));
            if (client.gates.size() > GATES) {
                client.gates.removeFirst();
            }
        }
        // Who signs in to a tool's own server has not yet used a machine.
        if (via.isEmpty() || s.host().isEmpty() || TOOLS.contains(s.host())) {
            return;
        }
        Address src = s.src();
        String from = src != null && src.reach() != Address.Reach.NOBODYS ? src.text() : s.srcHost();
        // Of an account of somebody else's directory the whole name is kept: it says whose it is.
        boolean foreign = s.means() == Means.REMOTE_SUPPORT || s.means() == Means.VPN;
        String account = foreign && s.domain().indexOf('.') > 0 ? s.account() + "@" + s.domain() : s.account();
        if (from.isEmpty() && s.means() == Means.REMOTE_SUPPORT) {
            // The tool on the machine says who took control, not where he sat.
            from = account;
        }
        if (from.isEmpty() || Machines.shortName(from).equals(Machines.shortName(s.host()))) {
            return;
        }
        Address dst = s.dst();
        if (dst != null) {
            client.machines.learn(s.host(), dst, 2);
        }
        if (src != null && !s.srcHost().isEmpty()) {
            client.machines.learn(s.srcHost(), src, 2);
        }
        if (src != null) {
            // Where a gateway just let the account through, and it comes from there: that is the gateway's address.
            for (Gate gate : client.gates) {
                if (gate.account.equals(s.account())
                        && Math.abs(gate.time - s.time()) <= SKEW
                        && src.reach() == Address.Reach.PRIVATE
                        && !Machines.shortName(gate.host).equals(Machines.shortName(s.host()))) {
                    client.machines.coincide(gate.host, src);
                }
            }
            Address came = cameBy(client, s, src, via);
            if (came != null) {
                client.machines.coincide(s.host(), came);
            }
        }
        if (s.means() != Means.VPN || src != null) {
            add(
                    client,
                    from,
                    Machines.shortName(s.host()),
                    new Piece(s.time(), s.time(), account, via, 1, -1, true, s.origin()));
        }
    }

    /// How long before a sign-in the connection began that it came by.
    private static final long SIGN_IN = 10_000;

    /// Where the connection went that this sign-in came by: the one that was just begun from the same place and may
    /// carry it. Null if there is none, or several went to different machines.
    private static @Nullable Address cameBy(Client client, SignIn s, Address src, String via) {
        Address found = null;
        for (int i = client.recent.size() - 1; i >= 0; i--) {
            Contact c = client.recent.get(i);
            if (s.time() - c.time() > SIGN_IN) {
                break;
            }
            String carried = SERVICES.getOrDefault(c.service(), PORTS.getOrDefault(c.dstPort(), ""));
            boolean fits = via.equals("RDP") || via.equals("SSH")
                    ? carried.equals(via)
                    : !carried.equals("RDP") && !carried.equals("SSH");
            if (fits && c.src().equals(src)) {
                if (found != null && !found.equals(c.dst())) {
                    return null;
                }
                found = c.dst();
            }
        }
        return found;
    }

    /// Somebody from outside whom a web server knows by name: of portals, interfaces for programs and webmail.
    private static void request(Client client, Request r) {
        Address src = r.src();
        Address dst = r.dst();
        boolean served = r.status() == 0 || r.status() >= 200 && r.status() < 400;
        if (src == null
                || dst == null
                || r.account().isEmpty()
                || r.account().equals("-")
                || !served
                || r.proxied()
                || src.reach() != Address.Reach.PUBLIC) {
            return;
        }
        add(
                client,
                src.text(),
                dst.text(),
                new Piece(r.time(), r.time(), Suspicion.bare(r.account()), WEB, 0.9f, -1, true, r.origin()));
    }

    private static void lease(Client client, Lease l) {
        client.leases.add(l);
        Joined joined = client.joined;
        if (joined != null && l.kind() == Lease.Kind.DHCP) {
            joined.index.renamed(l.address().text());
        }
        if (!l.host().isEmpty() && l.kind() != Lease.Kind.NAT) {
            client.machines.learn(l.host(), l.address(), 3);
        }
        Address outside = l.outside();
        if (outside != null && !l.ended() && l.kind() == Lease.Kind.VPN) {
            add(
                    client,
                    outside.text(),
                    l.address().text(),
                    new Piece(l.time(), l.time(), l.account(), "VPN", 1, -1, true, l.origin()));
        }
    }

    private static void lookup(Client client, Lookup l) {
        for (String answer : l.answers()) {
            Address address = Address.of(answer);
            if (address != null && address.reach() == Address.Reach.PRIVATE) {
                client.machines.learn(l.name(), address, 2);
            }
        }
    }

    /// A sensor on the wire names the procedure by which a program is begun on the other machine.
    private static void called(Client client, Call c) {
        Address dst = c.dst();
        RemoteProcedure procedure = c.service().equals("rpc") ? RemoteProcedure.of(c.what(), c.operation()) : null;
        if (dst == null
                || procedure == null
                || !procedure.executes()
                || c.outcome().failed()) {
            return;
        }
        if (procedure.means().equals("service")) {
            client.services.computeIfAbsent(dst.text(), h -> new TreeSet<>()).add(c.time());
            client.means(dst.text());
        } else {
            begun(client, dst.text(), c.time(), procedure.means());
        }
    }

    private static void begun(Client client, String host, long time, String means) {
        TreeMap<Long, String> of = client.begun.computeIfAbsent(Machines.shortName(host), h -> new TreeMap<>());
        if (of.size() < MENTIONS) {
            of.put(time, means);
            client.means(Machines.shortName(host));
        }
    }

    /// Programs under which Windows begins what was asked for from another machine.
    private static final Map<String, String> HANDS = Map.of(
            "wmiprvse.exe", "WMI",
            "wsmprovhost.exe", "WinRM",
            "winrshost.exe", "WinRM",
            "psexesvc.exe", "PsExec");

    private static void launch(Client client, Launch l) {
        String parent = l.parent().substring(l.parent().lastIndexOf('\\') + 1).toLowerCase(Locale.ROOT);
        String hand = HANDS.get(parent);
        if (hand != null) {
            begun(client, l.host(), l.time(), hand);
        }
        String command = l.commandLine();
        if (command.isEmpty() || client.mentions.size() >= MENTIONS) {
            return;
        }
        int at = 0;
        while (at < command.length()) {
            int from = at;
            int dots = 0;
            while (at < command.length()
                    && (Character.digit(command.charAt(at), 10) >= 0 || command.charAt(at) == '.' && at > from)) {
                dots += command.charAt(at) == '.' ? 1 : 0;
                at++;
            }
            if (dots == 3) {
                String named = command.substring(from, at);
                Address address = Address.of(named);
                if (address != null && address.reach() != Address.Reach.NOBODYS) {
                    client.mentions.add(
                            new Named(l.time(), Machines.shortName(l.host()), l.account(), address.text(), l.origin()));
                }
            }
            at = Math.max(at, from + 1);
        }
    }

    private static void add(Client client, String from, String to, Piece piece) {
        Map<String, Pair> of = client.pairs.computeIfAbsent(from, f -> new LinkedHashMap<>());
        Pair pair = of.get(to);
        if (pair == null) {
            if (client.size >= PAIRS) {
                client.left++;
                return;
            }
            pair = new Pair();
            of.put(to, pair);
            client.size++;
        }
        client.added++;
        Piece gone = pair.add(piece, client.held < ROOM);
        client.held += gone == null ? 1 : 0;
        Joined joined = client.joined;
        if (joined != null) {
            joined.begun(from, to);
            joined.index.touched(from, to, piece.time);
            if (gone != null) {
                joined.index.touched(from, to, gone.time);
            }
        }
    }

    // ---- what was collected

    /// Learns which names and addresses are one machine from what falls together; see {@link Coincidences}.
    private void coincide() {
        long added = added();
        if (coincidedAt >= 0 && (added - coincidedAt) * MORE <= added) {
            return;
        }
        coincidedAt = added;
        clients.values().forEach(client -> {
            Coincidences coincidences = new Coincidences();
            client.pairs.forEach((from, tos) -> {
                Map<String, long[]> byName = new TreeMap<>();
                Map<String, long[]> byAddress = new TreeMap<>();
                tos.forEach((to, pair) -> {
                    boolean address = Address.of(to) != null;
                    if (address && client.machines.label(to).equals(to)) {
                        byAddress.put(to, times(pair, false));
                    } else if (!address && client.machines.address(to) == null) {
                        byName.put(to, times(pair, true));
                    }
                });
                coincidences.add(byName, byAddress);
            });
            coincidences.teach(client.machines);
        });
    }

    private static long[] times(Pair pair, boolean signIns) {
        return java.util.stream.Stream.concat(pair.first.stream(), pair.last.stream())
                .filter(p -> p.signIn == signIns)
                .mapToLong(Piece::time)
                .sorted()
                .toArray();
    }

    /// A book to go on with: nothing is collected in it, but it knows machines by the names they have now, and what was
    /// begun within {@link #SKEW} of the last.
    public SessionBook next() {
        SessionBook next = new SessionBook();
        clients.forEach((name, client) -> {
            Client to = next.of(name);
            to.before = Math.max(client.before, client.end);
            long since = to.before - SKEW;
            to.machines.carry(client.machines);
            to.leases.carry(client.leases, since);
            to.gates.addAll(client.gates);
            to.recent.addAll(client.recent);
            client.services.forEach((host, times) -> {
                if (times.last() >= since) {
                    to.services.put(host, new TreeSet<>(times.tailSet(since)));
                }
            });
            client.begun.forEach((host, begun) -> {
                if (!begun.isEmpty() && begun.lastKey() >= since) {
                    to.begun.put(host, new TreeMap<>(begun.tailMap(since)));
                }
            });
        });
        return next;
    }

    /// How many pieces of sessions came.
    public long added() {
        return clients.values().stream().mapToLong(c -> c.added).sum();
    }

    /// Pieces of sessions that could not be held.
    public long leftOut() {
        return clients.values().stream().mapToLong(c -> c.left).sum();
    }

    /// What was collected until now, to be asked; also while more is collected, by one thread at a
    /// time, of which sessions are told once a history is asked for again.
    ///
    /// @param inputs path of the input that a record is in: the same each time this is asked
    public History history(Function<Origin, String> inputs) {
        coincide();
        clients.values().forEach(client -> {
            Joined joined = client.joined;
            if (joined != null) {
                joined.index.settle();
            }
        });
        return new Collected(inputs);
    }

    private SessionIndex index(String name, Client client, Function<Origin, String> inputs) {
        Joined joined = client.joined;
        if (joined == null) {
            joined = new Joined(name, client, inputs);
            joined.index.settle();
            client.joined = joined;
        }
        return joined.index;
    }

    private final class Collected implements History {
        private final Function<Origin, String> inputs;
        private final Map<String, List<Carrier>> carriers = new HashMap<>();

        Collected(Function<Origin, String> inputs) {
            this.inputs = inputs;
        }

        private <T> T ask(String client, Function<SessionIndex, T> question, T none) {
            Client known = clients.get(client);
            return known == null ? none : question.apply(index(client, known, inputs));
        }

        @Override
        public Set<String> clients() {
            return Set.copyOf(clients.keySet());
        }

        @Override
        public long @Nullable [] span(String client) {
            Client known = clients.get(client);
            return known == null || known.begin > known.end ? null : new long[] {known.begin, known.end};
        }

        @Override
        public String label(String client, String addressOrName) {
            Client known = clients.get(client);
            String folded = addressOrName.toLowerCase(Locale.ROOT);
            return known == null ? Machines.shortName(folded) : known.machines.label(folded);
        }

        @Override
        public @Nullable String address(String client, String label) {
            Client known = clients.get(client);
            return known == null ? null : known.machines.address(label);
        }

        @Override
        public List<Session> into(String client, String label) {
            return ask(client, i -> i.into(label), List.of());
        }

        @Override
        public List<Session> outOf(String client, String label) {
            return ask(client, i -> i.outOf(label), List.of());
        }

        @Override
        public long[] times(String client, String from, String account) {
            return ask(client, i -> i.times(from, account), new long[0]);
        }

        @Override
        public Set<String> sources(String client) {
            return ask(client, SessionIndex::sources, Set.of());
        }

        @Override
        public Set<String> targets(String client) {
            return ask(client, i -> i.targets(MANY), Set.of());
        }

        @Override
        public Set<String> machinesOf(String client, String account) {
            return ask(client, i -> i.machinesOf(account), Set.of());
        }

        @Override
        public List<Carrier> carriers(String client, long from, long to) {
            List<Carrier> all = carriers.computeIfAbsent(client, c -> SessionBook.this.carriers(c, inputs));
            return all.subList(first(all, from), first(all, to));
        }

        /// Index of the first that began at a time or after.
        private static int first(List<Carrier> all, long time) {
            int low = 0;
            int high = all.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (all.get(middle).begin() < time) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        @Override
        public Set<String> desksOf(String client, String account) {
            return ask(client, i -> i.desksOf(account), Set.of());
        }

        @Override
        public List<Trace.Channel> channels(String client, String label) {
            Client known = clients.get(client);
            if (known == null) {
                return List.of();
            }
            Set<String> addresses = new TreeSet<>(known.machines.called(label));
            addresses.add(label);
            addresses.removeIf(a -> !known.machines.label(a).equals(label));
            return known.channels.of(client, label, addresses, o -> source(o, inputs));
        }

        @Override
        public @Nullable Tenure tenure(String client, String address, long time) {
            Client known = clients.get(client);
            return known == null ? null : known.leases.tenure(address, time, o -> source(o, inputs));
        }

        @Override
        public List<Mention> mentions(String client, long from, long to) {
            Client known = clients.get(client);
            return known == null
                    ? List.of()
                    : known.mentions.stream()
                            .filter(m -> m.time >= from && m.time <= to)
                            .map(m -> new Mention(m.time, m.host, m.account, m.named, source(m.origin, inputs)))
                            .toList();
        }
    }

    private static Trace.Source source(Origin origin, Function<Origin, String> inputs) {
        return new Trace.Source(inputs.apply(origin), origin.record());
    }

    /// All leases of a client, by address and time; for keeping.
    public List<Tenure> tenures(String client, Function<Origin, String> inputs) {
        Client known = clients.get(client);
        return known == null ? List.of() : known.leases.all(o -> source(o, inputs));
    }

    /// What the machines of a client spoke with that few others did; for keeping.
    public List<Trace.Channel> channels(String name, Function<Origin, String> inputs) {
        coincide();
        Client client = clients.get(name);
        List<Trace.Channel> out = new ArrayList<>();
        if (client != null) {
            client.channels
                    .told(name, client.machines::label, o -> source(o, inputs))
                    .values()
                    .forEach(out::addAll);
        }
        return out;
    }

    /// Connections to the outside that may have carried sessions, by time; for keeping.
    public List<Carrier> carriers(String name, Function<Origin, String> inputs) {
        coincide();
        Client client = clients.get(name);
        return client == null ? List.of() : client.carriers.told((a, t) -> label(client, a, t), o -> source(o, inputs));
    }

    /// The names by which machines are known, with how much was said for each; for keeping.
    public void names(Names to) {
        coincide();
        clients.forEach((name, client) -> client.machines.each((address, host, weight) -> {
            to.name(name, address, host, weight);
        }));
    }

    /// Is told which address was called what.
    public interface Names {
        void name(String client, String address, String host, int weight);
    }

    /// All sessions of all clients, by client and time; for keeping.
    public List<Session> sessions(Function<Origin, String> inputs) {
        coincide();
        List<Session> out = new ArrayList<>();
        clients.forEach((name, client) -> {
            SessionIndex index = index(name, client, inputs);
            index.settle();
            out.addAll(index.all());
        });
        return out;
    }

    /// Where one log of a remote-support tool says who took control of a machine and another from where, the latter
    /// is kept.
    static List<Session> withoutPersons(List<Session> byTime) {
        Map<String, List<Session>> placed = new HashMap<>();
        boolean any = false;
        for (Session s : byTime) {
            if (Machines.person(s.from())) {
                any = true;
            } else if (s.via().equals(SUPPORT)) {
                placed.computeIfAbsent(s.to() + "\0" + Suspicion.bare(s.account()), k -> new ArrayList<>())
                        .add(s);
            }
        }
        if (!any || placed.isEmpty()) {
            return byTime;
        }
        return byTime.stream()
                .filter(s -> !Machines.person(s.from())
                        || placed.getOrDefault(s.to() + "\0" + Suspicion.bare(s.account()), List.of()).stream()
                                .noneMatch(p -> Math.abs(p.time() - s.time()) <= SKEW))
                .toList();
    }

    /// The machine that had the address then.
    private static String label(Client client, String addressOrName, long time) {
        Lease lease = client.leases.at(addressOrName, time);
        return lease != null && lease.kind() == Lease.Kind.DHCP && !lease.host().isEmpty()
                ? Machines.shortName(lease.host())
                : client.machines.label(addressOrName);
    }

    /// The sessions that pieces are. Those within {@link #SKEW} of each other are one.
    private static void sessions(
            String name,
            Client client,
            String from,
            String to,
            List<Piece> pieces,
            Function<Origin, String> inputs,
            List<Session> out) {
        pieces.sort(Comparator.comparingLong(Piece::time)
                .thenComparing(p -> p.origin.input())
                .thenComparing(p -> p.origin.record()));
        List<List<Piece>> groups = new ArrayList<>();
        long end = Long.MIN_VALUE;
        for (Piece piece : pieces) {
            if (groups.isEmpty() || piece.time > end + SKEW) {
                groups.add(new ArrayList<>());
                end = piece.end;
            }
            groups.getLast().add(piece);
            end = Math.max(end, piece.end);
        }
        // What machines tell goes by their names, what sensors tell by their addresses.
        String address = client.machines.address(to);
        int earlier = 0;
        for (List<Piece> group : groups) {
            Piece begin = group.getFirst();
            String account = "";
            String via = "";
            float sure = 0;
            long bytes = -1;
            long last = begin.end;
            List<Trace.Source> records = new ArrayList<>();
            for (Piece piece : group) {
                account = account.isEmpty() ? piece.account : account;
                boolean better = via.isEmpty() || via.equals("network sign-in") || piece.via.equals("RDP");
                via = better ? piece.via : via;
                sure = Math.max(sure, piece.sure);
                bytes = piece.bytes < 0 ? bytes : Math.max(bytes, 0) + piece.bytes;
                last = Math.max(last, piece.end);
                if (records.size() < 4 || piece.signIn && records.size() < 6) {
                    records.add(source(piece.origin, inputs));
                }
            }
            Long service = first(
                    next(client.services.get(to), begin.time - 2000),
                    next(client.services.get(address), begin.time - 2000));
            if (service != null
                    && service <= begin.time + SKEW
                    && (via.equals("SMB") || via.equals("network sign-in"))) {
                via = "SMB and a new service";
            } else if (via.equals("SMB") || via.equals("network sign-in")) {
                TreeMap<Long, String> begun = client.begun.getOrDefault(to, client.begun.get(address));
                Map.Entry<Long, String> program = begun == null ? null : begun.ceilingEntry(begin.time - 2000);
                via = program != null && program.getKey() <= last + MINUTES ? program.getValue() : via;
            }
            out.add(new Session(
                    name, from, to, begin.time, last, account, via, sure, bytes, earlier, 0, List.copyOf(records)));
            earlier++;
        }
    }

    private static @Nullable Long next(@Nullable TreeSet<Long> times, long from) {
        return times == null ? null : times.ceiling(from);
    }

    private static @Nullable Long first(@Nullable Long a, @Nullable Long b) {
        return a == null ? b : b == null ? a : Long.valueOf(Math.min(a, b));
    }

    static List<Session> withAccounts(List<Session> byTime) {
        Map<String, Integer> seen = new HashMap<>();
        List<Session> out = new ArrayList<>(byTime.size());
        for (Session s : byTime) {
            int before = s.account().isEmpty() ? 0 : seen.merge(s.account() + "\0" + s.to(), 1, Integer::sum) - 1;
            out.add(new Session(
                    s.client(),
                    s.from(),
                    s.to(),
                    s.time(),
                    s.end(),
                    s.account(),
                    s.via(),
                    s.sure(),
                    s.bytes(),
                    s.earlier(),
                    before,
                    s.records()));
        }
        return out;
    }
}
