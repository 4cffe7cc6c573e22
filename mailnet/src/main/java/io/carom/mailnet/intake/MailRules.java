package io.carom.mailnet.intake;

import io.carom.mailnet.identity.Address;
import io.carom.mailnet.seal.MailHeader;
import io.carom.mailnet.seal.Mailboxes;
import io.carom.mailnet.store.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the head of a mail may say: that it is from the one who sends it, and from nobody else in any
/// way that a program shows; and what is taken out of it because it tells more than it should.
final class MailRules {
    private static final int MOST_FIELDS = 500;
    private static final int MOST_HOPS = 10;
    /// RFC 5322, 3.6.
    private static final Set<String> ONCE = Set.of(
            "from",
            "sender",
            "reply-to",
            "to",
            "cc",
            "bcc",
            "date",
            "subject",
            "message-id",
            "in-reply-to",
            "references",
            "content-type",
            "content-transfer-encoding",
            "mime-version");

    /// What would tell recipients where the sender sits, whom it wrote to in secret, or what only a
    /// server may say.
    private static final Set<String> TAKEN_OUT = Set.of(
            "bcc",
            "return-path",
            "received",
            "x-originating-ip",
            "x-mailer-ip",
            "authentication-results",
            "resent-bcc");

    private static final Set<String> SPEAKERS = Set.of("sender", "resent-from", "resent-sender");

    /// Where programs send answers and receipts to.
    private static final Map<String, String> ANSWERED = Map.of(
            "reply-to", "Reply-To",
            "mail-reply-to", "Mail-Reply-To",
            "mail-followup-to", "Mail-Followup-To",
            "disposition-notification-to", "Disposition-Notification-To",
            "return-receipt-to", "Return-Receipt-To");

    private static final Pattern ENCODED = Pattern.compile("=\\?([^?\\s]{1,64})\\?([bBqQ])\\?([^?]{0,1000})\\?=");
    private static final Pattern ID = Pattern.compile("<([\\x21-\\x3b\\x3d\\x3f-\\x7e]{1,250})>");
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH);

    private MailRules() {}

    /// @param header as it came
    /// @param from who sends it
    /// @param within whether an address is one that answers may go to
    /// @throws Refused saying what it may not say
    static void check(MailHeader header, Address from, Predicate<Address> within) throws Refused {
        if (header.fields().size() > MOST_FIELDS) {
            throw new Refused(552, "5.3.4", "it has more than " + MOST_FIELDS + " header fields");
        }
        if (header.all("received").size() > MOST_HOPS) {
            throw new Refused(554, "5.4.6", "it goes round in circles");
        }
        for (String name : ONCE) {
            if (header.all(name).size() > 1) {
                throw new Refused(550, "5.6.0", "it has more than one " + name);
            }
        }
        String written = header.first("from").orElse("");
        List<Mailboxes.Mailbox> authors = Mailboxes.in(written);
        if (authors.size() != 1 || !is(authors.getFirst().address(), from)) {
            throw new Refused(550, "5.7.1", "its From is not " + from + ", who sends it");
        }
        // A name that is an address is what people read instead of the address; some programs take a comment for one.
        String own = "(?<![^\\s<(\\[\"',;:])" + Pattern.quote(from.toString()) + "(?![^\\s>)\\]\"',;:])";
        if (read(written).replaceAll(own, "").indexOf('@') >= 0) {
            throw new Refused(550, "5.7.1", "its From names another address as the name");
        }
        for (MailHeader.Field field : header.fields()) {
            if (SPEAKERS.contains(field.name())
                    && !Mailboxes.in(field.value()).stream().allMatch(m -> is(m.address(), from))) {
                throw new Refused(550, "5.7.1", "its " + field.name() + " is not " + from + ", who sends it");
            }
        }
        for (MailHeader.Field field : header.fields()) {
            String answered = ANSWERED.get(field.name());
            if (answered != null
                    && Mailboxes.in(field.value()).stream()
                            .anyMatch(
                                    m -> Address.of(m.address()).filter(within).isEmpty())) {
                throw new Refused(550, "5.7.1", "its " + answered + " leads out of the network");
            }
        }
    }

    /// A name as programs show it: encoded words (RFC 2047) decoded, signs that pass for others as these,
    /// what is not seen left out.
    private static String read(String name) throws Refused {
        String text = new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder();
        Matcher m = ENCODED.matcher(text);
        int at = 0;
        while (m.find()) {
            out.append(text, at, m.start()).append(decoded(m.group(1), m.group(2), m.group(3)));
            at = m.end();
        }
        out.append(text, at, text.length());
        return Normalizer.normalize(out, Normalizer.Form.NFKC)
                .replaceAll("\\p{Cf}", "")
                .toLowerCase(Locale.ROOT);
    }

    private static String decoded(String charset, String coding, String text) throws Refused {
        try {
            byte[] bytes = coding.equalsIgnoreCase("b")
                    ? Base64.getMimeDecoder().decode(text.getBytes(StandardCharsets.UTF_8))
                    : quotedPrintable(text);
            int star = charset.indexOf('*');
            return new String(bytes, Charset.forName(star < 0 ? charset : charset.substring(0, star)));
        } catch (IllegalArgumentException e) {
            throw new Refused(550, "5.6.0", "its From has a name in letters that cannot be read");
        }
    }

    private static byte[] quotedPrintable(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int high = bytes[i] == '=' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(bytes[i] == '_' ? ' ' : bytes[i]);
            }
        }
        return out.toByteArray();
    }

    private static boolean is(String written, Address address) {
        return Address.of(written).map(address::equals).orElse(false);
    }

    /// The head as it is kept: without what is taken out, with what is missing.
    static byte[] kept(MailHeader header, Address from, String id, boolean submitted, String trace, Instant now) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, "Return-Path: <" + from + ">\r\n");
        write(out, trace);
        for (MailHeader.Field field : header.fields()) {
            boolean dropped = TAKEN_OUT.contains(field.name())
                    && (submitted || !field.name().equals("received"));
            if (!dropped) {
                write(out, field.raw());
            }
        }
        if (header.first("date").isEmpty()) {
            write(out, "Date: " + date(now) + "\r\n");
        }
        if (header.first("message-id").isEmpty()) {
            write(out, "Message-ID: <" + id + "@" + from.domain() + ">\r\n");
        }
        write(out, "\r\n");
        return out.toByteArray();
    }

    static String date(Instant now) {
        return DATE.format(now.atOffset(ZoneOffset.UTC));
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// The mail's own id, without angle brackets.
    static String messageId(MailHeader header, Address from, String id) {
        Matcher m = ID.matcher(header.first("message-id").orElse(""));
        return m.find() ? m.group(1) : id + "@" + from.domain();
    }

    /// The ids of mails that it answers.
    static List<String> answers(MailHeader header) {
        List<String> ids = new ArrayList<>();
        for (String field : List.of("in-reply-to", "references")) {
            Matcher m = ID.matcher(header.first(field).orElse(""));
            while (m.find() && ids.size() < 50) {
                ids.add(m.group(1));
            }
        }
        return ids;
    }
}
