package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Request;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Traffic of a machine wrapped in something that is let through: echo requests that carry data, GRE and IP
/// in IP to the outside, VPN protocols to somebody who is no declared party, SSH that carries much for long,
/// names looked up over HTTPS past the client's own resolver.
///
/// ICMP as a channel is as old as Loki (Phrack 49 and 51, 1996); sizes tell it: a ping carries 32 to 64
/// bytes. RFC 8484 and 7858 define the look-ups meant.
///
/// Key: client, both addresses (or the name), kind. State: 500 bytes.
@AutoService(Analytic.class)
public final class Tunnels implements Analytic<Tunnels.State> {
    private static final Threshold PING_BYTES = Threshold.of("tunnel", "ping-bytes");
    private static final Threshold PING_SIZE = Threshold.of("tunnel", "ping-size");
    private static final Threshold SSH_MINUTES = Threshold.of("tunnel", "ssh-minutes");
    private static final Threshold SSH_MEGABYTES = Threshold.of("tunnel", "ssh-megabytes");

    private static final long DAY = 86_400_000;

    /// Public resolvers' own names for look-ups over HTTPS and TLS, from their operators' pages.
    private static final Set<String> RESOLVERS = Set.of(
            "dns.google",
            "dns.google.com",
            "cloudflare-dns.com",
            "one.one.one.one",
            "1dot1dot1dot1.cloudflare-dns.com",
            "chrome.cloudflare-dns.com",
            "mozilla.cloudflare-dns.com",
            "security.cloudflare-dns.com",
            "family.cloudflare-dns.com",
            "dns.quad9.net",
            "dns9.quad9.net",
            "dns10.quad9.net",
            "dns11.quad9.net",
            "doh.opendns.com",
            "doh.familyshield.opendns.com",
            "dns.nextdns.io",
            "dns.adguard.com",
            "dns.adguard-dns.com",
            "unfiltered.adguard-dns.com",
            "doh.cleanbrowsing.org",
            "doh.dns.sb",
            "dns.mullvad.net",
            "doh.mullvad.net",
            "freedns.controld.com",
            "dns.controld.com",
            "doh.li",
            "dns.digitale-gesellschaft.ch",
            "doh.applied-privacy.net",
            "dns.alidns.com",
            "doh.pub",
            "dns.pub");

    /// What is wrapped in what.
    enum Kind {
        PING("data in echo requests", "T1095", 3),
        GRE("GRE", "T1572", 3),
        IP("IP wrapped in IP", "T1572", 3),
        VPN("a VPN", "T1572", 2),
        SSH("a long SSH session", "T1572", 2),
        NAMES("name look-ups over TLS", "T1071.004", 1);

        final String words;
        final String attack;
        final int severity;

        Kind(String words, String attack, int severity) {
            this.words = words;
            this.attack = attack;
            this.severity = severity;
        }
    }

    /// What is known of a pair.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Kind kind;
        private final Address src;
        private final String to;
        private final boolean named;
        private final Records records = new Records();
        private long begin;
        private long first;
        private long last;
        private long out;
        private long in;
        private long packets;
        private long longest;
        private int contacts;
        private long told;

