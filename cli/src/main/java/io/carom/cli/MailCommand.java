package io.carom.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Mail: phishing seen through, and a network of one's own.
@Command(
        name = "mail",
        header = {
            "Mail: phishing seen through, and a network of one's own where the company's cannot be trusted.",
            "",
            "  carom mail scan suspicious.eml",
            "  carom mail scan --parties parties.yaml --fail-on phishing --json reported/",
            "  carom mail network init northgate.example --host mail.northgate.example",
            "  carom mail network start",
            ""
        },
        subcommands = {
            MailScanCommand.class,
            MailStoryCommand.class,
            MailTrainCommand.class,
            MailMakeCommand.class,
            MailNetworkCommand.class
        },
        mixinStandardHelpOptions = true)
final class MailCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine program = java.util.Objects.requireNonNull(spec).commandLine();
        throw new CommandLine.ParameterException(program, "which of its commands? \"carom help mail\" lists them");
    }
}
