package io.carom.sightings;

import io.carom.detect.indicator.ObservableKeys;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.SourceNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// Collects the sightings in the rows of files that are being written, and writes them as one segment.
///
/// A value is taken apart once, however often it occurs; an occurrence costs one probe and eight bytes
/// until the segment is written.
public final class Collector {
    /// Rows of one source in one file.
    ///
    /// @param number of the shard, as postings have it
    /// @param first and `last`: times of its events, milliseconds since 1970
    public record Shard(long number, String source, long rows, long first, long last) {}

    private static final class Part {
        final int source;
        final long number;
        int group;
        long rows;
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;

        Part(int source, long number) {
            this.source = source;
            this.number = number;
        }
    }

    // Distinct values as they stand in events: table of fingerprint -> number, and their bytes.
    private long[] rawTable = new long[1 << 12];
    private int raws;
    private int[] rawAt = new int[1 << 11];
    private int[] rawLength = new int[1 << 11];
    private byte[] rawType = new byte[1 << 11];
    /// The key of a value that has one; -1 - where its keys stand in `several`, their number first.
    private int[] rawKey = new int[1 << 11];

    private int[] several = new int[1 << 8];
    private int severalUsed;
    private byte[] bytes = new byte[1 << 16];
    private int bytesUsed;

    // Distinct keys.
    private int[] keyTable = new int[1 << 12];
    private int keys;
    private int[] keyAt = new int[1 << 11];
    private int[] keyLength = new int[1 << 11];

    // Occurrences: which key in which row.
    private int[] occurrenceKey = new int[1 << 12];
    private int[] occurrenceRow = new int[1 << 12];
    private int occurrences;

    // Rows of all files, numbered through.
    private int rows;
    private int[] rowPart = new int[1 << 10];
    private int[] rowInFile = new int[1 << 10];
    private long[] rowTime = new long[1 << 10];
    private int fileRows;
    private final List<Part> parts = new ArrayList<>();
    private final Map<Integer, Integer> partsOfFile = new LinkedHashMap<>();

    private static final int RECENT = 12;
    private final long[] recent = new long[1 << RECENT];
    private final int[] recentRaw = new int[1 << RECENT];

    private final long seed = new Random().nextLong();
    private final ObservableKeys observables = new ObservableKeys();
    private final ObservableKeys.Sink intern = this::intern;
    private final int[] found = new int[16];
    private int foundCount;
    private byte[] scratch = new byte[256];
    private final Set<Attribute> attributes = new TreeSet<>(java.util.Comparator.comparing(Attribute::path));

    public boolean isEmpty() {
        return rows == 0;
    }

    /// What it holds now, in bytes.
    public long bytes() {
        return bytes.length
                + 8L * (rawTable.length + occurrenceKey.length + rowTime.length + rowPart.length)
                + 4L * keyTable.length;
    }

    /// The attributes whose values were taken.
    public Set<Attribute> attributes() {
        return attributes;
    }

    /// Begins a file: rows that are added next are its rows from 0 on.
    public void file() {
        fileRows = 0;
        partsOfFile.clear();
    }

    /// Adds rows of the current file, in this order.
    ///
    /// @param next the number for the next new shard
    /// @return the number after
    public long add(EventBatch batch, int[] which, long next) {
        long number = next;
        int base = rows;
        room(which.length);
        for (int row : which) {
            int source = batch.source(row);
            Integer known = partsOfFile.get(source);
            if (known == null) {
                known = parts.size();
                partsOfFile.put(source, known);
                parts.add(new Part(source, number++));
            }
            Part part = parts.get(known);
            long time = batch.number(Attribute.TIME, row, 0);
            part.rows++;
            part.first = Math.min(part.first, time);
            part.last = Math.max(part.last, time);
            rowPart[rows] = known;
            rowInFile[rows] = fileRows++;
            rowTime[rows++] = time;
        }
        for (Column column : batch.columns()) {
            int type = ObservableKeys.type(column.attribute());
            if (type != ObservableKeys.NONE) {
                attributes.add(column.attribute());
                column(batch, column, type, which, base);
            }
        }
        return number;
    }

