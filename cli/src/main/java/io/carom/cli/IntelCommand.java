package io.carom.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What is known of intruders.
@Command(
        name = "intel",
        header = {
            "What is known of intruders: indicators and patterns.",
            "",
            "  carom intel add partner.stix.json --source \"Partner CERT\"",
            "  carom intel match patterns.ndjson --json",
            "  jq -c '{pattern, observed: [.data], spec: \"2.1\"}' seen.json | carom intel match - --json",
            ""
        },
        subcommands = {
            IntelAddCommand.class,
            IntelPollCommand.class,
            IntelListCommand.class,
            IntelRemoveCommand.class,
            IntelExportCommand.class,
            IntelMatchCommand.class
        },
        mixinStandardHelpOptions = true)
final class IntelCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine program = java.util.Objects.requireNonNull(spec).commandLine();
        throw new CommandLine.ParameterException(program, "which of its commands? \"carom help intel\" lists them");
    }
}
