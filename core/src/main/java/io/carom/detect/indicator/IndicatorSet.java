package io.carom.detect.indicator;

import io.carom.event.Cidr;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Millions of indicators, compiled for look-up. Immutable, safe for use by many threads.
///
/// Values lie in pages of bytes, and no object is kept for an indicator: it is made when it is asked for.
/// An open hash table holds 32 bits of each value's fingerprint beside its number, so a look-up that
/// fails costs one line of cache; a hit is confirmed on the bytes, so an answer is exact. Networks are
/// entries of the masked address, looked up once for each prefix length that occurs, and behind a map of
/// the /24 networks they lie in. Beginnings (`abc*`) and ends (`*abc`) are looked up by their lengths.
///
/// An indicator takes about 32 bytes besides its value: ten million of 25 bytes are 0.6 GB.
public final class IndicatorSet {
    /// No indicators.
    public static final IndicatorSet NONE = new IndicatorSet(List.of());

    private static final int CIDR = 12;
    private static final int BEGINNING = 16;
    private static final int END = 32;
    private static final int PAGE_BITS = 20;
    private static final int PAGE = 1 << PAGE_BITS;
    /// So many comments are kept once, however many indicators have them.
    private static final int COMMENTS = 1 << 16;

    private static final int LONGEST_COMMENT = 4096;
    private static final int NO_COMMENT = -1;
    private static final int INLINE = -2;

    private final int size;
    private final byte[][] pages;
    private final int[] places;
    private final int[] lines;
    private final int[] texts;
    private final String[] comments;
    private final String[] files;
    private final long[] table;
    private final int mask;
    /// Another entry of the same value, or -1; null if there is none.
    private final int @Nullable [] same;
    /// Lengths of networks' prefixes that occur, longest first.
    private final int[] prefixes;
    private final long @Nullable [] networks24;
    /// Bytes of the longest domain: a name may have as many domains above it as a hostile one has dots.
    private final int longestHost;
    /// Lengths of beginnings and ends by kind.
    private final int[][] beginnings = new int[16][];
    private final int[][] ends = new int[16][];

    public IndicatorSet(List<Indicator> all) {
        this(builder(all));
    }

    private static Builder builder(List<Indicator> all) {
        Builder builder = new Builder();
        all.forEach(builder::add);
        return builder;
    }

    private IndicatorSet(Builder from) {
        size = from.size;
        pages = from.pages.toArray(new byte[0][]);
        places = cut(from.places, size);
        from.places = new int[0];
        lines = cut(from.lines, size);
        from.lines = new int[0];
        texts = cut(from.texts, size * 2);
        from.texts = new int[0];
        comments = from.comments.keySet().toArray(new String[0]);
        files = from.files.keySet().toArray(new String[0]);
        int slots = 16;
        while (slots < (long) size * 8 / 5) {
            slots *= 2;
        }
        table = new long[slots];
        mask = slots - 1;
        int[] again = null;
        BitSet lengths = new BitSet();
        int longest = 0;
        long[] networks = null;
        BitSet[] begin = new BitSet[16];
        BitSet[] end = new BitSet[16];
        for (int i = 0; i < size; i++) {
            byte[] page = pages[places[i] >>> PAGE_BITS];
            int at = places[i] & PAGE - 1;
            int kind = page[at];
            int length = (page[at + 1] & 0xFF) << 8 | page[at + 2] & 0xFF;
            int before = put(page, at + 3, length, kind, i);
            if (before >= 0) {
                if (again == null) {
                    again = new int[size];
                    Arrays.fill(again, -1);
                }
                // The first stays the one that is found.
                again[i] = again[before];
                again[before] = i;
            }
            if (kind == ObservableKeys.HOST) {
                longest = Math.max(longest, length);
            }
            if (kind == CIDR) {
                lengths.set(page[at + 3 + 16] & 0xFF);
                networks = networks == null ? new long[1 << 18] : networks;
                mark(networks, page, at + 3);
            } else if (kind >= END) {
                set(end, kind - END, length);
            } else if (kind >= BEGINNING) {
                set(begin, kind - BEGINNING, length);
            }
        }
        same = again;
        longestHost = longest;
        networks24 = networks;
        prefixes = lengths.stream().map(n -> -n).sorted().map(n -> -n).toArray();
        for (int k = 0; k < 16; k++) {
            // The longest is looked for first.
            beginnings[k] = begin[k] == null
                    ? new int[0]
                    : begin[k].stream().map(n -> -n).sorted().map(n -> -n).toArray();
            ends[k] = end[k] == null
                    ? new int[0]
                    : end[k].stream().map(n -> -n).sorted().map(n -> -n).toArray();
        }
    }

