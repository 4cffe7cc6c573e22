package io.carom.server.listen;

import java.util.List;

/// Syslog over UDP (RFC 5426): a packet is a message.
final class SyslogPackets {
    static final Kind UDP = Kind.network(
            "syslog-udp",
            List.of(),
            (settings, surrounding) -> new Packets(
                    settings,
                    surrounding,
                    (from, packet, gathering, counts) -> gathering.add(
                            settings.clientOf(from.getAddress()),
                            from.getAddress().getHostAddress(),
                            packet.remaining(),
                            records -> records.add(packet.array(), packet.position(), packet.limit()))));

    private SyslogPackets() {}
}
