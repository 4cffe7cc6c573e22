package io.carom.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Sigma rules, before they are let loose on logs.
@Command(
        name = "rules",
        header = {
            "Loads, checks and tries Sigma rules, and tells which of them can ever fire.",
            "",
            "  carom rules check my-rules/",
            "  carom rules coverage --layer coverage.json sigma/rules",
            ""
        },
        subcommands = {
            RulesListCommand.class,
            RulesCheckCommand.class,
            RulesTestCommand.class,
            RulesCoverageCommand.class
        },
        mixinStandardHelpOptions = true)
final class RulesCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "rules: say what to do: list, check, test or coverage");
    }
}
