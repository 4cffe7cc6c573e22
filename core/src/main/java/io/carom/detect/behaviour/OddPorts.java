package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Outcome;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// A protocol at a port that is another's: what a sensor recognised in the bytes is not what the port is for.
///
/// Protocol is told by content, as Dreger et al. ("Dynamic Application-Layer Protocol Analysis for Network
/// Intrusion Detection", USENIX Security 2006) showed to be needed, and held against IANA's ports and those
/// that products are known to use. Two cases: something recognised that does not belong there (SSH at 443),
/// and nothing recognised at a port of the web, names or mail whose traffic this sensor otherwise recognises.
///
/// Key: client, both addresses, port; for what is usual at a port, client and port. State: 500 bytes.
@AutoService(Analytic.class)
public final class OddPorts implements Analytic<OddPorts.State> {
    private static final Threshold CONTACTS = Threshold.of("odd-port", "recognised-contacts");
    private static final Threshold SHARE = Threshold.of("odd-port", "recognised-share");
    private static final Threshold BYTES = Threshold.of("odd-port", "least-bytes");

    private static final long DAY = 86_400_000;
    private static final int KNOWN_PORTS_KEPT = 8;

    /// Ports of what sensors recognise, sorted; what is not here may be anywhere.
    private static final Map<String, int[]> PORTS = Map.ofEntries(
            ports("ssh", 22, 222, 830, 2022, 2222, 8022, 22222),
            ports("rdp", 3389, 3390),
            ports("smb", 139, 445),
            ports("ftp", 21, 990, 2121),
            ports("smtp", 25, 465, 587, 2525),
            ports("pop3", 110, 995),
            ports("imap", 143, 993),
            ports("dns", 53, 137, 853, 5353, 5355),
            ports("telnet", 23, 2323),
            ports("irc", 194, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 6697, 7000),
            ports("ldap", 389, 636, 3268, 3269),
            ports("krb", 88, 464),
            ports("snmp", 161, 162),
            ports("mysql", 3306, 33060),
            ports("rfb", 5800, 5900, 5901, 5902, 5903, 5904, 5905),
            ports("socks", 1080, 9050, 9150));

    /// Ports at which a sensor that looks inside nearly always recognises what is said.
    private static final int[] TALKING = {21, 22, 25, 53, 80, 110, 143, 443, 445, 3389};

    /// Ports where TLS and HTTP are at home or products put them.
    private static final int[] TLS = {
        21, 25, 110, 143, 389, 443, 465, 563, 587, 636, 853, 989, 990, 992, 993, 994, 995, 1433, 2376, 3128, 3268, 3269,
        3306, 3389, 4433, 4443, 4444, 5061, 5222, 5223, 5228, 5269, 5349, 5432, 5671, 5986, 6443, 6514, 6697, 7443,
        8000, 8080, 8081, 8090, 8200, 8243, 8333, 8443, 8444, 8531, 8834, 8883, 9000, 9090, 9093, 9200, 9443, 10443,
        27017
    };

    private static final int[] HTTP = {
        80, 81, 82, 88, 280, 443, 591, 631, 800, 808, 888, 1080, 1900, 2082, 2086, 2095, 2375, 2869, 3000, 3128, 4567,
        5000, 5104, 5357, 5800, 5985, 7001, 7080, 7547, 7770, 8000, 8001, 8008, 8010, 8042, 8069, 8080, 8081, 8082,
        8083, 8086, 8088, 8089, 8090, 8096, 8118, 8123, 8181, 8200, 8222, 8280, 8281, 8290, 8500, 8530, 8888, 8983,
        9000, 9080, 9090, 9091, 9100, 9200, 9981, 11371, 16080
    };

    private static Map.Entry<String, int[]> ports(String service, int... ports) {
        return Map.entry(service, ports);
    }

    /// What is known of a pair at a port, or of a port.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final boolean port;
        private final Address src;
        private final Address dst;
        private final int at;
        private final Records records = new Records();
        private String service = "";
        private long first;
        private long last;
        private long out;
        private long in;
        private int odd;
        private int told;

        /// Of a port: contacts whose protocol was recognised, and not; latest pairs that were not.
        private int recognised;

