package io.carom.trace;

import io.carom.event.Attribute;
import io.carom.event.Cidr;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who talked to whom: for each client every pair of addresses and port with how often, when first and
/// last, and how much.
///
/// Bounded: at most {@link #MAX_PAIRS} pairs are held apart. When full, the half that was seen least is
/// folded into one sum for each pair of parties, and {@link #folded} says how many were. Not safe for
/// use by many threads.
public final class Ledger {
    public static final int MAX_PAIRS = 1 << 18;

    private static final Attribute SRC = Attribute.of("src_endpoint.ip");
    private static final Attribute DST = Attribute.of("dst_endpoint.ip");
    private static final Attribute DST_PORT = Attribute.of("dst_endpoint.port");
    private static final Attribute BYTES_OUT = Attribute.of("traffic.bytes_out");
    private static final Attribute BYTES_IN = Attribute.of("traffic.bytes_in");

    /// One pair.
    ///
    /// @param client whose logs say so
    /// @param srcParty who owns the source, null if nobody declared it
    /// @param link over which the source reaches the client, null if none is declared
    /// @param port of the destination, -1 if the events state none
    /// @param first and `last`: milliseconds since 1970
    public record Pair(
            String client,
            String src,
            String dst,
            int port,
            @Nullable String srcParty,
            @Nullable String dstParty,
            @Nullable String link,
            long first,
            long last,
            long count,
            long bytesOut,
            long bytesIn)
            implements Seen {
        @Override
        public Pair pair() {
            return this;
        }
    }

    /// A pair that is held, and goes on being counted.
    public interface Seen {
        String client();

        String src();

        String dst();

        /// As it is now.
        Pair pair();
    }

    /// Those seen most first.
    public static final Comparator<Pair> MOST_SEEN = Comparator.comparingLong(Pair::count)
            .reversed()
            .thenComparing(Pair::client)
            .thenComparing(Pair::src)
            .thenComparing(Pair::dst)
            .thenComparingInt(Pair::port);

    private static final class Entry {
        final String client;
        final String src;
        final String dst;
        final int port;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        long count;
        long bytesOut;
        long bytesIn;

        Entry(String client, String src, String dst, int port) {
            this.client = client;
            this.src = src;
            this.dst = dst;
            this.port = port;
        }

        void add(long firstSeen, long lastSeen, long times, long out, long in) {
            first = Math.min(first, firstSeen);
            last = Math.max(last, lastSeen);
            count += times;
            bytesOut += out;
            bytesIn += in;
        }

        Entry copy() {
            Entry copy = new Entry(client, src, dst, port);
            copy.add(first, last, count, bytesOut, bytesIn);
            return copy;
        }

        void save(DataOutput out) throws IOException {
            out.writeUTF(client);
            out.writeUTF(src);
            out.writeUTF(dst);
            out.writeInt(port);
            out.writeLong(first);
            out.writeLong(last);
            out.writeLong(count);
            out.writeLong(bytesOut);
            out.writeLong(bytesIn);
        }

        static Entry load(DataInput in) throws IOException {
            Entry entry = new Entry(in.readUTF(), in.readUTF(), in.readUTF(), in.readInt());
            entry.first = in.readLong();
            entry.last = in.readLong();
            entry.count = in.readLong();
            entry.bytesOut = in.readLong();
            entry.bytesIn = in.readLong();
            return entry;
        }
    }

    private final Parties parties;
    private long[] prints = new long[1 << 12];
    private @Nullable Entry[] entries = new Entry[1 << 12];
    private int size;
    private long folded;
    private @Nullable List<Seen> fresh;
    private final Map<String, Entry> sums = new HashMap<>();

    public Ledger(Parties parties) {
        this.parties = parties;
    }

    /// Enters every event of the batch that has two addresses.
    public void add(EventBatch batch, String client) {
        Column src = batch.column(SRC);
        Column dst = batch.column(DST);
        if (src == null || dst == null) {
            return;
        }
        Column port = batch.column(DST_PORT);
        Column out = batch.column(BYTES_OUT);
        Column in = batch.column(BYTES_IN);
        Column time = batch.column(Attribute.TIME);
        long seed = client.hashCode() * 0x9E3779B97F4A7C15L;
        for (int row = 0; row < batch.rows(); row++) {
            if (!src.has(row) || !dst.has(row)) {
                continue;
            }
            long from = src.value(row);
            long to = dst.value(row);
            int at = port != null && port.has(row) ? (int) port.value(row) : -1;
            long print = hash(batch.arena(), to, hash(batch.arena(), from, seed + at));
            Entry entry = find(print);
            if (entry == null) {
                entry = insert(print, new Entry(client, batch.text(from), batch.text(to), at));
                if (fresh != null) {
                    fresh.add(new Held(entry));
                }
            }
            long when = time != null && time.has(row) ? time.value(row) : 0;
            entry.add(when, when, 1, value(out, row), value(in, row));
        }
    }

    private static long value(@Nullable Column column, int row) {
        return column != null && column.has(row) ? Math.max(0, column.value(row)) : 0;
    }

    private static long hash(byte[] b, long slice, long seed) {
        long h = seed;
        int from = Column.from(slice);
        int to = from + Column.length(slice);
        for (int i = from; i < to; i++) {
            h = (h ^ b[i]) * 0x100000001B3L;
        }
        h ^= h >>> 31;
        h *= 0xD6E8FEB86659FD93L;
        h ^= h >>> 29;
        return h == 0 ? 1 : h;
    }

    private @Nullable Entry find(long print) {
        int mask = prints.length - 1;
        for (int slot = (int) print & mask; prints[slot] != 0; slot = slot + 1 & mask) {
            if (prints[slot] == print) {
                return entries[slot];
            }
        }
        return null;
    }

