package io.carom.mail.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.mail.structure.MailStructure;
import io.carom.observe.Domains;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
