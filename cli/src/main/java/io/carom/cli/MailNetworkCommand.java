package io.carom.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The private mail network.
@Command(
        name = "network",
        header = {
            "A mail network apart from every other system: members by invitation, encrypted mail only, nobody else.",
            "",
            "  carom mail network init northgate.example --host mail.northgate.example --listen 0.0.0.0",
            "  carom mail network start",
            "  carom mail network invite eva@northgate.example --name \"Eva Holm\"",
            "  carom mail network join LINK --out ~/mail",
            "  carom mail network revoke eva@northgate.example --reason \"laptop stolen\"",
            "",
            "Members read with any IMAP program and write by SMTP submission, both in TLS 1.3, and sign in with a",
            "certificate whose key never leaves them. docs/mail-network.md has the whole of it.",
            ""
        },
        subcommands = {
            MailNetworkInitCommand.class,
            MailNetworkStartCommand.class,
            MailNetworkInviteCommand.class,
            MailNetworkJoinCommand.class,
            MailNetworkListCommand.class,
            MailNetworkRevokeCommand.class,
            MailNetworkRefreshCommand.class,
            MailNetworkAuditCommand.class
        },
        mixinStandardHelpOptions = true)
final class MailNetworkCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine program = java.util.Objects.requireNonNull(spec).commandLine();
        throw new CommandLine.ParameterException(
                program, "which of its commands? \"carom mail network --help\" lists them");
    }
}
