package io.carom.cli;

import io.carom.config.ConfigException;
import io.carom.mailnet.MailServer;
import io.carom.mailnet.Network;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The home's mail network, served by this process.
record MailNetworkServing(Common common, Network network, MailServer server) implements AutoCloseable {
    /// @throws IOException if there is none, or a port is taken
    static MailNetworkServing start(Common common) throws IOException, ConfigException {
        Network network = Network.open(common.home(), InstantSource.system());
        try {
            return new MailNetworkServing(common, network, MailServer.start(network));
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /// Where members read and write in a browser.
    URI page() {
        return network.settings().page(server.ports().members());
    }

    /// Says where it is.
    void tell() {
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
                    .put("page", page().toString())
                    .put("authority", network.folder().resolve("ca.crt").toString());
            common.out().println(line);
        } else {
            common.out()
                    .println(network.settings().domain() + " on " + host + ": submission " + ports.submission()
                            + ", IMAP " + ports.imap() + ", members " + ports.members() + ", federation "
                            + ports.federation() + ", page " + page());
        }
        common.out().flush();
        common.note("members join by: carom mail network invite NAME@"
                + network.settings().domain());
    }

    @Override
    public void close() throws IOException {
        try (network) {
            server.close();
        }
    }
}
