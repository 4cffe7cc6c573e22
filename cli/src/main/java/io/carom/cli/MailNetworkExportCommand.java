package io.carom.cli;

import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.store.MailStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A member's mail, for a court.
@Command(
        name = "export",
        header = {
            "Writes a member's mail as files, encrypted as it is, with what the member deleted and a hold or the sweep's",
            "delay still keeps. That it was done is in the audit log.",
            "",
            "  carom mail network export eva@northgate.example --out case-2026-14",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkExportCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "ADDRESS", description = "Whose.")
    String address = "";

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to; is made.")
    Path out = Path.of(".");

    @Override
    public Integer call() throws Exception {
        Address of = MailNetworkText.address(common, address);
        try (Network network = Network.open(common.home(), InstantSource.system())) {
            List<MailStore.Kept> all = network.store().kept(of);
            if (all.isEmpty()) {
                throw new IOException(of + " has no mail here");
            }
            Files.createDirectories(out);
            int written = 0;
            for (MailStore.Kept one : all) {
                // Named by id: a mailbox's name is what its member chose.
                Path file = out.resolve(one.message() + ".eml");
                if (!Files.exists(file)) {
                    Files.copy(network.store().file(one.message()), file);
                    written++;
                }
                if (common.json) {
                    ObjectNode line = JSON.createObjectNode();
                    line.put("mailbox", one.mailbox())
                            .put("uid", one.uid())
                            .put("received", one.internal().toString())
                            .put("deleted", one.gone())
                            .put("file", file.toString());
                    common.out().println(line);
                } else {
                    common.out()
                            .println(one.internal() + "  " + Shown.text(one.mailbox(), 100)
                                    + (one.gone() ? " (deleted)" : "") + "  " + file);
                }
            }
            network.audit("mail.exported", Map.of("address", of, "mails", all.size(), "to", out.toAbsolutePath()));
            common.note(Shown.count(written) + " files");
        }
        return Exit.DONE;
    }
}