    private Entry insert(long print, Entry entry) {
        if (size >= MAX_PAIRS) {
            fold();
        }
        if (size * 2 >= prints.length) {
            rebuild(prints.length * 2, Long.MIN_VALUE);
        }
        place(print, entry);
        return entry;
    }

    private void place(long print, Entry entry) {
        int mask = prints.length - 1;
        int slot = (int) print & mask;
        while (prints[slot] != 0) {
            slot = slot + 1 & mask;
        }
        prints[slot] = print;
        entries[slot] = entry;
        size++;
    }

    /// Folds the pairs seen least into sums by party.
    private void fold() {
        long[] counts = new long[size];
        int n = 0;
        for (Entry entry : entries) {
            if (entry != null) {
                counts[n++] = entry.count;
            }
        }
        Arrays.sort(counts);
        rebuild(prints.length, counts[n / 2]);
        fresh = null;
    }

    private final class Held implements Seen {
        private final Entry entry;

        Held(Entry entry) {
            this.entry = entry;
        }

        @Override
        public String client() {
            return entry.client;
        }

        @Override
        public String src() {
            return entry.src;
        }

        @Override
        public String dst() {
            return entry.dst;
        }

        @Override
        public Pair pair() {
            return Ledger.this.pair(entry);
        }
    }

    /// Pairs that were not known before.
    ///
    /// @param anew whether these are all that are held, and those that were told before are to be forgotten:
    /// at the first time, and after some were folded into sums
    public record Fresh(boolean anew, List<Seen> pairs) {}

    /// Pairs that came since this was asked last; for one who asks. Those that were folded are not among
    /// them.
    public Fresh fresh() {
        List<Seen> out = fresh;
        fresh = new ArrayList<>();
        if (out != null) {
            return new Fresh(false, out);
        }
        List<Seen> all = new ArrayList<>(size);
        for (Entry entry : entries) {
            if (entry != null) {
                all.add(new Held(entry));
            }
        }
        return new Fresh(true, all);
    }

    private void rebuild(int length, long droppedUpTo) {
        long[] oldPrints = prints;
        @Nullable Entry[] old = entries;
        prints = new long[length];
        entries = new Entry[length];
        size = 0;
        for (int i = 0; i < old.length; i++) {
            Entry entry = old[i];
            if (entry == null) {
                continue;
            }
            if (entry.count <= droppedUpTo) {
                folded++;
                String src = partyOf(entry.src, entry.client);
                String dst = partyOf(entry.dst, entry.client);
                sums.computeIfAbsent(
                                entry.client + "\0" + src + "\0" + dst,
                                k -> new Entry(entry.client, "(others of " + src + ")", "(others of " + dst + ")", -1))
                        .add(entry.first, entry.last, entry.count, entry.bytesOut, entry.bytesIn);
            } else {
                place(oldPrints[i], entry);
            }
        }
    }

    private String partyOf(String address, String client) {
        Party party = owner(address, client);
        return party == null ? "nobody declared" : party.name();
    }

    private @Nullable Party owner(String text, String client) {
        byte[] address = Cidr.address(text);
        return address == null ? null : parties.ownerOf(address, client);
    }

    /// The pairs as they are now, to be read while this goes on.
    public Ledger copy() {
        Ledger copy = new Ledger(parties);
        copy.prints = prints.clone();
        copy.entries = entries.clone();
        for (int i = 0; i < copy.entries.length; i++) {
            Entry entry = copy.entries[i];
            copy.entries[i] = entry == null ? null : entry.copy();
        }
        copy.size = size;
        copy.folded = folded;
        sums.forEach((key, sum) -> copy.sums.put(key, sum.copy()));
        return copy;
    }

    /// Writes all pairs and sums, to be taken up again by {@link #load}.
    public void save(DataOutput out) throws IOException {
        out.writeLong(folded);
        out.writeInt(size);
        for (int slot = 0; slot < prints.length; slot++) {
            Entry entry = entries[slot];
            if (entry != null) {
                out.writeLong(prints[slot]);
                entry.save(out);
            }
        }
        out.writeInt(sums.size());
        for (Map.Entry<String, Entry> sum : sums.entrySet()) {
            out.writeUTF(sum.getKey());
            sum.getValue().save(out);
        }
    }

    /// Goes on with what was written, in place of what is held.
    public void load(DataInput in) throws IOException {
        prints = new long[1 << 12];
        entries = new Entry[1 << 12];
        size = 0;
        fresh = null;
        sums.clear();
        folded = in.readLong();
        int many = in.readInt();
        for (int i = 0; i < many; i++) {
            long print = in.readLong();
            insert(print, Entry.load(in));
        }
        many = in.readInt();
        for (int i = 0; i < many; i++) {
            sums.put(in.readUTF(), Entry.load(in));
        }
    }

    /// How many pairs were folded into sums because there were too many to hold apart.
    public long folded() {
        return folded;
    }

    /// All pairs, those seen most first.
    public List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry != null) {
                pairs.add(pair(entry));
            }
        }
        for (Entry entry : sums.values()) {
            pairs.add(pair(entry));
        }
        pairs.sort(MOST_SEEN);
        return pairs;
    }

    private Pair pair(Entry e) {
        byte[] address = Cidr.address(e.src);
        Link link = address == null ? null : parties.linkOf(address, e.client);
        Party src = owner(e.src, e.client);
        Party dst = owner(e.dst, e.client);
        return new Pair(
                e.client,
                Cidr.plain(e.src),
                Cidr.plain(e.dst),
                e.port,
                src == null ? null : src.name(),
                dst == null ? null : dst.name(),
                link == null ? null : link.name(),
                e.first,
                e.last,
                e.count,
                e.bytesOut,
                e.bytesIn);
    }
}
