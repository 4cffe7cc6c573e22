package io.carom.mail.structure;

import io.carom.source.InputContext;
import io.carom.source.mail.EncodedWords;
import io.carom.source.mail.LenientMime;
import io.carom.source.mail.Mail;
import io.carom.source.mail.MailDates;
import io.carom.source.parse.Times;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RawField;
import org.apache.james.mime4j.stream.RecursionMode;
import org.jspecify.annotations.Nullable;

/// Mails that are attached to a mail whole, as people report them and forward them: as such
/// (`message/rfc822`), or as a file that is called so (`.eml`) of which the program that attached it knew no
/// more.
///
/// Bounded: the first {@link #MOST}, of {@link #LARGEST} bytes each, {@link #LARGEST} together. Never throws
/// on a mail.
public final class AttachedMails {
    static final int MOST = 20;
    static final int LARGEST = 32 << 20;
    private static final int PARTS = 10_000;

    private AttachedMails() {}

    /// As they were sent, in order; not those that are attached to these.
    public static List<byte[]> of(byte[] mail) {
        List<byte[]> out = new ArrayList<>();
        if (!mentions(mail)) {
            return out;
        }
        MimeTokenStream stream = new MimeTokenStream(LenientMime.CONFIG);
        stream.setRecursionMode(RecursionMode.M_NO_RECURSE);
        stream.parse(new ByteArrayInputStream(mail));
        int left = LARGEST;
        int parts = 0;
        RawField typed = null;
        RawField disposed = null;
        try {
            for (EntityState state = stream.getState(); state != EntityState.T_END_OF_STREAM; state = stream.next()) {
                if (state == EntityState.T_START_HEADER) {
                    typed = null;
                    disposed = null;
                } else if (state == EntityState.T_FIELD) {
                    String name = stream.getField().getName().strip().toLowerCase(Locale.ROOT);
                    typed = typed == null && name.equals("content-type") ? Mail.raw(stream.getField()) : typed;
                    disposed = disposed == null && name.equals("content-disposition")
                            ? Mail.raw(stream.getField())
                            : disposed;
                }
                if (state != EntityState.T_BODY) {
                    continue;
                }
                String type =
                        String.valueOf(stream.getBodyDescriptor().getMimeType()).toLowerCase(Locale.ROOT);
                if (++parts > PARTS || out.size() == MOST || left <= 0) {
                    break;
                }
                boolean mailed = type.equals("message/rfc822") || type.equals("message/global");
                if (mailed || type.equals("application/octet-stream") && isCalledMail(typed, disposed)) {
                    try (InputStream in = stream.getDecodedInputStream()) {
                        byte[] one = in.readNBytes(left);
                        left -= one.length;
                        if (mailed || beginsAsMail(one)) {
                            out.add(one);
                        }
                    }
                }
            }
        } catch (IOException | MimeException | RuntimeException e) {
            // What was cut out before the damage is there.
            return out;
        }
        return out;
    }

    private static boolean isCalledMail(@Nullable RawField typed, @Nullable RawField disposed) {
        String name = Mail.parameter(disposed, "filename");
        name = name == null ? Mail.parameter(typed, "name") : name;
        return name != null
                && EncodedWords.decode(name).strip().toLowerCase(Locale.ROOT).endsWith(".eml");
    }

    /// Whether its first line is a field: `Name: value`.
    private static boolean beginsAsMail(byte[] bytes) {
        int at = 0;
        while (at < bytes.length && bytes[at] > ' ' && bytes[at] != ':') {
            at++;
        }
        return at > 0 && at < bytes.length && bytes[at] == ':';
    }

    /// Most mails have none: they are not taken apart for it.
    private static boolean mentions(byte[] mail) {
        return holds(mail, "message/") || holds(mail, ".eml");
    }

    /// Whether it holds these letters, in any case of them.
    private static boolean holds(byte[] mail, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i + wanted.length <= mail.length; i++) {
            int j = 0;
            while (j < wanted.length && (mail[i + j] | 0x20) == (wanted[j] | 0x20)) {
                j++;
            }
            if (j == wanted.length) {
                return true;
            }
        }
        return false;
    }

    /// When the last host took a mail, else when it says it was written; milliseconds since 1970, 0 if
    /// neither says.
    public static long received(MailStructure mail) {
        InputContext context = new InputContext("", ZoneOffset.UTC, Instant.EPOCH);
        for (String hop : mail.all("received")) {
            long time = MailDates.millis(hop.substring(hop.lastIndexOf(';') + 1), context);
            if (time != Times.NONE) {
                return time;
            }
        }
        long time = MailDates.millis(mail.first("date"), context);
        return time == Times.NONE ? 0 : time;
    }
}
