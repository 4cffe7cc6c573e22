package io.carom.cli;

import java.util.concurrent.Callable;
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
        StopSignal stop = new StopSignal();
        serving.tell();
        stop.await();
        serving.close();
        return Exit.DONE;
    }
}