    private static int[] cut(int[] array, int length) {
        return array.length == length ? array : Arrays.copyOf(array, length);
    }

    private static void set(BitSet[] sets, int kind, int length) {
        if (sets[kind] == null) {
            sets[kind] = new BitSet();
        }
        sets[kind].set(length);
    }

    /// Notes the /24 networks of IPv4 that a network touches.
    private static void mark(long[] networks, byte[] b, int at) {
        int bits = b[at + 16] & 0xFF;
        int from = 0;
        int to = (1 << 24) - 1;
        if (bits >= 96) {
            if (!ObservableKeys.mapped(Arrays.copyOfRange(b, at, at + 16))) {
                return;
            }
            from = (b[at + 12] & 0xFF) << 16 | (b[at + 13] & 0xFF) << 8 | b[at + 14] & 0xFF;
            to = bits >= 120 ? from : from + (1 << 120 - bits) - 1;
        }
        int first = from >>> 6;
        int last = to >>> 6;
        long head = -1L << from;
        long tail = -1L >>> 63 - to;
        if (first == last) {
            networks[first] |= head & tail;
            return;
        }
        networks[first] |= head;
        networks[last] |= tail;
        Arrays.fill(networks, first + 1, last, -1L);
    }

    /// Collects indicators one after another, each with nothing more than its bytes.
    public static final class Builder {
        private final List<byte[]> pages = new ArrayList<>();
        private int used = PAGE;
        private int size;
        private int[] places = new int[1024];
        private int[] lines = new int[1024];
        private int[] texts = new int[2048];
        private final Map<String, Integer> comments = new LinkedHashMap<>();
        private final Map<String, Integer> files = new LinkedHashMap<>();

        /// @throws IllegalArgumentException if the value is not in the form that its type states
        public Builder add(Indicator indicator) {
            return add(indicator.type(), indicator.value(), indicator.comment(), indicator.origin());
        }

        /// As {@link #add(Indicator)}.
        public Builder add(IndicatorType type, String value, String comment, String origin) {
            byte[] key;
            int kind = kind(type);
            if (type == IndicatorType.CIDR) {
                Cidr network = Cidr.of(value);
                key = Arrays.copyOf(network.address(), 17);
                key[16] = (byte) network.bits();
            } else if (type == IndicatorType.IP) {
                byte[] address = Cidr.address(value);
                if (address == null) {
                    throw new IllegalArgumentException("\"" + value + "\" is no address");
                }
                boolean v4 = ObservableKeys.mapped(address);
                kind = v4 ? ObservableKeys.IP4 : ObservableKeys.IP6;
                key = v4 ? Arrays.copyOfRange(address, 12, 16) : address;
            } else if (value.length() > 1 && value.endsWith("*")) {
                kind += BEGINNING;
                key = value.substring(0, value.length() - 1).getBytes(StandardCharsets.UTF_8);
            } else if (value.length() > 1 && value.startsWith("*")) {
                kind += END;
                key = value.substring(1).getBytes(StandardCharsets.UTF_8);
            } else {
                key = value.getBytes(StandardCharsets.UTF_8);
            }
            if (key.length >= ObservableKeys.LONGEST) {
                throw new IllegalArgumentException("an indicator of " + key.length + " bytes is too long");
            }
            // Addresses and networks are printed from their text, which may have other forms.
            byte[] shown = type == IndicatorType.IP || type == IndicatorType.CIDR
                    ? value.getBytes(StandardCharsets.UTF_8)
                    : new byte[0];
            put(kind, type, key, shown, comment, origin);
            return this;
        }

