package io.carom.cli;

import io.carom.scenario.Truth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// A breach to look at.
@Command(
        name = "demo",
        header = {
            "Makes a supplier breach of about a million events, investigates it, and writes the report.",
            "",
            "  carom demo",
            "  carom demo --seed 12 --events 200000",
            ""
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Option(names = "--seed", defaultValue = "7", description = "Which breach (default ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--events", defaultValue = "1000000", description = "About how many (default ${DEFAULT-VALUE}).")
    long events;

    @Option(names = "--no-serve", description = "Stop before opening a dashboard (there is none yet).")
    boolean noServe;

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("carom-demo");
        Path logs = folder.resolve("logs");
        common.note("making a breach in " + logs);
        Truth truth = ScenarioCommand.make(common, logs, seed, 14, 4, events, LocalDate.parse("2019-03-04"));
        Reading reading = new Reading();
        for (String org : list(logs)) {
            reading.paths.add(logs.resolve(org).toString());
        }
        reading.partiesFile = logs.resolve("parties.yaml");
        common.home = folder.resolve("home");
        Detection detection = new Detection();
        detection.indicatorFiles.add(logs.resolve("indicators.csv"));
        Investigation.Outcome outcome = Investigation.run(common, reading, detection, folder.resolve("report"));
        Investigation.print(common, outcome);
        common.note("What really happened is in " + logs.resolve("truth.json") + ": clients hit "
                + String.join(", ", truth.clientsHit().stream().sorted().toList()) + ".");
        return Exit.DONE;
    }

    private static List<String> list(Path logs) throws java.io.IOException {
        try (var inside = Files.list(logs)) {
            return inside.filter(Files::isDirectory)
                    .map(p -> p.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
