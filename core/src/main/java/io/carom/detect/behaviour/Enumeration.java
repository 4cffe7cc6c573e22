package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Call;
import io.carom.observe.Origin;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// A machine asks server after server for its shares, sessions, users or settings: SMB, RPC, LDAP, SNMP.
///
/// Tools that map a domain (BloodHound's collector; net view, NetSess) open the same interface of dozens of
/// machines within minutes; Microsoft's detections of it ("User and IP address reconnaissance (SMB)",
/// "Account enumeration reconnaissance") go by the same. Counted are servers, and shares, that a machine
/// never called before in this way, against what it meets on a usual day.
///
/// Key: client and machine. State: servers and shares known ({@link #KNOWN} bits in two generations), the
/// latest {@link #TRAIL} first calls; 10 KB at most, 800 bytes for an ordinary machine.
@AutoService(Analytic.class)
public final class Enumeration implements Analytic<Enumeration.State> {
    private static final Threshold WINDOW = Threshold.of("enumeration", "window-minutes");
    private static final Threshold SERVERS = Threshold.of("enumeration", "servers");
    private static final Threshold SHARES = Threshold.of("enumeration", "shares");
    private static final Threshold FACTOR = Threshold.of("enumeration", "usual-factor");
    private static final Threshold UNLEARNED = Threshold.of("enumeration", "unlearned-factor");
    private static final Threshold LEARNING = Threshold.of("enumeration", "learning-hours");

    static final int KNOWN = 1 << 14;
    static final int TRAIL = 96;

    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    private static final List<String> SERVICES = List.of("smb", "rpc", "ldap", "snmp", "kerberos");
    private static final List<String> WHAT = List.of("shares", "interfaces", "directories", "settings", "services");

    /// What is known of a machine.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final Address src;
        private final Known known = new Known(KNOWN);
        private final Trail trail = new Trail(TRAIL);
        private final int[] told = new int[SERVICES.size() * 2];
        private final long[] toldAt = new long[SERVICES.size() * 2];
        private Few what = new Few(8);
        private int refused;
        private long day;
        private int today;
        private float usual;
        private long last;