        private int silent;
        private Pair[] pairs = {};

        State(Contact c, boolean port) {
            this.port = port;
            this.src = c.src();
            this.dst = c.dst();
            this.at = c.dstPort();
            this.first = c.time();
        }
    }

    /// Who said something at a port that was not recognised.
    static final class Pair implements Serializable {
        private static final long serialVersionUID = 1;

        final Address src;
        final Address dst;
        final long first;
        final Records records = new Records();
        long last;
        long out;
        long in;
        int contacts;
        int told;

        Pair(Contact c) {
            this.src = c.src();
            this.dst = c.dst();
            this.first = c.time();
        }
    }

    @Override
    public String id() {
        return "odd-port";
    }

    @Override
    public String title() {
        return "Protocol at a port of another";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1095", "T1571");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Contact c)
                || c.again()
                || c.dstPort() <= 0
                || c.outcome() != Outcome.SUCCESS
                || c.transport() == Approach.ICMP
                || c.sure() < 0.7) {
            return 0;
        }
        String odd = odd(c.service(), c.dstPort());
        if (!odd.isEmpty()) {
            String client = c.origin().client();
            boolean told =
                    web(odd) ? Outwards.is(c.src(), c.dst(), c, context) : Outwards.ours(c.src(), client, context);
            return told
                    ? Keys.of(Keys.of(context.tenant(c), c.src().hash(), c.dst().hash()), c.dstPort())
                    : 0;
        }
        return c.transport() == Approach.TCP
                        && Arrays.binarySearch(TALKING, c.dstPort()) >= 0
                        && Outwards.is(c.src(), c.dst(), c, context)
                        && (!c.service().isEmpty() || c.bytesOut() > 0 && c.bytesIn() > 0)
                ? Keys.of(context.tenant(c), c.dstPort(), 7)
                : 0;
    }

    /// The protocol that does not belong at the port, empty if none.
    private static String odd(String service, int port) {
        if (service.isEmpty()) {
            return "";
        }
        // Sensors name layers beside each other: `ssl,quic`, `gssapi,smb`.
        String strange = "";
        for (int from = 0; from <= service.length(); ) {
            int comma = service.indexOf(',', from);
            int end = comma < 0 ? service.length() : comma;
            String one = service.substring(from, end);
            from = end + 1;
            int[] ports = one.equals("ssl") || one.equals("tls") ? TLS : one.equals("http") ? HTTP : PORTS.get(one);
            if (ports != null) {
                if (Arrays.binarySearch(ports, port) >= 0) {
                    return "";
                }
                strange = one;
            }
        }
        return strange;
    }

    /// TLS and HTTP are put anywhere: they say something only at a port of another protocol, or where one machine
    /// alone goes.
    private static boolean web(String service) {
        return service.equals("ssl") || service.equals("tls") || service.equals("http");
    }

    @Override
    public State begin(Observation observation, Context context) {
        Contact c = (Contact) observation;
        return new State(c, odd(c.service(), c.dstPort()).isEmpty());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Contact c = (Contact) observation;
        state.last = Math.max(state.last, c.time());
        if (state.port) {
            usual(state, c, context);
            return;
        }
        state.service = odd(c.service(), c.dstPort());
        state.out += Math.max(0, c.bytesOut());
        state.in += Math.max(0, c.bytesIn());
        state.odd++;
        state.records.add(c.origin());
        if (state.odd >= Math.max(1, 4L * state.told)) {
            tell(state, context);
        }
    }

    private void usual(State state, Contact c, Context context) {
        if (!c.service().isEmpty()) {
            state.recognised++;
            return;
        }
        state.silent++;
        Pair pair = null;
        int oldest = 0;
        for (int i = 0; i < state.pairs.length; i++) {
            if (state.pairs[i].src.equals(c.src()) && state.pairs[i].dst.equals(c.dst())) {
                pair = state.pairs[i];
            }
            oldest = state.pairs[i].last < state.pairs[oldest].last ? i : oldest;
        }
        if (pair == null) {
            pair = new Pair(c);
            if (state.pairs.length < KNOWN_PORTS_KEPT) {
                state.pairs = Arrays.copyOf(state.pairs, state.pairs.length + 1);
                state.pairs[state.pairs.length - 1] = pair;
            } else {
                state.pairs[oldest] = pair;
            }
        }
        pair.last = c.time();
        pair.out += c.bytesOut();
        pair.in += c.bytesIn();
        pair.contacts++;
        pair.records.add(c.origin());
        if (pair.contacts >= 4L * pair.told) {
            unknown(state, pair, context);
        }
    }

    /// Bytes in a way nobody recognised, where the rest is.
    private void unknown(State state, Pair pair, Context context) {
        if (state.recognised < context.whole(CONTACTS)
                || state.recognised < context.value(SHARE) * (state.recognised + state.silent)
                || pair.out + pair.in < context.value(BYTES)) {
            return;
        }
        pair.told = pair.contacts;
        List<String> notes = new ArrayList<>();
        double weight = Ordinary.weight(pair.dst.text(), pair.records.client(), context, notes);
        context.found(new Draft(
                this,
                pair.src + "|" + pair.dst + "|" + state.at,
                pair.src + " speaks an unknown protocol with " + pair.dst + " at port " + state.at,
                pair.contacts + " connections to port " + state.at + " exchanged " + Words.bytes(pair.out) + " out and "
                        + Words.bytes(pair.in) + " in, and the sensor recognised no protocol in them; in "
                        + Words.percent((double) state.recognised / (state.recognised + state.silent)) + " of "
                        + (state.recognised + state.silent) + " connections to that port it did. "
                        + Ordinary.sentences(notes)
                        + "Harmless if the beginning of a connection is missing in the capture, or a program speaks its"
                        + " own protocol there.",
                weight >= 0.8 ? 2 : 1,
                0.5 * weight,
                pair.first,
                pair.last,
                pair.src,
                pair.dst,
                "",
                "",
                Scans.observables(pair.src, pair.dst),
                List.of("T1571", "T1095"),
                pair.records.all()));
    }

    private void tell(State state, Context context) {
        String client = state.records.client();
        boolean inside = context.inside(state.dst, client);
        List<String> notes = new ArrayList<>();
        double weight = Ordinary.weight(state.dst.text(), client, context, notes);
        boolean hidden = Arrays.binarySearch(TALKING, state.at) >= 0;
        boolean remote = state.service.equals("ssh") || state.service.equals("rdp") || state.service.equals("rfb");
        if (web(state.service) && !hidden && context.machinesAt(state.dst.text(), client) > 1) {
            return;
        }
        state.told = state.odd;
        int severity = inside || web(state.service) && !hidden ? 1 : (hidden || remote) && weight >= 0.8 ? 3 : 2;
        context.found(new Draft(
                this,
                state.src + "|" + state.dst + "|" + state.at,
                state.src + " speaks " + state.service.toUpperCase(java.util.Locale.ROOT) + " with " + state.dst
                        + " at port " + state.at,
                Words.count(state.odd, "connection", "connections") + " to port " + state.at + " carried "
                        + state.service + " by content (" + Words.bytes(state.out) + " out, " + Words.bytes(state.in)
                        + " in), which is at home elsewhere. "
                        + (hidden ? "Firewalls let that port through for another protocol. " : "")
                        + Ordinary.sentences(notes)
                        + "Harmless if a server of yours or a supplier's listens there by purpose.",
                severity,
                (hidden ? 0.8 : 0.6) * weight,
                state.first,
                state.last,
                state.src,
                state.dst,
                "",
                "",
                Scans.observables(state.src, state.dst),
                List.of("T1571"),
                state.records.all()));
    }

    @Override
    public Duration every() {
        return Duration.ofHours(6);
    }

    @Override
    public boolean review(State state, Context context) {
        if (!state.port && state.told > 0 && state.odd > state.told) {
            tell(state, context);
        }
        for (Pair pair : state.pairs) {
            if (pair.told > 0 && pair.contacts > pair.told) {
                unknown(state, pair, context);
            }
        }
        return context.now() - state.last < 7 * DAY;
    }

    @Override
    public int capacity() {
        return 100_000;
    }

    @Override
    public int bytesPerKey() {
        return 5_000;
    }
}
