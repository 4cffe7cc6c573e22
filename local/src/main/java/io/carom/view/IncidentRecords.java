package io.carom.view;

import io.carom.lake.KeptLake;
import io.carom.lake.Lake;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// The native records that an incident stands on: those that its hops and its findings name. Nothing else
/// of what is kept is given here.
public final class IncidentRecords {
    private static final ObjectMapper JSON = new ObjectMapper();
    /// Characters that are given.
    private static final int LONGEST = 20_000;
    /// Characters that are looked through for what a client may not know.
    private static final int LOOKED = 1 << 18;
    private static final Duration WITHIN = Duration.ofSeconds(10);
    /// A lease or a sign-in that a hop stands on may be older than the hop.
    private static final Duration AROUND = Duration.ofDays(1);

    private final View view;

    public IncidentRecords(View view) {
        this.view = view;
    }

    /// `path`, `record`, `source`, `time`, `native`, and whether that is `whole`; `native` is null where the
    /// record is not kept any more. Null where the incident is not in sight, or names no such record.
    public @Nullable ObjectNode of(String id, String path, long record) throws IOException {
        ObjectNode incident = view.incident(id);
        if (incident == null) {
            return null;
        }
        JsonNode hop = naming(incident.path("path"), path, record);
        JsonNode finding = naming(incident.path("findings"), path, record);
        JsonNode of = hop == null ? finding : hop;
        if (of == null) {
            return null;
        }
        ObjectNode out = JSON.createObjectNode().put("path", path).put("record", record);
        Lake.Event kept = kept(
                incident,
                path,
                record,
                of.path(hop == null ? "first_seen" : "time"),
                of.path(hop == null ? "last_seen" : "last"));
        if (kept != null) {
            String whole = shown(kept.raw());
            return out.put("source", kept.source())
                    .put("time", Instant.ofEpochMilli(kept.time()).toString())
                    .put("native", cut(whole))
                    .put("whole", whole.length() <= LONGEST && kept.raw().length() <= LOOKED);
        }
        // What a finding keeps of a record is cut, and outlasts it.
        JsonNode evidence = finding == null ? null : evidence(finding, path, record);
        return out.put("source", evidence == null ? "" : evidence.path("source").asString(""))
                .putNull("time")
                .put(
                        "native",
                        evidence == null ? null : cut(evidence.path("native").asString("")))
                .put("whole", false);
    }

    /// Of hops or findings the first that stands on a record.
    private static @Nullable JsonNode naming(JsonNode all, String path, long record) {
        for (JsonNode one : all) {
            if (evidence(one, path, record) != null) {
                return one;
            }
        }
        return null;
    }

    private static @Nullable JsonNode evidence(JsonNode of, String path, long record) {
        for (JsonNode one : of.path("evidence")) {
            if (one.path("path").asString("").equals(path) && one.path("record").asLong(-1) == record) {
                return one;
            }
        }
        return null;
    }

    /// First it is looked for about when it is said to be, then everywhere.
    private Lake.@Nullable Event kept(ObjectNode incident, String path, long record, JsonNode first, JsonNode last)
            throws IOException {
        KeptLake lake = view.views().lake();
        if (!lake.exists()) {
            return null;
        }
        String client = incident.path("client").asString("");
        try (KeptLake.Asking asking = lake.ask(view.seen(Set.of(client)))) {
            Instant from = time(first);
            Instant until = time(last);
            Lake.Event near = from == null || until == null
                    ? null
                    : asking.nativeRecord(
                            client,
                            path,
                            record,
                            from.minus(AROUND).toEpochMilli(),
                            until.plus(AROUND).toEpochMilli(),
                            WITHIN);
            return near != null
                    ? near
                    : asking.nativeRecord(client, path, record, Long.MIN_VALUE, Long.MAX_VALUE, WITHIN);
        }
    }

    private static @Nullable Instant time(JsonNode time) {
        try {
            return time.isString() ? Instant.parse(time.asString("")) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /// A client is shown of others what it may know. What is cut off is looked through too: half a name may
    /// stand before it.
    private String shown(String raw) throws IOException {
        String looked = raw.substring(0, Math.min(raw.length(), LOOKED));
        String client = view.sight().client();
        return client == null
                ? looked
                : view.snapshot().audience(view.views(), client).text(looked);
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
