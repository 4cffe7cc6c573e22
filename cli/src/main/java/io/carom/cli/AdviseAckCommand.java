package io.carom.cli;

import io.carom.advise.AdviseStore;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A client said that it has its package.
@Command(
        name = "ack",
        header = {
            "Notes who at a client has its package, and since when; it is not reminded any more.",
            "",
            "  carom advise ack acme --by \"Eva Holm\"",
            "  carom advise ack acme --by \"Eva Holm\" --at 2026-03-02T10:00Z --note \"by telephone\"",
            ""
        },
        mixinStandardHelpOptions = true)
final class AdviseAckCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "CLIENT", description = "The client.")
    String client = "";

    @Option(names = "--by", required = true, paramLabel = "NAME", description = "Who at the client has it.")
    String by = "";

    @Option(names = "--at", paramLabel = "TIME", description = "Since when (default: now).")
    @Nullable
    String at;

    @Option(names = "--package", paramLabel = "ID", description = "Which package (default: the latest).")
    @Nullable
    String id;

    @Option(names = "--note", paramLabel = "TEXT", description = "What is to be remembered of it.")
    String note = "";

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        Instant when = Instant.now();
        if (at != null) {
            try {
                when = Times.of(at);
            } catch (DateTimeException e) {
                throw new CommandLine.ParameterException(
                        program, "--at: \"" + Shown.text(at, 60) + "\" is no time; expected 2026-03-02T10:00Z");
            }
        }
        try (AdviseStore store = AdviseStore.open(common.home())) {
            List<AdviseStore.State> states = store.states(client).stream()
                    .filter(s -> id == null || s.id().equals(id))
                    .toList();
            if (states.isEmpty()) {
                throw new IOException("no package " + (id == null ? "" : Shown.text(id, 60) + " ") + "was sent to \""
                        + Shown.text(client, 64) + "\"; \"carom advise status\" lists them");
            }
            store.acknowledge(client, states.getFirst().id(), by, when, note);
        }
        // The state now, in the form of the command that shows it.
        AdviseStatusCommand status = new AdviseStatusCommand();
        status.common = common;
        status.client = client;
        return status.call();
    }
}
