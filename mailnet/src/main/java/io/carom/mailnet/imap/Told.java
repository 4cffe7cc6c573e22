package io.carom.mailnet.imap;

import io.carom.mailnet.imap.StoredMail.Part;
import io.carom.mailnet.seal.ContentType;
import io.carom.mailnet.seal.MailHeader;
import io.carom.mailnet.seal.Mailboxes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How IMAP writes things: strings, envelopes, structures (RFC 3501, 7.4.2). Text is Latin-1, a character a byte.
final class Told {
    private static final int MAX_QUOTED = 900;

    private Told() {}

    /// A string that a mailbox or a person chose, quoted or as a literal.
    static String string(@Nullable String text) {
        if (text == null) {
            return "NIL";
        }
        if (text.length() <= MAX_QUOTED && text.chars().allMatch(c -> c >= 32 && c < 127)) {
            return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
        return "{" + text.length() + "}\r\n" + text;
    }

    private static String upper(String text) {
        return string(text.toUpperCase(Locale.ROOT));
    }

    static String envelope(MailHeader header) {
        String from = addresses(header, "from");
        String sender = addresses(header, "sender");
        String reply = addresses(header, "reply-to");
        return "("
                + String.join(
                        " ",
                        List.of(
                                string(header.first("date").orElse(null)),
                                string(header.first("subject").orElse(null)),
                                from,
                                sender.equals("NIL") ? from : sender,
                                reply.equals("NIL") ? from : reply,
                                addresses(header, "to"),
                                addresses(header, "cc"),
                                addresses(header, "bcc"),
                                string(header.first("in-reply-to").orElse(null)),
                                string(header.first("message-id").orElse(null))))
                + ")";
    }

    private static String addresses(MailHeader header, String field) {
        StringBuilder all = new StringBuilder();
        for (Mailboxes.Mailbox one : Mailboxes.in(header.first(field).orElse(""))) {
            int at = one.address().lastIndexOf('@');
            all.append('(')
                    .append(string(one.name().isEmpty() ? null : one.name()))
                    .append(" NIL ")
                    .append(string(at < 0 ? one.address() : one.address().substring(0, at)))
                    .append(' ')
                    .append(string(at < 0 ? "" : one.address().substring(at + 1)))
                    .append(')');
        }
        return all.isEmpty() ? "NIL" : "(" + all + ")";
    }

    /// @param extended with what BODYSTRUCTURE has beyond BODY
    static String structure(StoredMail mail, Part part, boolean extended) {
        StringBuilder out = new StringBuilder("(");
        String value = part.type().value();
        String kind = value.substring(0, value.indexOf('/'));
        String subtype = value.substring(value.indexOf('/') + 1);
        if (part.isMultipart()) {
            part.children().forEach(child -> out.append(structure(mail, child, extended)));
            out.append(' ').append(upper(subtype));
            if (extended) {
                out.append(' ').append(parameters(part.type().parameters())).append(disposition(part.header()));
                out.append(" NIL NIL");
            }
            return out.append(')').toString();
        }
        MailHeader header = part.header();
        out.append(upper(kind))
                .append(' ')
                .append(upper(subtype))
                .append(' ')
                .append(parameters(part.type().parameters()))
                .append(' ')
                .append(string(header.first("content-id").orElse(null)))
                .append(' ')
                .append(string(header.first("content-description").orElse(null)))
                .append(' ')
                .append(upper(header.first("content-transfer-encoding").orElse("7BIT")))
                .append(' ')
                .append(part.end() - part.body());
        if (part.isMail()) {
            Part inner = part.children().getFirst();
            out.append(' ').append(envelope(inner.header())).append(' ').append(structure(mail, inner, extended));
        }
        if (part.isMail() || kind.equals("text")) {
            out.append(' ').append(mail.lines(part.body(), part.end()));
        }
        if (extended) {
            out.append(" NIL").append(disposition(header)).append(" NIL NIL");
        }
        return out.append(')').toString();
    }

    private static String disposition(MailHeader header) {
        String text = header.first("content-disposition").orElse("");
        if (text.isEmpty()) {
            return " NIL";
        }
        ContentType read = ContentType.of(text);
        return " (" + upper(read.value()) + " " + parameters(read.parameters()) + ")";
    }

    private static String parameters(Map<String, String> all) {
        if (all.isEmpty()) {
            return "NIL";
        }
        StringBuilder out = new StringBuilder("(");
        new TreeMap<>(all)
                .forEach((name, value) -> out.append(out.length() > 1 ? " " : "")
                        .append(upper(name))
                        .append(' ')
                        .append(string(value)));
        return out.append(')').toString();
    }
}
