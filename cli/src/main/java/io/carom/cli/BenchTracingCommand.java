package io.carom.cli;

import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.scenario.Truth;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `carom bench tracing`: makes scenarios, investigates each, and holds what was found against what
/// really happened.
@Command(
        name = "tracing",
        description = "Makes supplier breaches, investigates each, and compares with what really happened.",
        header = {
            "Examples:",
            "  carom bench tracing --seeds 1-40",
            "  carom bench tracing --seeds 7 --events 300000 --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchTracingCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Option(names = "--seeds", defaultValue = "1-40", description = "One or a range (default ${DEFAULT-VALUE}).")
    String seeds = "1-40";

    @Option(
            names = "--events",
            defaultValue = "50000",
            description = "About how many for each organisation (default ${DEFAULT-VALUE}).")
    long events;

    @Option(names = "--days", defaultValue = "14", description = "How long each lasts (default ${DEFAULT-VALUE}).")
    int days;

    @Option(names = "--indicators", description = "Hand over the scenario's indicators too (default: none).")
    boolean indicators;

    @Option(names = "--keep", paramLabel = "DIR", description = "Keep scenarios and reports there.")
    @Nullable
    Path keep;

    /// What came of one scenario.
    ///
    /// @param claims stated confidence of each way in, and whether it was the true one
    private record Row(
            long seed,
            int clients,
            int hit,
            int named,
            int spared,
            int accused,
            boolean entry,
            int links,
            int hopsRight,
            int hopsTold,
            int hopsFound,
            int hopsTrue,
            int recon,
            int falseIncidents,
            double seconds,
            List<double[]> claims) {}

    @Override
    public Integer call() throws Exception {
        List<Row> rows = new ArrayList<>();
        String[] range = seeds.split("-", 2);
        PrintWriter out = common.out();
        if (!common.json) {
            out.println(
                    "seed clients  hit named  accused/spared  entry  links  hops right/told  found/true  recon  false"
                            + "  seconds");
        }
        for (long seed = Long.parseLong(range[0]); seed <= Long.parseLong(range[range.length - 1]); seed++) {
            Row row = one(seed);
            rows.add(row);
            out.println(
                    common.json
                            ? json(row)
                            : String.format(
                                    Locale.ROOT,
                                    "%4d %7d %4d %5d %10d/%-6d %5s %3d/%-3d %10d/%-6d %5d/%-5d %2d/%-3d %5d %8.1f",
                                    row.seed,
                                    row.clients,
                                    row.hit,
                                    row.named,
                                    row.accused,
                                    row.spared,
                                    row.entry ? "yes" : "no",
                                    row.links,
                                    row.hit,
                                    row.hopsRight,
                                    row.hopsTold,
                                    row.hopsFound,
                                    row.hopsTrue,
                                    row.recon,
                                    row.hit,
                                    row.falseIncidents,
                                    row.seconds));
            out.flush();
        }
        if (!common.json) {
            sum(rows, out);
        }
        return Exit.DONE;
    }

    private void sum(List<Row> rows, PrintWriter out) {
        double hit = rows.stream().mapToInt(Row::hit).sum();
        double spared = rows.stream().mapToInt(Row::spared).sum();
        double weeks = rows.stream().mapToInt(r -> r.clients + 1).sum() * days / 7.0;
        out.println();
        out.printf(Locale.ROOT, "hit clients named        %5.1f %%%n", 100 * sum(rows, Row::named) / hit);
        out.printf(Locale.ROOT, "spared clients accused   %5.1f %%%n", 100 * sum(rows, Row::accused) / spared);
        out.printf(
                Locale.ROOT,
                "true entry first         %5.1f %%%n",
                100.0 * rows.stream().filter(Row::entry).count() / rows.size());
        out.printf(Locale.ROOT, "true link                %5.1f %%%n", 100 * sum(rows, Row::links) / hit);
        out.printf(
                Locale.ROOT,
                "hops: precision %.3f, recall %.3f%n",
                sum(rows, Row::hopsRight) / Math.max(1, sum(rows, Row::hopsTold)),
                sum(rows, Row::hopsFound) / sum(rows, Row::hopsTrue));
        out.printf(Locale.ROOT, "reconnaissance found before movement %5.1f %%%n", 100 * sum(rows, Row::recon) / hit);
        out.printf(Locale.ROOT, "false incidents a client-week        %5.2f%n", sum(rows, Row::falseIncidents) / weeks);
        out.println("confidence of the way in: stated, how often, how often right");
        for (int band = 0; band < 10; band++) {
            double from = band / 10.0;
            List<double[]> in = rows.stream()
                    .flatMap(r -> r.claims.stream())
                    .filter(c -> c[0] >= from && (c[0] < from + 0.1 || from >= 0.9))
                    .toList();
            if (!in.isEmpty()) {
                out.printf(
                        Locale.ROOT,
                        "  %.2f  %4d  %.2f%n",
                        in.stream().mapToDouble(c -> c[0]).average().orElse(0),
                        in.size(),
                        in.stream().mapToDouble(c -> c[1]).average().orElse(0));
            }
        }
    }

    private static double sum(List<Row> rows, java.util.function.ToIntFunction<Row> part) {
        return rows.stream().mapToInt(part).sum();
    }

    private static String json(Row r) {
        return String.format(
                Locale.ROOT,
                "{\"seed\":%d,\"clients\":%d,\"hit\":%d,\"named\":%d,\"spared\":%d,\"accused\":%d,\"entry\":%b,\"links\":%d,"
                        + "\"hops_right\":%d,\"hops_told\":%d,\"hops_found\":%d,\"hops_true\":%d,\"recon\":%d,"
                        + "\"false_incidents\":%d,\"seconds\":%.1f}",
                r.seed,
                r.clients,
                r.hit,
                r.named,
                r.spared,
                r.accused,
                r.entry,
                r.links,
                r.hopsRight,
                r.hopsTold,
                r.hopsFound,
                r.hopsTrue,
                r.recon,
                r.falseIncidents,
                r.seconds);
    }

    private Row one(long seed) throws Exception {
        Path into = keep;
        Path folder = into != null
                ? Files.createDirectories(into.resolve("seed" + seed))
                : Files.createTempDirectory("carom-bench");
        try {
            int clients = 3 + (int) (seed % 10);
            Path logs = folder.resolve("logs");
            Common quiet = new Common();
            quiet.spec = common.spec;
            quiet.quiet = true;
            quiet.home = folder.resolve("home");
            Truth truth = ScenarioCommand.make(
                    quiet, logs, seed, days, clients, events * (clients + 1), LocalDate.parse("2019-03-04"));
            long started = System.nanoTime();
            Reading reading = new Reading();
            try (Stream<Path> inside = Files.list(logs)) {
                inside.filter(Files::isDirectory).sorted().forEach(p -> reading.paths.add(p.toString()));
            }
            reading.partiesFile = logs.resolve("parties.yaml");
            Detection detection = new Detection();
            if (indicators) {
                detection.indicatorFiles.add(logs.resolve("indicators.csv"));
            }
            Investigation.Outcome outcome = Investigation.run(quiet, reading, detection, folder.resolve("report"));
            double seconds = (System.nanoTime() - started) / 1e9;
            return compare(seed, clients, truth, outcome.incidents(), logs, seconds);
        } finally {
            if (into == null) {
                try (Stream<Path> all = Files.walk(folder)) {
                    for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(path);
                    }
                }
            }
        }
    }

    private static boolean alarm(Incident incident) {
        return incident.severity().compareTo(Incident.Severity.MEDIUM) >= 0;
    }

    private Row compare(long seed, int clients, Truth truth, List<Incident> incidents, Path logs, double seconds)
            throws IOException {
        Set<String> malicious = malicious(truth, logs);
        String supplier = truth.supplier();
        Set<String> named = new TreeSet<>();
        Set<String> accused = new TreeSet<>();
        int falseIncidents = 0;
        List<double[]> claims = new ArrayList<>();
        int links = 0;
        Set<String> told = new TreeSet<>();
        Set<String> judged = new HashSet<>();
        boolean entry = false;
        for (Incident incident : incidents) {
            if (!alarm(incident)) {
                continue;
            }
            boolean real = incident.findings().stream()
                    .flatMap(g -> g.kept().stream())
                    .flatMap(f -> f.evidences().stream())
                    .anyMatch(e -> malicious.contains(e.path() + "\0" + line(e.nativeRecord())));
            if (!real) {
                falseIncidents++;
                if (truth.clientsSpared().contains(incident.client())) {
                    accused.add(incident.client());
                }
                continue;
            }
            if (truth.clientsHit().contains(incident.client())) {
                named.add(incident.client());
            } else if (truth.clientsSpared().contains(incident.client())) {
                accused.add(incident.client());
            }
            incident.path().forEach(h -> {
                if (h.confidence() > 0) {
                    told.add(label(h.from(), incident.client(), supplier, truth) + " > "
                            + label(h.to(), incident.client(), supplier, truth));
                }
            });
            // Of several incidents at one client the first is its story: they are told worst first.
            if (judged.add(incident.client())) {
                boolean right;
                if (incident.client().equals(supplier)) {
                    right = incident.path().stream().anyMatch(h -> h.from().equals(truth.entryAddress()));
                    entry = right;
                } else {
                    // A client that was entered from outside has no link to name.
                    Truth.Course course = truth.courses().get(incident.client());
                    String link = course == null ? "" : course.link();
                    String stated = incident.entry().link();
                    right = link.equals(stated == null ? "" : stated);
                    links += right ? 1 : 0;
                }
                claims.add(new double[] {incident.entry().confidence(), right ? 1 : 0});
            }
        }
        Set<String> truly = new TreeSet<>();
        for (Truth.Hop hop : truth.hops()) {
            truly.add(label(hop.from(), hop.fromParty(), supplier, truth) + " > "
                    + label(hop.to(), hop.toParty(), supplier, truth));
        }
        // The path of a client's incident may begin at the supplier: entry is right there too.
        entry |= told.stream().anyMatch(h -> h.startsWith(truth.entryAddress() + " > "));
        int right = (int) told.stream().filter(truly::contains).count();
        int found = (int) truly.stream().filter(told::contains).count();
        if (keep != null) {
            List<String> lines = new ArrayList<>();
            truly.forEach(h -> lines.add((told.contains(h) ? "found  " : "missed ") + h));
            told.stream().filter(h -> !truly.contains(h)).forEach(h -> lines.add("wrong  " + h));
            Files.write(logs.resolveSibling("hops.txt"), lines);
        }
        return new Row(
                seed,
                clients,
                truth.clientsHit().size(),
                named.size(),
                truth.clientsSpared().size(),
                accused.size(),
                entry,
                links,
                right,
                told.size(),
                found,
                truly.size(),
                recon(truth, incidents),
                falseIncidents,
                seconds,
                claims);
    }

    /// The lines that are the intruder's. The truth counts lines and readers count records: they are held
    /// together by
    /// their text.
    private static Set<String> malicious(Truth truth, Path logs) throws IOException {
        Map<String, List<Truth.Malicious>> byFile = new TreeMap<>();
        truth.records()
                .forEach(m ->
                        byFile.computeIfAbsent(m.file(), f -> new ArrayList<>()).add(m));
        Set<String> out = new HashSet<>();
        for (Map.Entry<String, List<Truth.Malicious>> file : byFile.entrySet()) {
            Path path = logs.resolve(file.getKey());
            List<String> lines = Files.readAllLines(path);
            for (Truth.Malicious m : file.getValue()) {
                int from = (int) m.line() - 1;
                out.add(path + "\0" + line(String.join("\n", lines.subList(from, from + m.lines()))));
            }
        }
        return out;
    }

    private static String line(String record) {
        String line = record.strip();
        return line.length() > 400 ? line.substring(0, 400) : line;
    }

    /// At how many hit clients a finding of behaviour came from where the intruder looked round, before the
    /// first movement behind that.
    private static int recon(Truth truth, List<Incident> incidents) {
        int count = 0;
        for (Truth.Course course : truth.courses().values()) {
            long moved = course.movement();
            Set<String> pool = Set.copyOf(course.reconFrom());
            boolean found = incidents.stream()
                    .filter(i -> i.client().equals(course.client()))
                    .flatMap(i -> i.findings().stream())
                    .filter(g -> g.analytic().startsWith(FindingsByEntity.BEHAVIOUR))
                    .flatMap(g -> g.kept().stream())
                    .anyMatch(f -> f.time() < moved && names(f, pool));
            count += found ? 1 : 0;
        }
        return count;
    }

    private static boolean names(Finding finding, Set<String> pool) {
        return finding.evidences().stream().anyMatch(e -> pool.contains(String.valueOf(e.srcAddress())));
    }

    /// One label for a machine however it is written.
    private static String label(String machine, String owner, String supplier, Truth truth) {
        for (String whose : List.of(owner, supplier)) {
            String name = truth.machines().get(whose + " " + machine);
            if (name != null) {
                return name.toLowerCase(Locale.ROOT);
            }
        }
        return machine.toLowerCase(Locale.ROOT);
    }
}
