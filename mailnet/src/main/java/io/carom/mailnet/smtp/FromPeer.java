package io.carom.mailnet.smtp;

import io.carom.mailnet.Network;
import io.carom.mailnet.federation.Peers;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.store.AuditLog;
import io.carom.mailnet.store.MailStore;
import io.carom.mailnet.store.Notes;
import io.carom.mailnet.store.Refused;
import io.carom.mailnet.wire.Wire;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Another organisation's network that hands over mail of its members to members here. Nothing passes through to a
/// third.
public final class FromPeer implements SmtpRole {
    private final Network network;
    private final Peers.Peer peer;

    private FromPeer(Network network, Peers.Peer peer) {
        this.network = network;
        this.peer = peer;
    }

    /// Talks with the network whose certificate the connection has; the listener takes no other.
    public static void talk(Wire wire, Network network, Notes notes) throws IOException {
        X509Certificate shown = wire.certificate();
        Peers.Peer peer = shown == null ? null : network.peers().byCertificate(shown);
        if (peer == null) {
            wire.write("554 5.7.1 not federated\r\n");
            return;
        }
        wire.signedIn(peer.domain());
        network.database().alter(c -> {
            AuditLog.add(
                    c,
                    network.clock().instant(),
                    "signin",
                    Map.of("network", peer.domain(), "to", "federation", "from", wire.from()));
        });
        new SmtpSession(
                        wire,
                        network,
                        notes,
                        new FromPeer(network, peer),
                        network.settings().domain())
                .run();
    }

    @Override
    public @Nullable Auth auth() {
        return null;
    }

    @Override
    public MailStore.Origin origin() {
        return new MailStore.Peer(peer.domain());
    }

    @Override
    public void sender(Address from) throws IOException {
        if (!from.domain().equals(peer.domain())) {
            throw new Refused(550, "5.7.1", peer.domain() + " hands over mail of its own members alone");
        }
    }

    @Override
    public void recipient(Address to) throws IOException {
        if (!to.domain().equals(network.settings().domain())) {
            throw new Refused(550, "5.7.1", "nothing passes through this network");
        }
        if (network.members().active(to) == null) {
            throw new Refused(550, "5.1.1", to + " is no member");
        }
    }

    @Override
    public boolean reaches(Address address) {
        return address.domain().equals(peer.domain())
                || address.domain().equals(network.settings().domain());
    }

    @Override
    public String name() {
        return peer.domain();
    }
}
