package io.carom.run;

import io.carom.event.EventBatch;
import io.carom.source.Head;
import io.carom.source.InputContext;
import io.carom.source.RecordReader;
import io.carom.source.Row;
import io.carom.source.Source;
import io.carom.source.Sources;
import io.carom.source.input.ReadAs;
import io.carom.spool.Spool;
import io.carom.spool.SpoolEntry;
import io.carom.spool.SpoolReader;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a spool round by round and makes batches of what came.
///
/// What one listener received for one client is an input for each segment of the spool that it is in:
/// its bytes are the bodies of its entries, one behind the other, behind the head of the first. Each
/// entry is read whole and by itself, and reading begins at a segment's beginning, so that the same
/// entry gives the same records with the same numbers whenever and by whomever it is read, however
/// entries are put together into rounds: what is kept of an input, and the ids of what was found in it,
/// are known again after any crash.
///
/// For one thread.
final class LiveRounds implements AutoCloseable {
    /// A round ends when so many bytes of records are together.
    static final int BYTES = 256 << 10;

    /// How an input is named when its records are shown.
    static String path(String source, long segment) {
        return source + "#" + Long.toString(segment, 36);
    }

    private static final String ID = "live-";

    /// Whether an input of this id was received.
    static boolean isReceived(String id) {
        return id.startsWith(ID);
    }

    /// What a batch was read from.
    ///
    /// @param entries in order, all of one listener and client
    /// @param segment in which they are
    /// @param position of the first
    /// @param before records of the input before these
    record Read(List<SpoolEntry> entries, long segment, long position, long before) {
        /// When the first of them came, milliseconds since 1970.
        long arrived() {
            return entries.getFirst().arrived();
        }
    }

    /// Who takes the batches of a round.
    interface Taker {
        /// How many records of an input are kept already.
        default long kept(String client, String id, String path) throws IOException {
            return 0;
        }

        /// Whether the rounds want SHA-256 sums of what they read.
        default boolean sums() {
            return false;
        }

        void take(Input input, EventBatch batch, Stage.Position at, Read read) throws IOException;

        /// An input has no more records: its segment is read to the end.
        default void ended(Input input) throws IOException {}

        /// Everything before this position of the spool was taken.
        void round(long position) throws IOException;
    }

    /// One listener's records for one client in one segment.
    private static final class Stream {
        final Input input;
        final InputContext context;
        final @Nullable MessageDigest digest;
        final Row row;
        final byte[] head;

        @Nullable
        RecordReader reader;

        long bytes;
        long firstAt;
        final List<SpoolEntry> entries = new ArrayList<>();

        Stream(Input input, InputContext context, byte[] head, @Nullable MessageDigest digest, EventBatch batch) {
            this.input = input;
            this.context = context;
            this.head = head;
            this.digest = digest;
            this.row = new Row(batch, context);
        }
    }

    private final Sources sources;
    private final SpoolReader reader;
    private final Taker taker;
    private final EventBatch batch = new EventBatch(BYTES * 2);
    private final Map<String, Stream> streams = new LinkedHashMap<>();
    private final Set<String> paths = new HashSet<>();
    private long segment;
    private @Nullable SpoolEntry ahead;
    private long aheadAt;

    /// @param from a segment's beginning
    LiveRounds(Spool spool, Sources sources, long from, Taker taker) {
        this.sources = sources;
        this.reader = spool.reader(from);
        this.segment = from;
        this.taker = taker;
    }

    long position() {
        return ahead == null ? reader.position() : aheadAt;
    }

    /// Reads what has come, at most {@link #BYTES} of it, and hands it over.
    ///
    /// @param until does not read beyond this position
    /// @return how many bytes of records; 0 if nothing has come
    int next(long until) throws IOException {
        int bytes = 0;
        List<Stream> round = new ArrayList<>();
        while (bytes < BYTES) {
            SpoolEntry entry = ahead;
            ahead = null;
            if (entry == null) {
                if (position() >= until) {
                    break;
                }
                aheadAt = reader.position();
                entry = reader.next();
                if (entry == null) {
                    break;
                }
            }
            if (reader.segment() != segment) {
                if (bytes > 0) {
                    // The round ends with the segment.
                    ahead = entry;
                    break;
                }
                turn(reader.segment());
            }
            bytes += entry.body().length;
            Stream stream = stream(entry);
            if (stream.entries.isEmpty()) {
                round.add(stream);
                stream.firstAt = aheadAt;
            }
            stream.entries.add(entry);
        }
        for (Stream stream : round) {
            take(stream);
        }
        if (bytes > 0) {
            taker.round(position());
        }
        return bytes;
    }

