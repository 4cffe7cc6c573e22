package io.carom.server.listen;

import io.carom.source.netflow.FlowDecoder;
import java.io.IOException;
import java.util.List;

/// NetFlow 5 and 9 and IPFIX over UDP. Flows become records; what exporters say of themselves (options)
/// is counted and not kept. Templates are known again when an exporter sends them again, as it must
/// over UDP. A set of records whose template did not come is dropped, and counted as that.
final class NetFlow {
    static final Kind KIND = Kind.network("netflow", List.of(), NetFlow::start);

    private NetFlow() {}

    private static Listener start(ListenerSettings settings, Surrounding surrounding) throws IOException {
        // One thread receives: the decoder is its own.
        FlowDecoder decoder = new FlowDecoder();
        long[] lost = new long[1];
        return new Packets(settings, surrounding, (from, packet, gathering, counts) -> {
            String client = settings.clientOf(from.getAddress());
            String address = from.getAddress().getHostAddress();
            decoder.datagram(
                    address + ":" + from.getPort(), packet, surrounding.clock().millis(), (options, json, length) -> {
                        if (!options) {
                            gathering.add(client, address, length, records -> records.add(json, 0, length));
                        }
                    });
            counts.refused.set(decoder.malformed());
            counts.dropped.addAndGet(decoder.withoutTemplate() - lost[0]);
            lost[0] = decoder.withoutTemplate();
        });
    }
}
