package io.carom.cli;

import io.carom.mailnet.Network;
import io.carom.mailnet.store.MailStore;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Legal hold.
@Command(
        name = "hold",
        header = {
            "Keeps a member's mail from being removed, by the member or by retention; without an address lists the holds.",
            "",
            "  carom mail network hold eva@northgate.example --reason \"case 2026-14\"",
            "  carom mail network hold all --reason \"regulator\"",
            "  carom mail network hold --release 3",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkHoldCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(arity = "0..1", paramLabel = "ADDRESS", description = "Whose; all for everybody's.")
    @Nullable
    String address;

    @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = "Why; is asked for.")
    String reason = "";

    @Option(names = "--release", paramLabel = "N", description = "Ends the hold of that number.")
    @Nullable
    Long release;

    @Override
    public Integer call() throws Exception {
        CommandLine program = MailNetworkText.program(common);
        if (address != null && release != null) {
            throw new CommandLine.ParameterException(program, "an address or --release, not both");
        }
        if (address != null && reason.isBlank()) {
            throw new CommandLine.ParameterException(program, "--reason: a hold needs one");
        }
        try (Network network = Network.open(common.home(), InstantSource.system())) {
            if (release != null && !network.store().release(release)) {
                throw new IOException("there is no hold " + release + " that still holds");
            }
            if (address != null) {
                String whose = address.equals("all")
                        ? "*"
                        : MailNetworkText.address(common, address).toString();
                network.store().hold(whose, reason);
            }
            for (MailStore.Hold hold : network.store().holds()) {
                tell(hold);
            }
        }
        return Exit.DONE;
    }

    private void tell(MailStore.Hold hold) {
        String whose = hold.address().equals("*") ? "all" : hold.address();
        Instant released = hold.released();
        if (common.json) {
            ObjectNode line = new ObjectMapper().createObjectNode();
            line.put("hold", hold.id())
                    .put("address", whose)
                    .put("reason", hold.reason())
                    .put("since", hold.made().toString())
                    .put("released", released == null ? null : released.toString());
            common.out().println(line);
        } else {
            common.out()
                    .println(hold.id() + "  " + whose + "  since " + hold.made()
                            + (released == null ? "" : " until " + released) + "  " + Shown.text(hold.reason(), 200));
        }
    }
}
