package io.carom.sightings;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.LongPredicate;

/// Makes one segment of several. Postings are taken over as they are, but those of shards that are no longer kept; what
/// is told of those of a source and time together is counted anew.
public final class Merge {
    private Merge() {}

    private static final class Head {
        final Segment segment;
        final Segment.Cursor cursor;
        /// Which of the merged segment's groups each of its own is now.
        final int[] becomes;
        /// How much later its times count from than those of that group.
        final long[] later;

        Head(Segment segment, List<Group> groups) {
            this.segment = segment;
            this.cursor = segment.cursor(0);
            becomes = new int[segment.groups().size()];
            later = new long[becomes.length];
            for (int i = 0; i < becomes.length; i++) {
                Group own = segment.groups().get(i);
                for (int n = 0; n < groups.size(); n++) {
                    if (groups.get(n).isWith(own)) {
                        becomes[i] = n;
                        later[i] = own.since() - groups.get(n).since();
                    }
                }
            }
        }
    }

    /// @param kept whether a shard is still there
    /// @return keys written; 0 if nothing was left
    public static SegmentWriter.Written of(List<Path> files, LongPredicate kept, Path into) throws IOException {
        try (Arena arena = Arena.ofShared()) {
            List<Segment> segments = new ArrayList<>();
            List<Group> groups = new ArrayList<>();
            long prints = 0;
            for (Path file : files) {
                Segment segment = new Segment(file, arena);
                segments.add(segment);
                segment.groups().forEach(own -> enter(own, groups));
                prints += segment.filterBlocks() * 64 * 8 / 12;
            }
            try (SegmentWriter out = new SegmentWriter(into, prints, groups)) {
                merge(segments, groups, kept, out);
                return out.finish();
            }
        }
    }

    /// Puts a group with the one that it belongs to.
    static void enter(Group own, List<Group> groups) {
        for (int i = 0; i < groups.size(); i++) {
            if (groups.get(i).isWith(own)) {
                groups.set(i, groups.get(i).and(own));
                return;
            }
        }
        groups.add(own);
    }

    /// A posting that waits for the others of its key.
    private record Waiting(int group, long later, Segment from, Segment.Posting posting) {}

    private static void merge(List<Segment> segments, List<Group> groups, LongPredicate kept, SegmentWriter out)
            throws IOException {
        PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(
                h -> h.cursor, (a, b) -> Arrays.compareUnsigned(a.key, 0, a.keyLength, b.key, 0, b.keyLength)));
        for (Segment segment : segments) {
            Head head = new Head(segment, groups);
            if (head.cursor.next()) {
                heads.add(head);
            }
        }
        byte[] key = new byte[64];
        int length = -1;
        List<Waiting> waiting = new ArrayList<>();
        while (!heads.isEmpty()) {
            Head head = Objects.requireNonNull(heads.poll());
            Segment.Cursor cursor = head.cursor;
            if (length < 0 || !Arrays.equals(key, 0, length, cursor.key, 0, cursor.keyLength)) {
                write(key, length, waiting, out);
                key = key.length < cursor.keyLength ? new byte[cursor.keyLength * 2] : key;
                System.arraycopy(cursor.key, 0, key, 0, cursor.keyLength);
                length = cursor.keyLength;
            }
            Segment.Groups own = cursor.groups();
            Segment.Told told;
            while ((told = own.next()) != null) {
                int group = head.becomes[told.group];
                long later = head.later[told.group];
                told.each(posting -> {
                    if (kept.test(posting.shard)) {
                        waiting.add(new Waiting(group, later, head.segment, posting));
                    }
                });
            }
            if (cursor.next()) {
                heads.add(head);
            }
        }
        write(key, length, waiting, out);
    }

    private static void write(byte[] key, int length, List<Waiting> waiting, SegmentWriter out) throws IOException {
        if (waiting.isEmpty()) {
            return;
        }
        waiting.sort(Comparator.comparingInt(Waiting::group).thenComparingLong(w -> w.posting.shard));
        out.key(key, 0, length);
        for (Waiting w : waiting) {
            out.posting(w.group, w.later, w.from, w.posting);
        }
        out.end();
        waiting.clear();
    }
}
