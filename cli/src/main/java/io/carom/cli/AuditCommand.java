package io.carom.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `carom audit`: who read and changed what.
@Command(
        name = "audit",
        header = {
            "The audit log of the server: who read what of whom, and who changed what.",
            "",
            "  carom audit verify",
            "  carom audit verify --json",
            ""
        },
        subcommands = AuditVerifyCommand.class,
        mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Override
    public Integer call() {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        throw new CommandLine.ParameterException(program, "say what to do: verify");
    }
}
