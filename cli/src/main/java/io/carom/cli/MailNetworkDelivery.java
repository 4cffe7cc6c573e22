package io.carom.cli;

import io.carom.advise.AdviseStore;
import io.carom.advise.Delivery;
import io.carom.advise.MailMessage;
import io.carom.advise.Parcel;
import io.carom.config.ConfigException;
import io.carom.mailnet.Network;
import io.carom.mailnet.OwnMail;
import io.carom.mailnet.identity.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// A package by the private mail network: encrypted to its recipients, kept before this returns, whether or not the
/// network's server runs now. Whoever answers the mail has acknowledged the package.
record MailNetworkDelivery(Path home, List<String> to) implements Delivery {
    private static final String ABOUT = "advice ";

    MailNetworkDelivery {
        to = List.copyOf(to);
    }

    @Override
    public String channel() {
        return "network";
    }

    @Override
    public String target() {
        return String.join(", ", to);
    }

    @Override
    public String deliver(Parcel parcel) throws IOException {
        List<Address> all = new ArrayList<>();
        for (String one : to) {
            all.add(Address.of(one).orElseThrow(() -> new IOException(one + " is no address of a mail network")));
        }
        try (Network network = Network.open(home, InstantSource.system())) {
            String id = OwnMail.send(network, all, MailMessage.entity(parcel));
            OwnMail.await(network, id, all, ABOUT + parcel.id(), parcel.client());
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
        return "";
    }

    /// Notes who answered since.
    static void collect(Path home, AdviseStore store) throws IOException, ConfigException {
        if (!Network.exists(home)) {
            return;
        }
        try (Network network = Network.open(home, InstantSource.system())) {
            for (OwnMail.Answer one : OwnMail.answers(network, ABOUT)) {
                store.acknowledge(
                        one.client(),
                        one.about().substring(ABOUT.length()),
                        one.address().toString(),
                        one.at(),
                        "by the mail network");
            }
        }
    }
}
