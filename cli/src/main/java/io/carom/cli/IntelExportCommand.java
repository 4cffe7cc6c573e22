package io.carom.cli;

import io.carom.intel.IntelExport;
import io.carom.intelstore.IntelStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Intelligence for other programs.
@Command(
        name = "export",
        header = {
            "Writes the kept indicators for other programs.",
            "",
            "  carom intel export --to stix --tlp amber --out partner.stix.json",
            "  carom intel export --to rpz > rpz.zone",
            ""
        },
        mixinStandardHelpOptions = true)
final class IntelExportCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Mixin
    IntelSelection selection = new IntelSelection();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FORMAT",
            description = "stix, misp, csv, zeek, suricata, suricata-dataset, snort, sigma, rpz, blocklist, defender,"
                    + " crowdstrike.")
    String to = "";

    @Option(names = "--out", paramLabel = "FILE", description = "Where to (default: standard output).")
    @Nullable
    Path file;

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        IntelExport format = IntelExport.labelled(to);
        if (format == null) {
            throw new CommandLine.ParameterException(
                    program,
                    "--to: no format is named \"" + to + "\"; expected " + String.join(", ", IntelExport.labels()));
        }
        IntelExport.Written written = format.write(
                selection.of(common).stream().map(IntelStore.Kept::indicator).toList(), Instant.now());
        Path out = file;
        if (out == null) {
            common.out().print(written.text());
            common.out().flush();
        } else {
            Files.writeString(out, written.text());
        }
        written.left().forEach((why, n) -> common.note("left out " + Shown.count(n) + ": " + Shown.text(why, 200)));
        return Exit.DONE;
    }
}
