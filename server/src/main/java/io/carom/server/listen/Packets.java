package io.carom.server.listen;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/// Receives packets; what is in them is gathered into entries.
final class Packets implements Listener {
    /// Takes records out of a packet. One thread calls it.
    interface Opening {
        /// The buffer is lent for the call.
        void packet(InetSocketAddress from, ByteBuffer packet, Gathering gathering, Counts counts);
    }

    private final Counts counts = new Counts();
    private final Gathering gathering;
    private final Datagrams datagrams;
    private final String place;

    Packets(ListenerSettings settings, Surrounding surrounding, Opening opening) throws IOException {
        gathering = new Gathering(settings, surrounding, counts);
        try {
            datagrams = new Datagrams(
                    settings.socket(),
                    surrounding.notes(),
                    (from, packet) -> opening.packet(from, packet, gathering, counts));
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