    /// The shards of the current file.
    public List<Shard> shards() {
        return partsOfFile.values().stream()
                .map(parts::get)
                .map(p -> new Shard(p.number, SourceNames.name(p.source), p.rows, p.first, p.last))
                .toList();
    }

    private void room(int more) {
        if (rows + more > rowPart.length) {
            int size = Math.max(rows + more, rowPart.length * 2);
            rowPart = Arrays.copyOf(rowPart, size);
            rowInFile = Arrays.copyOf(rowInFile, size);
            rowTime = Arrays.copyOf(rowTime, size);
        }
    }

    private void column(EventBatch batch, Column column, int type, int[] which, int base) {
        byte[] arena = batch.arena();
        long before = -1;
        int raw = -1;
        // Rows that wait to be kept have most repeated values in one place: what a place said needs no look at its
        // bytes.
        Arrays.fill(recent, -1);
        for (int i = 0; i < which.length; i++) {
            int count = column.count(which[i]);
            for (int n = 0; n < count; n++) {
                long slice = column.value(which[i], n);
                if (slice != before) {
                    before = slice;
                    int place = (int) (slice * 0x9E3779B97F4A7C15L >>> 64 - RECENT);
                    if (recent[place] != slice) {
                        recent[place] = slice;
                        recentRaw[place] = raw(arena, Column.from(slice), Column.length(slice), type);
                    }
                    raw = recentRaw[place];
                }
                if (raw >= 0) {
                    occurs(rawKey[raw], base + i);
                }
            }
        }
    }

    private void occurs(int key, int row) {
        if (key >= 0) {
            occurrence(key, row);
            return;
        }
        int at = -1 - key;
        for (int i = several[at]; i > 0; i--) {
            occurrence(several[at + i], row);
        }
    }

    private void occurrence(int key, int row) {
        if (occurrences == occurrenceKey.length) {
            occurrenceKey = Arrays.copyOf(occurrenceKey, occurrences * 2);
            occurrenceRow = Arrays.copyOf(occurrenceRow, occurrences * 2);
        }
        occurrenceKey[occurrences] = key;
        occurrenceRow[occurrences++] = row;
    }

    /// The number of a value, new or known; -1 if it is empty or too long.
    private int raw(byte[] b, int from, int length, int type) {
        if (length == 0 || length > ObservableKeys.LONGEST) {
            return -1;
        }
        long print = Keys.hash(b, from, from + length) * 31 + type ^ seed;
        print ^= print >>> 29;
        int mask = rawTable.length - 1;
        int slot = (int) print & mask;
        while (rawTable[slot] != 0) {
            int known = (int) rawTable[slot] - 1;
            if ((rawTable[slot] ^ print) >>> 32 == 0
                    && rawType[known] == (byte) type
                    && rawLength[known] == length
                    && Arrays.equals(bytes, rawAt[known], rawAt[known] + length, b, from, from + length)) {
                return known;
            }
            slot = slot + 1 & mask;
        }
        return newRaw(b, from, length, type, print);
    }

    private int newRaw(byte[] b, int from, int length, int type, long print) {
        if (raws * 2 >= rawTable.length) {
            growRaws();
        }
        int raw = raws++;
        if (raw == rawAt.length) {
            rawAt = Arrays.copyOf(rawAt, raw * 2);
            rawLength = Arrays.copyOf(rawLength, raw * 2);
            rawType = Arrays.copyOf(rawType, raw * 2);
            rawKey = Arrays.copyOf(rawKey, raw * 2);
        }
        rawAt[raw] = keep(b, from, length);
        rawLength[raw] = length;
        rawType[raw] = (byte) type;
        int mask = rawTable.length - 1;
        int slot = (int) print & mask;
        while (rawTable[slot] != 0) {
            slot = slot + 1 & mask;
        }
        rawTable[slot] = print & 0xFFFFFFFF00000000L | raw + 1;
        foundCount = 0;
        observables.of(b, from, length, type, intern);
        if (foundCount == 1) {
            rawKey[raw] = found[0];
        } else {
            if (severalUsed + 17 > several.length) {
                several = Arrays.copyOf(several, several.length * 2);
            }
            rawKey[raw] = -1 - severalUsed;
            several[severalUsed++] = foundCount;
            for (int i = 0; i < foundCount; i++) {
                several[severalUsed++] = found[i];
            }
        }
        return raw;
    }

