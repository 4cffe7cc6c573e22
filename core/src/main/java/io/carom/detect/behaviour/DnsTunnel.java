package io.carom.detect.behaviour;

import com.google.auto.service.AutoService;
import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Keys;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Lookup;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A domain under which ever new names are looked up that carry data: a tunnel through name service, or data
/// carried out by it.
///
/// How much can have been said to a domain is bounded by what its distinct names hold (Paxson et al.,
/// "Practical Comprehensive Bounds on Surreptitious Communication Over DNS", USENIX Security 2013, who put the
/// bar at 4 kB a day): each new name counts with its letters below the domain times the entropy of a letter
/// under that domain. A repeated name says nothing. Names that are an address turned round (block lists,
/// RFC 5782) are left out. Domains are those of the public suffix list: `com.br` is nobody's.
///
/// Key: client and domain. State: the names met ({@link #KNOWN} bits in two generations), letters counted,
/// machines; 700 bytes for a domain with few names, at most 13 KB.
@AutoService(Analytic.class)
public final class DnsTunnel implements Analytic<DnsTunnel.State> {
    private static final Threshold BYTES = Threshold.of("dns-tunnel", "bytes-a-day");
    private static final Threshold NAMES = Threshold.of("dns-tunnel", "names");
    private static final Threshold FRESH = Threshold.of("dns-tunnel", "fresh-share");
    private static final Threshold LETTERS = Threshold.of("dns-tunnel", "letters");
    private static final Threshold CLEAR = Threshold.of("dns-tunnel", "clear-factor");
    private static final Threshold FLOOR = Threshold.of("dns-tunnel", "ordinary-floor");

    static final int KNOWN = 1 << 15;
    private static final int MACHINES = 12;
    private static final long DAY = 86_400_000;
    private static final long HOUR = 3_600_000;

    /// What is known of a domain.
    public static final class State implements Serializable {
        private static final long serialVersionUID = 1;

        private final String client;
        private final String domain;
        private final Known known = new Known(KNOWN);
        private final Records records = new Records();
        private final Few machines = new Few(MACHINES);
        private final Few types = new Few(6);
        private int @Nullable [] letters;
        private @Nullable Address src;
        private String longest = "";
        private long begin;
        private long first;
        private long last;
        private int lookups;
        private int fresh;
        private int freshLetters;
        private int answers;
        private int told;

        State(String client, String domain, long time) {
            this.client = client;
            this.domain = domain;
            this.begin = time;
            this.first = time;
        }
    }

    @Override
    public String id() {
        return "dns-tunnel";
    }

    @Override
    public String title() {
        return "Data carried by name look-ups";
    }

    @Override
    public List<String> techniques() {
        return List.of("T1071.004", "T1572");
    }

    @Override
    public long key(Observation observation, Context context) {
        if (!(observation instanceof Lookup l) || Outwards.local(l.name())) {
            return 0;
        }
        String domain = context.registrable(l.name());
        // The domain itself, or www under it, says nothing; nearly all look-ups of most domains.
        int below = l.name().length() - domain.length() - 1;
        return domain.isEmpty() || below < 4 ? 0 : Keys.of(context.tenant(l), Keys.of(domain));
    }

    @Override
    public State begin(Observation observation, Context context) {
        Lookup l = (Lookup) observation;
        return new State(l.origin().client(), context.registrable(l.name()), l.time());
    }

    @Override
    public void update(State state, Observation observation, Context context) {
        Lookup l = (Lookup) observation;
        if (l.time() - state.begin > DAY) {
            end(state, context);
            state.begin = l.time();
            state.first = l.time();
            state.lookups = 0;
            state.fresh = 0;
            state.freshLetters = 0;
            state.answers = 0;
            state.told = 0;
            state.letters = null;
        }
        state.last = Math.max(state.last, l.time());
        state.lookups++;
        int below = l.name().length() - state.domain.length() - 1;
        if (below <= 0 || !state.known.add(Keys.of(l.name())) || turned(l.name(), below)) {
            return;
        }
        state.fresh++;
        int[] letters = state.letters;
        if (letters == null) {
            letters = new int[64];
            state.letters = letters;
        }
        for (int i = 0; i < below; i++) {
            char c = l.name().charAt(i);
            if (c != '.') {
                letters[c & 63]++;
                state.freshLetters++;
            }
        }
        for (String answer : l.answers()) {
            state.answers += answer.length();
        }
        Address src = l.src();
        state.src = src == null ? state.src : src;
        state.machines.add(src == null ? l.srcHost() : src.text());
        state.types.add(l.type().isEmpty() ? "of no type told" : l.type());
        state.records.add(l.origin());
        state.longest = l.name().length() > state.longest.length() ? l.name() : state.longest;
        if (state.fresh >= 2L * state.told) {
            look(state, context);
        }
    }

