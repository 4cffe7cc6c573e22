package io.carom.cli;

import io.carom.advise.AdviseSettings;
import io.carom.advise.AdviseStore;
import io.carom.advise.Sender;
import io.carom.cases.Cases;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reminds clients that did not answer.
@Command(
        name = "remind",
        header = {
            "Sends what nobody acknowledged once more, by mail and webhook, after remind_after of advise.yaml (24 h).",
            "",
            "  carom advise remind",
            "  carom advise remind --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class AdviseRemindCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Override
    public Integer call() throws Exception {
        boolean failed = false;
        try (AdviseStore store = AdviseStore.open(common.home());
                Cases cases = Cases.open(common.home())) {
            Sender sender = new Sender(
                    common.home(),
                    AdviseSettings.of(common.home()),
                    store,
                    cases,
                    to -> new MailNetworkDelivery(common.home(), to));
            MailNetworkDelivery.collect(common.home(), store);
            Map<AdviseStore.State, List<AdviseStore.Sent>> reminded = sender.remind(Instant.now());
            for (Map.Entry<AdviseStore.State, List<AdviseStore.Sent>> one : reminded.entrySet()) {
                for (AdviseStore.Sent sent : one.getValue()) {
                    failed |= !sent.ok();
                    if (!sent.ok()) {
                        common.fault(Shown.text(one.getKey().client() + ": " + sent.detail(), 400));
                    }
                }
                if (common.json) {
                    ObjectNode line = JSON.createObjectNode();
                    line.put("client", one.getKey().client())
                            .put("package", one.getKey().id());
                    ArrayNode sent = line.putArray("sent");
                    one.getValue().forEach(s -> AdviseCommand.sent(s, sent.addObject()));
                    common.out().println(JSON.writeValueAsString(line));
                } else {
                    common.out()
                            .println(Shown.text(one.getKey().client(), 64) + ": reminded "
                                    + one.getValue().stream()
                                            .filter(AdviseStore.Sent::ok)
                                            .count() + " times");
                }
            }
            if (reminded.isEmpty()) {
                common.note("No reminder is due.");
            }
        }
        return failed ? Exit.FAILED : Exit.DONE;
    }
}
