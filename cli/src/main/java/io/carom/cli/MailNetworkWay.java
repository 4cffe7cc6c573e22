package io.carom.cli;

import io.carom.advise.AdviseStore;
import io.carom.advise.Delivery;
import io.carom.advise.NetworkWay;
import io.carom.config.ConfigException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The home's private mail network as a way to clients.
record MailNetworkWay(Path home) implements NetworkWay {
    @Override
    public Delivery to(List<String> addresses) {
        return new MailNetworkDelivery(home, addresses);
    }

    @Override
    public void collect(Path of, AdviseStore store) throws IOException {
        try {
            MailNetworkDelivery.collect(of, store);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
