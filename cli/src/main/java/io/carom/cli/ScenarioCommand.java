package io.carom.cli;

import io.carom.scenario.ScenarioMaker;
import io.carom.scenario.ScenarioOptions;
import io.carom.scenario.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Makes logs with an intrusion in them.
@Command(
        name = "scenario",
        header = {
            "Writes native logs of many products with an intrusion through a supplier in them, and truth.json.",
            "",
            "  carom scenario --seed 7 --days 14 --clients 5 --events 1000000 --out /tmp/breach",
            "  carom scenario --seed 8 --days 90 --clients 12 --events 100000000 --out /tmp/load --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class ScenarioCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Option(names = "--seed", required = true, description = "Decides every choice.")
    long seed;

    @Option(names = "--days", defaultValue = "14", description = "How long it lasts (default ${DEFAULT-VALUE}).")
    int days;

    @Option(
            names = "--clients",
            defaultValue = "4",
            description = "How many the supplier has (default ${DEFAULT-VALUE}).")
    int clients;

    @Option(names = "--events", defaultValue = "1000000", description = "About how many (default ${DEFAULT-VALUE}).")
    long events;

    @Option(names = "--start", defaultValue = "2019-03-04", description = "First day (default ${DEFAULT-VALUE}).")
    LocalDate start = LocalDate.EPOCH;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "A new or empty folder.")
    @Nullable
    Path out;

    @Override
    public Integer call() throws Exception {
        Path folder = java.util.Objects.requireNonNull(out);
        Truth truth = make(common, folder, seed, days, clients, events, start);
        if (common.json) {
            common.out().print(Files.readString(folder.resolve("truth.json")));
            common.out().flush();
        } else {
            common.out()
                    .println("clients hit: "
                            + String.join(
                                    ", ", truth.clientsHit().stream().sorted().toList())
                            + "; not hit: "
                            + String.join(
                                    ", ",
                                    truth.clientsSpared().stream().sorted().toList()) + "; "
                            + Shown.count(truth.records().size()) + " records of the intrusion; " + folder);
        }
        return Exit.DONE;
    }

    static Truth make(Common common, Path folder, long seed, int days, int clients, long events, LocalDate start)
            throws IOException {
        if (Files.exists(folder)) {
            try (var inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new IOException(folder + " is not empty; name a new folder");
                }
            }
        }
        ScenarioOptions options;
        try {
            Instant midnight = start.atStartOfDay(ZoneOffset.UTC).toInstant();
            options = new ScenarioOptions(seed, days, clients, events, folder, midnight);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    java.util.Objects.requireNonNull(common.spec).commandLine(), String.valueOf(e.getMessage()));
        }
        long started = System.nanoTime();
        long[] shown = {started};
        Truth truth = ScenarioMaker.make(options, written -> {
            if (System.nanoTime() - shown[0] > 5_000_000_000L) {
                shown[0] = System.nanoTime();
                double seconds = (shown[0] - started) / 1e9;
                common.note("writing: " + Shown.count(written) + " of about " + Shown.count(events) + " records, "
                        + Shown.count((long) (written / seconds)) + "/s");
            }
        });
        return truth;
    }
}
