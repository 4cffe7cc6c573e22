package io.carom.sightings;

import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Cidr;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Indicators turned into what can be asked of segments: ranges of keys, and the fingerprint without which
/// a segment has none of them. Immutable.
///
/// An indicator is seen in the keys in which {@link io.carom.detect.indicator.IndicatorSet} sees it: that is
/// what `SightingsTest` compares. Every indicator is asked for itself, whatever others there are.
public final class Question {
    /// Keys from `low` on and before `high`, that end in `tail` if there is one.
    record Range(int indicator, long print, byte[] low, byte[] high, byte @Nullable [] tail) {}

    private final List<Indicator> indicators;
    /// In ascending order of their fingerprints.
    private final Range[] ranges;
    private final long[] prints;
    /// Ranges that no fingerprint speaks for.
    private final List<Range> open = new ArrayList<>();

    public Question(List<Indicator> indicators) {
        this.indicators = indicators;
        List<Range> found = new ArrayList<>(indicators.size() * 2);
        int number = 0;
        for (Indicator indicator : indicators) {
            ranges(number++, indicator, found);
        }
        found.removeIf(r -> r.print == 0 && open.add(r));
        Range[] sorted = found.toArray(new Range[0]);
        Arrays.parallelSort(sorted, (a, b) -> Long.compareUnsigned(a.print, b.print));
        ranges = sorted;
        prints = new long[sorted.length];
        for (int i = 0; i < sorted.length; i++) {
            prints[i] = sorted[i].print;
        }
    }

    public List<Indicator> indicators() {
        return indicators;
    }

    int size() {
        return ranges.length;
    }

    long print(int i) {
        return prints[i];
    }

    Range range(int i) {
        return ranges[i];
    }

    List<Range> open() {
        return open;
    }

    private static void ranges(int n, Indicator indicator, List<Range> out) {
        String value = indicator.value();
        int kind = kind(indicator.type());
        if (indicator.type() == IndicatorType.IP) {
            byte[] address = Cidr.address(value);
            if (address != null) {
                exact(n, address(address), out);
            }
        } else if (indicator.type() == IndicatorType.CIDR) {
            network(n, Cidr.of(value), out);
        } else if (value.length() > 1 && value.endsWith("*")) {
            byte[] head = bytes(value.substring(0, value.length() - 1));
            if (kind == ObservableKeys.HOST) {
                // Hosts stand from their end.
                whole(n, kind, reversed(head), out);
            } else {
                beginning(n, 0, key(kind, head), out);
            }
        } else if (value.length() > 1 && value.startsWith("*")) {
            byte[] tail = bytes(value.substring(1));
            if (kind == ObservableKeys.HOST) {
                beginning(n, 0, key(kind, reversed(tail)), out);
            } else {
                whole(n, kind, tail, out);
            }
        } else if (kind == ObservableKeys.HOST) {
            domain(n, value, out);
        } else if (kind == ObservableKeys.URL) {
            url(n, value, out);
        } else {
            exact(n, key(kind, bytes(value)), out);
        }
    }

    private static void domain(int n, String value, List<Range> out) {
        byte[] key = key(ObservableKeys.HOST, reversed(bytes(value)));
        // The filter has no names of one label but whole ones.
        long print = value.indexOf('.') < 0 ? 0 : Keys.hash(key, 0, key.length);
        out.add(new Range(n, print, key, with(key, 0), null));
        out.add(new Range(n, print, with(key, '.'), with(key, '.' + 1), null));
    }

    private static void url(int n, String value, List<Range> out) {
        byte[] key = key(ObservableKeys.URL, bytes(value));
        long print = Keys.hash(key, 0, key.length);
        out.add(new Range(n, print, key, with(key, 0), null));
        if (value.indexOf('?') < 0) {
            out.add(new Range(n, print, with(key, '?'), with(key, '?' + 1), null));
        }
        if (value.indexOf('/') < 0) {
            byte[] slash = with(key, '/');
            out.add(new Range(n, print, slash, with(slash, 0), null));
        }
    }

    private static void network(int n, Cidr network, List<Range> out) {
        byte[] first = network.address();
        byte[] last = first.clone();
        for (int bit = network.bits(); bit < 128; bit++) {
            last[bit >> 3] |= (byte) (0x80 >> (bit & 7));
        }
        boolean v4 = network.bits() >= 96 && mapped(first);
        if (v4) {
            range4(n, first, last, network.bits() - 96, out);
            return;
        }
        byte[] low = key(ObservableKeys.IP6, first);
        int bytes = network.bits() >= 64 ? 8 : network.bits() >= 48 ? 6 : network.bits() >= 32 ? 4 : 0;
        out.add(new Range(
                n, bytes == 0 ? 0 : Keys.network(low, bytes), low, with(key(ObservableKeys.IP6, last), 0), null));
        // A network so wide that all of IPv4 lies in it.
        byte[] zero = Cidr.of("0.0.0.0/0").address();
        if (network.bits() < 96 && Arrays.equals(new Cidr(zero, network.bits()).address(), first)) {
            range4(n, zero, Cidr.of("255.255.255.255/32").address(), 0, out);
        }
    }

    private static void range4(int n, byte[] first, byte[] last, int bits, List<Range> out) {
        byte[] low = address(first);
        int bytes = bits >= 24 ? 3 : bits >= 16 ? 2 : 0;
        out.add(new Range(n, bytes == 0 ? 0 : Keys.network(low, bytes), low, with(address(last), 0), null));
    }

    private static boolean mapped(byte[] address) {
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return address[10] == -1 && address[11] == -1;
    }

    private static byte[] address(byte[] address) {
        return mapped(address)
                ? key(ObservableKeys.IP4, Arrays.copyOfRange(address, 12, 16))
                : key(ObservableKeys.IP6, address);
    }

    private static void exact(int n, byte[] key, List<Range> out) {
        out.add(new Range(n, Keys.hash(key, 0, key.length), key, with(key, 0), null));
    }

    private static void beginning(int n, long print, byte[] head, List<Range> out) {
        byte[] high = head.clone();
        int at = high.length - 1;
        while (high[at] == -1) {
            at--;
        }
        high = Arrays.copyOf(high, at + 1);
        high[at]++;
        out.add(new Range(n, print, head, high, null));
    }

    private static void whole(int n, int kind, byte[] tail, List<Range> out) {
        out.add(new Range(n, 0, new byte[] {(byte) kind}, new byte[] {(byte) (kind + 1)}, tail));
    }

    private static int kind(IndicatorType type) {
        return switch (type) {
            case IP, CIDR -> ObservableKeys.IP4;
            case DOMAIN -> ObservableKeys.HOST;
            case URL -> ObservableKeys.URL;
            case HASH -> ObservableKeys.HASH;
            case EMAIL -> ObservableKeys.EMAIL;
            case FILE_NAME -> ObservableKeys.FILE;
            case ACCOUNT -> ObservableKeys.ACCOUNT;
            case USER_AGENT -> ObservableKeys.AGENT;
            case JA4 -> ObservableKeys.JA4;
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] reversed(byte[] text) {
        byte[] out = new byte[text.length];
        Keys.reverse(text, 0, text.length, out, 0);
        return out;
    }

    private static byte[] key(int kind, byte[] value) {
        byte[] key = new byte[value.length + 1];
        key[0] = (byte) kind;
        System.arraycopy(value, 0, key, 1, value.length);
        return key;
    }

    private static byte[] with(byte[] key, int last) {
        byte[] longer = Arrays.copyOf(key, key.length + 1);
        longer[key.length] = (byte) last;
        return longer;
    }
}
