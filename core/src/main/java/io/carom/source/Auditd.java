package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.SourceNames;
import io.carom.source.parse.Lines;
import io.carom.source.parse.Times;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The log of Linux' audit daemon, `audit.log`: what the kernel and programs report of calls, files,
/// sign-ins and accounts.
///
/// An event is written as several records, a line each, that have time and serial number in common;
/// records of several events may stand mixed. They are joined here: an event is whole when its last
/// record came (PROCTITLE, EOE, or the only one of a program's message), when the log is 2 seconds
/// further, or when {@link #MOST_BYTES} of log or {@link #MOST_OPEN} other events were begun since. A
/// record that comes later still makes an event of its own. Events are numbered in the order of their
/// first records, so that a log that has grown gives the same events under the same numbers. Behind a
/// syslog header too; lines between that are no audit records are read as what they are. Follows the
/// record and field dictionaries of the Linux audit documentation project, audit 1.0 to 4.0, with
/// `log_format` RAW and ENRICHED.
@AutoService(Source.class)
public final class Auditd implements FileSource {
    /// How much log is looked through for an event's further records.
    static final int MOST_BYTES = 1 << 18;
    /// How many events may be open at once.
    static final int MOST_OPEN = 64;

    private static final long MOST_MILLIS = 2000;
    private static final int SOURCE = SourceNames.of("auditd");

    @Override
    public String name() {
        return "auditd";
    }

    @Override
    public String product() {
        return "Linux audit 1 to 4, audit.log, raw and enriched";
    }

    @Override
    public int recognise(Head head) {
        InputContext context = new InputContext(head.name(), ZoneOffset.UTC, Instant.EPOCH);
        byte[] b = head.bytes();
        AuditRecord record = new AuditRecord();
        Line line = new Line();
        int ours = 0;
        int others = 0;
        int at = 0;
        while (at < b.length && ours + others < 50) {
            int stop = Lines.newline(b, at, b.length);
            if (stop < 0 && !head.whole()) {
                break;
            }
            int end = stop < 0 ? b.length : stop;
            if (end > at && !isBetween(b, at, end)) {
                line.set(b, at, end, context);
                if (record.parse(b, line.from(), end, context)) {
                    ours++;
                } else {
                    others++;
                }
            }
            at = end + 1;
        }
        return ours > 0 && ours >= others ? 85 : 0;
    }

    /// What `ausearch` writes between events.
    private static boolean isBetween(byte[] b, int from, int to) {
        return AuditRecord.stands(b, from, to, "----") || AuditRecord.stands(b, from, to, "time->");
    }

    @Override
    public RecordReader open(InputContext context) {
        return new Reader(context);
    }

    /// A line, and where it stands in the block; the two differ where it had to be decoded.
    private record Text(int from, int to, int rawFrom, int rawTo) {}

    private static final class Group {
        final long time;
        final long serial;
        final long node;
        final int start;
        final boolean audit;
        final List<Text> lines = new ArrayList<>(6);
        boolean whole;

        Group(AuditRecord of, int start) {
            time = of.time();
            serial = of.serial();
            node = of.node();
            this.start = start;
            audit = true;
        }

        /// A line that is no audit record.
        Group(int start) {
            time = Times.NONE;
            serial = -1;
            node = -1;
            this.start = start;
            audit = false;
            whole = true;
        }

        int end() {
            return lines.getLast().rawTo;
        }
    }

    private static final class Reader implements RecordReader {
        private static final int[] NONE = {};

        private final InputContext context;
        private final TextReader others;
        private final Line line = new Line();
        private final AuditRecord record = new AuditRecord();
        private final AuditEvents events = new AuditEvents();
        /// Lines behind what was consumed that belong to events given already, by their distance from
        /// there.
        private int[] taken = NONE;

        private final List<Group> groups = new ArrayList<>();
        /// Those of them that may have further records, oldest first.
        private final List<Group> open = new ArrayList<>();

        Reader(InputContext context) {
            this.context = context;
            this.others = new TextReader(Sources.installed(), context, null);
        }

        @Override
        public int read(Row row, int from, int to, boolean end) {
            groups.clear();
            open.clear();
            int[] at = {from};
            int stop = Lines.each(row, from, to, end, (lineFrom, lineTo) -> {
                int rawFrom = at[0];
                int newline = Lines.newline(row.bytes(), rawFrom, to);
                int rawTo = newline < 0 ? to : newline;
                at[0] = newline < 0 ? to : newline + 1;
                int trimmed = rawTo > rawFrom && row.bytes()[rawTo - 1] == '\r' ? rawTo - 1 : rawTo;
                if (Arrays.binarySearch(taken, rawFrom - from) < 0) {
                    line(row.bytes(), new Text(lineFrom, lineTo, rawFrom, trimmed));
                }
            });
            return give(row, stop, end);
        }

