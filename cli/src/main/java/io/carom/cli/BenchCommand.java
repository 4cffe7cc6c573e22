package io.carom.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `carom bench`: the project's own benchmarks by name.
@Command(
        name = "bench",
        description = "The project's own benchmarks by name.",
        subcommands = {BenchTracingCommand.class, BenchHuntCommand.class},
        mixinStandardHelpOptions = true)
final class BenchCommand implements Runnable {
    @Spec
    @org.jspecify.annotations.Nullable
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(java.util.Objects.requireNonNull(spec).commandLine(), "bench: say which: tracing, hunt");
    }
}
