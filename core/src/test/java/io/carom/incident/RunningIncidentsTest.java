package io.carom.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Finding;
import io.carom.observe.Address;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.trace.History;
import io.carom.trace.Ledger;
import io.carom.trace.SessionBook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningIncidentsTest {
    private static final long T0 = Instant.parse("2019-03-04T02:10:00Z").toEpochMilli();
    private static final long HOUR = 3_600_000;
    private static final Instant NOW = Instant.parse("2019-03-20T09:00:00Z");
    private static final List<String> CLIENTS = List.of("ng", "acme", "bolt", "alone");
    private static final String[] ATTACKS = {"T1059", "T1021", "T1566", "T1071", "T1190"};

    /// A home into which things come: at random, but the same for a seed.
    private static final class Home {
        final Random random;
        final Parties parties;
        final FindingsByEntity findings;
        final SessionBook book = new SessionBook();
        final Map<String, Counted> pairs = new TreeMap<>();
        final List<Ledger.Seen> fresh = new ArrayList<>();
        final Map<String, Long> contacts = new HashMap<>();
        final Map<String, Long> sessions = new HashMap<>();
        final RunningIncidents running;
        final Map<String, Incident> told = new HashMap<>();
        long time = T0;
        long record;

        Home(long seed) throws Exception {
            random = new Random(seed);
            parties = PartiesFile.parse("""
                    parties:
                      - {name: ng, role: supplier, networks: [10.8.0.0/16]}
                      - {name: acme, role: client, networks: [10.1.0.0/16]}
                      - {name: bolt, role: client, networks: [10.1.0.0/16]}
                      - {name: alone, role: client, networks: [10.3.0.0/16]}
                    links:
                      - {name: ng-acme, supplier: ng, client: acme, kind: vpn, networks: [10.8.4.0/24]}
                      - {name: ng-bolt, supplier: ng, client: bolt, kind: vpn, networks: [10.8.5.0/24]}
                    """, "p");
            findings = new FindingsByEntity(parties);
            running = new RunningIncidents(parties);
        }

        String machine(String client) {
            return switch (client) {
                case "ng" -> "10.8.1." + random.nextInt(1, 9);
                case "alone" -> "10.3.1." + random.nextInt(1, 9);
                default -> "10.1.1." + random.nextInt(1, 9);
            };
        }

        String anybody(String client) {
            return switch (random.nextInt(5)) {
                case 0 -> "203.0.113." + random.nextInt(1, 5);
                case 1 -> client.equals("acme") ? "10.8.4.7" : client.equals("bolt") ? "10.8.5.7" : machine(client);
                default -> machine(client);
            };
        }

        void session(String client) {
            time += random.nextInt(600_000);
            sessions.merge(client, 1L, Long::sum);
            Address from = Objects.requireNonNull(Address.of(anybody(client)));
            Address to = Objects.requireNonNull(Address.of(machine(client)));
            Origin origin = new Origin(client, 0, ++record, 1, 4001);
            if (random.nextBoolean()) {
                book.accept(new Contact(
                        origin,
                        time,
                        from,
                        50_000,
                        to,
                        random.nextBoolean() ? 3389 : 445,
                        6,
                        Outcome.SUCCESS,
                        1,
                        500_000,
                        9_000_000,
                        900,
                        900,
                        600_000,
                        "",
                        false));
            }
            if (random.nextBoolean()) {
                book.accept(new SignIn(
                        origin,
                        time,
                        "user" + random.nextInt(4),
                        client,
                        from,
                        "",
                        "host" + random.nextInt(5),
                        to,
                        Means.REMOTE_DESKTOP,
                        Outcome.SUCCESS,
                        "",
                        "",
                        "",
                        ""));
            }
        }

        void finding(String client) {
            String machine = machine(client);
            boolean byIndicator = random.nextBoolean();
            String bad = "203.0.113." + random.nextInt(1, 5);
            int severity = random.nextInt(1, 6);
            long when = time - random.nextInt(3) * HOUR;
            String analytic = byIndicator ? "indicator:ip:" + bad : "rule-" + random.nextInt(6);
            findings.add(new Finding(
                    client + analytic + machine + when + record,
                    analytic,
                    "What " + analytic + " found",
                    "",
                    severity,
                    when,
                    client,
                    new Finding.Evidence(
                            "log",
                            ++record,
                            "zeek",
                            byIndicator ? 4001 : 1007,
                            machine,
                            byIndicator ? bad : null,
                            byIndicator ? null : "host" + random.nextInt(5),
                            random.nextInt(4) == 0 ? "user" + random.nextInt(4) : null,
                            "native"),
                    byIndicator ? List.of(new Finding.Observable("dst_endpoint.ip", 2, bad)) : List.of(),
                    List.of(ATTACKS[random.nextInt(ATTACKS.length)])));
        }

        void contact(String client) {
            String src = anybody(client);
            String dst = machine(client);
            int port = random.nextBoolean() ? 3389 : 443;
            contacts.merge(client, 1L, Long::sum);
            pairs.computeIfAbsent(client + src + ">" + dst + ":" + port, k -> {
                        Counted made = new Counted(client, src, dst, port, parties);
                        fresh.add(made);
                        return made;
                    })
                    .seen(time);
        }

        ToLongFunction<String> changes() {
            return client -> sessions.getOrDefault(client, 0L) + contacts.getOrDefault(client, 0L);
        }

        History history() {
            return book.history(origin -> "log");
        }

        /// Tells and traces in turns until nothing is due.
        List<Incident> settled(boolean anew) {
            List<Ledger.Seen> those = anew ? List.copyOf(pairs.values()) : List.copyOf(fresh);
            running.enter(new Ledger.Fresh(anew, those));
            fresh.clear();
            for (int turn = 0; ; turn++) {
                assertTrue(turn < 1000, "it goes on for ever");
                RunningIncidents.Telling telling = running.told(findings.groups(), NOW);
                telling.changed().forEach(i -> told.put(i.id(), i));
                if (running.due(changes()) == 0) {
                    told.keySet()
                            .retainAll(telling.all().stream().map(Incident::id).collect(Collectors.toSet()));
                    return telling.all();
                }
                running.trace(history(), changes(), random.nextBoolean() ? 0 : Long.MAX_VALUE / 2);
            }
        }

        List<Incident> whole() {
            List<Ledger.Pair> all = new ArrayList<>();
            pairs.values().forEach(p -> all.add(p.pair()));
            return Incidents.of(findings.groups(), all, parties, NOW, history());
        }
    }

    private static final class Counted implements Ledger.Seen {
        private final String client;
        private final String src;
        private final String dst;
        private final int port;
        private final Parties parties;
        private long first = Long.MAX_VALUE;
        private long last;
        private long count;

        Counted(String client, String src, String dst, int port, Parties parties) {
            this.client = client;
            this.src = src;
            this.dst = dst;
            this.port = port;
            this.parties = parties;
        }

        void seen(long time) {
            first = Math.min(first, time);
            last = Math.max(last, time);
            count++;
        }

        @Override
        public String client() {
            return client;
        }

        @Override
        public String src() {
            return src;
        }

        @Override
        public String dst() {
            return dst;
        }

        @Override
        public Ledger.Pair pair() {
            var link = parties.linkOf(Objects.requireNonNull(Address.of(src)).bytes(), client);
            return new Ledger.Pair(
                    client,
                    src,
                    dst,
                    port,
                    link == null ? null : link.supplier(),
                    client,
                    link == null ? null : link.name(),
                    first,
                    last,
                    count,
                    10,
                    20);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void whatIsToldPieceByPieceIsWhatIsToldOfAllAtOnce(long seed) throws Exception {
        Home home = new Home(seed);
        for (int piece = 0; piece < 8; piece++) {
            // Not all that comes is of everybody.
            int clients = home.random.nextInt(1, CLIENTS.size() + 1);
            int many = home.random.nextInt(1, 30);
            for (int i = 0; i < many; i++) {
                String client = CLIENTS.get(home.random.nextInt(clients));
                switch (home.random.nextInt(4)) {
                    case 0 -> home.finding(client);
                    case 1 -> home.contact(client);
                    default -> home.session(client);
                }
            }
            List<Incident> pieces = home.settled(piece % 3 == 0);
            List<Incident> whole = home.whole();
            assertEquals(whole, pieces, "seed " + seed + ", piece " + piece);
            assertEquals(
                    whole.stream().collect(Collectors.toMap(Incident::id, i -> i)), home.told, "what changed was told");
        }
        assertTrue(home.told.size() > 1);
    }

    @Test
    void anIncidentIsToldBeforeItIsTracedAndAgainAfter() throws Exception {
        Home home = new Home(1);
        for (int i = 0; i < 40; i++) {
            home.session("alone");
        }
        home.finding("alone");
        RunningIncidents.Telling first = home.running.told(home.findings.groups(), NOW);
        assertEquals(1, first.changed().size());
        assertEquals(
                "It was not traced yet.",
                first.all().getFirst().traces().getFirst().entry().why());
        assertTrue(home.running.due(home.changes()) > 0);
        home.running.trace(home.history(), home.changes(), Long.MAX_VALUE / 2);
        RunningIncidents.Telling second = home.running.told(home.findings.groups(), NOW);
        assertEquals(home.whole(), second.all());
    }

    @Test
    void whatNothingNewTouchesIsNeitherTracedNorToldAgain() throws Exception {
        Home home = new Home(2);
        for (int i = 0; i < 60; i++) {
            home.session("alone");
            home.session("acme");
        }
        home.finding("alone");
        home.finding("acme");
        Map<String, Incident> before = home.settled(true).stream().collect(Collectors.toMap(Incident::client, i -> i));
        home.session("acme");
        home.finding("acme");
        RunningIncidents.Telling telling = home.running.told(home.findings.groups(), NOW);
        assertTrue(telling.changed().stream().noneMatch(i -> i.client().equals("alone")));
        home.settled(false);
        Incident alone = home.running.told(home.findings.groups(), NOW).all().stream()
                .filter(i -> i.client().equals("alone"))
                .findFirst()
                .orElseThrow();
        assertSame(before.get("alone"), alone);
    }
}
