package io.carom.cli;

import io.carom.scenario.ScenarioOptions;
import io.carom.scenario.Truth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
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
            "  carom bench tracing --seeds 1-40 --drop 0.1",
            "  carom bench tracing --seeds 1-40 --without windows",
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
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Lose this share of all records (0 to 0.9).")
    double drop;

    @Option(
            names = "--without",
            paramLabel = "SOURCE",
            split = ",",
            description = "What nobody collected, as in \"carom scenario\".")
    List<String> without = new ArrayList<>();

    @Option(
            names = "--skew",
            paramLabel = "MINUTES",
            defaultValue = "0",
            description = "How far each product's clock may be off (default: as scenarios have it).")
    int skew;

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
                    quiet,
                    logs,
                    () -> new ScenarioOptions(
                            seed,
                            days,
                            clients,
                            events * (clients + 1),
                            logs,
                            LocalDate.parse("2019-03-04")
                                    .atStartOfDay(ZoneOffset.UTC)
                                    .toInstant(),
                            drop,
                            Set.copyOf(without),
                            Duration.ofMinutes(skew)));
            TracingScore score = new TracingScore(logs, truth);
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
            Investigation.Outcome outcome = Investigation.passing(quiet, reading, detection, folder.resolve("report"));
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
}