        private void put(int kind, IndicatorType type, byte[] key, byte[] shown, String comment, String origin) {
            // Comments repeat; where they do not, they lie with the value.
            boolean inline = !comment.isEmpty() && comments.size() >= COMMENTS && !comments.containsKey(comment);
            byte[] text = inline ? cut(comment.getBytes(StandardCharsets.UTF_8)) : new byte[0];
            int needs = 3 + key.length + 2 + shown.length + 2 + text.length;
            if (used + needs > PAGE) {
                if (pages.size() == 1 << 31 - PAGE_BITS) {
                    throw new IllegalArgumentException("the indicators have more than 2 GiB");
                }
                pages.add(new byte[PAGE]);
                used = 0;
            }
            if (size == places.length) {
                int more = size + (size >> 1);
                places = Arrays.copyOf(places, more);
                lines = Arrays.copyOf(lines, more);
                texts = Arrays.copyOf(texts, more * 2);
            }
            byte[] page = pages.getLast();
            places[size] = (pages.size() - 1 << PAGE_BITS) + used;
            page[used++] = (byte) kind;
            page[used++] = (byte) (key.length >>> 8);
            page[used++] = (byte) key.length;
            System.arraycopy(key, 0, page, used, key.length);
            used += key.length;
            page[used++] = (byte) type.ordinal();
            page[used++] = (byte) shown.length;
            System.arraycopy(shown, 0, page, used, shown.length);
            used += shown.length;
            if (inline) {
                page[used++] = (byte) (text.length >>> 8);
                page[used++] = (byte) text.length;
                System.arraycopy(text, 0, page, used, text.length);
                used += text.length;
            }
            // `list.csv:17` is kept as the file, once, and the line.
            int colon = origin.lastIndexOf(':');
            int line = colon < 0 ? -1 : line(origin, colon + 1);
            lines[size] = line;
            texts[size * 2] = comment.isEmpty()
                    ? NO_COMMENT
                    : inline ? INLINE : comments.computeIfAbsent(comment, c -> comments.size());
            String file = line < 0 ? origin : origin.substring(0, colon);
            texts[size * 2 + 1] = files.computeIfAbsent(file, f -> files.size());
            size++;
        }

        private static byte[] cut(byte[] text) {
            return text.length <= LONGEST_COMMENT ? text : Arrays.copyOf(text, LONGEST_COMMENT);
        }

        private static int line(String origin, int from) {
            if (from == origin.length() || origin.length() - from > 9 || origin.charAt(from) == '0') {
                return -1;
            }
            int line = 0;
            for (int i = from; i < origin.length(); i++) {
                char c = origin.charAt(i);
                if (c < '0' || c > '9') {
                    return -1;
                }
                line = line * 10 + c - '0';
            }
            return line;
        }

        public int size() {
            return size;
        }

        /// The set. The builder is not to be used any more.
        public IndicatorSet build() {
            return new IndicatorSet(this);
        }
    }

