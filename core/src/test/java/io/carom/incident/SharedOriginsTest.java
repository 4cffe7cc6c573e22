package io.carom.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.trace.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /// As it is meant: every vote that is near is asked by each.
    private static List<Trace.Origin> plainly(Incident incident, List<Incident> voters) {
        List<Incident> others = voters.stream()
                .filter(v -> !v.id().equals(incident.id())
                        && Duration.between(v.firstSeen(), incident.firstSeen())
                                        .abs()
                                        .compareTo(Duration.ofDays(45))
                                <= 0)
                .toList();
        Map<String, Trace.Origin> known = new LinkedHashMap<>();
        Map<String, Double> weights = new HashMap<>();
        List<Incident> all = new ArrayList<>(List.of(incident));
        all.addAll(others);
        for (Incident one : all) {
            double weight = others.isEmpty() ? 1 : one == incident ? 0.5 : 0.5 / others.size();
            for (Trace.Origin o : one.traces().getFirst().origins()) {
                known.putIfAbsent(o.from(), o);
                weights.merge(o.from(), weight * o.confidence(), Double::sum);
            }
        }
        return known.entrySet().stream()
                .map(e -> e.getValue().with(Math.round(weights.get(e.getKey()) * 100) / 100.0))
                .sorted(Comparator.comparingDouble((Trace.Origin o) -> -o.confidence())
                        .thenComparing(Trace.Origin::from))
                .limit(5)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void votesThatComeAndGoWithTimeAreThoseThatAreNear(long seed) {
        Random random = new Random(seed);
        List<Incident> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Trace.Origin[] origins = new Trace.Origin[1 + random.nextInt(3)];
            for (int o = 0; o < origins.length; o++) {
                origins[o] = origin("203.0.113." + (o * 4 + random.nextInt(4)), (1 + random.nextInt(8)) / 8.0);
            }
            String client = i % 10 == 0 ? "ng" : "client" + i;
            all.add(incident(
                    client,
                    client.equals("ng") ? null : "ng",
                    Incident.Severity.HIGH,
                    T.plusSeconds(86_400L * random.nextInt(300)),
                    origins));
        }
        List<Incident> told = SharedOrigins.of(all);
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).client().equals("ng")) {
                List<Trace.Origin> plain = plainly(all.get(i), all);
                List<Trace.Origin> origins = told.get(i).traces().getFirst().origins();
                assertEquals(plain.size(), origins.size());
                for (int o = 0; o < plain.size(); o++) {
                    assertEquals(plain.get(o).confidence(), origins.get(o).confidence(), 0.0101, "story " + i);
                }
            }
        }
    }
}
