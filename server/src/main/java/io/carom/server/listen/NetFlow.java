package io.carom.server.listen;

import io.carom.source.netflow.FlowDecoder;
import java.io.IOException;
import java.util.List;

/// NetFlow 5 and 9 and IPFIX over UDP. Flows become records; what exporters say of themselves (options)
/// is counted and not kept. Templates are known again when an exporter sends them again, as it must
/// over UDP.
final class NetFlow implements Listener {
    static final Kind KIND = new Kind() {
        @Override
        public String name() {
            return "netflow";
        }

        @Override
        public List<String> keys() {
            return List.of();
        }

        @Override
        public Listener start(ListenerSettings settings, Surrounding surrounding) throws IOException {
            return new NetFlow(settings, surrounding);
        }
    };

    private final Counts counts = new Counts();
    private final FlowDecoder decoder = new FlowDecoder();
    private final Gathering gathering;
    private final Datagrams datagrams;
    private final String place;

    private NetFlow(ListenerSettings settings, Surrounding surrounding) throws IOException {
        gathering = new Gathering(settings, surrounding, counts);
        try {
            // One thread receives: the decoder is its own.
            datagrams = new Datagrams(settings.socket(), surrounding.notes(), (from, packet) -> {
                String client = settings.clientOf(from.getAddress());
                String address = from.getAddress().getHostAddress();
                decoder.datagram(
                        address + ":" + from.getPort(),
                        packet,
                        surrounding.clock().millis(),
                        (options, json, length) -> {
                            if (!options) {
                                gathering.add(client, address, length, records -> records.add(json, 0, length));
                            }
                        });
                counts.refused.set(decoder.malformed());
            });
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
