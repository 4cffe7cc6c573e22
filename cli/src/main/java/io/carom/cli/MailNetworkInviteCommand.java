package io.carom.cli;

import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.identity.Members;
import io.carom.mailnet.identity.Words;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Invites members.
@Command(
        name = "invite",
        header = {
            "Makes a link by which somebody joins, once. Give it by a way that the intruders do not read.",
            "",
            "  carom mail network invite eva@northgate.example --name \"Eva Holm\"",
            "  carom mail network invite tom@northgate.example --totp --expires 2h",
            "",
            "Whoever is a member already and joins again has one key afterwards, the new one.",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkInviteCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(arity = "1..*", paramLabel = "ADDRESS", description = "Who.")
    List<String> addresses = new ArrayList<>();

    @Option(names = "--name", paramLabel = "NAME", description = "What people call that member; for one address alone.")
    String name = "";

    @Option(
            names = "--totp",
            description = "May also sign in with a password and a one-time code, for programs without certificates.")
    boolean totp;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            defaultValue = "24h",
            description = "The link is good for so long (default ${DEFAULT-VALUE}).")
    String expires = "";

    @Override
    public Integer call() throws Exception {
        if (!name.isEmpty() && addresses.size() > 1) {
            throw new CommandLine.ParameterException(
                    MailNetworkText.program(common), "--name is one member's; there are " + addresses.size());
        }
        List<Address> all =
                addresses.stream().map(a -> MailNetworkText.address(common, a)).toList();
        var good = MailNetworkText.time(common, "--expires", expires);
        try (Network network = Network.open(common.home(), InstantSource.system())) {
            String words = Words.of(network.authority().fingerprint());
            for (Address address : all) {
                Members.Invitation invitation = network.members().invite(address, name, totp, good);
                String link = network.link(invitation, network.membersPort());
                if (common.json) {
                    ObjectNode line = new ObjectMapper().createObjectNode();
                    line.put("address", address.toString())
                            .put("link", link)
                            .put("expires", invitation.expires().toString())
                            .put("words", words);
                    common.out().println(line);
                } else {
                    common.out().println(address + "  " + link);
                }
            }
            common.note("read to them by telephone, to be compared when they join: " + words);
        }
        return Exit.DONE;
    }
}
