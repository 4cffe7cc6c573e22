package io.carom.cli;

import io.carom.config.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `carom help COMMAND`, however deep the command is: `carom help intel add`.
@Command(
        name = "help",
        helpCommand = true,
        header = {
            "How a command is used: examples, then its options. Without one, which there are.",
            "",
            "  carom help investigate",
            "  carom help intel add",
            ""
        },
        mixinStandardHelpOptions = true)
final class HelpForCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command, with those it belongs to.")
    List<String> names = new ArrayList<>();

    @Override
    public Integer call() {
        CommandLine own = Objects.requireNonNull(spec).commandLine();
        CommandLine at = Objects.requireNonNull(own.getParent());
        for (String name : names) {
            CommandLine next = at.getSubcommands().get(name);
            if (next == null) {
                throw new CommandLine.ParameterException(
                        at,
                        "there is no command \"" + String.join(" ", names) + "\"."
                                + Suggestion.of(name, at.getSubcommands().keySet()));
            }
            at = next;
        }
        at.usage(own.getOut());
        return Exit.DONE;
    }
}
