package io.carom.intel;

import io.carom.event.IndicatorType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a document of intelligence gives, while it is read: indicators, each of one kind and value once a
/// document, faults with their place, and how much was left out by reason.
public final class Gathered {
    /// Indicators of one document.
    public static final int MAX_INDICATORS = 2_000_000;
    /// Faults told one by one.
    static final int MAX_FAULTS = 1_000;

    private record Key(IntelType type, String value) {}

    private final Map<Key, ThreatIndicator> indicators = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();
    private final Map<String, Integer> left = new TreeMap<>();
    private long moreFaults;
    private long again;
    private boolean full;

    /// Takes a value as that kind; false if it cannot be one.
    boolean add(IntelType type, String value, Facts facts) {
        if (type == IntelType.URL) {
            // A bare host that somebody calls a URL means all that is there.
            IndicatorType content =
                    IndicatorValue.of(value).map(IndicatorValue.Typed::type).orElse(IndicatorType.URL);
            if (content == IndicatorType.DOMAIN || content == IndicatorType.IP) {
                return add(IntelType.of(content), value, facts);
            }
        }
        Optional<String> normal = type.normal(value);
        // Who says "address" often means a network.
        if (normal.isEmpty() && type == IntelType.IP) {
            return add(IntelType.CIDR, value, facts);
        }
        normal.ifPresent(n -> put(new ThreatIndicator(type, n, facts)));
        return normal.isPresent();
    }

    public void put(ThreatIndicator one) {
        if (indicators.size() >= MAX_INDICATORS) {
            if (!full) {
                full = true;
                fault(one.facts().origin() + ": more than " + MAX_INDICATORS
                        + " indicators in one document; the rest is not read. Split it.");
            }
            return;
        }
        Key key = new Key(one.type(), one.value());
        ThreatIndicator before = indicators.putIfAbsent(key, one);
        if (before != null) {
            again++;
            indicators.put(key, together(before, one));
        }
    }

    /// Of two of one document the one that means more, under the stricter marking of both: the first unless
    /// only the other is meant for detection and stands, or stands longer.
    private static ThreatIndicator together(ThreatIndicator first, ThreatIndicator second) {
        boolean other = stands(first.facts()) == stands(second.facts())
                ? stands(first.facts()) && endsLater(second.facts(), first.facts())
                : stands(second.facts());
        ThreatIndicator kept = other ? second : first;
        Facts beside = (other ? first : second).facts();
        Facts facts = kept.facts();
        Tlp tlp = Tlp.stricter(facts.tlp(), beside.tlp());
        String pap = Facts.PAPS.indexOf(beside.pap()) > Facts.PAPS.indexOf(facts.pap()) ? beside.pap() : facts.pap();
        if (tlp == facts.tlp() && pap.equals(facts.pap())) {
            return kept;
        }
        Facts.Draft draft = facts.draft();
        draft.tlp = tlp;
        draft.pap = pap;
        return new ThreatIndicator(kept.type(), kept.value(), draft.done());
    }

    private static boolean stands(Facts facts) {
        return facts.detect() && !facts.revoked();
    }

    private static boolean endsLater(Facts a, Facts b) {
        Instant end = a.validUntil();
        Instant other = b.validUntil();
        return other != null && (end == null || end.isAfter(other));
    }

    public void fault(String text) {
        if (faults.size() < MAX_FAULTS) {
            faults.add(text);
        } else {
            moreFaults++;
        }
    }

    /// Counts something that was understood and is no indicator.
    void leave(String reason) {
        left.merge(reason, 1, Integer::sum);
    }

    /// Whether nothing was found in it at all, good or bad.
    public boolean isEmpty() {
        return indicators.isEmpty() && faults.isEmpty() && left.isEmpty();
    }

    public List<ThreatIndicator> indicators() {
        return List.copyOf(indicators.values());
    }

    public List<String> faults() {
        List<String> all = new ArrayList<>(faults);
        if (moreFaults > 0) {
            all.add("… and " + moreFaults + " more");
        }
        return all;
    }

    /// How often what was left out, by reason.
    public Map<String, Integer> left() {
        return Map.copyOf(left);
    }

    /// How many named a value that the document had named before.
    public long again() {
        return again;
    }

    /// Takes what another document gave.
    public void take(Gathered other) {
        other.indicators.values().forEach(this::put);
        other.faults().forEach(this::fault);
        other.left.forEach((reason, n) -> left.merge(reason, n, Integer::sum));
        again += other.again;
    }
}
