package io.carom.cli;

import io.carom.mailnet.drill.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the private mail network takes.
@Command(
        name = "mail-network",
        header = {
            "Sends mails to a private mail network made for it, as fast as it says that each is on the disk. Sender and",
            "server share this process and its processors.",
            "",
            "  carom bench mail-network --senders 8 --mails 500",
            "  carom bench mail-network --size 5000000 --mails 10 --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class BenchMailNetworkCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Option(names = "--senders", defaultValue = "8", description = "Sessions at once (default ${DEFAULT-VALUE}).")
    int senders;

    @Option(names = "--mails", defaultValue = "500", description = "Of each session (default ${DEFAULT-VALUE}).")
    int mails;

    @Option(names = "--size", defaultValue = "10000", description = "Bytes of each text (default ${DEFAULT-VALUE}).")
    int size;

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(common.home());
        Path folder = Files.createTempDirectory(common.home(), "bench-mail-network");
        try {
            Load.Figures figures = Load.of(folder, senders, mails, size);
            double perSecond = figures.mails() / (figures.took().toNanos() / 1e9);
            ObjectNode line = new ObjectMapper().createObjectNode();
            line.put("senders", senders)
                    .put("mails", figures.mails())
                    .put("bytes", figures.size())
                    .put("started_ms", figures.started().toMillis())
                    .put("mails_a_second", rounded(perSecond))
                    .put("mb_a_second", rounded(perSecond * figures.size() / 1e6))
                    .put("median_ms", rounded(figures.percentile(0.5)))
                    .put("p99_ms", rounded(figures.percentile(0.99)))
                    .put("processor_ms_a_mail", rounded(figures.processor().toNanos() / 1e6 / figures.mails()))
                    .put("resident_mb", resident());
            common.out().println(line);
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
        return Exit.DONE;
    }

    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.2f", value));
    }

    /// Of this process; -1 where the system does not say.
    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return -1;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
            }
        }
        return -1;
    }
}
