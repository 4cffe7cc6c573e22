package io.carom.server.listen;

import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The mail within an envelope journal report, as Exchange and Microsoft 365 send them: a text that
/// names all recipients, hidden ones too, and the mail itself as it was.
final class JournalReport {
    private static final int MOST_PARTS = 20;
    private static final int MOST_TEXT = 1 << 20;
    private static final int MOST_RECIPIENTS = 5_000;
    private static final Pattern RECIPIENT = Pattern.compile(
            "(?im)^(?:To|Cc|Bcc|Recipient):[ \\t]*<?([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253})>?");

    private JournalReport() {}

    /// The mail that was reported, with its recipients in a field `Envelope-To` ahead of it; what is no
    /// report is given back as it is.
    static byte[] opened(byte[] mail) {
        try {
            MimeMessage report = new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(mail));
            boolean said = report.getHeader("X-MS-Journal-Report") != null
                    || report.getHeader("X-MS-Exchange-Organization-Journal-Report") != null;
            if (!said || !report.isMimeType("multipart/mixed") || !(report.getContent() instanceof Multipart parts)) {
                return mail;
            }
            Set<String> recipients = new LinkedHashSet<>();
            byte[] inner = null;
            for (int i = 0; i < Math.min(parts.getCount(), MOST_PARTS); i++) {
                BodyPart part = parts.getBodyPart(i);
                if (part.isMimeType("message/rfc822") && inner == null) {
                    inner = bytes(part, mail.length);
                } else if (part.isMimeType("text/plain")) {
                    Matcher m = RECIPIENT.matcher(new String(bytes(part, MOST_TEXT), StandardCharsets.UTF_8));
                    while (m.find() && recipients.size() < MOST_RECIPIENTS) {
                        recipients.add(m.group(1));
                    }
                }
            }
            return inner == null || inner.length == 0 ? mail : addressed(recipients, inner);
        } catch (MessagingException | IOException | RuntimeException e) {
            // Whatever it is, it is kept.
            return mail;
        }
    }

    private static byte[] bytes(BodyPart part, int most) throws MessagingException, IOException {
        try (InputStream in = part.getInputStream()) {
            return in.readNBytes(most);
        }
    }

    private static byte[] addressed(Set<String> recipients, byte[] mail) {
        if (recipients.isEmpty()) {
            return mail;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(mail.length + 100);
        out.writeBytes(
                ("Envelope-To: " + String.join(",\r\n ", recipients) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(mail);
        return out.toByteArray();
    }
}
