package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.Delimited;
import io.carom.source.parse.Times;

/// Lines of delimited values without names, of products without a reader of their own.
///
/// Values become the native fields `1`, `2`, …. Claimed are lines of at least five values of which one is
/// an address or a time. The first time is the event's; the first address is the source, the second the
/// destination.
@AutoService(Source.class)
public final class GenericDelimited implements LineSource {
    private static final char[] DELIMITERS = {',', ';', '\t', '|'};
    /// Lines of more values are not what a product logs.
    private static final int MOST = 512;

    private static final int[] NAMES = names();
    private static final ThreadLocal<Delimited> CUTTER = ThreadLocal.withInitial(Delimited::new);
    private static final int TIME = FieldNames.of("time");

    private static int[] names() {
        int[] names = new int[MOST];
        for (int i = 0; i < MOST; i++) {
            names[i] = FieldNames.of(Integer.toString(i + 1));
        }
        return names;
    }

    @Override
    public String name() {
        return "generic-delimited";
    }

    @Override
    public String product() {
        return "delimited lines of products without a reader of their own";
    }

    @Override
    public int rank() {
        return -105;
    }

    @Override
    public boolean claims(Line line) {
        int start = start(line);
        char delimiter = delimiter(line, start);
        if (delimiter == 0) {
            return false;
        }
        byte[] b = line.bytes();
        int from = start;
        for (int at = start; at <= line.to(); at++) {
            if (at == line.to() || b[at] == delimiter) {
                int first = from < at && b[from] == '"' ? from + 1 : from;
                int last = at > first && b[at - 1] == '"' ? at - 1 : at;
                if (last - first >= 7
                        && last - first <= 48
                        && (Addresses.clean(b, first, last) >= 0 || isTime(b, first, last))) {
                    return true;
                }
                from = at + 1;
            }
        }
        return false;
    }

    /// A line whose first value was taken for a syslog header's words begins at its own begin.
    private static int start(Line line) {
        return line.header().priority() >= 0 ? line.from() : line.lineFrom();
    }

    private static boolean isTime(byte[] b, int from, int to) {
        if (to - from < 14) {
            return false;
        }
        int colons = 0;
        for (int i = from; i < to; i++) {
            colons += b[i] == ':' ? 1 : 0;
        }
        return colons >= 2 && (b[from] >= '0' && b[from] <= '9' || Times.month(b, from, to) != 0);
    }

    private static char delimiter(Line line, int start) {
        byte[] b = line.bytes();
        int[] count = new int[DELIMITERS.length];
        boolean quoted = false;
        for (int at = start; at < line.to(); at++) {
            if (b[at] == '"') {
                quoted = !quoted;
            } else if (!quoted) {
                for (int i = 0; i < DELIMITERS.length; i++) {
                    count[i] += b[at] == DELIMITERS[i] ? 1 : 0;
                }
            }
        }
        int most = 0;
        for (int i = 1; i < count.length; i++) {
            most = count[i] > count[most] ? i : most;
        }
        return count[most] >= 4 ? DELIMITERS[most] : 0;
    }

    @Override
    public void read(Line line, Row row) {
        int start = start(line);
        Delimited cutter = CUTTER.get();
        int count = cutter.cut(row, start, line.to(), delimiter(line, start));
        boolean timed = false;
        for (int i = 0; i < Math.min(count, MOST); i++) {
            long slice = cutter.value(i);
            int from = Column.from(slice);
            int to = from + Column.length(slice);
            if (from == to) {
                continue;
            }
            boolean time = !timed && isTime(row.bytes(), from, to);
            row.field(time ? TIME : NAMES[i], slice, EventBatch.TEXT);
            timed |= time;
        }
        GenericFields.own().finish(row, start, line.to());
    }
}
