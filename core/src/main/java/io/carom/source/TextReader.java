package io.carom.source;

import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.FieldNames;
import io.carom.event.SourceNames;
import io.carom.source.parse.JsonFields;
import io.carom.source.parse.Lines;
import io.carom.source.parse.SyslogHeader;
import io.carom.source.parse.Times;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads text whose every record stands on its own: lines of products that may be mixed as a collector
/// mixes them, JSON objects one a line, JSON behind a syslog header.
///
/// The format that read the last record is asked first, for neighbours are mostly alike.
final class TextReader implements RecordReader {
    private static final int HOST = FieldNames.of("syslog.hostname");
    private static final int APP = FieldNames.of("syslog.appname");
    private static final int PID = FieldNames.of("syslog.procid");
    private static final int PRIORITY = FieldNames.of("syslog.priority");
    private static final int STRUCTURED = FieldNames.of("syslog.structured_data");
    private static final boolean STRICT = Boolean.getBoolean("carom.strict");
    static final int UNKNOWN = SourceNames.of("unknown");
    /// The highest rank of generic readers.
    private static final int GENERIC = -100;

    private final List<LineSource> lineSources;
    private final List<JsonSource> jsonSources;
    private final InputContext context;
    private final Line line = new Line();
    private @Nullable LineSource lastLine;
    private @Nullable JsonSource lastJson;
    /// The source whose id was asked for last, and the id.
    private @Nullable Source named;

    private int namedId;
    private @Nullable JsonFields json;

    TextReader(Sources sources, InputContext context, @Nullable Source forced) {
        this.context = context;
        this.lineSources = forced instanceof LineSource one ? List.of(one) : sources.lines();
        this.jsonSources = forced instanceof JsonSource one ? List.of(one) : sources.objects();
    }

    /// Whether any of the first lines is claimed by a format, a generic one only when it has a syslog
    /// header or is JSON.
    boolean knows(Head head) {
        EventBatch batch = new EventBatch(head.bytes().length + 4096);
        System.arraycopy(head.bytes(), 0, batch.reserve(head.bytes().length), 0, head.bytes().length);
        batch.arenaEnd(head.bytes().length);
        Row row = new Row(batch, context);
        boolean[] known = new boolean[1];
        int[] seen = new int[1];
        Lines.each(row, 0, head.bytes().length, head.whole(), (from, to) -> {
            if (known[0] || seen[0] >= 200 || from == to) {
                return;
            }
            seen[0]++;
            byte[] b = row.bytes();
            from = behindMark(b, from, to);
            while (from < to && (b[from] == ' ' || b[from] == '\t')) {
                from++;
            }
            if (isJson(b, from, to)) {
                known[0] = beginsObject(b, from, to);
                return;
            }
            line.set(row.bytes(), from, to, context);
            LineSource source = choose(line);
            known[0] = source != null || embedded(b, line.from(), to) >= 0;
        });
        lastLine = null;
        return known[0];
    }

    @Override
    public int read(Row row, int from, int to, boolean end) {
        return Lines.each(row, from, to, end, (lineFrom, lineTo) -> line(row, lineFrom, lineTo));
    }

    /// Reads one line that stands at `[from, to)`.
    void line(Row row, int from, int to) {
        byte[] b = row.bytes();
        from = behindMark(b, from, to);
        while (from < to && (b[from] == ' ' || b[from] == '\t')) {
            from++;
        }
        if (from == to) {
            return;
        }
        if (isJson(b, from, to)) {
            object(row, from, to);
            return;
        }
        line.set(b, from, to, context);
        SyslogHeader header = line.header();
        row.outerTime(header.time());
        if (isJson(b, line.from(), to) && object(row, header, from, line.from(), to)) {
            return;
        }
        LineSource source = choose(line);
        int brace = source == null || source.rank() < 0 ? embedded(b, line.from(), to) : -1;
        if (brace >= 0 && object(row, header, from, brace, to)) {
            return;
        }
        row.begin(source == null ? UNKNOWN : id(source), from, to);
        if (source == null) {
            row.reject("no format knows this line");
        } else {
            syslogFields(row, header);
            try {
                source.read(line, row);
            } catch (RuntimeException e) {
                failed(row, source.name(), e);
            }
        }
        row.outerTime(Times.NONE);
    }

    /// Behind the byte order mark that stands here; `from` if none does. One stands before a line where files
    /// were put one behind another.
    static int behindMark(byte[] b, int from, int to) {
        boolean mark =
                to - from >= 3 && b[from] == (byte) 0xEF && b[from + 1] == (byte) 0xBB && b[from + 2] == (byte) 0xBF;
        return mark ? from + 3 : from;
    }

    /// Behind the line `Record 7` that evtx_dump writes before each event, at its end; `from` if none stands
    /// here.
    static int behindNumber(byte[] b, int from, int to) {
        if (!AuditRecord.stands(b, from, to, "Record ")) {
            return from;
        }
        int at = from + 7;
        while (at < to && b[at] >= '0' && b[at] <= '9') {
            at++;
        }
        return at > from + 7 && at < to && (b[at] == '\n' || b[at] == '\r') ? at : from;
    }