        State(Kind kind, Observation o, Address src, String to, boolean named) {
            this.client = o.origin().client();
            this.kind = kind;
            this.src = src;
            this.to = to;
            this.named = named;
            this.begin = o.time();
            this.first = o.time();
        }
    }

    @Override
    public String id() {
        return "tunnel";
    }

    @Override
    public String title() {
        return "Tunnel to the outside";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1071.004", "T1095", "T1572");
    }

    private static @org.jspecify.annotations.Nullable Kind kind(Contact c) {
        String service = c.service();
        return switch (c.transport()) {
            case Approach.ICMP, Approach.ICMP6 -> c.bytesOut() > 0 ? Kind.PING : null;
            case 47 -> Kind.GRE;
            case 4, 41, 94 -> Kind.IP;
            case 50 -> Kind.VPN;
            case Approach.UDP ->
                switch (c.dstPort()) {
                    case 1194, 51820, 4500, 1701 -> c.bytesIn() > 0 && c.bytesOut() > 0 ? Kind.VPN : null;
                    case 3544 -> Kind.IP;
                    default -> service.equals("teredo") ? Kind.IP : service.contains("openvpn") ? Kind.VPN : null;
                };
            case Approach.TCP ->
                c.dstPort() == 1723 || service.contains("openvpn")
                        ? Kind.VPN
                        : service.equals("ssh") || c.dstPort() == 22
                                ? Kind.SSH
                                : c.dstPort() == 853 ? Kind.NAMES : null;
            default -> service.equals("vxlan") || service.equals("gtpv1") ? Kind.IP : null;
        };
    }

    @Override
    public long key(Observation observation, Context context) {
        return switch (observation) {
            case Contact c -> {
                Kind kind = kind(c);
                yield kind == null
                                || !c.addsUp()
                                || c.outcome() == Outcome.REFUSED
                                || c.outcome() == Outcome.DENIED
                                || c.outcome() == Outcome.SILENT && kind != Kind.PING
                                || c.sure() < 0.5
                                || !Outwards.is(c.src(), c.dst(), c, context)
                                || context.owner(c.dst(), c.origin().client()) != null
                                || context.link(c.src(), c.origin().client()) != null
                        ? 0
                        : key(c, c.src(), c.dst().hash(), kind, context);
            }
            case Hello h ->
                RESOLVERS.contains(h.serverName()) && Outwards.is(h.src(), h.dst(), h, context)
                        ? key(h, h.src(), Keys.of(h.serverName()), Kind.NAMES, context)
                        : 0;
            case Request r ->
                RESOLVERS.contains(r.host())
                                && Outwards.ours(r.src(), r.origin().client(), context)
                        ? key(r, r.src(), Keys.of(r.host()), Kind.NAMES, context)
                        : 0;
            default -> 0;
        };
    }

    private static long key(Observation o, Address src, long to, Kind kind, Context context) {
        return Keys.of(Keys.of(context.tenant(o), src.hash(), to), kind.ordinal() + 1L);
    }

    @Override
    public State begin(Observation observation, Context context) {
        return switch (observation) {
            case Contact c -> {
                Kind kind = kind(c);
                yield new State(
                        kind == null ? Kind.IP : kind, c, c.src(), c.dst().text(), false);
            }
            case Hello h -> new State(Kind.NAMES, h, h.src(), h.serverName(), true);
            case Request r -> new State(Kind.NAMES, r, r.src(), r.host(), true);
            default -> throw new IllegalArgumentException("has no key: " + observation);
        };
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        if (observation.time() - state.begin > DAY) {
            end(state, context);
            state.begin = observation.time();
            state.first = observation.time();
            state.out = 0;
            state.in = 0;
            state.packets = 0;
            state.longest = 0;
            state.contacts = 0;
            state.told = 0;
        }
        if (observation instanceof Contact c) {
            state.out += Math.max(0, c.newOut());
            state.in += Math.max(0, c.newIn());
            state.packets += c.again() ? 0 : Math.max(0, c.packetsOut());
            state.longest = Math.max(state.longest, c.duration());
            state.contacts += c.again() && state.contacts > 0 ? 0 : 1;
        } else {
            state.contacts++;
        }
        state.last = Math.max(state.last, observation.time());
        state.records.add(observation.origin());
        if (tells(state, context) && amount(state) >= 4 * state.told) {
            tell(state, context);
        }
    }

    private static long amount(State state) {
        return 1 + state.contacts + (state.out + state.in) / 1000;
    }

    private static boolean tells(State state, Context context) {
        return switch (state.kind) {
            case PING ->
                state.out + state.in >= context.value(PING_BYTES)
                        && state.out >= context.value(PING_SIZE) * Math.max(state.packets, state.contacts);
            case SSH ->
                state.longest >= context.value(SSH_MINUTES) * 60_000
                        && state.out + state.in >= context.value(SSH_MEGABYTES) * 1_000_000;
            case GRE, IP, VPN, NAMES -> true;
        };
    }

    private void end(State state, Context context) {
        if (state.told > 0 && amount(state) > state.told) {
            tell(state, context);
        }
    }

    private void tell(State state, Context context) {
        state.told = amount(state);
        List<String> notes = new ArrayList<>();
        double weight = Ordinary.weight(state.to, state.client, context, notes);
        boolean inSize = state.kind == Kind.PING;
        String size = inSize && state.packets > 0
                ? " in " + Words.exactly(state.packets) + " packets, " + state.out / state.packets
                        + " bytes each; a ping carries 32 to 64"
                : "";
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(Words.address("src_endpoint.ip", state.src));
        observables.add(
                state.named
                        ? Words.hostname("dst_endpoint.hostname", state.to)
                        : new Finding.Observable("dst_endpoint.ip", 2, state.to));
        context.found(new Draft(
                this,
                state.kind + "|" + state.src + "|" + state.to,
                "Tunnel: " + state.kind.words + " from " + state.src + " to " + state.to,
                Words.count(state.contacts, "contact", "contacts")
                        + (state.out + state.in > 0
                                ? ", " + Words.bytes(state.out) + " out" + size + ", " + Words.bytes(state.in) + " in"
                                : "")
                        + (state.kind == Kind.SSH
                                ? ", the longest " + Words.seconds(state.longest / 1000.0)
                                        + "; what is forwarded through SSH is not seen in the logs"
                                : "")
                        + (state.kind == Kind.NAMES
                                ? "; what is looked up there is seen by no resolver of the client's"
                                : "")
                        + ". No party is declared as the owner of that place. " + Ordinary.sentences(notes)
                        + harmless(state.kind),
                weight < 0.6 ? 1 : state.kind.severity,
                (state.kind == Kind.NAMES ? 0.5 : 0.7) * weight,
                state.first,
                state.last,
                state.src,
                state.named ? null : Address.of(state.to),
                "",
                "",
                observables,
                List.of(state.kind.attack),
                state.records.all()));
    }

    private static String harmless(Kind kind) {
        return switch (kind) {
            case PING -> "Harmless if a network test or path-MTU probe sends large pings.";
            case GRE, IP -> "Harmless if the client's own sites are joined this way: declare the other end.";
            case VPN -> "Harmless if it is a customer's or the client's own VPN: declare the other end.";
            case SSH -> "Harmless if somebody works on a server of the client's out there.";
            case NAMES -> "Harmless if a browser or telephone brings its own resolver; policy decides.";
        };
    }

    @Override
    public Duration every() {
        return Duration.ofHours(1);
    }

    @Override
    public boolean review(State state, Context context) {
        end(state, context);
        return context.now() - state.last < DAY;
    }

    @Override
    public int capacity() {
        return 100_000;
    }

    @Override
    public int bytesPerKey() {
        return 600;
    }
}
