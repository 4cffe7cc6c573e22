package io.carom.advise;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// A mail with the package's files attached: RFC 5322 with MIME (RFC 2045 to 2047), lines of at most 76
/// characters, all of it ASCII. Nothing of a text can begin a header of its own.
public final class MailMessage {
    private static final String EOL = "\r\n";

    /// Bytes of an encoded word: in Base64, with the signs around it and the header's name, less than 76
    /// letters.
    private static final int MAX_WORD = 39;

    private MailMessage() {}

    /// The whole mail, for a server that sends it as it is.
    static byte[] of(Parcel parcel, String from, List<String> to, Instant date) {
        StringBuilder head = dated(date);
        head.append("From: ").append(from).append(EOL);
        head.append("To: ").append(String.join("," + EOL + " ", to)).append(EOL);
        String id = parcel.id() + "@" + from.substring(from.indexOf('@') + 1);
        head.append("Message-ID: <")
                .append(parcel.reminder() == 0 ? "" : parcel.reminder() + ".")
                .append(id)
                .append('>')
                .append(EOL);
        if (parcel.reminder() > 0) {
            head.append("In-Reply-To: <").append(id).append('>').append(EOL);
        }
        head.append("MIME-Version: 1.0").append(EOL);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ascii(head, out);
        out.writeBytes(entity(parcel));
        return out.toByteArray();
    }

    private static StringBuilder dated(Instant date) {
        return new StringBuilder("Date: ")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME
                        .format(date.atOffset(ZoneOffset.UTC))
                        .replace("GMT", "+0000"))
                .append(EOL);
    }

    /// A whole mail of plain text.
    ///
    /// @param id what it is told apart by, of letters, digits, dots and dashes
    static byte[] plain(String id, String from, String to, String subject, String text, Instant date) {
        StringBuilder head = dated(date);
        head.append("From: ").append(from).append(EOL);
        head.append("To: ").append(to).append(EOL);
        head.append("Message-ID: <")
                .append(id)
                .append('@')
                .append(from.substring(from.indexOf('@') + 1))
                .append('>')
                .append(EOL);
        head.append("Auto-Submitted: auto-generated").append(EOL);
        head.append("Subject: ").append(words(subject)).append(EOL);
        head.append("MIME-Version: 1.0").append(EOL);
        head.append("Content-Type: text/plain; charset=utf-8").append(EOL);
        head.append("Content-Transfer-Encoding: base64").append(EOL).append(EOL);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ascii(head, out);
        out.writeBytes(Base64.getMimeEncoder().encode(text.getBytes(StandardCharsets.UTF_8)));
        ascii(EOL, out);
        return out.toByteArray();
    }

    /// The subject, and the package as a MIME entity: what an encrypted mail has inside.
    public static byte[] entity(Parcel parcel) {
        String boundary = "carom-" + parcel.id() + "-" + parcel.reminder();
        StringBuilder head = new StringBuilder();
        head.append("Subject: ")
                .append(words((parcel.reminder() > 0 ? "Reminder: " : "") + "["
                        + parcel.tlp().label() + "] Advice for " + parcel.client()))
                .append(EOL);
        head.append("Content-Type: multipart/mixed; boundary=\"")
                .append(boundary)
                .append('"')
                .append(EOL)
                .append(EOL);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ascii(head, out);
        String text = parcel.tlp().label() + "\r\n\r\n" + parcel.headline() + "\r\n\r\n"
                + "What was seen at " + parcel.client()
                + ", what to do first and what is not known is in advise.html and"
                + " advise.pdf;\r\nthe other files are for machines. Please acknowledge that you have it.\r\n\r\n"
                + AdvicePage.meaning(parcel.tlp()) + "\r\n"
                + (parcel.sender().isEmpty() ? "" : "\r\n" + parcel.sender() + "\r\n");
        part(boundary, "text/plain; charset=utf-8", "", text.getBytes(StandardCharsets.UTF_8), out);
        for (Map.Entry<String, byte[]> file : parcel.files().entrySet()) {
            part(boundary, AdviceFiles.type(file.getKey()), file.getKey(), file.getValue(), out);
        }
        ascii("--" + boundary + "--" + EOL, out);
        return out.toByteArray();
    }

    private static void part(String boundary, String type, String name, byte[] bytes, ByteArrayOutputStream out) {
        ascii("--" + boundary + EOL + "Content-Type: " + type + EOL, out);
        if (!name.isEmpty()) {
            ascii("Content-Disposition: attachment; filename=\"" + name + "\"" + EOL, out);
        }
        ascii("Content-Transfer-Encoding: base64" + EOL + EOL, out);
        out.writeBytes(Base64.getMimeEncoder().encode(bytes));
        ascii(EOL, out);
    }

    /// A header's text as encoded words of RFC 2047 where it is more than printable ASCII.
    private static String words(String text) {
        if (text.length() < 60 && text.chars().allMatch(c -> c >= ' ' && c < 127)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        StringBuilder word = new StringBuilder();
        for (int c : text.codePoints().toArray()) {
            String sign = Character.toString(Character.isISOControl(c) ? ' ' : c);
            // A line with an encoded word has at most 76 characters (RFC 2047, section 2).
            if (word.length() >= 24 || bytes(word) + bytes(sign) > MAX_WORD) {
                encoded(word, out);
            }
            word.append(sign);
        }
        encoded(word, out);
        return out.toString();
    }

    private static int bytes(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static void encoded(StringBuilder word, StringBuilder out) {
        if (!word.isEmpty()) {
            out.append(out.isEmpty() ? "" : EOL + " ")
                    .append("=?utf-8?B?")
                    .append(Base64.getEncoder().encodeToString(word.toString().getBytes(StandardCharsets.UTF_8)))
                    .append("?=");
            word.setLength(0);
        }
    }

    private static void ascii(CharSequence text, ByteArrayOutputStream out) {
        out.writeBytes(text.toString().getBytes(StandardCharsets.US_ASCII));
    }
}
