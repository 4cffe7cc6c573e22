package io.carom.cli;

import io.carom.scenario.ScenarioMaker;
import io.carom.scenario.ScenarioOptions;
import io.carom.scenario.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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
            "  carom scenario --seed 7 --out /tmp/poor --drop 0.1 --without dns,proxy --skew 5m",
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

    @Option(
            names = "--drop",
            defaultValue = "0",
            paramLabel = "SHARE",
            description = "Share of the records that never reached their log, 0 to 0.9 (default ${DEFAULT-VALUE}).")
    double drop;

    @Option(
            names = "--without",
            split = ",",
            paramLabel = "SOURCE",
            description = {
                "What nobody collected: cloud, dhcp, dns, firewall, linux, mail, network, proxy, remote-support, vpn,",
                "web, windows."
            })
    Set<String> without = new LinkedHashSet<>();

    @Option(
            names = "--skew",
            defaultValue = "0s",
            paramLabel = "TIME",
            description = {
                "How far each product's clock may be off either way: 30s, 5m, 2h.",
                "Default: most are right to two seconds, one in five is some minutes off."
            })
    String skew = "0s";

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "A new or empty folder.")
    @Nullable
    Path out;

    @Override
    public Integer call() throws Exception {
        Path folder = Objects.requireNonNull(out);
        Truth truth = make(
                common,
                folder,
                () -> new ScenarioOptions(
                        seed, days, clients, events, folder, midnight(start), drop, without, duration(skew)));
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

    /// A scenario with every record, every source and ordinary clocks.
    static Truth make(Common common, Path folder, long seed, int days, int clients, long events, LocalDate start)
            throws IOException {
        return make(common, folder, () -> new ScenarioOptions(seed, days, clients, events, folder, midnight(start)));
    }

    /// @param asked gives the options, or says by an {@link IllegalArgumentException} what is wrong with them
    static Truth make(Common common, Path folder, Supplier<ScenarioOptions> asked) throws IOException {
        if (Files.exists(folder)) {
            try (var inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new IOException(folder + " is not empty; name a new folder");
                }
            }
        }
        ScenarioOptions options;
        try {
            options = asked.get();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(common.spec).commandLine(), String.valueOf(e.getMessage()));
        }
        long started = System.nanoTime();
        long[] shown = {started};
        return ScenarioMaker.make(options, written -> {
            if (System.nanoTime() - shown[0] > 5_000_000_000L) {
                shown[0] = System.nanoTime();
                double seconds = (shown[0] - started) / 1e9;
                common.note("writing: " + Shown.count(written) + " of about " + Shown.count(options.events())
                        + " records, " + Shown.count((long) (written / seconds)) + "/s");
            }
        });
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /// `30s`, `5m` or `2h`.
    static Duration duration(String text) {
        if (!text.matches("\\d{1,6}[smh]")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no time; expected a number and s, m or h, such as 5m");
        }
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(number);
            case 'm' -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}
