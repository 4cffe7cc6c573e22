package io.carom.cli;

import io.carom.home.HomeLayout;
import io.carom.scenario.Truth;
import io.carom.server.CaromServer;
import io.carom.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
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
            "Makes a supplier breach of about a million events, investigates it, and shows it in the dashboard.",
            "",
            "  carom demo",
            "  carom demo --seed 12 --events 200000 --no-serve",
            "",
            "Logs and report go to a temporary folder, and so does the home unless --home names a new one.",
            ""
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
    private static final int PORT = 8480;

    @Mixin
    Common common = new Common();

    @Option(names = "--seed", defaultValue = "7", description = "Which breach (default ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--events", defaultValue = "1000000", description = "About how many (default ${DEFAULT-VALUE}).")
    long events;

    @Option(names = "--no-serve", description = "Stop before the dashboard.")
    boolean noServe;

    @Override
    public Integer call() throws Exception {
        Path named = common.home;
        if (named != null && HomeLayout.of(named) != HomeLayout.NONE) {
            throw new IOException(
                    named + " is a home already, and a demo makes one of its own: name a new folder, or leave"
                            + " out --home");
        }
        Path folder = Files.createTempDirectory("carom-demo");
        Path logs = folder.resolve("logs");
        common.note("making a breach in " + logs);
        Truth truth = ScenarioCommand.make(common, logs, seed, 14, 4, events, LocalDate.parse("2019-03-04"));
        Reading reading = new Reading();
        for (String org : list(logs)) {
            reading.paths.add(logs.resolve(org).toString());
        }
        reading.partiesFile = logs.resolve("parties.yaml");
        common.home = named != null ? named : folder.resolve("home");
        HomeLayout.begin(common.home(), Version.text());
        Detection detection = new Detection();
        detection.indicatorFiles.add(logs.resolve("indicators.csv"));
        Investigation.Outcome outcome = Investigation.run(common, reading, detection, folder.resolve("report"));
        Investigation.print(common, outcome);
        common.note("What really happened is in " + logs.resolve("truth.json") + ": clients hit "
                + String.join(", ", truth.clientsHit().stream().sorted().toList()) + ".");
        if (!noServe) {
            serve(common.home());
        }
        return Exit.DONE;
    }

    /// Shows what was found until it is told to stop. On this machine alone, and without TLS: a browser
    /// that knows nothing of this home would warn of its certificate.
    private void serve(Path home) throws Exception {
        CaromServer server;
        try {
            server = CaromServer.start(options(home, PORT));
        } catch (IOException e) {
            // Something else has that port.
            server = CaromServer.start(options(home, 0));
        }
        server.network(new MailNetworkWay(home));
        StopSignal stop = new StopSignal();
        common.out().flush();
        String address = server.enter("demo").toString();
        if (common.json) {
            common.note("Dashboard: " + address);
        } else {
            common.out().println("Dashboard: " + address);
            common.out().flush();
        }
        common.note(
                "That address lets you in once. Ctrl-C stops the dashboard; what was found is kept in " + home + ".");
        stop.await();
        server.close();
    }

    private static ServerOptions options(Path home, int port) {
        return new ServerOptions(home, "127.0.0.1", port, false, null, null, List.of(), InstantSource.system());
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
