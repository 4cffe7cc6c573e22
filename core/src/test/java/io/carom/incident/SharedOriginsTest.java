package io.carom.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.trace.Trace;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedOriginsTest {
    private static final Instant T = Instant.parse("2019-03-10T12:00:00Z");

    private static Trace.Origin origin(String from, double confidence) {
        return new Trace.Origin(Trace.Way.VALID_ACCOUNT, "ng", from, "vpn1", "j.doe", T, confidence, "why");
    }

    private static Incident incident(
            String client,
            @Nullable String supplier,
            Incident.Severity severity,
            Instant first,
            Trace.Origin... origins) {
        Trace.Entry entry = new Trace.Entry(
                supplier == null ? Trace.Way.VALID_ACCOUNT : Trace.Way.LINK,
                supplier,
                "link-" + client,
                "10.1.9.9",
                "why");
        Trace trace = new Trace(1, 0.9, entry, List.of(origins), List.of(), List.of(), List.of(), List.of());
        return new Incident(
                "inc-" + client,
                client,
                client,
                "",
                severity,
                List.of(),
                Incident.Status.NEW,
                first,
                first,
                new Incident.Entry(supplier, "link-" + client, 0.9, "why"),
                List.of(),
                List.of(client),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new Incident.Clocks(first, first),
                List.of(),
                List.of(trace),
                "",
                Map.of());
    }

    private static List<String> from(List<Incident> told, int i) {
        return told.get(i).traces().getFirst().origins().stream()
                .map(Trace.Origin::from)
                .toList();
    }

    @Test
    void whatOtherClientsAndTheSupplierItselfSayOutweighsATraceThatWentAstray() {
        List<Incident> told = SharedOrigins.of(List.of(
                incident("acme", "ng", Incident.Severity.HIGH, T, origin("203.0.113.1", 0.2)),
                incident("bolt", "ng", Incident.Severity.HIGH, T, origin("203.0.113.9", 0.6)),
                incident("ng", null, Incident.Severity.HIGH, T, origin("203.0.113.9", 0.8))));
        assertEquals(List.of("203.0.113.9", "203.0.113.1"), from(told, 0));
        assertEquals("203.0.113.9", from(told, 1).getFirst());
        assertEquals(0.35, told.get(0).traces().getFirst().origins().getFirst().confidence(), 0.001);
    }

    @Test
    void anotherSuppliersStoriesAndThoseOfAnotherYearHaveNoSay() {
        List<Incident> told = SharedOrigins.of(List.of(
                incident("acme", "ng", Incident.Severity.HIGH, T, origin("203.0.113.1", 0.2)),
                incident("bolt", "other", Incident.Severity.HIGH, T, origin("203.0.113.9", 0.9)),
                incident(
                        "core", "ng", Incident.Severity.HIGH, T.minusSeconds(86_400 * 200), origin("203.0.113.8", 0.9)),
                incident("dune", "ng", Incident.Severity.LOW, T, origin("203.0.113.7", 0.9))));
        assertEquals(List.of("203.0.113.1"), from(told, 0));
        assertTrue(from(told, 2).contains("203.0.113.8"));
    }
}
