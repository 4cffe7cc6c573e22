package io.carom.incident;

import io.carom.event.Cidr;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Whose side an address is on.
final class Addresses {
    /// Networks that lie within somebody's site: RFC 1918, RFC 6598, RFC 4193, and link-local ones.
    private static final List<Cidr> INSIDE = List.of(
            Cidr.of("10.0.0.0/8"),
            Cidr.of("172.16.0.0/12"),
            Cidr.of("192.168.0.0/16"),
            Cidr.of("100.64.0.0/10"),
            Cidr.of("169.254.0.0/16"),
            Cidr.of("fc00::/7"),
            Cidr.of("fe80::/10"));

    /// Loopback, unspecified, broadcast and multicast: no machine's own.
    private static final List<Cidr> NOBODY = List.of(
            Cidr.of("0.0.0.0/8"),
            Cidr.of("127.0.0.0/8"),
            Cidr.of("224.0.0.0/4"),
            Cidr.of("255.255.255.255/32"),
            Cidr.of("::/128"),
            Cidr.of("::1/128"),
            Cidr.of("ff00::/8"));

    /// Resolvers that whole countries ask: Google, Cloudflare, Quad9, Cisco OpenDNS, Level 3.
    private static final Set<String> PUBLIC_RESOLVERS = new TreeSet<>(Arrays.asList(
            "8.8.8.8",
            "8.8.4.4",
            "1.1.1.1",
            "1.0.0.1",
            "9.9.9.9",
            "149.112.112.112",
            "208.67.222.222",
            "208.67.220.220",
            "4.2.2.1",
            "4.2.2.2",
            "2001:4860:4860::8888",
            "2001:4860:4860::8844",
            "2606:4700:4700::1111",
            "2606:4700:4700::1001",
            "2620:fe::fe"));

    private Addresses() {}

    /// Whether the client owns the address, or nobody declared it and it is a private one.
    static boolean ofClient(byte[] address, String client, Parties parties) {
        for (Cidr network : NOBODY) {
            if (network.contains(address)) {
                return false;
            }
        }
        Party owner = parties.ownerOf(address, client);
        if (owner != null) {
            return owner.name().equals(client);
        }
        for (Cidr network : INSIDE) {
            if (network.contains(address)) {
                return true;
            }
        }
        return false;
    }

    static boolean publicResolver(String address) {
        return PUBLIC_RESOLVERS.contains(address);
    }
}
