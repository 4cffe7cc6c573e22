package io.carom.bench;

import io.carom.detect.behaviour.Analytic;
import io.carom.detect.behaviour.Draft;
import io.carom.detect.behaviour.Thresholds;
import io.carom.detect.behaviour.engine.Runner;
import io.carom.detect.behaviour.engine.Surroundings;
import io.carom.observe.Address;
import io.carom.observe.Conversations;
import io.carom.observe.Observation;
import io.carom.observe.Observation.Carried;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Hello;
import io.carom.observe.Observation.Lookup;
import io.carom.observe.Observation.Outcome;
import io.carom.observe.Observation.Request;
import io.carom.observe.Origin;
import io.carom.party.Parties;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/// The behaviour analytics over made-up traffic of a company, one thread. See `bench/behaviour.md`.
///
///     BehaviourBench rate [events] [rounds]    events a second of processor time, all analytics
///     together and each alone
///     BehaviourBench pairs [pairs]             heap that so many pairs of machine and destination take
///     BehaviourBench days [days]               keys and heap at the end of each day
public final class BehaviourBench {
    private static final long BEGIN = 1_767_571_200_000L;
    private static final long DAY = 86_400_000L;
    private static final int MACHINES = 5000;
    /// A machine says something every so many milliseconds.
    private static final long EACH = 30_000;

    private static final int PLACES = 30_000;

    private final Random random = new Random(1);
    private final Address[] machines = new Address[MACHINES];
    private final Address[] places = new Address[PLACES];
    private final String[] names = new String[PLACES];
    private final Address resolver = address("10.0.0.53");
    private long record;
    private int port = 33_000;

    private BehaviourBench() {
        for (int i = 0; i < MACHINES; i++) {
            machines[i] = address("10." + (1 + i / 65_536) + "." + i / 256 % 256 + "." + i % 256);
        }
        for (int i = 0; i < PLACES; i++) {
            places[i] = address(20 + i % 150 + "." + i / 256 % 256 + "." + i % 256 + "." + i % 251);
            names[i] = "w" + i % 7 + ".site" + i + ".com";
        }
    }

    public static void main(String[] args) {
        String what = args.length == 0 ? "rate" : args[0];
        switch (what) {
            case "rate" -> rate(number(args, 1, 1_500_000), number(args, 2, 4));
            case "pairs" -> pairs(number(args, 1, 10_000_000));
            case "days" -> days(number(args, 1, 90));
            default -> throw new IllegalArgumentException("expected rate, pairs or days, found " + what);
        }
    }

    private static int number(String[] args, int at, int otherwise) {
        return args.length > at ? Integer.parseInt(args[at]) : otherwise;
    }

    private static Address address(String text) {
        return Objects.requireNonNull(Address.of(text));
    }

    // ---- rate

    private static void rate(int events, int rounds) {
        List<Observation> all = new BehaviourBench().day(BEGIN, events, events * EACH / MACHINES);
        List<Analytic<?>> installed = Runner.installed();
        System.out.printf("all %d analytics, %,d events:%n", installed.size(), events);
        for (int round = 0; round < rounds; round++) {
            System.out.printf("  %,d events/s%n", run(installed, all));
        }
        for (Analytic<?> one : installed) {
            System.out.printf("%-18s %,d events/s%n", one.id(), run(List.of(one), all));
        }
        System.out.printf("%-18s %,d events/s%n", "none", run(List.of(), all));
    }

