package io.carom.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Who may ask the server.
@Command(
        name = "account",
        header = {
            "Who may ask the server, and how they show who they are.",
            "",
            "  carom serve account add acme-siem --client acme --write",
            "  carom serve account add acme-siem --client acme --token --expires 90d --scope read",
            "  carom serve account add partner --tlp green --new-certificate partner.pem",
            "  carom serve account list --json",
            "  carom serve account remove acme-siem",
            ""
        },
        subcommands = {ServeAccountAddCommand.class, ServeAccountListCommand.class, ServeAccountRemoveCommand.class},
        mixinStandardHelpOptions = true)
final class ServeAccountCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine program = Objects.requireNonNull(spec).commandLine();
        throw new CommandLine.ParameterException(
                program, "which of its commands? \"carom serve account --help\" lists them");
    }
}
