package io.carom.cli;

import io.carom.mailnet.enrol.Membership;
import io.carom.mailnet.identity.Words;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// Joins a network, on the member's side.
@Command(
        name = "join",
        header = {
            "Joins a network by its invitation: makes a key here, which never leaves this machine, and has it certified.",
            "",
            "  carom mail network join 'https://mail.northgate.example:8444/join/CODE#FINGERPRINT' --out ~/mail",
            "  neomutt -F ~/mail/muttrc",
            "",
            "Programs with a window take member.p12 (its password is in member.p12.password) and ca.crt.",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkJoinCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "LINK", description = "The invitation, whole.")
    String link = "";

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The member's folder, which is made.")
    Path out = Path.of(".");

    @Override
    public Integer call() throws Exception {
        Membership joined = Membership.join(link, out);
        joined.refresh();
        String words = Words.of(joined.text("fingerprint"));
        if (common.json) {
            ObjectNode line = joined.settings().deepCopy();
            line.put("folder", out.toString()).put("words", words);
            common.out().println(line);
            return Exit.DONE;
        }
        common.out().println(joined.address() + ": joined; all of it is in " + out);
        common.out().println("the network's authority in words: " + words);
        joined.shown().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(e -> common.out().println(e.getKey() + ": " + e.getValue()));
        if (!joined.text("totp").isEmpty()) {
            common.out()
                    .println("password: " + joined.text("password") + " and behind it the six digits of the moment");
            common.out().println("for an authenticator: " + joined.text("totp_uri"));
        }
        common.note("compare the words by telephone with whoever invited you before you write anything");
        return Exit.DONE;
    }
}
