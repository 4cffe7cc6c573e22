package io.carom.server.listen;

import java.io.IOException;
import java.util.List;

/// Syslog over UDP (RFC 5426): a packet is a message.
final class SyslogPackets implements Listener {
    static final Kind UDP = new Kind() {
        @Override
        public String name() {
            return "syslog-udp";
        }

        @Override
        public List<String> keys() {
            return List.of();
        }

        @Override
        public Listener start(ListenerSettings settings, Surrounding surrounding) throws IOException {
            return new SyslogPackets(settings, surrounding);
        }
    };

    private final Counts counts = new Counts();
    private final Gathering gathering;
    private final Datagrams datagrams;
    private final String place;

    private SyslogPackets(ListenerSettings settings, Surrounding surrounding) throws IOException {
        gathering = new Gathering(settings, surrounding, counts);
        try {
            datagrams = new Datagrams(
                    settings.socket(),
                    surrounding.notes(),
                    (from, packet) -> gathering.add(
                            settings.clientOf(from.getAddress()),
                            from.getAddress().getHostAddress(),
                            packet.remaining(),
                            records -> records.add(packet.array(), packet.position(), packet.limit())));
            place = datagrams.place();
        } catch (IOException e) {
            gathering.close();
            throw e;
        }
    }

    @Override
    public String place() {
        return place;
    }

    @Override
    public Counts counts() {
        return counts;
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        gathering.close();
    }
}
