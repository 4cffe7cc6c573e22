package io.carom.source;

import static io.carom.source.mapping.Conversion.INTEGER;
import static io.carom.source.mapping.Conversion.IP;
import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.SECONDS;
import static io.carom.source.mapping.Conversion.TEXT;
import static io.carom.source.mapping.Conversion.TIME;

import io.carom.source.mapping.Mapping;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What each kind of Zeek log says, in OCSF's terms. Names and meanings of fields are those of the Zeek
/// manual, "Log
/// Files".
final class ZeekRecords {
    private ZeekRecords() {}

    private static Mapping.Builder kind(String name, int classUid, int activity) {
        return Mapping.of(name, classUid)
                .activity(activity)
                .field("ts", "time", TIME)
                .field("uid", "metadata.uid", TEXT)
                .product("Zeek", "Zeek")
                .constant("metadata.log_name", name);
    }

    private static Mapping.Builder network(String name, int classUid, int activity) {
        return kind(name, classUid, activity)
                .field("id.orig_h", "src_endpoint.ip", IP)
                .field("id.orig_p", "src_endpoint.port", PORT)
                .field("id.resp_h", "dst_endpoint.ip", IP)
                .field("id.resp_p", "dst_endpoint.port", PORT)
                .field("proto", "connection_info.protocol_name", TEXT);
    }

    private static final Map<String, Mapping> KINDS = Map.of(
            "conn",
            network("conn", 4001, 6)
                    .field("duration", "duration", SECONDS)
                    .field("orig_bytes", "traffic.bytes_out", INTEGER)
                    .field("resp_bytes", "traffic.bytes_in", INTEGER)
                    .build(),
            "dns",
            network("dns", 4003, 1)
                    .field("query", "query.hostname", TEXT)
                    .field("qtype_name", "query.type", TEXT)
                    .field("answers", "answers[].rdata", TEXT)
                    .build());

    private static final Mapping OTHER = Mapping.of("other", 0)
            .field("ts", "time", TIME)
            .product("Zeek", "Zeek")
            .activity(99)
            .build();

    static boolean isKind(@Nullable String path) {
        return path != null && KINDS.containsKey(path);
    }

    /// The mapping of a kind, told by its path or, where a log does not say it, by the fields of the
    /// record at hand.
    static Mapping mapping(String path, Row row) {
        Mapping known = KINDS.get(path);
        return known != null ? known : OTHER;
    }
}
