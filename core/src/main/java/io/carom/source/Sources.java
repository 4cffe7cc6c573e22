package io.carom.source;

import io.carom.source.parse.JsonFields;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All formats there are, and the choice among them by an input's first bytes. Immutable, safe for use
/// by many threads.
public final class Sources {
    /// Names under which products wrap their records in one object: `{"Records": [ … ]}`.
    private static final List<String> WRAPPERS = List.of(
            "records",
            "value",
            "events",
            "items",
            "logs",
            "results",
            "data",
            "findings",
            "entries",
            "alerts",
            "logevents",
            "activities",
            "messages");

    /// What answers of programs' interfaces say of themselves before the records, beside Graph's `@odata.…`.
    private static final Set<String> OF_ANSWERS =
            Set.of("kind", "etag", "count", "totalcount", "nextpagetoken", "nexttoken", "nextlink", "odata.metadata");

    /// So many such members may stand before the records.
    private static final int MOST_BEFORE = 8;
    private static final int LONGEST_NAME = 64;

    private final List<FileSource> files = new ArrayList<>();
    private final List<LineSource> lines = new ArrayList<>();
    private final List<JsonSource> objects = new ArrayList<>();

    private final String version;

    private Sources(Iterable<Source> all, String version) {
        this.version = version;
        for (Source source : all) {
            switch (source) {
                case FileSource file -> files.add(file);
                case LineSource line -> lines.add(line);
                case JsonSource object -> objects.add(object);
            }
        }
        files.sort(Comparator.comparing(FileSource::isBinary).reversed().thenComparing(Source::name));
        lines.sort(Comparator.comparingInt(LineSource::rank).reversed().thenComparing(Source::name));
        objects.sort(Comparator.comparingInt(JsonSource::rank).reversed().thenComparing(Source::name));
    }

    private static final class Installed {
        static final Sources ALL = new Sources(ServiceLoader.load(Source.class), BuildVersion.get());
    }

    /// The formats built in.
    public static Sources installed() {
        return Installed.ALL;
    }

    /// The formats built in and these besides, such as users' mapping files.
    ///
    /// @param version changes whenever these do
    public static Sources with(List<? extends Source> more, String version) {
        List<Source> all = new ArrayList<>(more);
        all.addAll(installed().files);
        all.addAll(installed().lines);
        all.addAll(installed().objects);
        return new Sources(all, installed().version + "+" + version);
    }

    /// The same only if every input is read the same: any change to a reader, to what readers share or
    /// to a mapping file gives another.
    public String version() {
        return version;
    }

    /// Every format, in the order in which they are asked.
    public List<Source> all() {
        List<Source> all = new ArrayList<>(files);
        all.addAll(lines);
        all.addAll(objects);
        return all;
    }

    public Optional<Source> named(String name) {
        String folded = name.toLowerCase(Locale.ROOT);
        return all().stream().filter(s -> s.name().equals(folded)).findFirst();
    }

    List<LineSource> lines() {
        return lines;
    }

    List<JsonSource> objects() {
        return objects;
    }

    /// A reader for the input that begins so.
    ///
    /// @param forced the format the user named, or null to tell it by content
    /// @return empty if the input is no log that any format knows
    public Optional<RecordReader> open(Head head, InputContext context, @Nullable Source forced) {
        if (forced instanceof FileSource file) {
            return Optional.of(file.open(context));
        }
        if (forced == null) {
            FileSource surest = null;
            int most = 0;
            for (FileSource file : files) {
                int sure = file.recognise(head);
                if (sure > most) {
                    most = sure;
                    surest = file;
                    if (sure == 100) {
                        break;
                    }
                }
            }
            if (surest != null && most >= 50) {
                return Optional.of(surest.open(context));
            }
        }
        int start = firstByte(head);
        if (start < 0 || forced == null && isBinary(head.bytes())) {
            return Optional.empty();
        }
        int behind = TextReader.behindNumber(head.bytes(), start, head.bytes().length);
        int document = skip(head.bytes(), behind, head.bytes().length);
        boolean numbered = behind > start && document < head.bytes().length && head.bytes()[document] == '{';
        start = numbered ? document : start;
        byte first = head.bytes()[start];
        TextReader text = new TextReader(this, context, forced);
        if ((first == '{' || first == '[') && (numbered || !isObjectALine(head, start))) {
            return looksLikeJson(head, start) ? Optional.of(new JsonDocuments(text)) : Optional.empty();
        }
        DelimitedTable table = forced == null ? DelimitedTable.of(head, context, text) : null;
        if (table != null) {
            return Optional.of(table);
        }
        return forced != null || text.knows(head) ? Optional.of(text) : Optional.empty();
    }

    /// A reader for records that each stand on their own, of whatever formats, line by line: what comes
    /// from many senders at once. What no format knows is a reject.
    public RecordReader text(InputContext context) {
        return new TextReader(this, context, null);
    }

    /// Whether records of a file that begins so are only understood with its beginning: a format with a
    /// header.
    public boolean needsHead(Head head) {
        InputContext context = new InputContext(head.name(), ZoneOffset.UTC, Instant.EPOCH);
        return files.stream().anyMatch(file -> file.recognise(head) >= 50)
                || DelimitedTable.of(head, context, new TextReader(this, context, null)) != null;
    }

