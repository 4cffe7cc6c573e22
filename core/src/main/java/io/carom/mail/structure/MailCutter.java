package io.carom.mail.structure;

import io.carom.source.Mbox;
import io.carom.source.mail.Mail;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// Cuts a stream into mails: one, or as many as an mbox holds (RFC 4155).
///
/// Holds one mail at a time; of one longer than {@link Mail#MAX_BYTES} the beginning.
public final class MailCutter {
    /// Takes the mails one after another.
    public interface Taker {
        /// @param mail as it was sent
        /// @param number of the mail in its input, from 1
        /// @param envelope the sender and time of an mbox' `From ` line, or empty
        /// @param cut whether the mail goes on behind what is given
        void mail(byte[] mail, long number, String envelope, boolean cut) throws IOException;
    }

    private MailCutter() {}

    /// @return how many mails there were
    public static long cut(InputStream from, Taker taker) throws IOException {
        BufferedInputStream in = new BufferedInputStream(from, 1 << 16);
        ByteArrayOutputStream mail = new ByteArrayOutputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        String envelope = "";
        boolean box = false;
        boolean first = true;
        boolean blank = true;
        boolean over = false;
        long number = 0;
        while (true) {
            line.reset();
            int b;
            // A line longer than any header line is handed on in pieces.
            while ((b = in.read()) >= 0) {
                line.write(b);
                if (b == '\n' || line.size() >= 1 << 16) {
                    break;
                }
            }
            byte[] bytes = line.toByteArray();
            if (first && isMarked(bytes)) {
                // Programs of Windows put a mark ahead of texts in UTF-8, which would be part of the first name.
                bytes = java.util.Arrays.copyOfRange(bytes, 3, bytes.length);
            }
            int end = bytes.length;
            while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
                end--;
            }
            boolean begin = blank && (first || box) && Mbox.isBegin(bytes, 0, end);
            if (begin || bytes.length == 0) {
                if (hasContent(mail)) {
                    taker.mail(mail.toByteArray(), ++number, envelope, over);
                }
                if (bytes.length == 0) {
                    return number;
                }
                mail.reset();
                over = false;
                box = true;
                envelope = new String(bytes, 5, end - 5, java.nio.charset.StandardCharsets.ISO_8859_1).strip();
            } else if (over || mail.size() + bytes.length > Mail.MAX_BYTES) {
                // Of what goes beyond nothing more: a shorter line might still fit, behind a hole.
                over = true;
            } else if (!(first && end == 0)) {
                int quoted = box ? quoted(bytes) : 0;
                mail.write(bytes, quoted, bytes.length - quoted);
            }
            first = first && end == 0;
            blank = end == 0;
        }
    }

    private static boolean isMarked(byte[] line) {
        return line.length > 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF;
    }

    private static boolean hasContent(ByteArrayOutputStream mail) {
        return mail.size() > 0;
    }

    /// 1 if the line is `>From `, `>>From ` and so on, of which a mailbox has written the first `>`.
    private static int quoted(byte[] line) {
        int at = 0;
        while (at < line.length && line[at] == '>') {
            at++;
        }
        return at > 0
                        && line.length - at >= 5
                        && line[at] == 'F'
                        && line[at + 1] == 'r'
                        && line[at + 2] == 'o'
                        && line[at + 3] == 'm'
                        && line[at + 4] == ' '
                ? 1
                : 0;
    }
}