    private void turn(long to) throws IOException {
        for (Stream stream : streams.values()) {
            taker.ended(stream.input);
        }
        streams.clear();
        paths.clear();
        segment = to;
    }

    private static String name(SpoolEntry entry) {
        return entry.client() + "\0" + entry.source() + "\0" + entry.format();
    }

    /// The id of an input: the same whenever the segment is read.
    static String id(long segment, SpoolEntry entry) {
        return ID + Long.toString(segment, 36) + "-"
                + Long.toHexString(io.carom.observe.Keys.of(entry.source() + "\0" + entry.format()));
    }

    private Stream stream(SpoolEntry entry) throws IOException {
        Stream known = streams.get(name(entry));
        if (known != null) {
            return known;
        }
        Instant arrived = Instant.ofEpochMilli(entry.arrived());
        String path = path(entry.source(), segment);
        if (!paths.add(entry.client() + "\0" + path)) {
            // What came from there is read in another way too: records are found by path and number.
            path += "~" + (entry.format().isEmpty() ? "lines" : entry.format());
        }
        String id = id(segment, entry);
        // A time without a year is at most a day ahead of when it came.
        ReadAs as = new ReadAs(
                entry.format().equals(LiveFormats.BY_CONTENT) ? "" : entry.format(),
                ZoneOffset.UTC,
                arrived,
                sources.version());
        Input input = new Input(path, entry.client(), arrived, id, taker.kept(entry.client(), id, path), as);
        InputContext context = new InputContext(path, ZoneOffset.UTC, arrived);
        Stream made = new Stream(input, context, entry.head(), taker.sums() ? sha256() : null, batch);
        streams.put(name(entry), made);
        return made;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private void take(Stream stream) throws IOException {
        batch.reset();
        boolean first = stream.bytes == 0;
        int length = first ? stream.head.length : 0;
        for (SpoolEntry entry : stream.entries) {
            length += entry.body().length;
        }
        byte[] arena = batch.reserve(length);
        int at = 0;
        if (first) {
            System.arraycopy(stream.head, 0, arena, 0, stream.head.length);
            at = stream.head.length;
        }
        List<SpoolEntry> entries = List.copyOf(stream.entries);
        int[] ends = new int[entries.size()];
        for (int i = 0; i < ends.length; i++) {
            byte[] body = entries.get(i).body();
            System.arraycopy(body, 0, arena, at, body.length);
            at += body.length;
            ends[i] = at;
        }
        batch.arenaEnd(at);
        RecordReader records = stream.reader;
        if (records == null) {
            // By the first entry alone: how entries are put together into rounds must not matter.
            records = open(sources, stream.context, entries.getFirst(), Arrays.copyOf(arena, ends[0]));
            stream.reader = records;
        }
        stream.row.onto(batch, 0, stream.bytes);
        long before = stream.row.records();
        int from = 0;
        for (int i = 0; i < ends.length; i++) {
            stream.row.arrived(entries.get(i).arrived());
            records.read(stream.row, from, ends[i], true);
            from = ends[i];
        }
        batch.block(stream.bytes, at);
        MessageDigest digest = stream.digest;
        String sum = "";
        if (digest != null) {
            digest.update(batch.arena(), 0, at);
            sum = sum(digest);
        }
        stream.bytes += at;
        batch.settle();
        stream.entries.clear();
        taker.take(
                stream.input,
                batch,
                new Stage.Position(stream.row.records(), stream.bytes, sum),
                new Read(entries, segment, stream.firstAt, before));
    }

    private static String sum(MessageDigest digest) {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("the JDK's SHA-256 can be copied", e);
        }
    }

    /// A reader for records that begin so. Where nothing is said of the format every line stands on its
    /// own: what one sender sends must not decide how another's is read.
    static RecordReader open(Sources sources, InputContext context, SpoolEntry entry, byte[] first) {
        boolean byContent =
                entry.format().equals(LiveFormats.BY_CONTENT) || entry.format().isEmpty() && entry.head().length > 0;
        Source forced = byContent || entry.format().isEmpty()
                ? null
                : sources.named(entry.format()).orElse(null);
        if (!byContent && forced == null) {
            return sources.text(context);
        }
        Head head = new Head(context.path(), Arrays.copyOf(first, Math.min(first.length, 1 << 16)), false);
        return sources.open(head, context, forced).orElseGet(() -> sources.text(context));
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