    /// Reads the line as the JSON object that begins at `brace`; false if it is none.
    private boolean object(Row row, SyslogHeader header, int from, int brace, int to) {
        row.begin(UNKNOWN, from, to);
        syslogFields(row, header);
        int end = fields(row).parse(row, brace, to);
        if (end < 0) {
            row.skip();
            return false;
        }
        dispatch(row);
        row.outerTime(Times.NONE);
        return true;
    }

    /// Where an object begins that ends the line, behind a short tag such as `@cee:` or `name - `; -1 if
    /// none does.
    private static int embedded(byte[] b, int from, int to) {
        int last = to;
        while (last > from && b[last - 1] == ' ') {
            last--;
        }
        if (last == from || b[last - 1] != '}') {
            return -1;
        }
        for (int at = from; at < Math.min(from + 64, last - 1); at++) {
            if (b[at] == '{') {
                int name = at + 1;
                while (name < last && b[name] == ' ') {
                    name++;
                }
                return b[name] == '"' && JsonFields.end(b, at, last) == last ? at : -1;
            }
        }
        return -1;
    }

    /// Gives the row what a syslog header said.
    static void syslogFields(Row row, SyslogHeader header) {
        if (header.host() >= 0) {
            row.field(HOST, header.host(), EventBatch.TEXT);
        }
        if (header.app() >= 0) {
            row.field(APP, header.app(), EventBatch.TEXT);
        }
        if (header.pid() >= 0) {
            row.field(PID, header.pid(), EventBatch.TEXT);
        }
        if (header.structured() >= 0) {
            row.field(STRUCTURED, header.structured(), EventBatch.TEXT);
        }
        if (header.priority() >= 0) {
            row.field(PRIORITY, row.batch().append(Integer.toString(header.priority())), EventBatch.NUMBER);
        }
    }

    /// Reads the JSON objects that stand in `[from, to)`, mostly one.
    void object(Row row, int from, int to) {
        int at = from;
        while (at < to) {
            row.begin(UNKNOWN, at, to);
            int end = fields(row).parse(row, at, to);
            if (end < 0) {
                row.reject(fields(row).error());
                return;
            }
            row.nativeText(Column.pack(at, end));
            dispatch(row);
            at = end;
            byte[] b = row.bytes();
            while (at < to && (b[at] == ' ' || b[at] == '\r' || b[at] == '\t' || b[at] == ',' || b[at] == '\n')) {
                at++;
            }
            if (at < to && b[at] != '{') {
                row.begin(UNKNOWN, at, to);
                row.reject("something other than a JSON object stands behind an object");
                return;
            }
        }
    }

    private JsonFields fields(Row row) {
        if (json == null) {
            json = new JsonFields(row);
        }
        return json;
    }

    private void dispatch(Row row) {
        JsonSource source = claiming(row);
        if (source == null) {
            row.reject("no format knows this JSON object");
            return;
        }
        read(row, source);
    }

    private @Nullable JsonSource claiming(Row row) {
        JsonSource last = lastJson;
        if (last != null && last.rank() >= 0 && last.claims(row)) {
            return last;
        }
        for (JsonSource candidate : jsonSources) {
            if (candidate.claims(row)) {
                return candidate;
            }
        }
        return null;
    }

    private void read(Row row, JsonSource source) {
        lastJson = source;
        row.source(id(source));
        try {
            source.read(row);
        } catch (RuntimeException e) {
            failed(row, source.name(), e);
        }
    }

    /// Ends the open row, whose fields came with names, as the format that claims an object of these; if none
    /// but the generic one does, as a record of the source that is given.
    void named(Row row, int generic) {
        JsonSource source = claiming(row);
        if (source != null && source.rank() > GENERIC) {
            read(row, source);
        } else {
            row.source(generic);
            try {
                GenericFields.own().finish(row, 0, 0);
            } catch (RuntimeException e) {
                failed(row, SourceNames.name(generic), e);
            }
        }
    }

    /// Whether a format of a product, or one that products share, claims the line.
    boolean isProducts(byte[] b, int from, int to) {
        line.set(b, from, to, context);
        return lineSources.stream().anyMatch(source -> source.rank() > GENERIC && source.claims(line));
    }

    private int id(Source source) {
        if (!source.equals(named)) {
            named = source;
            namedId = SourceNames.of(source.name());
        }
        return namedId;
    }

    /// A fault in a reader costs the record and not the run; in our own tests it is thrown on.
    private static void failed(Row row, String reader, RuntimeException fault) {
        if (STRICT || !row.isOpen()) {
            throw fault;
        }
        row.reject("the reader for " + reader + " failed: " + fault.getClass().getSimpleName());
    }

    private @Nullable LineSource choose(Line of) {
        LineSource last = lastLine;
        if (last != null && last.rank() >= 0 && last.claims(of)) {
            return last;
        }
        for (LineSource candidate : lineSources) {
            if (candidate.claims(of)) {
                lastLine = candidate;
                return candidate;
            }
        }
        return null;
    }

    /// A brace, then a name in quotes or the end: a brace alone stands in any binary file.
    private static boolean beginsObject(byte[] b, int from, int to) {
        int at = from + 1;
        while (at < to && (b[at] == ' ' || b[at] == '\t')) {
            at++;
        }
        return at == to || b[at] == '"' || b[at] == '}';
    }

    private static boolean isJson(byte[] b, int from, int to) {
        return from < to && b[from] == '{';
    }
}