    /// A file name and an account are looked up apart from a domain of the same letters.
    private static int kind(IndicatorType type) {
        return switch (type) {
            case IP -> ObservableKeys.IP6;
            case CIDR -> CIDR;
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

    /// @return the entry of the same value that was there, or -1
    private int put(byte[] b, int from, int length, int kind, int entry) {
        long print = hash(b, from, from + length, kind);
        int slot = (int) print & mask;
        while (table[slot] != 0) {
            if ((table[slot] ^ print) >>> 32 == 0 && holds((int) table[slot] - 1, kind, b, from, from + length)) {
                return (int) table[slot] - 1;
            }
            slot = slot + 1 & mask;
        }
        table[slot] = print & 0xFFFFFFFF00000000L | entry + 1;
        return -1;
    }

    public int size() {
        return size;
    }

    /// What the set holds in memory, but for comments and names of files.
    public long bytes() {
        return (long) pages.length * PAGE
                + 4L * (places.length + lines.length + texts.length + (same == null ? 0 : same.length))
                + 8L * (table.length + (networks24 == null ? 0 : networks24.length));
    }

    /// The indicator of a number from 0 to {@link #size}, in the order they were given.
    public Indicator indicator(int entry) {
        String file = files[texts[entry * 2 + 1]];
        int line = lines[entry];
        return new Indicator(type(entry), value(entry), comment(entry), line < 0 ? file : file + ":" + line);
    }

    private String comment(int entry) {
        int comment = texts[entry * 2];
        if (comment != INLINE) {
            return comment == NO_COMMENT ? "" : comments[comment];
        }
        byte[] page = pages[places[entry] >>> PAGE_BITS];
        int at = places[entry] & PAGE - 1;
        at += 3 + ((page[at + 1] & 0xFF) << 8 | page[at + 2] & 0xFF) + 1;
        at += 1 + (page[at] & 0xFF);
        int length = (page[at] & 0xFF) << 8 | page[at + 1] & 0xFF;
        return new String(page, at + 2, length, StandardCharsets.UTF_8);
    }

    private IndicatorType type(int entry) {
        byte[] page = pages[places[entry] >>> PAGE_BITS];
        int at = places[entry] & PAGE - 1;
        return TYPES[page[at + 3 + ((page[at + 1] & 0xFF) << 8 | page[at + 2] & 0xFF)]];
    }

    private static final IndicatorType[] TYPES = IndicatorType.values();

    private String value(int entry) {
        byte[] page = pages[places[entry] >>> PAGE_BITS];
        int at = places[entry] & PAGE - 1;
        int length = (page[at + 1] & 0xFF) << 8 | page[at + 2] & 0xFF;
        int shown = page[at + 3 + length + 1] & 0xFF;
        if (shown > 0) {
            return new String(page, at + 3 + length + 2, shown, StandardCharsets.UTF_8);
        }
        String text = new String(page, at + 3, length, StandardCharsets.UTF_8);
        int kind = page[at];
        return kind >= END ? "*" + text : kind >= BEGINNING ? text + "*" : text;
    }

    private boolean holds(int entry, int kind, byte[] b, int from, int to) {
        byte[] page = pages[places[entry] >>> PAGE_BITS];
        int at = places[entry] & PAGE - 1;
        int length = (page[at + 1] & 0xFF) << 8 | page[at + 2] & 0xFF;
        return page[at] == kind && length == to - from && Arrays.equals(page, at + 3, at + 3 + length, b, from, to);
    }

    /// The first entry of this exact value, or -1.
    private int find(byte[] b, int from, int to, int kind) {
        long print = hash(b, from, to, kind);
        int slot = (int) print & mask;
        while (table[slot] != 0) {
            if ((table[slot] ^ print) >>> 32 == 0 && holds((int) table[slot] - 1, kind, b, from, to)) {
                return (int) table[slot] - 1;
            }
            slot = slot + 1 & mask;
        }
        return -1;
    }

    /// The entry that says most about a key of an event, or -1: the value itself before a network, a
    /// narrower network before a wider one, a longer domain before a shorter one.
    ///
    /// @param network room for 17 bytes
    /// @param first reused by the caller
    int best(int kind, byte[] b, int from, int to, byte[] network, First first) {
        first.entry = -1;
        look(kind, b, from, to, network, first);
        return first.entry;
    }

    /// Keeps the first entry it is told.
    static final class First implements IntConsumer {
        private int entry = -1;

        @Override
        public void accept(int found) {
            if (entry < 0) {
                entry = found;
            }
        }
    }

    /// Gives every entry that a key of an event is seen as; of two feeds that name the same value, both.
    public void each(int kind, byte[] b, int from, int to, IntConsumer sink) {
        look(kind, b, from, to, new byte[17], entry -> {
            int at = entry;
            do {
                sink.accept(at);
                at = same == null ? -1 : same[at];
            } while (at >= 0);
        });
    }

    private void look(int kind, byte[] b, int from, int to, byte[] network, IntConsumer sink) {
        switch (kind) {
            case ObservableKeys.IP4, ObservableKeys.IP6 -> address(kind, b, from, to, network, sink);
            case ObservableKeys.HOST -> {
                for (int at = from; at < to; at++) {
                    if (to - at <= longestHost) {
                        tell(find(b, at, to, kind), sink);
                    }
                    while (at < to && b[at] != '.') {
                        at++;
                    }
                }
                parts(kind, b, from, to, sink);
            }
            case ObservableKeys.URL -> {
                tell(find(b, from, to, kind), sink);
                int query = indexOf(b, (byte) '?', from, to);
                if (query < to) {
                    tell(find(b, from, query, kind), sink);
                }
                if (to > from && indexOf(b, (byte) '/', from, to) == to - 1) {
                    tell(find(b, from, to - 1, kind), sink);
                }
                parts(kind, b, from, to, sink);
            }
            default -> {
                tell(find(b, from, to, kind), sink);
                parts(kind, b, from, to, sink);
            }
        }
    }

    private static void tell(int entry, IntConsumer sink) {
        if (entry >= 0) {
            sink.accept(entry);
        }
    }

    private void parts(int kind, byte[] b, int from, int to, IntConsumer sink) {
        for (int length : beginnings[kind]) {
            if (length <= to - from) {
                tell(find(b, from, from + length, kind + BEGINNING), sink);
            }
        }
        for (int length : ends[kind]) {
            if (length <= to - from) {
                tell(find(b, to - length, to, kind + END), sink);
            }
        }
    }

    private void address(int kind, byte[] b, int from, int to, byte[] network, IntConsumer sink) {
        tell(find(b, from, to, kind), sink);
        if (prefixes.length == 0) {
            return;
        }
        long[] touched = networks24;
        if (kind == ObservableKeys.IP4) {
            int n = (b[from] & 0xFF) << 16 | (b[from + 1] & 0xFF) << 8 | b[from + 2] & 0xFF;
            if (touched == null || (touched[n >>> 6] >>> n & 1) == 0) {
                return;
            }
            Arrays.fill(network, 0, 10, (byte) 0);
            network[10] = -1;
            network[11] = -1;
            System.arraycopy(b, from, network, 12, 4);
        } else {
            System.arraycopy(b, from, network, 0, 16);
        }
        for (int bits : prefixes) {
            for (int bit = bits; bit < 128; bit = (bit | 7) + 1) {
                network[bit >> 3] &= (byte) (0xFF00 >> (bit & 7));
            }
            network[16] = (byte) bits;
            tell(find(network, 0, 17, CIDR), sink);
        }
    }

    private static int indexOf(byte[] b, byte c, int from, int to) {
        for (int i = from; i < to; i++) {
            if (b[i] == c) {
                return i;
            }
        }
        return to;
    }

    /// A 64-bit hash, never 0. Not against an adversary: he could slow a look-up, and a hit is confirmed
    /// on the bytes.
    static long hash(byte[] b, int from, int to, int seed) {
        return hash(b, from, to, seed * 0x9E3779B97F4A7C15L);
    }

    static long hash(byte[] b, int from, int to, long seed) {
        long h = seed ^ (to - from) * 0xC2B2AE3D27D4EB4FL;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            h = (h ^ word(b, at)) * 0x9FB21C651E98DF25L;
            h ^= h >>> 32;
        }
        long rest = 0;
        for (; at < to; at++) {
            rest = rest << 8 | b[at] & 0xFF;
        }
        h = (h ^ rest) * 0xD6E8FEB86659FD93L;
        h ^= h >>> 32;
        h *= 0xD6E8FEB86659FD93L;
        h ^= h >>> 29;
        return h == 0 ? 1 : h;
    }

    private static final java.lang.invoke.VarHandle LONG = java.lang.invoke.MethodHandles.byteArrayViewVarHandle(
                    long[].class, java.nio.ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static long word(byte[] b, int at) {
        return (long) LONG.get(b, at);
    }

    /// All indicators, in the order they were given.
    public List<Indicator> all() {
        return new AbstractList<>() {
            @Override
            public Indicator get(int index) {
                return indicator(index);
            }

            @Override
            public int size() {
                return size;
            }
        };
    }
}