    private void growRaws() {
        long[] old = rawTable;
        rawTable = new long[old.length * 2];
        int mask = rawTable.length - 1;
        // The lower half of a fingerprint is not kept: it is made again.
        for (int raw = 0; raw < raws; raw++) {
            long print = Keys.hash(bytes, rawAt[raw], rawAt[raw] + rawLength[raw]) * 31 + rawType[raw] ^ seed;
            print ^= print >>> 29;
            int slot = (int) print & mask;
            while (rawTable[slot] != 0) {
                slot = slot + 1 & mask;
            }
            rawTable[slot] = print & 0xFFFFFFFF00000000L | raw + 1;
        }
    }

    private int keep(byte[] b, int from, int length) {
        if (bytesUsed + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytesUsed + length, bytes.length + (bytes.length >> 1)));
        }
        System.arraycopy(b, from, bytes, bytesUsed, length);
        bytesUsed += length;
        return bytesUsed - length;
    }

    private boolean intern(int kind, byte[] b, int from, int to) {
        int length = 1 + to - from;
        if (scratch.length < length) {
            scratch = new byte[length * 2];
        }
        scratch[0] = (byte) kind;
        if (kind == ObservableKeys.HOST) {
            Keys.reverse(b, from, to - from, scratch, 1);
        } else {
            System.arraycopy(b, from, scratch, 1, to - from);
        }
        found[foundCount++] = key(length);
        return true;
    }

    private int key(int length) {
        if (keys * 2 >= keyTable.length) {
            growKeys();
        }
        int mask = keyTable.length - 1;
        int slot = (int) (Keys.hash(scratch, 0, length) ^ seed) & mask;
        while (keyTable[slot] != 0) {
            int known = keyTable[slot] - 1;
            if (keyLength[known] == length
                    && Arrays.equals(bytes, keyAt[known], keyAt[known] + length, scratch, 0, length)) {
                return known;
            }
            slot = slot + 1 & mask;
        }
        int key = keys++;
        if (key == keyAt.length) {
            keyAt = Arrays.copyOf(keyAt, key * 2);
            keyLength = Arrays.copyOf(keyLength, key * 2);
        }
        keyAt[key] = keep(scratch, 0, length);
        keyLength[key] = length;
        keyTable[slot] = key + 1;
        return key;
    }

    private void growKeys() {
        keyTable = new int[keyTable.length * 2];
        int mask = keyTable.length - 1;
        for (int key = 0; key < keys; key++) {
            int slot = (int) (Keys.hash(bytes, keyAt[key], keyAt[key] + keyLength[key]) ^ seed) & mask;
            while (keyTable[slot] != 0) {
                slot = slot + 1 & mask;
            }
            keyTable[slot] = key + 1;
        }
    }

    /// Writes everything as one segment and is empty again.
    public SegmentWriter.Written write(Path file) throws IOException {
        List<Group> groups = groups();
        try (SegmentWriter segment = new SegmentWriter(file, keys * 4L, groups)) {
            write(segment, groups);
            return segment.finish();
        }
    }

    private List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        for (Part p : parts) {
            Merge.enter(new Group(SourceNames.name(p.source), p.first, p.number, p.number), groups);
        }
        for (Part p : parts) {
            Group own = new Group(SourceNames.name(p.source), p.first, p.number, p.number);
            for (int i = 0; i < groups.size(); i++) {
                if (groups.get(i).isWith(own)) {
                    p.group = i;
                }
            }
        }
        return groups;
    }

    private void write(SegmentWriter segment, List<Group> groups) throws IOException {
        int[] start = new int[keys + 1];
        for (int i = 0; i < occurrences; i++) {
            start[occurrenceKey[i] + 1]++;
        }
        for (int key = 0; key < keys; key++) {
            start[key + 1] += start[key];
        }
        int[] end = start.clone();
        int[] byKey = new int[occurrences];
        for (int i = 0; i < occurrences; i++) {
            byKey[end[occurrenceKey[i]]++] = occurrenceRow[i];
        }
        for (int key : new SortedKeys(bytes, keyAt, keyLength).of(keys)) {
            int count = distinct(byKey, start[key], end[key]);
            if (count == 0) {
                continue;
            }
            segment.key(bytes, keyAt[key], keyLength[key]);
            postings(segment, groups, byKey, start[key], start[key] + count);
            segment.end();
        }
        clear();
    }

    /// Sorts rows where several columns gave them, and takes each once; gives how many are left.
    private static int distinct(int[] rows, int from, int to) {
        if (from == to) {
            return 0;
        }
        boolean ascending = true;
        for (int i = from + 1; i < to && ascending; i++) {
            ascending = rows[i] > rows[i - 1];
        }
        if (ascending) {
            return to - from;
        }
        Arrays.sort(rows, from, to);
        int kept = from + 1;
        for (int i = from + 1; i < to; i++) {
            if (rows[i] != rows[kept - 1]) {
                rows[kept++] = rows[i];
            }
        }
        return kept - from;
    }

    // Rows of one key by the parts that they are of: how many each has, and where they stand among all.
    private int[] partCount = new int[16];
    private int[] seenParts = new int[16];
    private int[] ofPart = new int[64];

    private void postings(SegmentWriter segment, List<Group> groups, int[] of, int from, int end) throws IOException {
        if (partCount.length < parts.size()) {
            partCount = new int[parts.size() * 2];
        }
        if (ofPart.length < end - from) {
            ofPart = new int[(end - from) * 2];
        }
        int seen = 0;
        for (int i = from; i < end; i++) {
            int part = rowPart[of[i]];
            if (partCount[part]++ == 0) {
                if (seen == seenParts.length) {
                    seenParts = Arrays.copyOf(seenParts, seen * 2);
                }
                seenParts[seen++] = part;
            }
        }
        // By group, and in each by number; there are few.
        for (int i = 1; i < seen; i++) {
            int part = seenParts[i];
            int at = i;
            while (at > 0 && before(part, seenParts[at - 1])) {
                seenParts[at] = seenParts[at - 1];
                at--;
            }
            seenParts[at] = part;
        }
        int begin = 0;
        for (int i = 0; i < seen; i++) {
            int count = partCount[seenParts[i]];
            partCount[seenParts[i]] = begin;
            begin += count;
        }
        for (int i = from; i < end; i++) {
            ofPart[partCount[rowPart[of[i]]]++] = of[i];
        }
        begin = 0;
        for (int i = 0; i < seen; i++) {
            int part = seenParts[i];
            int stop = partCount[part];
            posting(segment, groups, parts.get(part), begin, stop);
            partCount[part] = 0;
            begin = stop;
        }
    }

    private boolean before(int a, int b) {
        int groupOf = parts.get(a).group;
        int other = parts.get(b).group;
        return groupOf != other ? groupOf < other : a < b;
    }

    private void posting(SegmentWriter segment, List<Group> groups, Part part, int from, int to) throws IOException {
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (int i = from; i < to; i++) {
            long time = rowTime[ofPart[i]];
            ofPart[i] = rowInFile[ofPart[i]];
            first = Math.min(first, time);
            last = Math.max(last, time);
        }
        long since = groups.get(part.group).since();
        segment.posting(part.group, part.number, ofPart, from, to, first - since, last - first);
    }

    private void clear() {
        raws = 0;
        keys = 0;
        occurrences = 0;
        rows = 0;
        bytesUsed = 0;
        severalUsed = 0;
        parts.clear();
        partsOfFile.clear();
        attributes.clear();
        Arrays.fill(rawTable, 0);
        Arrays.fill(keyTable, 0);
    }
}
