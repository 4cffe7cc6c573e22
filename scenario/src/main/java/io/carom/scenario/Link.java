package io.carom.scenario;

import java.util.List;

/// A way by which the supplier reaches a client.
///
/// @param tool the remote-support product, for that kind
/// @param networks addresses that traffic over it comes from, as the client sees it
/// @param pool the addresses of a tunnel that sessions get one of; empty for kinds that show one address
/// @param account the supplier's account in the client's domain
/// @param hosts names of machines it comes from
record Link(
        String name,
        Org client,
        Kind kind,
        String tool,
        List<String> networks,
        List<String> pool,
        String account,
        List<String> hosts,
        List<Integer> ports) {
    enum Kind {
        /// A tunnel between the two networks' firewalls.
        SITE_TO_SITE("site-to-site"),
        /// The client's VPN gateway, which each technician signs in to.
        USER_VPN("vpn"),
        /// The client's remote-desktop gateway.
        RDP_GATEWAY("rdp-gateway"),
        /// An agent of a remote-support product on the client's machines.
        REMOTE_SUPPORT("remote-support"),
        /// The supplier's people are guests in the client's cloud and enter by its bastion.
        FEDERATION("federation");

        final String label;

        Kind(String label) {
            this.label = label;
        }

        /// Whether packets can be sent to any machine of the client over it.
        boolean routed() {
            return this == SITE_TO_SITE || this == USER_VPN;
        }
    }
}
