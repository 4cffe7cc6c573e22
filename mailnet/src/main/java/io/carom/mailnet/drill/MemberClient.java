package io.carom.mailnet.drill;

import io.carom.certificate.Authority;
import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.seal.Smime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A member without a mail program: reads the newest mail, answers it. What a rehearsal plays its members with.
final class MemberClient {
    private static final int MAX_MAIL = 64 << 20;
    private static final Pattern LITERAL = Pattern.compile("\\{(\\d{1,9})}$");
    private static final Pattern ID = Pattern.compile("(?im)^Message-ID: <([^>\\s]{1,250})>");

    private final Membership member;
    private final Authority.Issued identity;

    MemberClient(Membership member) throws IOException {
        this.member = member;
        identity = member.identity();
    }

    /// @param entity what was inside
    record Read(String messageId, byte[] entity) {}

    /// Waits for a mail and opens it.
    Read read() throws IOException {
        try (MemberLine imap = new MemberLine(member, identity, "imap")) {
            imap.until("* OK");
            imap.say("a AUTHENTICATE EXTERNAL =", "a OK");
            imap.say("b SELECT INBOX", "b OK");
            if (!imap.said().contains("* 1 EXISTS")) {
                imap.say("c IDLE", "+ ");
                imap.until("* 1 EXISTS");
                imap.say("DONE", "c OK");
            }
            imap.send("d FETCH 1 BODY[]");
            String head = imap.next();
            Matcher m = LITERAL.matcher(head);
            if (!m.find() || Integer.parseInt(m.group(1)) > MAX_MAIL) {
                throw new IOException("no mail was given: " + head);
            }
            byte[] mail = imap.bytes(Integer.parseInt(m.group(1)));
            imap.until("d OK");
            Matcher id = ID.matcher(new String(mail, StandardCharsets.ISO_8859_1));
            if (!id.find()) {
                throw new IOException("a mail without an id");
            }
            return new Read(id.group(1), Smime.open(mail, identity).entity());
        }
    }

    /// Answers a mail, encrypted.
    void answer(String messageId, Address to, X509Certificate certificate, String text) throws IOException {
        byte[] entity =
                ("Content-Type: text/plain; charset=utf-8\r\n\r\n" + text + "\r\n").getBytes(StandardCharsets.UTF_8);
        byte[] sealed = Smime.sealed(entity, identity, List.of(certificate));
        try (MemberLine smtp = new MemberLine(member, identity, "submission")) {
            smtp.until("220 ");
            smtp.say("EHLO member", "250 ");
            smtp.say("AUTH EXTERNAL =", "235 ");
            smtp.say("MAIL FROM:<" + member.address() + ">", "250 ");
            smtp.say("RCPT TO:<" + to + ">", "250 ");
            smtp.say("DATA", "354 ");
            smtp.bytes(("From: " + member.address() + "\r\nTo: " + to + "\r\nSubject: [...]\r\nIn-Reply-To: <"
                            + messageId + ">\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            smtp.bytes(sealed);
            smtp.say(".", "250 ");
        }
    }
}
