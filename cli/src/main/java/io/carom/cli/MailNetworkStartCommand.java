package io.carom.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The network's server.
@Command(
        name = "start",
        header = {
            "Serves the network until it is stopped, in a process of its own. Ctrl-C stops it; what it said it has, it has.",
            "",
            "  carom mail network start",
            "  carom mail network start --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class MailNetworkStartCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Override
    public Integer call() throws Exception {
        MailNetworkServing serving = MailNetworkServing.start(common);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(
                () -> {
                    try {
                        serving.close();
                    } catch (IOException e) {
                        common.fault("carom: " + e.getMessage());
                    }
                    stopped.countDown();
                },
                "stop"));
        serving.tell();
        stopped.await();
        return Exit.DONE;
    }
}
