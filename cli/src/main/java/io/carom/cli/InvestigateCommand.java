package io.carom.cli;

import io.carom.incident.Incident;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Were we touched, how, and by way of whom?
@Command(
        name = "investigate",
        header = {
            "Reads logs, keeps them, looks for indicators, groups what is found into incidents, writes a report.",
            "",
            "  carom investigate --indicators iocs.csv logs/",
            "  carom investigate --parties parties.yaml --indicators iocs.csv --out case-17 acme.zip northgate.tar.gz",
            ""
        },
        mixinStandardHelpOptions = true)
final class InvestigateCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Mixin
    Reading reading = new Reading();

    @Option(names = "--indicators", paramLabel = "FILE", description = "Indicators to look for: a list or CSV.")
    List<Path> indicators = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where report.html, incidents.json, bundle.stix.json and findings.ndjson go (default: carom-report).")
    Path out = Path.of("carom-report");

    @Option(
            names = "--fail-on",
            paramLabel = "LEVEL",
            description = "Exit with 10 if an incident is this severe: informational, low, medium, high, critical.")
    @Nullable
    String failOn;

    @Override
    public Integer call() throws Exception {
        Investigation.Outcome outcome = Investigation.run(common, reading, indicators, out);
        Investigation.print(common, outcome);
        int exit = Reading.tell(common, outcome.inputs());
        String level = failOn;
        if (level != null) {
            Incident.Severity bar = Incident.Severity.valueOf(level.toUpperCase(Locale.ROOT));
            boolean reached =
                    outcome.incidents().stream().anyMatch(i -> i.severity().ordinal() >= bar.ordinal());
            return reached ? Exit.FOUND : exit;
        }
        return exit;
    }
}
