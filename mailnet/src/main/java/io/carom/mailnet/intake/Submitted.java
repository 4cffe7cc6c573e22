package io.carom.mailnet.intake;

import io.carom.mailnet.Network;
import io.carom.mailnet.identity.Address;
import io.carom.mailnet.store.Refused;
import java.io.IOException;

/// Where a member's mail may go: to members of this network and of those federated with it.
public final class Submitted {
    private Submitted() {}

    /// @throws Refused if nothing may be sent there
    public static void recipient(Network network, Address to) throws IOException {
        if (to.domain().equals(network.settings().domain())) {
            if (network.members().active(to) == null) {
                throw new Refused(550, "5.1.1", to + " is no member");
            }
        } else if (network.peers().active(to.domain()) == null) {
            throw new Refused(550, "5.7.1", to.domain() + " is not in this network or federated with it");
        }
    }

    /// Whether answers may be sent to an address.
    public static boolean reaches(Network network, Address address) {
        try {
            return address.domain().equals(network.settings().domain())
                    || network.peers().active(address.domain()) != null;
        } catch (IOException e) {
            return false;
        }
    }
}
