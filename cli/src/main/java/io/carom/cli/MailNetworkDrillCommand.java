package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.config.ConfigException;
import io.carom.mailnet.Network;
import io.carom.mailnet.drill.Drill;
import io.carom.mailnet.drill.Rehearsal;
import io.carom.party.Party;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// How long until everybody has answered.
@Command(
        name = "drill",
        header = {
            "Measures how long it takes from \"our mail is owned\" until everybody has acknowledged.",
            "",
            "  carom mail network drill --wait 30m",
            "  carom mail network drill --status --json",
            "  carom mail network drill --rehearse 20",
            "",
            "Without --rehearse every member of this network gets an encrypted mail that says that it is a drill; whoever",
            "answers it, with any program, has acknowledged. --rehearse troubles nobody: it makes a whole network in a",
            "temporary folder and plays the members itself, so that what is left to people is all that is not measured.",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkDrillCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Option(
            names = "--rehearse",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "0",
            description = "With so many" + " members of its own; without a number one for each client in parties.yaml.")
    @Nullable
    Integer rehearse;

    @Mixin
    KnownParties knownParties = new KnownParties();

    @Option(names = "--status", description = "Only who has answered the latest drill, and when.")
    boolean status;

    @Option(names = "--note", paramLabel = "TEXT", defaultValue = "", description = "Added to what members are told.")
    String note = "";

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "Waits so long for all answers; exits with 1 if one is missing.")
    @Nullable
    String wait;

    @Override
    public Integer call() throws Exception {
        if (rehearse != null) {
            return rehearse(rehearse);
        }
        Duration most = wait == null ? Duration.ZERO : MailNetworkText.time(common, "--wait", wait);
        try (Network network = Network.open(common.home(), InstantSource.system())) {
            String name = status ? Drill.latest(network) : Drill.begin(network, note);
            if (name == null) {
                throw new IOException("there was no drill yet: carom mail network drill");
            }
            Instant end = Instant.now().plus(most);
            List<Drill.Answer> answers = Drill.answers(network, name);
            while (Instant.now().isBefore(end) && answers.stream().anyMatch(a -> a.answered() == null)) {
                Thread.sleep(500);
                answers = Drill.answers(network, name);
            }
            tell(answers);
            boolean missing = answers.stream().anyMatch(a -> a.answered() == null);
            return missing && wait != null ? Exit.FAILED : Exit.DONE;
        }
    }

    private void tell(List<Drill.Answer> answers) {
        Duration longest = Duration.ZERO;
        int answered = 0;
        for (Drill.Answer one : answers) {
            Instant at = one.answered();
            Duration took = at == null ? null : Duration.between(one.sent(), at);
            if (took != null) {
                answered++;
                longest = took.compareTo(longest) > 0 ? took : longest;
            }
            if (common.json) {
                ObjectNode line = JSON.createObjectNode();
                line.put("drill", one.about())
                        .put("address", one.address().toString())
                        .put("told", one.sent().toString())
                        .put("acknowledged", at == null ? null : at.toString())
                        .put("seconds", took == null ? null : took.toMillis() / 1000.0);
                common.out().println(line);
            } else {
                common.out()
                        .println(one.address() + "  "
                                + (took == null ? "has not answered" : Shown.seconds(took.toMillis() / 1000.0)));
            }
        }
        common.note(answered + " of " + answers.size() + " have acknowledged"
                + (answered == answers.size() && answered > 0
                        ? ", the last after " + Shown.seconds(longest.toMillis() / 1000.0)
                        : ""));
    }

    private Integer rehearse(int members) throws IOException, ConfigException {
        CommandLine program = MailNetworkText.program(common);
        if (members < 0 || members > 1_000) {
            throw new CommandLine.ParameterException(program, "--rehearse: expected 1 to 1000 members");
        }
        List<String> clients = members == 0 ? clients() : new ArrayList<>();
        for (int i = 1; i <= members; i++) {
            clients.add("client " + i);
        }
        Path folder = Files.createTempDirectory("carom-rehearsal");
        try {
            for (Rehearsal.Step step : Rehearsal.of(clients, folder)) {
                double seconds = step.after().toMillis() / 1000.0;
                if (common.json) {
                    ObjectNode line = JSON.createObjectNode();
                    line.put("step", step.what()).put("client", step.client()).put("seconds", seconds);
                    common.out().println(line);
                } else {
                    common.out()
                            .println(String.format(Locale.ROOT, "%8.2f s  ", seconds)
                                    + step.what()
                                    + (step.client().isEmpty() ? "" : "  " + Shown.text(step.client(), 100)));
                }
            }
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
        return Exit.DONE;
    }

    private List<String> clients() throws IOException, ConfigException {
        List<String> names = new ArrayList<>();
        try (Cases cases = Cases.open(common.home())) {
            for (Party party : knownParties.of(common, cases).parties()) {
                if (party.role() == Party.Role.CLIENT) {
                    names.add(party.name());
                }
            }
        }
        if (names.isEmpty()) {
            throw new IOException("no clients are declared in " + common.home().resolve("parties.yaml")
                    + "; give a number: --rehearse 20");
        }
        return names;
    }
}
