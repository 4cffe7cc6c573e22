package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.SourceNames;
import io.carom.source.mail.Mail;
import io.carom.source.parse.Lines;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Mails one behind another in a file (RFC 4155, mbox): each begins with a line `From sender time`
/// behind an empty line.
///
/// A line of a mail that begins so is written as `>From ` (mboxo), and one that begins `>From ` as
/// `>>From ` (mboxrd); one `>` is taken off again, which is right for mboxrd and for what mboxo quoted.
/// Where nothing is quoted (mboxcl2) a line is a beginning only if it has a time, as no sentence does.
@AutoService(Source.class)
public final class Mbox implements FileSource {
    private static final int SOURCE = SourceNames.of("mbox");
    private static final int LONGEST = 512;

    @Override
    public String name() {
        return "mbox";
    }

    @Override
    public String product() {
        return "mbox, RFC 4155: mboxo, mboxrd, mboxcl";
    }

    @Override
    public int recognise(Head head) {
        if (!head.startsWith("From ")) {
            return 0;
        }
        List<String> lines = head.lines(400);
        if (lines.size() < 2) {
            return 0;
        }
        byte[] first = lines.getFirst().getBytes(StandardCharsets.ISO_8859_1);
        return isBegin(first, 0, first.length) && Eml.sure(lines, 1) > 0 ? 96 : 0;
    }

    /// Whether the line is `From ` with a day of the week, a month and a clock behind.
    public static boolean isBegin(byte[] b, int from, int to) {
        if (to - from < 20
                || to - from > LONGEST
                || b[from] != 'F'
                || b[from + 1] != 'r'
                || b[from + 2] != 'o'
                || b[from + 3] != 'm'
                || b[from + 4] != ' ') {
            return false;
        }
        boolean month = false;
        for (int at = from + 5; at + 5 < to; at++) {
            if (b[at] != ' ') {
                continue;
            }
            month |= Times.month(b, at + 1, to) != 0 && b[at + 4] == ' ';
            int clock = at + 1;
            while (clock < to && b[clock] >= '0' && b[clock] <= '9') {
                clock++;
            }
            int digits = clock - at - 1;
            if (month
                    && (digits == 1 || digits == 2)
                    && clock + 2 < to
                    && b[clock] == ':'
                    && b[clock + 1] >= '0'
                    && b[clock + 1] <= '5') {
                return true;
            }
        }
        return false;
    }

    @Override
    public RecordReader open(InputContext context) {
        return new Reader();
    }

    private static final class Reader implements RecordReader {
        /// Within the rest of a mail that was too long.
        private boolean passing;
        /// Whether the line before the next one is empty, or there is none.
        private boolean empty = true;

        @Override
        public int read(Row row, int from, int to, boolean end) {
            int at = from;
            while (at < to) {
                byte[] b = row.bytes();
                int next = begin(b, at, to, end);
                if (passing) {
                    passing = next < 0;
                    if (next < 0) {
                        // The last lines may be the empty one and half of the next beginning.
                        return end ? to : Math.max(at, lastLines(b, at, to));
                    }
                    at = next;
                    continue;
                }
                if (next < 0) {
                    if (end && to - at <= Mail.MAX_BYTES) {
                        message(row, at, to, false);
                        return to;
                    }
                    if (to - at > Mail.MAX_BYTES) {
                        message(row, at, at + Mail.MAX_BYTES, true);
                        passing = true;
                        at += Mail.MAX_BYTES;
                        continue;
                    }
                    return at;
                }
                if (next > at) {
                    int stop = Math.min(next, at + Mail.MAX_BYTES);
                    message(row, at, stop, stop < next);
                }
                at = next;
            }
            return at;
        }

        /// Where the next mail behind the first line begins, or -1; while passing also at the first
        /// line.
        private int begin(byte[] b, int from, int to, boolean end) {
            int line = from;
            boolean first = !passing;
            boolean blank = passing && empty;
            while (line < to) {
                int stop = Lines.newline(b, line, to);
                if (stop < 0 && !end) {
                    return -1;
                }
                int lineEnd = stop < 0 ? to : stop;
                int bare = lineEnd > line && b[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
                if (!first && blank && isBegin(b, line, bare)) {
                    return line;
                }
                blank = bare == line;
                first = false;
                line = stop < 0 ? to : stop + 1;
            }
            empty = blank;
            return -1;
        }

        /// Where the line before the last one begins, of a block whose end may cut a line.
        private static int lastLines(byte[] b, int from, int to) {
            int at = to - 1;
            for (int lines = 0; at > from; at--) {
                if (b[at - 1] == '\n' && ++lines == 3) {
                    return at;
                }
                if (to - at > 4 * LONGEST) {
                    return to;
                }
            }
            return from;
        }

        private static void message(Row row, int from, int to, boolean cut) {
            byte[] b = row.bytes();
            int at = from;
            while (at < to && (b[at] == '\n' || b[at] == '\r')) {
                at++;
            }
            if (at == to) {
                return;
            }
            int line = Lines.newline(b, at, to);
            int lineEnd = line < 0 ? to : line;
            int bare = lineEnd > at && b[lineEnd - 1] == '\r' ? lineEnd - 1 : lineEnd;
            String envelope = "";
            int header = at;
            if (isBegin(b, at, bare)) {
                envelope = new String(b, at + 5, bare - at - 5, StandardCharsets.ISO_8859_1).strip();
                header = Math.min(lineEnd + 1, to);
            }
            byte[] sent = unquoted(b, header, to);
            if (sent == null) {
                Eml.record(row, SOURCE, b, at, to, b, header, to, cut, envelope);
            } else {
                Eml.record(row, SOURCE, b, at, to, sent, 0, sent.length, cut, envelope);
            }
        }

        /// The mail with one `>` taken off lines `>From `, `>>From ` and so on; null if there are none.
        private static byte @Nullable [] unquoted(byte[] b, int from, int to) {
            byte[] out = null;
            int length = 0;
            int copied = from;
            int line = from;
            while (line < to) {
                int at = line;
                while (at < to && b[at] == '>') {
                    at++;
                }
                if (at > line
                        && to - at >= 5
                        && b[at] == 'F'
                        && b[at + 1] == 'r'
                        && b[at + 2] == 'o'
                        && b[at + 3] == 'm'
                        && b[at + 4] == ' ') {
                    out = out == null ? new byte[to - from] : out;
                    System.arraycopy(b, copied, out, length, line - copied);
                    length += line - copied;
                    copied = line + 1;
                }
                int stop = Lines.newline(b, at, to);
                line = stop < 0 ? to : stop + 1;
            }
            if (out == null) {
                return null;
            }
            System.arraycopy(b, copied, out, length, to - copied);
            return Arrays.copyOf(out, length + to - copied);
        }
    }
}