        private void line(byte[] b, Text text) {
            if (text.from == text.to || isBetween(b, text.from, text.to)) {
                return;
            }
            line.set(b, text.from, text.to, context);
            if (!record.parse(b, line.from(), text.to, context)) {
                Group other = new Group(text.rawFrom);
                other.lines.add(text);
                groups.add(other);
                return;
            }
            expire(text.rawFrom, record.time());
            String type = AuditEvents.typeName(b, record.type());
            Group group = find(b);
            if (group == null) {
                group = new Group(record, text.rawFrom);
                groups.add(group);
                open.add(group);
            }
            boolean first = group.lines.isEmpty();
            group.lines.add(text);
            // ausearch writes an event's records in the reverse order: PROCTITLE ends only what was begun.
            if (type.equals("EOE") || type.equals("PROCTITLE") && !first || AuditEvents.isAlone(type)) {
                close(group);
            }
        }

        /// Ends the events that have waited long enough.
        private void expire(int position, long time) {
            while (!open.isEmpty()) {
                Group oldest = open.getFirst();
                boolean late = oldest.time != Times.NONE && time - MOST_MILLIS > oldest.time;
                if (!late && position - oldest.start < MOST_BYTES && open.size() < MOST_OPEN) {
                    break;
                }
                close(oldest);
            }
        }

        private void close(Group group) {
            group.whole = true;
            open.remove(group);
        }

        private @Nullable Group find(byte[] b) {
            for (int i = open.size() - 1; i >= 0; i--) {
                Group group = open.get(i);
                if (group.serial == record.serial()
                        && group.time == record.time()
                        && isSame(b, group.node, record.node())) {
                    return group;
                }
            }
            return null;
        }

        private static boolean isSame(byte[] b, long one, long other) {
            return one < 0 || other < 0
                    ? one == other
                    : Arrays.equals(
                            b,
                            Column.from(one),
                            Column.from(one) + Column.length(one),
                            b,
                            Column.from(other),
                            Column.from(other) + Column.length(other));
        }

        /// Gives the events up to the first that is not whole; the next call brings what follows again.
        private int give(Row row, int stop, boolean end) {
            int behind = stop;
            int given = groups.size();
            if (!end) {
                for (int i = 0; i < groups.size(); i++) {
                    if (!groups.get(i).whole) {
                        given = i;
                        behind = groups.get(i).start;
                        break;
                    }
                }
            }
            int[] beyond = new int[16];
            int count = 0;
            for (int i = 0; i < given; i++) {
                Group group = groups.get(i);
                for (Text text : group.lines) {
                    if (text.rawFrom >= behind) {
                        beyond = count == beyond.length ? Arrays.copyOf(beyond, count * 2) : beyond;
                        beyond[count++] = text.rawFrom - behind;
                    }
                }
                event(row, group);
            }
            taken = Arrays.copyOf(beyond, count);
            Arrays.sort(taken);
            return behind;
        }

        private void event(Row row, Group group) {
            List<Text> lines = group.lines;
            if (!group.audit) {
                Text text = lines.getFirst();
                boolean decoded = text.from != text.rawFrom;
                row.origin(decoded ? text.rawFrom : -1, decoded ? text.rawTo : -1);
                others.line(row, text.from, text.to);
                row.origin(-1, -1);
                return;
            }
            long together = together(row, lines);
            if (together < 0) {
                row.begin(SOURCE, lines.getFirst().rawFrom, group.end());
            } else {
                row.origin(lines.getFirst().rawFrom, lines.getFirst().rawTo);
                row.begin(SOURCE, Column.from(together), Column.from(together) + Column.length(together));
                row.origin(-1, -1);
            }
            events.begin();
            for (Text text : lines) {
                line.set(row.bytes(), text.from, text.to, context);
                record.parse(row.bytes(), line.from(), text.to, context);
                events.expect(row.bytes(), record);
            }
            boolean first = true;
            for (Text text : lines) {
                line.set(row.bytes(), text.from, text.to, context);
                record.parse(row.bytes(), line.from(), text.to, context);
                if (first) {
                    TextReader.syslogFields(row, line.header());
                    first = false;
                }
                events.record(row, record, text.to);
            }
            events.end(row);
        }

        /// The event's lines put together, where others stand between them or one was decoded; else -1.
        private static long together(Row row, List<Text> lines) {
            boolean apart = false;
            int size = 0;
            byte[] b = row.bytes();
            for (int i = 0; i < lines.size(); i++) {
                Text text = lines.get(i);
                apart |= text.from != text.rawFrom;
                if (i > 0) {
                    int between = lines.get(i - 1).rawTo;
                    while (between < text.rawFrom && (b[between] == '\r' || b[between] == '\n')) {
                        between++;
                    }
                    apart |= between != text.rawFrom;
                }
                size += text.to - text.from + 1;
            }
            if (!apart) {
                return -1;
            }
            EventBatch batch = row.batch();
            byte[] room = batch.reserve(size);
            int start = batch.arenaEnd();
            int at = start;
            for (Text text : lines) {
                if (at > start) {
                    room[at++] = '\n';
                }
                System.arraycopy(room, text.from, room, at, text.to - text.from);
                at += text.to - text.from;
            }
            batch.arenaEnd(at);
            return Column.pack(start, at);
        }
    }
}
