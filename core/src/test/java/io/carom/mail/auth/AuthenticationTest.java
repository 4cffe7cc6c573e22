package io.carom.mail.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.mail.structure.MailStructure;
import io.carom.observe.Domains;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AuthenticationTest {
    private static final String OUTSIDE =
            "Received: from out.acme.com (out.acme.com [198.51.100.7]) by mx1.us.example; Mon, 2 Feb 2026 10:00:00 +0000\n";

    private static Authentication of(String header, Authentication.Settings settings) {
        MailStructure mail =
                MailStructure.of((header + "From: jo@acme.com\nSubject: x\n\nx\n").getBytes(StandardCharsets.UTF_8));
        return Authentication.of(mail, "", "acme.com", settings, new Domains());
    }

    private static Authentication.Settings trusting(String... hosts) {
        return new Authentication.Settings(null, Set.of(hosts));
    }

    @Test
    void whatNobodyTrustedWroteCountsForNothing() {
        String claim = "Authentication-Results: mx1.us.example; spf=pass; dkim=pass; dmarc=pass\n";
        assertEquals(Authentication.UNCHECKED, of(claim + OUTSIDE, trusting()).dmarc());
        assertEquals(
                Authentication.UNCHECKED,
                of(claim + OUTSIDE, trusting("mx.other.example")).dmarc());
        assertEquals("pass", of(claim + OUTSIDE, trusting("us.example")).dmarc());
    }

    /// Below the hop from outside its sender could have written anything, in our own gateway's name
    /// too.
    @Test
    void whatStandsBelowTheBorderCountsForNothing() {
        String claim = "Authentication-Results: mx1.us.example; dmarc=pass\n";
        String foreign = "Received: from a (a [203.0.113.9]) by b.bad.example; Mon, 2 Feb 2026 09:00:00 +0000\n";
        assertEquals(
                Authentication.UNCHECKED,
                of(OUTSIDE + foreign + claim, trusting("us.example")).dmarc());
    }

    /// A gateway's own word stands above what came with the mail.
    @Test
    void theFirstWordOfATrustedHostCounts() {
        String own = "Authentication-Results: mx1.us.example; dmarc=fail\n";
        String forged = "Authentication-Results: mx1.us.example; dmarc=pass\n";
        assertEquals("fail", of(own + OUTSIDE + forged, trusting("us.example")).dmarc());
    }

    /// A border takes out what came in its own name; in that of a host beside it anyone may write.
    @Test
    void underTheBorderOneHostIsBelieved() {
        String own = "Authentication-Results: mx1.us.example; spf=fail\n";
        String beside = "Authentication-Results: mx9.us.example; dmarc=pass\n";
        Authentication found = of(OUTSIDE + own + beside, trusting("us.example"));
        assertEquals("fail", found.spf());
        assertEquals(Authentication.UNCHECKED, found.dmarc());
        String forged = "Received: from a (a [203.0.113.9]) by mx1.us.example; Mon, 2 Feb 2026 09:00:00 +0000\n";
        assertEquals(
                Authentication.UNCHECKED,
                of(OUTSIDE + forged + beside, trusting("us.example")).dmarc());
    }

    /// As Gmail and Exchange Online write them.
    @Test
    void theWordOfLargeProvidersIsFound() {
        String gmail = "Delivered-To: jane@us.example\nReceived: by 2002:a05:6a10:9b:0:0:0:0 with SMTP id a1;"
                + " Mon, 2 Feb 2026 02:00:01 -0800 (PST)\nX-Received: by 2002:a17:90a::1 with SMTP id b2;"
                + " Mon, 2 Feb 2026 02:00:00 -0800 (PST)\nReturn-Path: <jo@acme.com>\n"
                + "Received: from out.acme.com (out.acme.com. [198.51.100.7]) by mx.google.com with ESMTPS id c3"
                + " for <jane@us.example>; Mon, 2 Feb 2026 02:00:00 -0800 (PST)\n"
                + "Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=jo@acme.com; dmarc=fail"
                + " (p=NONE sp=NONE dis=NONE) header.from=acme.com\n";
        assertEquals("fail", of(gmail, trusting("google.com")).dmarc());
        String exchange = "Received: from AM0PR01.eurprd01.prod.outlook.com (2603:10a6:208::21) by"
                + " AM0PR02.eurprd01.prod.outlook.com with HTTPS; Mon, 2 Feb 2026 10:00:02 +0000\n"
                + "Received: from out.acme.com (198.51.100.7) by AM7EUR03FT041.mail.protection.outlook.com"
                + " (10.152.16.1) with Microsoft SMTP Server; Mon, 2 Feb 2026 10:00:00 +0000\n"
                + "Authentication-Results: spf=fail (sender IP is 198.51.100.7) smtp.mailfrom=acme.com; dkim=none"
                + " (message not signed) header.d=none;dmarc=fail action=quarantine header.from=acme.com;\n";
        String forged = "Authentication-Results: spf=pass; dkim=pass; dmarc=pass\n";
        Authentication found = of(exchange + forged, trusting("outlook.com"));
        assertEquals("fail", found.spf());
        assertEquals("none", found.dkim());
        assertEquals("fail", found.dmarc());
        assertEquals("am7eur03ft041.mail.protection.outlook.com", found.by());
        // Of others what nobody put a name to is nobody's word.
        assertEquals(
                Authentication.UNCHECKED,
                of(OUTSIDE + forged, trusting("us.example")).dmarc());
    }

    /// What a sender writes below the hop that brought the mail is no hop of ours, whomever it names.
    @Test
    void aHopThatCameWithTheMailMovesNoBorder() throws IOException {
        DnsFile dns = DnsFile.parse("""
                acme.com TXT "v=spf1 ip4:192.0.2.10 -all"
                _dmarc.acme.com TXT "v=DMARC1; p=reject"
                gw.us.example A 203.0.113.5
                """, "z.zone");
        String path = "Return-Path: <jo@acme.com>\n";
        String good = "Received: from out.acme.com (out.acme.com [192.0.2.10]) by gw.us.example;"
                + " Mon, 2 Feb 2026 09:59:00 +0000\n";
        Authentication.Settings settings = new Authentication.Settings(dns, Set.of("us.example"));
        assertEquals("fail", of(path + OUTSIDE + good, settings).spf());
        assertEquals("fail", of(path + OUTSIDE + good, settings).dmarc());
        String relayed = "Received: from gw.us.example (gw.us.example [%s]) by mx1.us.example;"
                + " Mon, 2 Feb 2026 10:00:00 +0000\n";
        assertEquals(
                "pass",
                of(path + relayed.formatted("203.0.113.5") + good, settings).spf());
        assertEquals(
                "pass",
                of(path + relayed.formatted("10.0.0.5") + good, settings).spf());
        // Whoever calls itself our gateway is not, where DNS says where that is.
        assertEquals(
                "fail",
                of(path + relayed.formatted("198.51.100.7") + good, settings).spf());
    }

    @Test
    void aPolicyWithAFaultInItIsReadAsFarAsItGoes() throws Exception {
        String header = "Return-Path: <jo@mail.acme.com>\n" + OUTSIDE;
        String spf = "mail.acme.com TXT \"v=spf1 ip4:198.51.100.7 -all\"\n";
        for (String[] one : new String[][] {
            {"v=DMARC1;; p=reject; rua=mailto:a@acme.com;;", "pass", "reject"},
            {"v=DMARC1; p=Quarantine; pct=100; pct=50", "pass", "quarantine"},
            {"v = DMARC1 ; p = reject ; aspf = S", "fail", "reject"},
            {"v=DMARC1; p=block; rua=mailto:a@acme.com", "pass", "none"},
            {"v=DMARC1; p=block", "none", ""},
            {"v=DMARC10; p=reject", "none", ""}
        }) {
            DnsFile dns = DnsFile.parse(spf + "_dmarc.acme.com TXT \"" + one[0] + "\"\n", "z.zone");
            Authentication found = of(header, new Authentication.Settings(dns, Set.of()));
            assertEquals(one[1], found.dmarc(), one[0]);
            assertEquals(one[2], found.policy(), one[0]);
        }
        DnsFile dns = DnsFile.parse("_dmarc.xn--mnchen-3ya.example TXT \"v=DMARC1; p=reject\"\n", "z.zone");
        assertEquals(
                "reject",
                Dmarc.check(dns, new Domains(), "m\u00fcnchen.example", null, List.of())
                        .policy());
    }

    @Test
    void aDomainIsBehindItsMailBySpfOfTheSameOrganisation() throws IOException {
        DnsFile dns = DnsFile.parse("""
                ; recorded on a Monday
                bounce.acme.com.  300 IN TXT "v=spf1 ip4:198.51.100.7 " "-all"
                _dmarc.acme.com       TXT "v=DMARC1; p=quarantine; aspf=r"
                """, "z.zone");
        Authentication found =
                of("Return-Path: <x@bounce.acme.com>\n" + OUTSIDE, new Authentication.Settings(dns, Set.of()));
        assertEquals("pass", found.spf());
        assertEquals("pass", found.dmarc());
        assertEquals("quarantine", found.policy());
        dns = DnsFile.parse(
                "bounce.acme.com TXT \"v=spf1 ip4:198.51.100.7 -all\"\n_dmarc.acme.com TXT \"v=DMARC1; p=reject; aspf=s\"\n",
                "z.zone");
        assertEquals(
                "fail",
                of("Return-Path: <x@bounce.acme.com>\n" + OUTSIDE, new Authentication.Settings(dns, Set.of()))
                        .dmarc());
    }

    /// Behind a body that is signed in part anyone may put another.
    @Test
    void aSignatureOfAPartOfTheBodyIsNoPass() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        KeyPair pair = generator.generateKeyPair();
        String hash = Base64.getEncoder()
                .encodeToString(
                        MessageDigest.getInstance("SHA-256").digest("Hello\r\n".getBytes(StandardCharsets.US_ASCII)));
        String tags = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=acme.com; s=k; h=from; l=7; bh=" + hash + "; b=";
        Signature signer = Signature.getInstance("SHA256withRSA");
        signer.initSign(pair.getPrivate());
        signer.update(("from:jo@acme.com\r\ndkim-signature:" + tags).getBytes(StandardCharsets.US_ASCII));
        String head = "DKIM-Signature: " + tags + Base64.getEncoder().encodeToString(signer.sign())
                + "\r\nFrom: jo@acme.com\r\nSubject: x\r\n\r\n";
        DnsFile dns = DnsFile.parse(
                "k._domainkey.acme.com TXT \"v=DKIM1; p="
                        + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded())
                        + "\"\n_dmarc.acme.com TXT \"v=DMARC1; p=reject\"\n",
                "z.zone");
        Authentication.Settings settings = new Authentication.Settings(dns, Set.of());
        Authentication whole = Authentication.of(
                MailStructure.of((head + "Hello\r\n").getBytes(StandardCharsets.US_ASCII)),
                "",
                "acme.com",
                settings,
                new Domains());
        assertEquals("pass", whole.dkim(), whole.notes()::toString);
        assertEquals("pass", whole.dmarc());
        Authentication more = Authentication.of(
                MailStructure.of((head + "Hello\r\nPay here\r\n").getBytes(StandardCharsets.US_ASCII)),
                "",
                "acme.com",
                settings,
                new Domains());
        assertEquals("policy", more.dkim(), more.notes()::toString);
        assertEquals("fail", more.dmarc());
        assertEquals(List.of(), more.signers());
    }

    @Test
    void anAnswerThatNeverCameIsNoVerdict() throws IOException {
        DnsFile dns = DnsFile.parse("acme.com TIMEOUT\n_dmarc.acme.com TIMEOUT\n", "z.zone");
        Authentication found = of("Return-Path: <x@acme.com>\n" + OUTSIDE, new Authentication.Settings(dns, Set.of()));
        assertEquals("temperror", found.spf());
        assertEquals("temperror", found.dmarc());
    }

    @Test
    void anAliasIsFollowedAndALoopOfThemEnds() throws IOException, Dns.NoAnswerException {
        DnsFile dns =
                DnsFile.parse("a.example CNAME b.example.\nb.example A 192.0.2.1\nc.example CNAME c.example\n", "z");
        assertEquals(List.of("192.0.2.1"), dns.ask("a.example", Dns.Type.A));
        assertEquals(List.of(), dns.ask("c.example", Dns.Type.A));
    }

    @Test
    void recordsThatNothingIsAskedOfArePassedOver() throws Exception {
        DnsFile dns = DnsFile.parse("""
                acme.com. 300 IN TLSA 3 1 1 0123
                acme.com. 300 IN TYPE65534 \\# 2 0123
                acme.com. 300 IN DNAME acme.example.
                acme.com. 300 IN A 192.0.2.1
                """, "z");
        assertEquals(List.of("192.0.2.1"), dns.ask("acme.com", Dns.Type.A));
        // Old zones have a policy twice, under the type that RFC 7208 section 3.1 gave up too.
        String policy = "\"v=spf1 ip4:198.51.100.7 -all\"\n";
        DnsFile twice = DnsFile.parse("acme.com TXT " + policy + "acme.com SPF " + policy, "z");
        assertEquals(
                "pass",
                of("Return-Path: <jo@acme.com>\n" + OUTSIDE, new Authentication.Settings(twice, Set.of()))
                        .spf());
    }

    @Test
    void aLineThatIsNoRecordIsToldWithItsPlace() {
        IOException e = assertThrows(
                IOException.class, () -> DnsFile.parse("a.example TXT \"x\"\nacme.com SPIFF hello\n", "answers.zone"));
        assertEquals(
                "answers.zone:2: expected a name, a type such as TXT or A, and a value, found \"acme.com SPIFF hello\"",
                e.getMessage());
        assertTrue(assertThrows(IOException.class, () -> DnsFile.parse("a MX high mail\n", "z"))
                .getMessage()
                .contains("expected MX with a preference"));
    }
}
