package io.carom.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DomainsTest {
    private final Domains domains = new Domains();

    @Test
    void aHostLiesInTheDomainThatSomebodyRegistered() {
        assertEquals("example.com", domains.registrable("a.b.example.com"));
        assertEquals("example.com", domains.registrable("example.com"));
        assertEquals("example.co.uk", domains.registrable("www.example.co.uk"));
        assertEquals("somebody.com.br", domains.registrable("x.somebody.com.br"));
        assertEquals("me.duckdns.org", domains.registrable("c2.me.duckdns.org"));
        assertEquals("example.de", domains.registrable("xn--bcher-kva.example.de"));
    }

    @Test
    void labelsThatAreNoHostNamesDoNotHideTheDomain() {
        assertEquals("example.com", domains.registrable("_sip._tcp.example.com"));
        assertEquals("ggy666.tk", domains.registrable("a\u00ffb-\u00e4.ggy666.tk"));
        assertEquals("example.net", domains.registrable("a".repeat(60) + "." + "b".repeat(63) + ".example.net"));
        assertEquals("example.net", domains.registrable("-x-.y_.example.net"));
    }

    @Test
    void whatIsNobodysHasNoDomain() {
        assertEquals("", domains.registrable("com.br"));
        assertEquals("", domains.registrable("localhost"));
        assertEquals("", domains.registrable("192.0.2.7"));
        assertEquals("", domains.registrable("7.2.0.192.in-addr.arpa"));
        assertEquals("", domains.registrable("printer.corp"));
        assertEquals("", domains.registrable(""));
        assertEquals("", domains.registrable("."));
        assertEquals("", domains.registrable("a."));
    }

    @Test
    void itNeverThrows() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder name = new StringBuilder();
            int length = random.nextInt(40);
            for (int k = 0; k < length; k++) {
                name.append(random.nextInt(4) == 0 ? '.' : (char) random.nextInt(random.nextBoolean() ? 128 : 0x3000));
            }
            domains.registrable(name + (random.nextBoolean() ? ".com" : ""));
        }
    }
}
