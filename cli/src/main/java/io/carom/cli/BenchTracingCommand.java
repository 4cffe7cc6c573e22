package io.carom.cli;

import io.carom.scenario.Truth;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
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
            "  carom bench tracing --seeds 1-40 --drop 10",
            "  carom bench tracing --seeds 1-40 --without zeek",
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
            defaultValue = "20000",
            description = "About how many for each organisation (default ${DEFAULT-VALUE}).")
    long events;

    @Option(names = "--days", defaultValue = "14", description = "How long each lasts (default ${DEFAULT-VALUE}).")
    int days;

    @Option(names = "--indicators", description = "Hand over the scenario's indicators too (default: none).")
    boolean indicators;

    @Option(
            names = "--drop",
            paramLabel = "PERCENT",
            defaultValue = "0",
            description = "Lose so many of all records, at random.")
    int drop;

    @Option(
            names = "--without",
            paramLabel = "NAME",
            description = "Leave out the log source whose folder or file name contains this.")
    @Nullable
    String without;

    @Option(names = "--keep", paramLabel = "DIR", description = "Keep scenarios and reports there.")
    @Nullable
    Path keep;

    @Override
    public Integer call() throws Exception {
        TracingTable table = new TracingTable(common.out(), days);
        String[] range = seeds.split("-", 2);
        if (!common.json) {
            table.head();
        }
        for (long seed = Long.parseLong(range[0]); seed <= Long.parseLong(range[range.length - 1]); seed++) {
            TracingScore.Row row = one(seed);
            if (common.json) {
                common.out().println(TracingTable.json(row));
                common.out().flush();
            } else {
                table.add(row);
            }
        }
        if (!common.json) {
            table.sums();
        }
        return Exit.DONE;
    }

    private TracingScore.Row one(long seed) throws Exception {
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
            TracingScore score = new TracingScore(logs, truth.machines());
            if (into != null) {
                List<String> machines = new ArrayList<>();
                new TreeMap<>(truth.machines()).forEach((address, name) -> machines.add(address + " " + name));
                Files.write(folder.resolve("machines.txt"), machines);
            }
            spoil(logs, seed);
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
            Investigation.Outcome outcome = Investigation.run(quiet, reading, detection, folder.resolve("report"), into != null);
            double seconds = (System.nanoTime() - started) / 1e9;
            TracingScore.Row row = score.row(seed, clients, outcome.incidents(), seconds);
            if (into != null) {
                Files.write(folder.resolve("hops.txt"), score.lines());
            }
            return row;
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

    /// Takes away from the logs what `--drop` and `--without` say.
    private void spoil(Path logs, long seed) throws IOException {
        String left = without;
        if (drop <= 0 && left == null) {
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(logs)) {
            files = all.filter(p -> Files.isRegularFile(p) && !p.getParent().equals(logs))
                    .sorted()
                    .toList();
        }
        Random random = new Random(seed * 31 + drop);
        Map<String, Integer> gone = new TreeMap<>();
        for (Path file : files) {
            if (left != null && logs.relativize(file).toString().contains(left)) {
                Files.delete(file);
                gone.merge(left, 1, Integer::sum);
                continue;
            }
            if (drop > 0) {
                Path thin = file.resolveSibling(file.getFileName() + ".thin");
                try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1);
                        BufferedWriter out = Files.newBufferedWriter(thin, StandardCharsets.ISO_8859_1)) {
                    for (String line : (Iterable<String>) lines::iterator) {
                        // What heads a file is not a record.
                        if (line.startsWith("#") || random.nextInt(100) >= drop) {
                            out.write(line);
                            out.write('\n');
                        }
                    }
                }
                Files.move(thin, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (left != null && gone.isEmpty()) {
            throw new IOException("--without: no log of the scenario has \"" + left + "\" in its path");
        }
    }
}
