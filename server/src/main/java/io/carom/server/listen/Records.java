package io.carom.server.listen;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Records put together as an entry's body: one a line. A line feed within a record becomes a blank
/// where the record is JSON, whose texts have none, and `#012` elsewhere, as syslog daemons write it;
/// carriage returns and zeros at the end go. Not safe for use by many threads.
final class Records {
    /// A longer record is cut, and counted.
    static final int LONGEST = 1 << 20;

    private static final byte[] LINE_FEED = "#012".getBytes(StandardCharsets.US_ASCII);

    private final ByteArrayOutputStream bytes;
    private final Counts counts;
    private int records;

    Records(Counts counts) {
        this(counts, 1024);
    }

    /// @param expected bytes of all records together, about
    Records(Counts counts, int expected) {
        this.counts = counts;
        bytes = new ByteArrayOutputStream(expected);
    }

    void add(String record) {
        byte[] b = record.getBytes(StandardCharsets.UTF_8);
        add(b, 0, b.length);
    }

    /// An empty one is nothing.
    void add(byte[] b, int from, int to) {
        int start = from;
        int end = to;
        while (end > start && (b[end - 1] == '\n' || b[end - 1] == '\r' || b[end - 1] == 0)) {
            end--;
        }
        while (start < end && (b[start] == '\n' || b[start] == '\r')) {
            start++;
        }
        if (start == end) {
            return;
        }
        if (end - start > LONGEST) {
            end = start + LONGEST;
            counts.cut.incrementAndGet();
        }
        boolean json = b[start] == '{' || b[start] == '[';
        int done = start;
        for (int i = start; i < end; i++) {
            if (b[i] == '\n' || b[i] == '\r' && i + 1 < end && b[i + 1] == '\n') {
                bytes.write(b, done, i - done);
                if (json) {
                    bytes.write(' ');
                } else if (b[i] == '\n') {
                    bytes.write(LINE_FEED, 0, LINE_FEED.length);
                }
                done = i + 1;
            }
        }
        bytes.write(b, done, end - done);
        bytes.write('\n');
        records++;
    }

    /// Adds whole lines as they stand, the empty ones and the comments too.
    void whole(byte[] b, int to) {
        bytes.write(b, 0, to);
        for (int i = 0; i < to; i++) {
            records += b[i] == '\n' ? 1 : 0;
        }
    }

    int count() {
        return records;
    }

    int size() {
        return bytes.size();
    }

    /// What was added since the last time, counted.
    byte[] take() {
        byte[] all = bytes.toByteArray();
        counts.records.addAndGet(records);
        counts.bytes.addAndGet(all.length);
        bytes.reset();
        records = 0;
        return all;
    }
}
