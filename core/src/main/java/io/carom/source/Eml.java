package io.carom.source;

import com.google.auto.service.AutoService;
import io.carom.event.SourceNames;
import io.carom.source.mail.Mail;
import io.carom.source.parse.Lines;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A mail in a file of its own (RFC 5322; `.eml`, Maildir), as mail programs save it.
///
/// Told by its first lines: header fields of mails, of which some are found nowhere else. The mail is one
/// record; of one longer than {@link Mail#MAX_BYTES} the beginning.
@AutoService(Source.class)
public final class Eml implements FileSource {
    private static final int SOURCE = SourceNames.of("eml");

    /// Fields that only mails have.
    private static final Set<String> OWN = Set.of(
            "received",
            "return-path",
            "message-id",
            "delivered-to",
            "dkim-signature",
            "domainkey-signature",
            "arc-seal",
            "received-spf",
            "mime-version",
            "x-mailer",
            "x-originating-ip",
            "x-original-to",
            "envelope-to",
            "in-reply-to",
            "authentication-results",
            "x-received",
            "resent-from");

    private static final Set<String> COMMON = Set.of(
            "from",
            "to",
            "cc",
            "subject",
            "date",
            "reply-to",
            "sender",
            "content-type",
            "content-transfer-encoding",
            "user-agent");

    @Override
    public String name() {
        return "eml";
    }

    @Override
    public String product() {
        return "mails, RFC 5322 and MIME";
    }

    @Override
    public int recognise(Head head) {
        return sure(head.lines(400), 0);
    }

    /// How sure it is that a mail begins with this line, from 0 to 95.
    static int sure(List<String> lines, int first) {
        int at = first;
        while (at < lines.size() && at < first + 3 && lines.get(at).isBlank()) {
            at++;
        }
        if (at < lines.size() && isEnvelope(lines.get(at))) {
            at++;
        }
        int own = 0;
        int common = 0;
        int others = 0;
        boolean sender = false;
        boolean address = false;
        for (int n = at; n < lines.size(); n++) {
            String line = lines.get(n);
            if (line.isBlank()) {
                break;
            }
            if (n > at && (line.charAt(0) == ' ' || line.charAt(0) == '\t')) {
                continue;
            }
            int colon = name(line);
            if (colon < 0) {
                // A header may be damaged, but it begins well.
                if (n == at || ++others > 2) {
                    return 0;
                }
                continue;
            }
            String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            own += OWN.contains(name) ? 1 : 0;
            common += COMMON.contains(name) ? 1 : 0;
            sender |= name.equals("from");
            address |= name.equals("from") && line.indexOf('@', colon) > 0;
            own += n == at && name.equals("content-type") && line.contains("multipart/") && line.contains("boundary=")
                    ? 1
                    : 0;
        }
        if (own >= 1 && own + common >= 3) {
            return 95;
        }
        // `from` and `to` are names that other files have too: there it takes an address.
        return own >= 1 && own + common >= 2 || common >= 3 && sender || common == 2 && address ? 85 : 0;
    }

    /// Whether the line is what a mailbox writes before a mail, with a time or, cut from it, without.
    private static boolean isEnvelope(String line) {
        return line.startsWith("From ") && line.indexOf(':') != 4 && line.length() < 512 || line.startsWith(">From ");
    }

    /// Where the colon behind a field's name stands (RFC 5322 section 2.2), or -1.
    private static int name(String line) {
        int at = 0;
        while (at < line.length()
                && at < 100
                && line.charAt(at) > ' '
                && line.charAt(at) < 0x7F
                && line.charAt(at) != ':') {
            at++;
        }
        int end = at;
        while (end < line.length() && line.charAt(end) == ' ') {
            end++;
        }
        return at > 0 && end < line.length() && line.charAt(end) == ':' ? end : -1;
    }

    @Override
    public RecordReader open(InputContext context) {
        return new Reader();
    }

    private static final class Reader implements RecordReader {
        private boolean read;

        @Override
        public int read(Row row, int from, int to, boolean end) {
            if (read) {
                return to;
            }
            boolean giant = to - from > Mail.MAX_BYTES;
            if (!end && !giant) {
                return from;
            }
            int stop = giant ? from + Mail.MAX_BYTES : to;
            byte[] mail = row.bytes();
            int at = from;
            while (at < stop && mail[at] <= ' ' && mail[at] >= 0) {
                at++;
            }
            if (at < stop) {
                read = true;
                int line = Lines.newline(mail, at, Math.min(stop, at + 512));
                String first = line < 0 ? "" : new String(mail, at, line - at, StandardCharsets.ISO_8859_1).strip();
                boolean envelope = isEnvelope(first);
                record(
                        row,
                        SOURCE,
                        mail,
                        at,
                        stop,
                        mail,
                        envelope ? line + 1 : at,
                        stop,
                        giant,
                        envelope ? first.substring(first.indexOf(' ') + 1) : "");
            }
            return to;
        }
    }

    /// Reads a mail whose native record stands in the row's bytes at `[from, to)`.
    ///
    /// @param sent the bytes as they were sent, which may lie elsewhere
    static void record(
            Row row,
            int source,
            byte[] stands,
            int from,
            int to,
            byte[] sent,
            int sentFrom,
            int sentTo,
            boolean cut,
            String envelope) {
        int last = to;
        while (last > from && (stands[last - 1] == '\n' || stands[last - 1] == '\r')) {
            last--;
        }
        row.begin(source, from, last);
        row.nativeText(Lines.text(row, from, last));
        Mail.read(row, sent, sentFrom, sentTo, cut, envelope);
    }
}
