package io.carom.mail.structure;

import io.carom.source.InputContext;
import io.carom.source.mail.LenientMime;
import io.carom.source.mail.MailDates;
import io.carom.source.parse.Times;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.james.mime4j.MimeException;
import org.apache.james.mime4j.stream.EntityState;
import org.apache.james.mime4j.stream.MimeTokenStream;
import org.apache.james.mime4j.stream.RecursionMode;

/// Mails that are attached to a mail whole (`message/rfc822`), as people report them and forward them.
///
/// Bounded: the first {@link #MOST}, of {@link #LARGEST} bytes each, {@link #LARGEST} together. Never throws on a mail.
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
        try {
            for (EntityState state = stream.getState(); state != EntityState.T_END_OF_STREAM; state = stream.next()) {
                if (state != EntityState.T_BODY) {
                    continue;
                }
                String type =
                        String.valueOf(stream.getBodyDescriptor().getMimeType()).toLowerCase(Locale.ROOT);
                if (++parts > PARTS || out.size() == MOST || left <= 0) {
                    break;
                }
                if (type.equals("message/rfc822") || type.equals("message/global")) {
                    try (InputStream in = stream.getDecodedInputStream()) {
                        byte[] one = in.readNBytes(left);
                        left -= one.length;
                        out.add(one);
                    }
                }
            }
        } catch (IOException | MimeException | RuntimeException e) {
            // What was cut out before the damage is there.
            return out;
        }
        return out;
    }

    /// Most mails have none: they are not taken apart for it.
    private static boolean mentions(byte[] mail) {
        byte[] type = {'m', 'e', 's', 's', 'a', 'g', 'e', '/'};
        for (int i = 0; i + type.length <= mail.length; i++) {
            int j = 0;
            while (j < type.length && (mail[i + j] | 0x20) == (type[j] | 0x20)) {
                j++;
            }
            if (j == type.length) {
                return true;
            }
        }
        return false;
    }

    /// When the last host took a mail, else when it says it was written; milliseconds since 1970, 0 if neither says.
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
