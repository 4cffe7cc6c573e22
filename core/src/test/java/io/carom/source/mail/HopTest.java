package io.carom.source.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.source.InputContext;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HopTest {
    private static final String REST = " by mx.us.example with ESMTP id 1; Mon, 2 Feb 2026 10:00:00 +0000";

    private static Hop of(String from) {
        return Hop.of("from " + from + REST, new InputContext("", ZoneOffset.UTC, Instant.EPOCH));
    }

    /// A host says what it likes of itself; where it speaks from the taker saw.
    @Test
    void anAddressThatAHostCallsItselfIsNotItsAddress() {
        Map<String, String> forms = new LinkedHashMap<>();
        // Exim, with a name and without; qmail; Postfix; sendmail; Exchange.
        forms.put("[192.0.2.1] (helo=203.0.113.9)", "192.0.2.1");
        forms.put("[192.0.2.1] (helo=[203.0.113.9])", "192.0.2.1");
        forms.put("out.acme.com ([192.0.2.1] helo=203.0.113.9)", "192.0.2.1");
        forms.put("out.acme.com ([192.0.2.1]:40822 helo=[203.0.113.9] ident=203.0.113.8)", "192.0.2.1");
        forms.put("unknown (HELO 203.0.113.9) (192.0.2.1)", "192.0.2.1");
        forms.put("unknown (HELO [203.0.113.9]) (192.0.2.1)", "192.0.2.1");
        forms.put("[203.0.113.9] (unknown [192.0.2.1])", "192.0.2.1");
        forms.put("203.0.113.9 (out.acme.com [192.0.2.1])", "192.0.2.1");
        forms.put("out.acme.com (192.0.2.1)", "192.0.2.1");
        forms.put("out.acme.com (out.acme.com [IPv6:2001:db8::1])", "2001:db8::1");
        forms.put("[192.0.2.1]", "192.0.2.1");
        forms.forEach((from, address) -> assertEquals(address, of(from).address(), from));
    }

    @Test
    void aHostThatCallsItselfByAnotherTakerIsNotTakenByIt() {
        Hop hop = of("x by mx.bank.example (unknown [192.0.2.1])");
        assertEquals("mx.us.example", hop.by());
        assertEquals("192.0.2.1", hop.address());
        assertEquals("x", hop.hello());
        Hop sender = Hop.of(
                "from out.acme.com ([192.0.2.1]) by mx.us.example (envelope-from <\"a by mx.bank.example \"@acme.com>)"
                        + " id 1; Mon, 2 Feb 2026 10:00:00 +0000",
                new InputContext("", ZoneOffset.UTC, Instant.EPOCH));
        assertEquals("mx.us.example", sender.by());
        // As qmail writes what it did itself.
        Hop own = Hop.of(
                "(qmail 123 invoked by uid 0); 2 Feb 2026 10:00:00 -0000",
                new InputContext("", ZoneOffset.UTC, Instant.EPOCH));
        assertEquals(null, own.address());
    }
}
