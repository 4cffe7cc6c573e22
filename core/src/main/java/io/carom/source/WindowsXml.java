package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.SourceNames;
import io.carom.source.windows.EventTable;
import io.carom.source.windows.EventXml;

/// Windows events exported as XML: `<Events>` as the Event Viewer saves it, `<Event>`s one
/// after another as `wevtutil qe /f:xml` and `Get-WinEvent` give them, one a line or indented, or each
/// behind its number and a declaration, as evtx_dump does.
/// Follows the event schema of Windows Vista to 11
/// (`http://schemas.microsoft.com/win/2004/08/events/event`).
///
/// Nothing but events, the wrapper's tags, comments and declarations is expected; other text is
/// rejected up to the next event. Document types are passed over unread.
@AutoService(Source.class)
public final class WindowsXml implements FileSource {
    private static final int SOURCE = SourceNames.of("windows-xml");

    @Override
    public String name() {
        return "windows-xml";
    }

    @Override
    public String product() {
        return "Windows Vista to 11 and Server 2008 to 2025, events exported as XML";
    }

    @Override
    public int recognise(Head head) {
        byte[] b = head.bytes();
        int at = EventXml.space(b, 0, b.length);
        at = EventXml.space(b, TextReader.behindNumber(b, at, b.length), b.length);
        while (at + 1 < b.length && b[at] == '<' && (b[at + 1] == '!' || b[at + 1] == '?')) {
            int behind = EventXml.passMarked(b, at, b.length);
            if (behind < 0) {
                return 0;
            }
            at = EventXml.space(b, behind, b.length);
        }
        if (at < b.length && b[at] == '<' && Reader.names(b, at + 1, b.length)) {
            int close = Reader.close(b, at, b.length);
            at = close < 0 ? b.length : EventXml.space(b, close, b.length);
        }
        // Others call their elements so too; an event of Windows goes on with <System>.
        return EventXml.recordBeginsAt(b, at, b.length) ? 90 : 0;
    }

    @Override
    public RecordReader open(InputContext context) {
        return new Reader();
    }

    private static final class Reader implements RecordReader {
        private final EventXml xml = new EventXml();
        private final EventTable table = EventTable.get();

        @Override
        public int read(Row row, int from, int to, boolean end) {
            int at = from;
            while (at < to) {
                byte[] b = row.bytes();
                if (b[at] == ' ' || b[at] == '\n' || b[at] == '\r' || b[at] == '\t') {
                    at++;
                } else if (EventXml.beginsAt(b, at, to)) {
                    int stop = EventXml.end(b, at, to);
                    if (stop == -1) {
                        if (!end) {
                            return at;
                        }
                        stop = to;
                    }
                    event(row, at, stop < 0 ? -2 - stop : stop, stop < 0);
                    at = stop < 0 ? -2 - stop : stop;
                } else if (TextReader.behindNumber(b, at, to) > at) {
                    at = TextReader.behindNumber(b, at, to);
                } else {
                    int next = between(b, at, to);
                    if (next < 0) {
                        int stop = garbage(b, at, to);
                        if (stop == to && !end) {
                            return at;
                        }
                        row.begin(SOURCE, at, stop);
                        row.reject("expected an <Event>");
                        at = stop;
                    } else if (next > to) {
                        if (!end) {
                            return at;
                        }
                        row.begin(SOURCE, at, to);
                        row.reject("the XML is cut off");
                        at = to;
                    } else {
                        at = next;
                    }
                }
            }
            return at;
        }

        private void event(Row row, int from, int to, boolean cut) {
            row.begin(SOURCE, from, to);
            String fault = cut ? "the event is cut off, another begins within it" : xml.parse(row, from, to);
            if (fault != null) {
                row.reject(fault);
                return;
            }
            row.map(table.mapping(row));
        }

        /// Passes a tag of the wrapper, a comment or a declaration; -1 if something else stands
        /// here, past `to` if it goes on there.
        private static int between(byte[] b, int at, int to) {
            if (b[at] != '<' || at + 1 == to) {
                return b[at] == '<' ? to + 1 : -1;
            }
            boolean marked = b[at + 1] == '!' || b[at + 1] == '?';
            int stop = marked ? EventXml.passMarked(b, at, to) : close(b, at, to);
            if (stop < 0) {
                return to + 1;
            }
            return marked || names(b, at + (b[at + 1] == '/' ? 2 : 1), to) ? stop : -1;
        }

        private static int close(byte[] b, int at, int to) {
            for (int i = at; i < to; i++) {
                if (b[i] == '>') {
                    return i + 1;
                }
            }
            return -1;
        }

        private static boolean names(byte[] b, int at, int to) {
            String wrapper = "Events";
            if (to - at <= wrapper.length()) {
                return false;
            }
            for (int i = 0; i < wrapper.length(); i++) {
                if ((b[at + i] | 0x20) != (wrapper.charAt(i) | 0x20)) {
                    return false;
                }
            }
            byte next = b[at + wrapper.length()];
            return next == '>' || next == '/' || next <= ' ';
        }

        /// Where what is no event ends: at the next event or the end of the line.
        private static int garbage(byte[] b, int at, int to) {
            for (int i = at + 1; i < to; i++) {
                if (b[i] == '\n' || b[i] == '<' && EventXml.beginsAt(b, i, to)) {
                    return i;
                }
            }
            return to;
        }
    }
}
