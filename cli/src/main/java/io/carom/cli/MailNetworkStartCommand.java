package io.carom.cli;

import io.carom.mailnet.MailServer;
import io.carom.mailnet.Network;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

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
        Network network = Network.open(common.home(), InstantSource.system());
        MailServer server;
        try {
            server = MailServer.start(network);
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop(common, server, network);
            stopped.countDown();
        }));
        tell(common, network, server);
        stopped.await();
        return Exit.DONE;
    }

    static void stop(Common common, MailServer server, Network network) {
        try (network) {
            server.close();
        } catch (IOException e) {
            common.fault("carom: " + e.getMessage());
        }
    }

    static void tell(Common common, Network network, MailServer server) {
        String host = network.settings().host();
        MailServer.Ports ports = server.ports();
        if (common.json) {
            ObjectNode line = new ObjectMapper().createObjectNode();
            line.put("domain", network.settings().domain())
                    .put("host", host)
                    .put("submission", ports.submission())
                    .put("imap", ports.imap())
                    .put("members", ports.members())
                    .put("federation", ports.federation())
                    .put("authority", network.folder().resolve("ca.crt").toString());
            common.out().println(line);
        } else {
            common.out()
                    .println(network.settings().domain() + " on " + host + ": submission " + ports.submission()
                            + ", IMAP " + ports.imap() + ", members " + ports.members() + ", federation "
                            + ports.federation());
        }
        common.out().flush();
        common.note("members join by: carom mail network invite NAME@"
                + network.settings().domain());
    }
}