    /// An IPv4 address or a nibble of IPv6 in each label, as block lists are asked.
    private static boolean turned(String name, int below) {
        int label = 0;
        int labels = 1;
        boolean nibbles = true;
        for (int i = 0; i < below; i++) {
            char c = name.charAt(i);
            if (c == '.') {
                labels++;
                nibbles &= label == 1;
                label = 0;
            } else if (c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
                label++;
                if (labels <= 4 && label > 3) {
                    return false;
                }
            } else {
                return labels == 5 || labels > 32;
            }
        }
        return labels == 4 || labels == 32 && nibbles || labels == 5;
    }

    /// Bits a letter, by how often each comes (Shannon 1948).
    private static double entropy(int @Nullable [] letters, int all) {
        if (letters == null || all == 0) {
            return 0;
        }
        double bits = 0;
        for (int n : letters) {
            if (n > 0) {
                bits -= (double) n / all * Math.log((double) n / all) / Math.log(2);
            }
        }
        return bits;
    }

    private void look(State state, Context context) {
        if (state.fresh < context.value(NAMES)
                || state.fresh < context.value(FRESH) * state.lookups
                || state.freshLetters < context.value(LETTERS) * state.fresh) {
            return;
        }
        double entropy = entropy(state.letters, state.freshLetters);
        double bytes = entropy * state.freshLetters / 8;
        double bar = context.value(BYTES);
        List<String> notes = new ArrayList<>();
        int machines = state.machines.size();
        int all = context.machines(state.client);
        double weight = 1;
        if (all >= 8 && (state.machines.more() || machines > 2 && machines * 10 > all)) {
            weight = state.machines.more() ? 0.5 : 0.7;
            notes.add("lowered because " + (state.machines.more() ? "more than " : "") + machines + " of " + all
                    + " machines ask under it, as they would for a service");
        }
        weight *= Ordinary.weight(state.domain, state.client, context, notes);
        if (bytes * Math.max(weight, context.value(FLOOR)) < bar) {
            return;
        }
        state.told = state.fresh;
        boolean clear = bytes * weight >= bar * context.value(CLEAR);
        double confidence = Math.min(0.97, 0.5 + 0.47 * (1 - bar / bytes)) * Math.max(0.4, weight);
        Address src = machines == 1 && !state.machines.more() ? state.src : null;
        String who = src == null ? (state.machines.more() ? "more than " : "") + machines + " machines" : src.text();
        List<Finding.Observable> observables = new ArrayList<>();
        observables.add(Words.hostname("query.hostname", state.domain));
        if (src != null) {
            observables.add(Words.address("src_endpoint.ip", src));
        }
        context.found(new Draft(
                this,
                state.domain,
                "Data carried by name look-ups: " + who + " asked for " + state.fresh + " ever new names under "
                        + state.domain,
                String.format(
                                Locale.ROOT,
                                "%d of %d look-ups within %s were for names never asked before; their letters below the"
                                        + " domain hold up to %s (%.1f bits a letter, %.0f letters a name). ",
                                state.fresh,
                                state.lookups,
                                Words.seconds((state.last - state.first) / 1000.0),
                                Words.bytes((long) bytes),
                                entropy,
                                (double) state.freshLetters / state.fresh)
                        + "Ordinary services stay below " + Words.bytes((long) bar) + " a day. Types: "
                        + state.types.words(6) + ". Answers held " + Words.bytes(state.answers) + ". The longest name: "
                        + (state.longest.length() > 80 ? state.longest.substring(0, 80) + "…" : state.longest) + ". "
                        + "Machines: " + state.machines.words(4) + ". " + Ordinary.sentences(notes)
                        + "Harmless if a virus scanner, block list or content network asks in this way.",
                clear ? 4 : weight < 0.8 ? 2 : 3,
                confidence,
                state.first,
                state.last,
                src,
                null,
                "",
                "",
                observables,
                List.of("T1071.004", "T1572"),
                state.records.all()));
    }

    private void end(State state, Context context) {
        if (state.told > 0 && state.fresh > state.told) {
            look(state, context);
        }
    }

    @Override
    public Duration every() {
        return Duration.ofHours(2);
    }

    @Override
    public boolean review(State state, Context context) {
        end(state, context);
        return context.now() - state.last < (state.fresh > 32 ? 7 * DAY : DAY + HOUR);
    }

    @Override
    public int capacity() {
        return 200_000;
    }

    @Override
    public int bytesPerKey() {
        return 13_000;
    }
}