    private static long run(List<Analytic<?>> analytics, List<Observation> all) {
        List<Draft> found = new ArrayList<>();
        Runner runner = new Runner(analytics, Thresholds.own(), Parties.NONE, Surroundings.NONE, found::add);
        Conversations conversations = new Conversations();
        // Time of this thread on a core: others may use the machine.
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (Observation o : all) {
            runner.take(conversations.told(o));
        }
        runner.finish();
        return (long) (all.size() / ((ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1e9));
    }

    /// Traffic of a day: machines visit places, popular ones most; names are looked up, hellos and
    /// requests follow.
    private List<Observation> day(long begin, int events, long lasts) {
        List<Observation> out = new ArrayList<>(events);
        for (int i = 0; i < events; i++) {
            long time = begin + (long) ((double) i / events * lasts);
            Address src = machines[random.nextInt(MACHINES)];
            int place = (int) (PLACES * Math.pow(random.nextDouble(), 4));
            int kind = random.nextInt(100);
            if (kind < 50) {
                out.add(contact(time, src, places[place], 443, 6, "ssl", Outcome.SUCCESS));
            } else if (kind < 60) {
                Address server = machines[random.nextInt(40)];
                out.add(contact(time, src, server, 445, 6, "smb", Outcome.SUCCESS));
            } else if (kind < 64) {
                out.add(contact(time, src, places[place], 80, 6, "http", Outcome.SILENT));
            } else if (kind < 84) {
                out.add(new Lookup(
                        origin(4003), time, src, "", resolver, names[place], "A", kind < 66 ? 3 : 0, List.of()));
            } else if (kind < 94) {
                out.add(new Hello(
                        origin(4001),
                        time,
                        src,
                        places[place],
                        443,
                        names[place],
                        "ja3-" + kind % 5,
                        "",
                        "",
                        "",
                        port,
                        Carried.UNKNOWN));
            } else {
                out.add(new Request(
                        origin(4002),
                        time,
                        src,
                        places[place],
                        80,
                        names[place],
                        "GET",
                        "/p" + i % 900,
                        "Browser/1.0",
                        "",
                        i % 30 == 0 ? 404 : 200,
                        400,
                        9000,
                        false));
            }
        }
        return out;
    }

    private Origin origin(int classUid) {
        return new Origin("us", 1, ++record, 1, classUid);
    }

    private Contact contact(
            long time, Address src, Address dst, int dstPort, int transport, String service, Outcome outcome) {
        port = port >= 60_000 ? 33_000 : port + 1;
        return new Contact(
                origin(4001),
                time,
                src,
                port,
                dst,
                dstPort,
                transport,
                outcome,
                0.95f,
                500 + random.nextInt(5000),
                9000,
                8,
                9,
                500,
                service,
                false);
    }

    // ---- memory

    private static void pairs(int pairs) {
        BehaviourBench made = new BehaviourBench();
        List<Analytic<?>> beacon =
                Runner.installed().stream().filter(a -> a.id().equals("beacon")).toList();
        // Nothing else needs the heap here.
        long memory = Runtime.getRuntime().maxMemory() / 3 * 2;
        Runner runner = new Runner(beacon, Thresholds.own(), Parties.NONE, Surroundings.NONE, d -> {}, memory);
        long before = heap();
        for (int i = 0; i < pairs; i++) {
            // Each pair is met once, every fourth three times: most of what a machine visits it visits once.
            int times = i % 4 == 0 ? 3 : 1;
            for (int k = 0; k < times; k++) {
                runner.take(made.contact(
                        BEGIN + i / 1000 + k * 60_000L,
                        made.machines[i % MACHINES],
                        made.places[(i / MACHINES + i % 97) % PLACES],
                        443,
                        6,
                        "ssl",
                        Outcome.SUCCESS));
            }
            if ((i + 1) % (pairs / 5) == 0) {
                long used = heap() - before;
                int held = runner.held().getOrDefault("beacon", 0);
                System.out.printf(
                        "%,d pairs held, %,d MB, %d bytes a pair%n", held, used >> 20, used / Math.max(1, held));
            }
        }
    }

    private static long heap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            used = Math.min(
                    used,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return used;
    }

    private static void days(int days) {
        BehaviourBench made = new BehaviourBench();
        Runner runner = new Runner(Runner.installed(), Thresholds.own(), Parties.NONE, Surroundings.NONE, d -> {});
        Conversations conversations = new Conversations();
        for (int day = 0; day < days; day++) {
            for (Observation o : made.day(BEGIN + day * DAY, 60_000, DAY)) {
                runner.take(conversations.told(o));
            }
            if (day % 10 == 9 || day < 3) {
                System.out.printf(
                        "day %d: heap %,d MB, keys %s%n",
                        day + 1, heap() >> 20, new java.util.TreeMap<>(runner.held()));
            }
        }
    }
}
