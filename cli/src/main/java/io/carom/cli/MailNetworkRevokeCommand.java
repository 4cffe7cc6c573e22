package io.carom.cli;

import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Address;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;

/// Takes members out.
@Command(
        name = "revoke",
        header = {
            "Takes somebody out at once: nothing is accepted from or shown to that member any more, open sessions end",
            "within a second. Mail that the member has stays until it is removed.",
            "",
            "  carom mail network revoke eva@northgate.example --reason \"laptop stolen\"",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkRevokeCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(arity = "1..*", paramLabel = "ADDRESS", description = "Who.")
    List<String> addresses = new ArrayList<>();

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Why, for the audit log.")
    String reason = "";

    @Override
    public Integer call() throws Exception {
        List<Address> all =
                addresses.stream().map(a -> MailNetworkText.address(common, a)).toList();
        try (Network network = Network.open(common.home(), InstantSource.system())) {
            for (Address address : all) {
                if (!network.members().revoke(address, reason)) {
                    throw new IOException(
                            address + " is no member and not invited; \"carom mail network list\" shows who is");
                }
                if (common.json) {
                    common.out()
                            .println(new ObjectMapper()
                                    .createObjectNode()
                                    .put("address", address.toString())
                                    .put("state", "revoked"));
                } else {
                    common.out().println(address + ": revoked");
                }
            }
        }
        return Exit.DONE;
    }
}
