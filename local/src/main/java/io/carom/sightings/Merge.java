package io.carom.sightings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongPredicate;

/// Makes one segment of several. Postings are taken over as they are, but those of shards that are no
/// longer kept.
public final class Merge {
    private Merge() {}

    private static final class Head {
        final Segment segment;
        final Segment.Cursor cursor;

        Head(Segment segment) {
            this.segment = segment;
            this.cursor = segment.cursor(0);
        }
    }

    /// @param kept whether a shard is still there
    /// @return keys written; 0 if nothing was left
    public static SegmentWriter.Written of(List<Path> files, LongPredicate kept, Path into) throws IOException {
        List<Segment> segments = new ArrayList<>();
        try {
            long prints = 0;
            for (Path file : files) {
                Segment segment = new Segment(file);
                segments.add(segment);
                prints += segment.filterBlocks() * 64 * 8 / 12;
            }
            try (SegmentWriter out = new SegmentWriter(into, prints)) {
                merge(segments, kept, out);
                return out.finish();
            }
        } finally {
            segments.forEach(Segment::close);
        }
    }

    private static void merge(List<Segment> segments, LongPredicate kept, SegmentWriter out) throws IOException {
        PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(
                h -> h.cursor, (a, b) -> Arrays.compareUnsigned(a.key, 0, a.keyLength, b.key, 0, b.keyLength)));
        for (Segment segment : segments) {
            Head head = new Head(segment);
            if (head.cursor.next()) {
                heads.add(head);
            }
        }
        byte[] key = new byte[64];
        int length = -1;
        boolean open = false;
        while (!heads.isEmpty()) {
            Head head = heads.poll();
            Segment.Cursor cursor = head.cursor;
            if (length < 0 || !Arrays.equals(key, 0, length, cursor.key, 0, cursor.keyLength)) {
                if (open) {
                    out.end();
                    open = false;
                }
                key = key.length < cursor.keyLength ? new byte[cursor.keyLength * 2] : key;
                System.arraycopy(cursor.key, 0, key, 0, cursor.keyLength);
                length = cursor.keyLength;
            }
            Segment.Postings postings = cursor.postings();
            Segment.Posting posting;
            while ((posting = postings.next()) != null) {
                if (kept.test(posting.shard)) {
                    if (!open) {
                        out.key(key, 0, length);
                        open = true;
                    }
                    out.posting(head.segment, posting);
                }
            }
            if (cursor.next()) {
                heads.add(head);
            }
        }
        if (open) {
            out.end();
        }
    }
}
