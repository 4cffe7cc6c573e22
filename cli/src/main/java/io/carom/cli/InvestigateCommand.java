package io.carom.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Were we touched, how, and by way of whom?
@Command(
        name = "investigate",
        header = {
            "Reads logs, keeps them, looks for indicators, groups what is found into incidents, writes a report.",
            "",
            "  carom investigate --indicators iocs.csv --rules sigma/rules logs/",
            "  carom investigate --parties parties.yaml --indicators iocs.csv --out case-17 acme.zip northgate.tar.gz",
            ""
        },
        mixinStandardHelpOptions = true)
final class InvestigateCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Mixin
    Reading reading = new Reading();

    @Mixin
    Detection detection = new Detection();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Where report.html, incidents.json, bundle.stix.json and findings.ndjson go (default: carom-report).")
    Path out = Path.of("carom-report");

    @Override
    public Integer call() throws Exception {
        detection.check(common);
        detection.kept = true;
        Investigation.Outcome outcome = Investigation.run(common, reading, detection, out);
        Investigation.print(common, outcome);
        int worst = outcome.incidents().stream()
                .mapToInt(i -> Detection.severity(i.severity()))
                .max()
                .orElse(0);
        return detection.exit(Reading.tell(common, outcome.inputs()), worst);
    }
}