        State(String client, Address src) {
            this.client = client;
            this.src = src;
        }
    }

    @Override
    public String id() {
        return "enumeration";
    }

    @Override
    public String title() {
        return "Services and shares of many servers listed";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1018", "T1046", "T1087.002", "T1135", "T1558.003");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Call c)
                || !SERVICES.contains(c.service())
                || c.dst() == null && c.host().isEmpty()) {
            return 0;
        }
        Address src = c.src();
        return src == null || src.reach() == Address.Reach.NOBODYS || src.equals(c.dst())
                ? 0
                : Keys.of(context.tenant(c), src.hash());
    }

    @Override
    public State begin(Observation observation, Context context) {
        return new State(observation.origin().client(), Objects.requireNonNull(((Call) observation).src()));
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Call c = (Call) observation;
        state.last = Math.max(state.last, c.time());
        Address dst = c.dst();
        // A server is told by address in one log and by name in another; each log is consistent in itself.
        long server = dst == null ? Keys.of(c.host()) : dst.hash();
        int service = SERVICES.indexOf(c.service());
        String share = share(c);
        boolean newServer = state.known.add(Keys.of(server, service + 1L));
        boolean newShare = !share.isEmpty() && state.known.add(Keys.of(server, Keys.of(share)));
        if (!newServer && !newShare) {
            return;
        }
        if (newServer) {
            count(state, c.time());
        }
        if (!share.isEmpty()) {
            state.what.add(share);
        }
        state.refused += c.outcome().failed() ? 1 : 0;
        int host = (int) (server >>> 32);
        state.trail.add(
                host,
                (int) Keys.of(share),
                service << 2 | (newServer ? 1 : 0) | (newShare ? 2 : 0),
                c.time(),
                c.origin());
        look(state, c, service, context);
    }

    /// The share or interface; of a file in a share, the share.
    private static String share(Call c) {
        String what = c.what();
        int slashes = 0;
        for (int i = 0; i < what.length(); i++) {
            // `\\server\share\file` and `share\file`.
            slashes += what.charAt(i) == '\\' ? 1 : 0;
            if (slashes == (what.startsWith("\\\\") ? 4 : 1)) {
                return what.substring(0, i);
            }
        }
        return what;
    }

    private static void count(State state, long time) {
        long day = SignIns.day(time, state.day);
        if (day != state.day) {
            state.usual = state.day == 0 ? 0 : state.usual == 0 ? state.today : state.usual * 0.7f + state.today * 0.3f;
            state.today = 0;
            state.day = day;
        }
        state.today++;
    }

    private void look(State state, Call c, int service, Context context) {
        long from = c.time() - context.whole(WINDOW) * 60_000;
        boolean learned = c.time() - context.begin(state.client) >= context.value(LEARNING) * HOUR;
        double factor = learned ? 1 : context.value(UNLEARNED);
        Trail.Of servers = (h, p, b) -> b >> 2 == service && (b & 1) != 0;
        Trail.Of shares = (h, p, b) -> b >> 2 == service && (b & 2) != 0;
        int hosts = state.trail.distinctHosts(from, servers);
        double least = Math.max(context.value(SERVERS) * factor, context.value(FACTOR) * state.usual);
        if (hosts >= least) {
            tell(state, c, service * 2, hosts, from, servers, learned, context);
        }
        int opened = state.trail.count(from, shares);
        if (service == 0 && opened >= context.value(SHARES) * factor && opened > hosts * 2) {
            tell(state, c, 1, opened, from, shares, learned, context);
        }
    }

    private void tell(
            State state, Call c, int which, int count, long from, Trail.Of of, boolean learned, Context context) {
        boolean goesOn = c.time() - state.toldAt[which] < HOUR;
        if (goesOn && count < 2 * state.told[which]) {
            return;
        }
        state.told[which] = count;
        state.toldAt[which] = c.time();
        int service = which / 2;
        boolean shares = which == 1;
        List<Origin> evidence = new ArrayList<>();
        state.trail.oldest(from, of, state.client, 5, evidence);
        state.trail.latest(from, of, state.client, Draft.EVIDENCE - evidence.size(), evidence);
        boolean ordered = context.allowedScanner(state.src, state.client);
        boolean over = context.link(state.src, state.client) != null;
        long first = state.trail.first(from, of);
        String name = SERVICES.get(service).toUpperCase(java.util.Locale.ROOT);
        double bar = shares ? context.value(SHARES) : context.value(SERVERS);
        context.found(new Draft(
                this,
                state.src + "|" + name + (shares ? "|shares" : ""),
                (shares
                                ? state.src + " opened " + count + " shares it never opened before"
                                : state.src + " asked " + count + " servers over " + name
                                        + " that it never asked before")
                        + " within " + Scans.span(c.time() - first) + (ordered ? " (a scanner that is allowed)" : ""),
                count + (shares ? " shares" : " servers, for their " + WHAT.get(service)) + ", each for the first time"
                        + (learned
                                ? String.format(
                                        java.util.Locale.ROOT,
                                        "; on a usual day it meets %.1f new servers",
                                        state.usual)
                                : "; the logs are younger than a day, so more than usual are asked for before it is told")
                        + ". " + (state.refused > 0 ? state.refused + " calls were refused. " : "")
                        + (state.what.size() > 0 ? "Asked for: " + state.what.words(8) + ". " : "")
                        + (over ? "The machine is on a supplier's link. " : "")
                        + "Harmless if it is an inventory, a backup or a management server, or an administrator's script.",
                ordered ? 1 : over ? 4 : learned ? 3 : 2,
                Math.min(0.9, 0.5 + 0.4 * (1 - bar / (bar + count))) * (learned ? 1 : 0.75),
                first,
                c.time(),
                state.src,
                null,
                "",
                c.account(),
                Scans.observables(state.src, null),
                shares ? List.of("T1135") : Arrays.asList(attack(service), "T1018"),
                evidence));
    }

    private static String attack(int service) {
        return switch (service) {
            case 0 -> "T1135";
            case 1 -> "T1087.002";
            case 2 -> "T1087.002";
            case 4 -> "T1558.003";
            default -> "T1046";
        };
    }

    @Override
    public Duration every() {
        return Duration.ofHours(6);
    }

    @Override
    public boolean review(State state, Context context) {
        return context.now() - state.last < 14 * DAY;
    }

    @Override
    public int capacity() {
        return 100_000;
    }

    @Override
    public int bytesPerKey() {
        return 10_000;
    }
}
