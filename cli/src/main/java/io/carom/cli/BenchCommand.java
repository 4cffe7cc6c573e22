package io.carom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `carom bench`: the project's own benchmarks by name.
@Command(
        name = "bench",
        header = {
            "The project's own benchmarks by name.",
            "",
            "  carom bench ingest --events 10000000",
            "  carom bench tracing --seeds 1-40",
            "  carom bench hunt --made 10000000",
            "  carom bench taxii --objects 1000000",
            "  carom bench mail corpus.tar.gz",
            "  carom bench pages --home breach/home",
            "  carom bench mail-network --senders 8 --mails 500",
            "",
            "Those that need the project's sources, with the peers found on the machine beside them:",
            "scripts/bench, which lists them.",
            ""
        },
        subcommands = {
            BenchTracingCommand.class,
            BenchIngestCommand.class,
            BenchReadersCommand.class,
            BenchHuntCommand.class,
            BenchTaxiiCommand.class,
            BenchMailCommand.class,
            BenchMailNetworkCommand.class,
            BenchServeCommand.class,
            BenchPagesCommand.class
        },
        mixinStandardHelpOptions = true)
final class BenchCommand implements Runnable {
    @Spec
    @org.jspecify.annotations.Nullable
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                java.util.Objects.requireNonNull(spec).commandLine(),
                "bench: say which: ingest, readers, tracing, hunt, taxii, mail, mail-network, serve or pages");
    }
}
