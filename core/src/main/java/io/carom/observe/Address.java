package io.carom.observe;

import io.carom.event.Cidr;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An IP address, IPv4 or IPv6: its bytes, its canonical text, and a hash wide enough to be a key.
///
/// Two are equal when their bytes are; an IPv4 address and the IPv6 one that maps it (RFC 4291, 2.5.5.2)
/// are the same.
public final class Address implements Comparable<Address>, Serializable {
    private static final long serialVersionUID = 1;

    /// RFC 1918, RFC 6598, RFC 4193, and link-local ones: within somebody's site.
    private static final List<Cidr> PRIVATE = List.of(
            Cidr.of("10.0.0.0/8"),
            Cidr.of("172.16.0.0/12"),
            Cidr.of("192.168.0.0/16"),
            Cidr.of("100.64.0.0/10"),
            Cidr.of("169.254.0.0/16"),
            Cidr.of("fc00::/7"),
            Cidr.of("fe80::/10"));

    /// Unspecified, loopback, broadcast and multicast: no machine's own.
    private static final List<Cidr> NOBODYS = List.of(
            Cidr.of("0.0.0.0/8"),
            Cidr.of("127.0.0.0/8"),
            Cidr.of("224.0.0.0/4"),
            Cidr.of("255.255.255.255/32"),
            Cidr.of("::/128"),
            Cidr.of("::1/128"),
            Cidr.of("ff00::/8"));

    /// Where an address lies by itself, whoever owns it.
    public enum Reach {
        /// Within a site.
        PRIVATE,
        /// Routed in the Internet.
        PUBLIC,
        /// Loopback, multicast, broadcast, unspecified.
        NOBODYS
    }

    private final String text;
    private final byte[] bytes;
    private final long hash;
    private final Reach reach;

    private Address(String text, byte[] bytes) {
        this.text = text;
        this.bytes = bytes;
        long h = 0x9E3779B97F4A7C15L;
        for (byte b : bytes) {
            h = (h ^ b & 0xFF) * 0x100000001B3L;
        }
        this.hash = Keys.mixed(h);
        Reach where = Reach.PUBLIC;
        for (Cidr network : NOBODYS) {
            where = network.contains(bytes) ? Reach.NOBODYS : where;
        }
        if (where == Reach.PUBLIC) {
            for (Cidr network : PRIVATE) {
                where = network.contains(bytes) ? Reach.PRIVATE : where;
            }
        }
        this.reach = where;
    }

    /// The address this text states, null if it states none.
    public static @Nullable Address of(String text) {
        String plain = Cidr.plain(text);
        byte[] bytes = Cidr.address(plain);
        return bytes == null ? null : new Address(plain, bytes);
    }

    /// The same for all logs, however each writes it; see {@link Cidr#plain}.
    public String text() {
        return text;
    }

    /// 16 bytes, IPv4 mapped. Not to be written to.
    public byte[] bytes() {
        return bytes;
    }

    /// The address's hash, 64 bits well mixed.
    public long hash() {
        return hash;
    }

    public Reach reach() {
        return reach;
    }

    /// Whether it is an IPv4 address.
    public boolean v4() {
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }

    /// The network of so many leading bits of it, as a key: /24 for IPv4 and /64 for IPv6 are what
    /// scans and leases go by.
    public long network() {
        int keep = v4() ? 15 : 8;
        long h = 0x51_7C_C1_B7_27_22_0A_95L;
        for (int i = 0; i < keep; i++) {
            h = (h ^ bytes[i] & 0xFF) * 0x100000001B3L;
        }
        return Keys.mixed(h);
    }

    @Override
    public int compareTo(Address other) {
        return java.util.Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Address a && hash == a.hash && java.util.Arrays.equals(bytes, a.bytes);
    }

    @Override
    public int hashCode() {
        return (int) hash;
    }

    @Override
    public String toString() {
        return text;
    }
}
