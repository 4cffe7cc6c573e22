package io.carom.cli;

import io.carom.scenario.MailScenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;

/// Makes mails to try `mail scan` on.
@Command(
        name = "make",
        header = {
            "Writes phish of ten kinds and benign mails of the same senders, with DNS answers and the truth.",
            "",
            "  carom mail make --seed 7 --out /tmp/mails",
            "  carom mail make --seed 8 --phish 300 --benign 1000 --out /tmp/mails --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailMakeCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Option(names = "--seed", required = true, description = "Decides every choice.")
    long seed;

    @Option(names = "--phish", defaultValue = "200", description = "How many (default ${DEFAULT-VALUE}).")
    int phish;

    @Option(names = "--benign", defaultValue = "1000", description = "How many (default ${DEFAULT-VALUE}).")
    int benign;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where they go: a new or empty folder.")
    Path out = Path.of("");

    @Override
    public Integer call() throws Exception {
        if (Files.isDirectory(out)) {
            try (Stream<Path> in = Files.list(out)) {
                if (in.findAny().isPresent()) {
                    throw new IOException(out + ": there is something in it; give a new or empty folder");
                }
            }
        }
        MailScenario.write(seed, phish, benign, out);
        if (common.json) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("phish", phish);
            line.put("benign", benign);
            line.put("out", out.toString());
            common.out().println(JSON.writeValueAsString(line));
        } else {
            common.note(Shown.count(phish) + " phish and " + Shown.count(benign) + " benign mails; " + out);
        }
        return Exit.DONE;
    }
}
