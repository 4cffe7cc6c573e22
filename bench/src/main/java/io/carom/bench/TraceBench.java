package io.carom.bench;

import io.carom.cases.Cases;
import io.carom.cases.KeptHistory;
import io.carom.lake.RetentionFile;
import io.carom.observe.Address;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Means;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.SignIn;
import io.carom.observe.Origin;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.trace.SessionBook;
import io.carom.trace.Suspicion;
import io.carom.trace.Trace;
import io.carom.trace.Tracer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/// How long a trace takes in a home that keeps many sessions. See `bench/tracing.md`.
///
///     TraceBench HOME [investigations] [sessions each] [traces]
///
/// Each investigation enters sessions of five organisations over ten days after those of the one before, as
/// their events would leave them: 5 of 100 events became a kept session in scenarios of 300,000 events.
public final class TraceBench {
    private static final long BEGIN = 1_767_571_200_000L;
    private static final long DAYS = 10 * 86_400_000L;
    private static final int MACHINES = 4000;
    private static final List<String> ORGANISATIONS = List.of("us", "acme", "bolt", "cobalt", "dunmore");

    private static final String PARTIES = """
            parties:
              - {name: us, role: us, networks: [10.1.0.0/16]}
              - {name: acme, role: client, networks: [10.2.0.0/16]}
              - {name: bolt, role: client, networks: [10.3.0.0/16]}
              - {name: cobalt, role: client, networks: [10.4.0.0/16]}
              - {name: dunmore, role: client, networks: [10.5.0.0/16]}
            links:
              - {name: us-acme, supplier: us, client: acme, kind: vpn, networks: [10.9.2.0/26]}
              - {name: us-bolt, supplier: us, client: bolt, kind: vpn, networks: [10.9.3.0/26]}
            """;

    private final Random random = new Random(1);
    private int record;

    private TraceBench() {}

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        int investigations = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        int each = args.length > 2 ? Integer.parseInt(args[2]) : 50_000;
        int traces = args.length > 3 ? Integer.parseInt(args[3]) : 20;
        TraceBench made = new TraceBench();
        for (int i = 0; i < investigations; i++) {
            SessionBook book = new SessionBook();
            List<Suspicion> suspicions = new ArrayList<>();
            made.fill(book, suspicions, BEGIN + i * DAYS, each);
            long begin = System.nanoTime();
            try (Cases cases = Cases.open(home)) {
                cases.enter(List.of(), suspicions, book, o -> "log", PARTIES);
                cases.bound(RetentionFile.Sessions.DEFAULT);
            }
            System.out.printf("investigation %d entered in %.1f s%n", i + 1, (System.nanoTime() - begin) / 1e9);
        }
        for (String file : List.of("cases.db", "sessions.db")) {
            System.out.printf("%s: %,d MB%n", file, Files.size(home.resolve(file)) >> 20);
        }
        made.ask(home, traces);
    }

    private void fill(SessionBook book, List<Suspicion> suspicions, long begin, int sessions) {
        for (int i = 0; i < sessions; i++) {
            int organisation = random.nextInt(ORGANISATIONS.size());
            String name = ORGANISATIONS.get(organisation);
            long time = begin + (long) ((double) i / sessions * DAYS);
            // Half go to fifty servers from everywhere, the others between machines of a neighbourhood.
            int from = random.nextInt(MACHINES);
            int to = random.nextBoolean() ? random.nextInt(50) : from / 20 * 20 + random.nextInt(20);
            boolean over = organisation > 0 && organisation < 3 && random.nextInt(50) == 0;
            Address src = over ? ip("10.9." + (organisation + 1) + "." + random.nextInt(60)) : ip(organisation, from);
            Origin origin = new Origin(name, 0, ++record, 1, 4001);
            if (random.nextInt(3) == 0) {
                String account = over ? "svc-us" : random.nextInt(20) == 0 ? "svc-backup" : "user" + from;
                book.accept(new SignIn(
                        origin,
                        time,
                        account,
                        name,
                        src,
                        "",
                        "h" + organisation + "-" + to,
                        ip(organisation, to),
                        Means.REMOTE_DESKTOP,
                        Outcome.SUCCESS,
                        "",
                        "",
                        "",
                        ""));
            } else {
                book.accept(new Contact(
                        origin,
                        time,
                        src,
                        50_000,
                        ip(organisation, to),
                        3389,
                        6,
                        Outcome.SUCCESS,
                        1,
                        500_000,
                        900_000,
                        900,
                        900,
                        600_000,
                        "rdp",
                        false));
            }
            if (i % 2500 == 0) {
                suspicions.add(new Suspicion(
                        name,
                        ip(organisation, to).text(),
                        "",
                        time,
                        3,
                        "Something odd " + i % 7,
                        List.of("T1021"),
                        "",
                        new Trace.Source("log", record)));
            }
        }
    }

    private static Address ip(int organisation, int machine) {
        return ip("10." + (organisation + 1) + "." + machine / 250 + "." + (1 + machine % 250));
    }

    private static Address ip(String text) {
        return Objects.requireNonNull(Address.of(text));
    }

    private void ask(Path home, int traces) throws Exception {
        double[] seconds = new double[traces];
        double[] cpu = new double[traces];
        int hops = 0;
        for (int i = 0; i < traces; i++) {
            // Half of a server that everybody uses, half of a desk.
            int organisation = 1 + random.nextInt(2);
            int machine = i % 2 == 0 ? random.nextInt(50) : random.nextInt(MACHINES);
            long began = System.nanoTime();
            long used = java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            try (Cases cases = Cases.open(home)) {
                Parties parties = PartiesFile.parse(cases.parties(), "parties");
                KeptHistory history = cases.history();
                Tracer tracer = new Tracer(history, parties, cases.suspicions());
                for (Cases.Start start : cases.starts(ip(organisation, machine).text())) {
                    hops += tracer.trace(start.client(), start.since())
                            .getFirst()
                            .hops()
                            .size();
                }
            }
            seconds[i] = (System.nanoTime() - began) / 1e9;
            cpu[i] = (java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - used) / 1e9;
        }
        System.out.printf("first %.2f s (of a processor %.2f s), %d hops in all%n", seconds[0], cpu[0], hops);
        Arrays.sort(seconds);
        Arrays.sort(cpu);
        System.out.printf(
                "of %d traces: median %.2f s, worst %.2f s; of a processor: median %.2f s, worst %.2f s%n",
                traces, seconds[traces / 2], seconds[traces - 1], cpu[traces / 2], cpu[traces - 1]);
    }
}
