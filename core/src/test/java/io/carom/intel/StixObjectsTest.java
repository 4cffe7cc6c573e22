package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// STIX objects: ids that others make of the same, values that end nothing.
class StixObjectsTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

    @Test
    void idsAreTheUuidsThatOthersMakeOfTheSame() {
        // RFC 9562, appendix A.4; and an IPv4 address in the namespace of STIX 2.1, as Python makes it.
        assertEquals(
                UUID.fromString("2ed6657d-e927-568b-95e1-2665a8aea6a2"),
                NameUuid.of(UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"));
        StixObjects objects = new StixObjects(NOW);
        assertEquals("ipv4-addr--a1648a10-7b03-5724-89a4-ac5b9dce6e91", objects.observable("198.51.100.3"));
        assertEquals("ipv4-addr--a1648a10-7b03-5724-89a4-ac5b9dce6e91", objects.observable("198.51.100.3"));
        assertEquals(1, objects.texts().size());
        for (String value :
                new String[] {"2001:db8::1", "a@b.example", "http://a.example/x", "a.example", "a".repeat(64)}) {
            objects.observable(value);
        }
        assertEquals(6, objects.texts().size());
        assertTrue(objects.texts().getLast().contains("\"hashes\":{\"SHA-256\":\"aaaa"));
    }

    @Test
    void aMarkingIsDefinedWhereItIsReferredTo() {
        for (Tlp tlp : Tlp.values()) {
            Facts.Draft facts = Facts.at("x");
            facts.tlp = tlp;
            facts.comment = "ends \"here\u0007";
            StixObjects objects = new StixObjects(NOW);
            objects.indicator(new ThreatIndicator(IntelType.DOMAIN, "a.example", facts.done()));
            Gathered read = new Gathered();
            try {
                IntelDocument.read(objects.bundle(), "b", false, read);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            assertEquals(tlp, read.indicators().getFirst().facts().tlp());
            assertTrue(read.indicators().getFirst().facts().comment().endsWith("ends \"here\u0007"));
            assertEquals(3, objects.ids().size());
        }
    }

    @Test
    void timesStayWithinTheYearsThatCanBeWritten() {
        assertEquals("2026-03-04T05:06:07.000Z", StixObjects.time(NOW));
        assertEquals("1970-01-01T00:00:00.000Z", StixObjects.time(Instant.MIN));
        assertEquals("9999-12-31T23:59:59.000Z", StixObjects.time(Instant.MAX));
    }

    @Test
    void aValueOfAStatedKindIsAnObservableOfThatKind() {
        StixObjects objects = new StixObjects(NOW);
        for (String[] one : new String[][] {
            {"file-name", "evil.exe", "file", "name"},
            {"account", "svc-backdoor", "user-account", "account_login"},
            {"cidr", "203.0.113.0/24", "ipv4-addr", "value"},
            {"domain", "evil.example", "domain-name", "value"},
        }) {
            IntelType type = java.util.Objects.requireNonNull(IntelType.labelled(one[0]));
            String id = java.util.Objects.requireNonNull(objects.observable(type, one[1]));
            assertTrue(id.startsWith(one[2] + "--"), id);
            assertTrue(
                    objects.texts().getLast().contains("\"" + one[3] + "\":\"" + one[1] + "\""),
                    objects.texts()::toString);
        }
        org.junit.jupiter.api.Assertions.assertNull(objects.observable(IntelType.USER_AGENT, "curl/7"));
        org.junit.jupiter.api.Assertions.assertNull(objects.observable(IntelType.DOMAIN, "*evil.example"));
        assertEquals(4, objects.texts().size());
    }
}