    /// What no log is though lines of text may stand in it: a packet capture by its magic, anything
    /// else by its control characters. Zeros are not counted, for a crash leaves holes of them in a
    /// log.
    private static boolean isBinary(byte[] b) {
        if (b.length >= 4) {
            int magic = (b[0] & 0xFF) << 24 | (b[1] & 0xFF) << 16 | (b[2] & 0xFF) << 8 | b[3] & 0xFF;
            switch (magic) {
                case 0xA1B2C3D4, 0xD4C3B2A1, 0xA1B23C4D, 0x4D3CB2A1, 0x0A0D0D0A -> {
                    return true;
                }
                default -> {}
            }
        }
        int controls = 0;
        int others = 0;
        for (byte c : b) {
            if (c > 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != 0x1B && c != 0x1E) {
                controls++;
            } else if (c != 0) {
                others++;
            }
        }
        return controls > MAX_CONTROLS && controls > others / 20;
    }

    /// A short input may have this many control characters and be text.
    private static final int MAX_CONTROLS = 32;

    private static int firstByte(Head head) {
        byte[] b = head.bytes();
        for (int i = 0; i < b.length; i++) {
            if (b[i] != ' ' && b[i] != '\n' && b[i] != '\r' && b[i] != '\t') {
                return i;
            }
        }
        return -1;
    }

    /// `{` then a name in quotes or the end; `[` then an object, another array's begin or the end.
    private static boolean looksLikeJson(Head head, int start) {
        byte[] b = head.bytes();
        int at = start + 1;
        while (at < b.length && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t')) {
            at++;
        }
        if (at >= b.length) {
            return false;
        }
        return b[start] == '{' ? b[at] == '"' : b[at] == '{' || b[at] == ']';
    }

    /// Whether the first line that is not blank is one whole JSON object that is a record, not a
    /// wrapper of records.
    private static boolean isObjectALine(Head head, int start) {
        byte[] b = head.bytes();
        if (b[start] != '{') {
            // Syslog-ng and others begin plain lines with a bracket: `[` is JSON only before an object.
            return !looksLikeJson(head, start);
        }
        if (wrapper(b, start, b.length) >= 0) {
            return false;
        }
        int newline = start;
        while (newline < b.length && b[newline] != '\n') {
            newline++;
        }
        int end = JsonFields.end(b, start, newline);
        if (end < 0) {
            // A record longer than the head is still a line of its own if nothing broke it so far.
            return newline == b.length && !head.whole();
        }
        return true;
    }

    /// What {@link #wrapper} says of an object that is none, and of one whose beginning goes on behind the
    /// bytes.
    static final int NO_WRAPPER = -1;

    static final int CUT_OFF = -2;

    /// Where the bracket of the records stands if the object at `at` begins `{"Records": [`, with any of the
    /// known names, perhaps behind what an answer says of itself: `{"@odata.context": "…", "value": [`.
    static int wrapper(byte[] b, int at, int to) {
        int i = skip(b, at + 1, to);
        for (int members = 0; members <= MOST_BEFORE; members++) {
            if (i >= to) {
                return CUT_OFF;
            }
            if (b[i] != '"') {
                return NO_WRAPPER;
            }
            int from = ++i;
            while (i < to && b[i] != '"' && i - from < LONGEST_NAME) {
                i++;
            }
            if (i >= to || b[i] != '"') {
                return i >= to ? CUT_OFF : NO_WRAPPER;
            }
            String name = new String(b, from, i - from, java.nio.charset.StandardCharsets.ISO_8859_1)
                    .toLowerCase(Locale.ROOT);
            i = skip(b, i + 1, to);
            if (i >= to || b[i] != ':') {
                return i >= to ? CUT_OFF : NO_WRAPPER;
            }
            i = skip(b, i + 1, to);
            if (i < to && b[i] == '[') {
                int open = i;
                i = skip(b, i + 1, to);
                if (i >= to) {
                    return CUT_OFF;
                }
                return (b[i] == '{' || b[i] == ']') && WRAPPERS.contains(name) ? open : NO_WRAPPER;
            }
            boolean ofAnswer = name.startsWith("@odata.") && !name.equals("@odata.type") || OF_ANSWERS.contains(name);
            if (i < to && (!ofAnswer || b[i] == '{')) {
                return NO_WRAPPER;
            }
            i = skip(b, behindScalar(b, i, to), to);
            if (i < to && b[i] != ',') {
                return NO_WRAPPER;
            }
            i = skip(b, i + 1, to);
        }
        return NO_WRAPPER;
    }

    /// Behind a text, a number or a word of JSON; at least `to` if it goes on there.
    private static int behindScalar(byte[] b, int from, int to) {
        int at = from;
        if (at < to && b[at] == '"') {
            at++;
            while (at < to && b[at] != '"') {
                at += b[at] == '\\' ? 2 : 1;
            }
            return at + 1;
        }
        while (at < to && b[at] > ' ' && b[at] != ',' && b[at] != '}') {
            at++;
        }
        return at;
    }

    private static int skip(byte[] b, int at, int to) {
        while (at < to && (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t')) {
            at++;
        }
        return at;
    }
}
