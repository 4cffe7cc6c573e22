package io.carom.server.account;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;

/// The network that somebody asks from, as one customer has it: an address of IPv4, of IPv6 the first 64
/// bits.
public final class Network {
    private Network() {}

    /// @param address as a socket has it
    /// @return its bits; none where the socket is of another kind, so that all of these are one
    public static byte[] bits(String address) {
        String plain = address.startsWith("[") ? address.substring(1, address.length() - 1) : address;
        int zone = plain.indexOf('%');
        try {
            InetAddress parsed = InetAddress.ofLiteral(zone < 0 ? plain : plain.substring(0, zone));
            byte[] all = parsed.getAddress();
            return parsed instanceof Inet6Address ? Arrays.copyOf(all, 8) : all;
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /// What a network is counted by.
    public static String name(byte[] bits) {
        return new BigInteger(1, bits) + "/" + bits.length;
    }
}
