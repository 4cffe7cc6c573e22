package io.carom.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.mail.auth.Authentication;
import io.carom.mail.auth.Dns;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SenderSignsTest {
    /// Everybody may send for everybody here.
    private static final Dns OPEN = (name, type) -> type != Dns.Type.TXT
            ? List.of()
            : List.of(name.startsWith("_dmarc.") ? "v=DMARC1; p=reject" : "v=spf1 +all");

    private static MailVerdict scan(String from) {
        MailScanner scanner = new MailScanner(new MailScanner.Settings(
                Reasons.own(), List.of(), new Authentication.Settings(OPEN, Set.of()), KnownIndicators.NONE));
        String mail = "Return-Path: <jo@acme.com>\nReceived: from out.acme.com (out.acme.com [198.51.100.7]) by"
                + " mx.us.example; Mon, 2 Feb 2026 10:00:00 +0000\n" + from + "Subject: x\n\nx\n";
        return scanner.scan(mail.getBytes(StandardCharsets.UTF_8), "", false);
    }

    private static boolean isOfSeveral(MailVerdict verdict) {
        return verdict.reasons().stream().anyMatch(s -> s.reason().id().equals("from-several"));
    }

    /// RFC 7489 section 6.6.1: of two authors nobody knows which one is shown.
    @Test
    void twoFieldsFromAreTwoAuthors() {
        MailVerdict one = scan("From: jo@acme.com\n");
        assertEquals("pass", one.auth().dmarc());
        assertFalse(isOfSeveral(one));
        MailVerdict two = scan("From: jo@acme.com\nFrom: Bank <service@bank.example>\n");
        assertEquals("permerror", two.auth().dmarc());
        assertTrue(isOfSeveral(two));
        assertFalse(isOfSeveral(scan("From: jo@acme.com\nFrom: Jo <JO@acme.com>\n")));
    }
}
