package io.carom.detect.behaviour;

import io.carom.observe.Address;
import io.carom.observe.Observation.Contact;
import io.carom.observe.Observation.Outcome;

/// What a contact says of somebody looking for machines and services: whether it was one's own
/// beginning at all, at which port, and whether it came to nothing.
final class Approach {
    static final int ICMP = 1;
    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMP6 = 58;

    /// First port of those that Linux lends to clients; IANA's and Windows' begin at 49152 (RFC 6335, 6).
    private static final int LENT = 32768;

    private static final int PRIVILEGED = 1024;

    /// Few services on datagrams are registered above it; calls and video are.
    private static final int HIGH = 10_000;

    /// Most bytes a TCP client sends without saying anything, with all headers: SYN, ACKs, FIN or RST.
    private static final int WORDLESS = 300;

    private Approach() {}

    /// Whether the source approached somebody by it. Answers seen as contacts of their own,
    /// announcements to everybody, and what machines say unasked are none.
    static boolean counts(Contact c) {
        if (c.again() || c.dst().reach() == Address.Reach.NOBODYS || c.src().reach() == Address.Reach.NOBODYS) {
            return false;
        }
        return switch (c.transport()) {
            case ICMP -> c.sure() >= 0.5 && echo(c, 8);
            case ICMP6 -> c.srcPort() == 128;
            case TCP, UDP, 132, -1 -> c.dstPort() > 0 && !answer(c) && !announcement(c);
            default -> false;
        };
    }

    /// As {@link #counts}, and where only what passed since is news.
    static boolean adds(Contact c) {
        return counts(c.again() && c.addsUp() ? c.first() : c);
    }

    /// Products give an ICMP type as source port (Zeek), in the destination port's upper byte (NetFlow),
    /// or not.
    private static boolean echo(Contact c, int type) {
        return c.srcPort() == type || c.srcPort() <= 0 && (c.dstPort() <= 0 || c.dstPort() == type << 8);
    }

    /// A service's port to one that is lent to clients: the other half of a conversation the other side
    /// began.
    private static boolean answer(Contact c) {
        int from = c.srcPort();
        int to = c.dstPort();
        if (from <= 0) {
            return c.sure() < 0.7 && to >= PRIVILEGED;
        }
        if (to >= LENT && from < LENT || to >= PRIVILEGED && from < PRIVILEGED) {
            return true;
        }
        if (c.transport() == UDP
                && to >= PRIVILEGED
                && (from == 1900 || from == 3702 || from == 5353 || from == 5355)) {
            return true;
        }
        return c.sure() < 0.7 && (to >= PRIVILEGED || from < PRIVILEGED);
    }

    /// DHCP, names on the local network, discovery: said to whoever is there. And traceroute, which
    /// counts on ports that nobody listens at.
    private static boolean announcement(Contact c) {
        if (c.transport() == TCP) {
            return false;
        }
        int to = c.dstPort();
        return to == 67
                || to == 68
                || to == 137
                || to == 138
                || to == 546
                || to == 547
                || to == 1900
                || to == 3702
                || to == 5353
                || to == 5355
                || to >= 33434 && to <= 33534
                || broadcast(c.dst());
    }

    /// An IPv4 address that ends in 255 is most often everybody on a network.
    private static boolean broadcast(Address address) {
        return address.v4() && address.bytes()[15] == -1;
    }

    /// The port with its transport; 0 for an echo request.
    static int port(Contact c) {
        return c.transport() == ICMP || c.transport() == ICMP6
                ? 0
                : c.transport() == UDP ? c.dstPort() | 1 << 16 : c.dstPort();
    }

    /// `tcp/445`, `udp/161`, `ping`.
    static String portName(int port) {
        return port == 0 ? "ping" : (port >> 16 == 1 ? "udp/" : "tcp/") + (port & 0xFFFF);
    }

    /// Whether nothing came of it. A datagram without an answer says so only where services are that
    /// would answer: games, calls and file sharing send to strangers' high ports all day, and logs,
    /// traps and flow records are never answered.
    ///
    /// @param inside whether it went to a machine of the client's own
    static boolean failed(Contact c, boolean inside) {
        if (c.transport() == UDP && c.outcome() == Outcome.SILENT) {
            int to = c.dstPort();
            boolean unanswered = to == 162 || to == 514 || to == 2055 || to == 4739 || to == 6343 || to == 8125;
            return !unanswered && (to < PRIVILEGED || inside && to < HIGH);
        }
        return c.outcome().failed();
    }

    /// Whether a TCP connection was opened and nothing said in it by the source.
    static boolean bare(Contact c) {
        return c.transport() == TCP
                && c.outcome() == Outcome.SUCCESS
                && c.bytesOut() >= 0
                && (c.bytesOut() == 0
                        || c.bytesOut() <= WORDLESS && c.packetsOut() > 0 && c.bytesOut() / c.packetsOut() <= 64);
    }

    /// Whether many fail at it every day without anybody scanning: mail servers' and browsers' ways out.
    static boolean everyday(Contact c) {
        int to = c.dstPort();
        return c.dst().reach() == Address.Reach.PUBLIC
                && c.transport() != ICMP
                && (to == 25 || to == 53 || to == 80 || to == 123 || to == 443);
    }
}
