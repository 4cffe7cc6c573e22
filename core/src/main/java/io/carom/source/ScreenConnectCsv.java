package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.parse.Delimited;
import io.carom.source.parse.Lines;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reports of a ScreenConnect server (ConnectWise Control) as CSV: a line an event of a session, of a
/// connection or of the server's security log.
///
/// Whoever makes a report chooses its columns, and a column of a table that was joined bears the table's
/// name before its own (`SessionConnectionParticipantName`). Columns become the fields that
/// {@link ScreenConnect} knows, with or without that prefix; others keep their names. What a command
/// printed may go over many lines in quotes: a record ends where its quotes do, within 1 MiB.
@AutoService(Source.class)
public final class ScreenConnectCsv implements FileSource {
    private static final int SOURCE = SourceNames.of("screenconnect-csv");
    private static final int MOST_COLUMNS = 256;
    private static final int LONGEST = 1 << 20;

    private static final List<String> PREFIXES =
            List.of("SessionConnectionEvent", "SessionConnection", "SecurityEvent", "SessionEvent", "Session", "Event");

    private static final Map<String, String> FIELDS = Map.ofEntries(
            Map.entry("EventID", "Event.EventID"),
            Map.entry("EventType", "Event.EventType"),
            Map.entry("Time", "Event.Time"),
            Map.entry("Host", "Event.Host"),
            Map.entry("Data", "Event.Data"),
            Map.entry("CorrelationEventID", "Event.CorrelationEventID"),
            Map.entry("ConnectionID", "Event.ConnectionID"),
            Map.entry("ProcessType", "Connection.ProcessType"),
            Map.entry("ParticipantName", "Connection.ParticipantName"),
            Map.entry("NetworkAddress", "Connection.NetworkAddress"),
            Map.entry("ClientNetworkAddress", "Connection.NetworkAddress"),
            Map.entry("ConnectedTime", "Connection.ConnectedTime"),
            Map.entry("SessionID", "Session.SessionID"),
            Map.entry("SessionType", "Session.SessionType"),
            Map.entry("Name", "Session.Name"),
            Map.entry("GuestMachineName", "Session.GuestInfo.MachineName"),
            Map.entry("GuestMachineDomain", "Session.GuestInfo.MachineDomain"),
            Map.entry("GuestLoggedOnUserName", "Session.GuestInfo.LoggedOnUserName"),
            Map.entry("GuestNetworkAddress", "Session.GuestNetworkAddress"),
            Map.entry("OperationResult", "Event.OperationResult"),
            Map.entry("UserName", "Event.UserName"),
            Map.entry("UserSource", "Event.UserSource"),
            Map.entry("UserAgent", "Event.UserAgent"),
            Map.entry("UrlReferrer", "Event.UrlReferrer"));

    /// What tells a report from other lists of events with a type and a time.
    private static final Set<String> TELLING = Set.of(
            "Session.SessionID",
            "Event.ConnectionID",
            "Connection.ProcessType",
            "Connection.ParticipantName",
            "Event.OperationResult");

    private static String field(String column) {
        String known = FIELDS.get(column);
        if (known != null) {
            return known;
        }
        for (String prefix : PREFIXES) {
            String behind = column.startsWith(prefix) ? FIELDS.get(column.substring(prefix.length())) : null;
            if (behind != null) {
                return behind;
            }
        }
        return column;
    }

    private static List<String> names(String line) {
        List<String> names = List.of(line.replace("\"", "").strip().split(",", MOST_COLUMNS));
        boolean security = names.stream().anyMatch(name -> name.endsWith("OperationResult"));
        return names.stream()
                .map(String::strip)
                .map(ScreenConnectCsv::field)
                // In the security log it is the address of whom the event is about.
                .map(name -> security && name.equals("Connection.NetworkAddress") ? "Event.NetworkAddress" : name)
                .toList();
    }

    private static boolean isHeader(List<String> names) {
        boolean described = names.contains("Event.Data") || names.contains("Event.UserName");
        return names.contains("Event.EventType")
                && names.contains("Event.Time")
                && names.stream().filter(TELLING::contains).count() >= (described ? 1 : 2);
    }

    @Override
    public String name() {
        return "screenconnect-csv";
    }

    @Override
    public String product() {
        return "ScreenConnect (ConnectWise Control) 6 to 24, reports as CSV";
    }

    @Override
    public int recognise(Head head) {
        List<String> lines = head.lines(1);
        return !lines.isEmpty() && lines.getFirst().length() < 8192 && isHeader(names(lines.getFirst())) ? 85 : 0;
    }

    @Override
    public RecordReader open(InputContext context) {
        return new Reader();
    }

    private static final class Reader implements RecordReader {
        private final Delimited cutter = new Delimited();
        private int[] fields = {};

        @Override
        public int read(Row row, int from, int to, boolean end) {
            int at = from;
            while (at < to) {
                int stop = end(row.bytes(), at, to);
                if (stop < 0) {
                    if (!end) {
                        return at;
                    }
                    stop = to;
                }
                record(row, at, stop);
                at = Math.min(stop + 1, to);
            }
            return at;
        }

        /// Where the line feed that ends the record stands, or -1. Quotes that do not close within the
        /// limit are none.
        private static int end(byte[] b, int from, int to) {
            boolean quoted = false;
            for (int at = from; at < to; at++) {
                if (b[at] == '"') {
                    quoted = !quoted;
                } else if (b[at] == '\n' && !quoted) {
                    return at;
                } else if (at - from > LONGEST) {
                    int line = Lines.newline(b, from, to);
                    return line >= 0 ? line : -1;
                }
            }
            return -1;
        }

        private void record(Row row, int from, int to) {
            // Each line of a record is valid text by itself; a record of one line is the rule.
            long text = Lines.text(row, from, to);
            int start = Column.from(text);
            int stop = start + Column.length(text);
            byte[] b = row.bytes();
            while (stop > start && (b[stop - 1] == '\r' || b[stop - 1] == '\n')) {
                stop--;
            }
            if (start == stop) {
                return;
            }
            if (fields.length == 0 || b[start] == 'S' || b[start] == 'E' || b[start] == '"') {
                String line = new String(b, start, Math.min(stop - start, 8192), StandardCharsets.UTF_8);
                List<String> names = line.indexOf('\n') >= 0 ? List.of() : names(line);
                if (isHeader(names)) {
                    fields = names.stream().mapToInt(FieldNames::of).toArray();
                    return;
                }
            }
            if (start != from) {
                row.origin(from, to);
            }
            row.begin(SOURCE, start, stop);
            row.origin(-1, -1);
            if (fields.length == 0) {
                row.reject("a record before the line that names the columns");
                return;
            }
            int count = cutter.cut(row, start, stop, ',');
            if (count != fields.length) {
                row.reject("expected " + fields.length + " values as the header names them, found " + count);
                return;
            }
            for (int i = 0; i < count; i++) {
                if (Column.length(cutter.value(i)) > 0) {
                    row.field(fields[i], cutter.value(i), EventBatch.TEXT);
                }
            }
            ScreenConnect.finish(row);
        }
    }
}
