package io.carom.cli;

import io.carom.mailnet.Network;
import io.carom.mailnet.store.AuditLog;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// What happened in the network.
@Command(
        name = "audit",
        header = {
            "Shows what happened in the network, or checks that nothing of it was changed since.",
            "",
            "  carom mail network audit --last 50",
            "  carom mail network audit --verify",
            "  carom mail network audit --verify --head HASH",
            "",
            "--verify exits with 1 at the first entry that is not what was written, and prints the hash of the last one.",
            "Whoever keeps that hash elsewhere can show later that nothing was cut off.",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkAuditCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 1_000;

    @Mixin
    Common common = new Common();

    @Option(names = "--verify", description = "Checks the whole log.")
    boolean verify;

    @Option(names = "--head", paramLabel = "HASH", description = "With --verify: a hash that it must still have.")
    @Nullable
    String head;

    @Option(names = "--last", paramLabel = "N", defaultValue = "0", description = "Only the last so many.")
    long last;

    @Override
    public Integer call() throws Exception {
        try (Network network = Network.open(common.home(), InstantSource.system())) {
            AuditLog.Verdict verdict = network.database()
                    .ask(c -> AuditLog.verify(c, network.authority().certificate()));
            if (verify) {
                return verified(network, verdict);
            }
            long after = last == 0 ? 0 : Math.max(0, verdict.entries() - last);
            List<AuditLog.Entry> page;
            do {
                long from = after;
                page = network.database().ask(c -> AuditLog.entries(c, from, PAGE));
                for (AuditLog.Entry entry : page) {
                    after = entry.seq();
                    common.out()
                            .println(
                                    common.json
                                            ? entry.json().toString()
                                            : entry.seq() + "  " + entry.at() + "  " + entry.event() + "  "
                                                    + Shown.text(entry.detail(), 600));
                }
            } while (!page.isEmpty());
        }
        return Exit.DONE;
    }

    private int verified(Network network, AuditLog.Verdict verdict) throws Exception {
        String fault = verdict.fault();
        String wanted = head;
        if (fault == null && wanted != null && !network.database().ask(c -> AuditLog.has(c, wanted))) {
            fault = "no entry has the hash " + Shown.text(wanted, 80) + ": entries were cut off";
        }
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("entries", verdict.entries())
                    .put("sealed", verdict.sealed())
                    .put("head", verdict.head())
                    .put("fault", fault);
            common.out().println(line);
        } else if (fault == null) {
            common.out()
                    .println(Shown.count(verdict.entries()) + " entries as they were written, sealed up to "
                            + verdict.sealed() + "; the last is " + verdict.head());
        }
        if (fault != null) {
            common.fault("carom: the mail network's audit log: " + fault);
            return Exit.FAILED;
        }
        return Exit.DONE;
    }
}
