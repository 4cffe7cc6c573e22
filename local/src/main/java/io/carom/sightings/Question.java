package io.carom.sightings;

import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Cidr;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Indicators turned into what can be asked of segments: ranges of keys, and the fingerprint without which
/// a segment has none of them. Immutable.
///
/// An indicator is seen in the keys in which {@link io.carom.detect.indicator.IndicatorSet} sees it: that is
/// what `SightingsTest` compares. Every indicator is asked for itself, whatever others there are.
public final class Question {
    /// Keys from `low` on and before `high`, that end in `tail` if there is one.
    ///
    /// @param head the first bytes of `low`, so that most ranges are put in order without looking further
    record Range(int indicator, byte[] low, byte[] high, byte @Nullable [] tail, long head) {
        static final Comparator<Range> BY_BEGINNING = (a, b) ->
                a.head != b.head ? Long.compareUnsigned(a.head, b.head) : Arrays.compareUnsigned(a.low, b.low);

        Range(int indicator, byte[] low, byte[] high, byte @Nullable [] tail) {
            this(indicator, low, high, tail, head(low));
        }

        private static long head(byte[] low) {
            long head = 0;
            for (int i = 0; i < 8; i++) {
                head = head << 8 | (i < low.length ? low[i] & 0xFF : 0);
            }
            return head;
        }
    }

    /// Bits of a number within the list in `order`.
    private static final int NUMBER = 24;

    private final List<Indicator> indicators;
    /// The upper bits of a fingerprint and the indicator's number below: ascending, so in the order in which
    /// filters lie.
    private final long[] order;
    /// The fingerprints in that order.
    private final long[] prints;
    /// The ranges of each in that order, once somebody asked: most are nowhere, some in every segment.
    private final AtomicReferenceArray<@Nullable List<Range>> made;

    private final List<Range> open = new ArrayList<>();

    /// @throws IllegalArgumentException if there are more than sixteen million
    public Question(List<Indicator> indicators) {
        if (indicators.size() >= 1 << NUMBER) {
            throw new IllegalArgumentException("too many indicators for one question: " + indicators.size());
        }
        this.indicators = indicators;
        long[] own = new long[indicators.size()];
        IntStream.range(0, own.length).parallel().forEach(n -> own[n] = print(indicators.get(n)));
        long[] sorted = new long[own.length];
        int known = 0;
        for (int n = 0; n < own.length; n++) {
            if (own[n] == 0) {
                ranges(n, indicators.get(n), open);
            } else {
                // Turned so that unsigned fingerprints sort as signed.
                sorted[known++] = (own[n] >>> NUMBER << NUMBER | n) ^ Long.MIN_VALUE;
            }
        }
        order = Arrays.copyOf(sorted, known);
        Arrays.parallelSort(order);
        prints = new long[known];
        for (int i = 0; i < known; i++) {
            prints[i] = own[(int) order[i] & (1 << NUMBER) - 1];
        }
        made = new AtomicReferenceArray<>(known);
    }

    public List<Indicator> indicators() {
        return indicators;
    }

    /// How many indicators have a fingerprint.
    int size() {
        return order.length;
    }

    long print(int i) {
        return prints[i];
    }

    /// The ranges of the i-th of those indicators.
    List<Range> ranges(int i) {
        List<Range> ranges = made.get(i);
        if (ranges == null) {
            ranges = new ArrayList<>(2);
            int n = (int) order[i] & (1 << NUMBER) - 1;
            ranges(n, indicators.get(n), ranges);
            made.set(i, ranges);
        }
        return ranges;
    }

    List<Range> open() {
        return open;
    }

    private static boolean isOpen(String value) {
        return value.length() > 1 && (value.endsWith("*") || value.startsWith("*"));
    }

    /// What is in the filter of every segment that has a key of the indicator's; 0 if nothing is.
    private static long print(Indicator indicator) {
        String value = indicator.value();
        if (indicator.type() == IndicatorType.IP) {
            byte[] address = Cidr.address(value);
            return address == null ? 0 : hash(address(address));
        }
        if (indicator.type() == IndicatorType.CIDR) {
            return network(Cidr.of(value));
        }
        int kind = kind(indicator.type());
        // The filter has no names of one label but whole ones.
        if (isOpen(value) || kind == ObservableKeys.HOST && value.indexOf('.') < 0) {
            return 0;
        }
        byte[] bytes = bytes(value);
        return hash(key(kind, kind == ObservableKeys.HOST ? reversed(bytes) : bytes));
    }

    private static long network(Cidr network) {
        int bits = network.bits();
        if (bits >= 96 && mapped(network.address())) {
            int bytes = bits - 96 >= 24 ? 3 : bits - 96 >= 16 ? 2 : 0;
            return bytes == 0 ? 0 : Keys.network(address(network.address()), bytes);
        }
        int bytes = bits >= 64 ? 8 : bits >= 48 ? 6 : bits >= 32 ? 4 : 0;
        return bytes == 0 || holdsIp4(network) ? 0 : Keys.network(key(ObservableKeys.IP6, network.address()), bytes);
    }

    private static long hash(byte[] key) {
        return Keys.hash(key, 0, key.length);
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
                beginning(n, key(kind, head), out);
            }
        } else if (value.length() > 1 && value.startsWith("*")) {
            byte[] tail = bytes(value.substring(1));
            if (kind == ObservableKeys.HOST) {
                beginning(n, key(kind, reversed(tail)), out);
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
        exact(n, key, out);
        out.add(new Range(n, with(key, '.'), with(key, '.' + 1), null));
    }

    private static void url(int n, String value, List<Range> out) {
        byte[] key = key(ObservableKeys.URL, bytes(value));
        exact(n, key, out);
        if (value.indexOf('?') < 0) {
            out.add(new Range(n, with(key, '?'), with(key, '?' + 1), null));
        }
        if (value.indexOf('/') < 0) {
            exact(n, with(key, '/'), out);
        }
    }

    private static void network(int n, Cidr network, List<Range> out) {
        byte[] first = network.address();
        byte[] last = first.clone();
        for (int bit = network.bits(); bit < 128; bit++) {
            last[bit >> 3] |= (byte) (0x80 >> (bit & 7));
        }
        if (network.bits() >= 96 && mapped(first)) {
            out.add(new Range(n, address(first), with(address(last), 0), null));
            return;
        }
        out.add(new Range(n, key(ObservableKeys.IP6, first), with(key(ObservableKeys.IP6, last), 0), null));
        if (holdsIp4(network)) {
            byte[] all = Cidr.of("255.255.255.255/32").address();
            out.add(new Range(n, address(ZERO), with(address(all), 0), null));
        }
    }

    private static final byte[] ZERO = Cidr.of("0.0.0.0/0").address();

    /// Whether a network is so wide that all of IPv4 lies in it.
    private static boolean holdsIp4(Cidr network) {
        return network.bits() < 96 && Arrays.equals(new Cidr(ZERO, network.bits()).address(), network.address());
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
        out.add(new Range(n, key, with(key, 0), null));
    }

    private static void beginning(int n, byte[] head, List<Range> out) {
        byte[] high = head.clone();
        int at = high.length - 1;
        while (high[at] == -1) {
            at--;
        }
        high = Arrays.copyOf(high, at + 1);
        high[at]++;
        out.add(new Range(n, head, high, null));
    }

    private static void whole(int n, int kind, byte[] tail, List<Range> out) {
        out.add(new Range(n, new byte[] {(byte) kind}, new byte[] {(byte) (kind + 1)}, tail));
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
