package io.carom.server.listen;

import io.carom.spool.SpoolEntry;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Splunk's HTTP event collector: `event`, `raw`, acknowledgements and health, as "Format events for
/// HTTP Event Collector" and "HTTP Event Collector REST API endpoints" describe them. An answer says
/// that the events are on the disk, so an acknowledgement asked for later is given at once; one that
/// this run of the server did not hand out is refused, and the sender sends again.
final class SplunkForm implements HttpPort.Form {
    private static final int CHANNELS = 10_000;
    private static final String BASE = "/services/collector";

    private final Map<String, Long> channels = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > CHANNELS;
        }
    };

    @Override
    public void routes(HttpPort.Routes routes) {
        for (String path : new String[] {BASE, BASE + "/event", BASE + "/event/1.0"}) {
            routes.add(HandlerType.POST, path, this::event);
        }
        for (String path : new String[] {BASE + "/raw", BASE + "/raw/1.0"}) {
            routes.add(HandlerType.POST, path, this::raw);
        }
        routes.add(HandlerType.POST, BASE + "/ack", this::ack);
        for (String path : new String[] {BASE + "/health", BASE + "/health/1.0"}) {
            routes.add(
                    HandlerType.GET,
                    path,
                    (context, sender) -> context.contentType("application/json")
                            .result("{\"text\":\"HEC is healthy\",\"code\":17}"));
        }
    }

    private void event(Context context, HttpPort.Sender sender) throws IOException {
        try (HttpBody.Read body = sender.body(context)) {
            byte[] b = body.bytes();
            Map<String, Shipped> byFormat = new LinkedHashMap<>();
            int number = 0;
            // Events stand one behind the other.
            for (int at = JsonPieces.begin(b); at < b.length; number++) {
                int end = JsonPieces.end(b, at);
                JsonNode each = body.tree(at, end);
                at = JsonPieces.blank(b, end);
                JsonNode event = each.path("event");
                if (!each.isObject() || event.isMissingNode()) {
                    no(context, 12, "Event field is required", number);
                    return;
                }
                if (event.isString() && event.asString().isBlank() || event.isNull()) {
                    no(context, 13, "Event field cannot be blank", number);
                    return;
                }
                String type = each.path("sourcetype").asString("");
                take(each, event, type, byFormat.computeIfAbsent(format(sender, type), sender::shipped));
            }
            if (number == 0) {
                no(context, 5, "No data", -1);
                return;
            }
            List<SpoolEntry> entries = new ArrayList<>();
            byFormat.forEach((format, shipped) ->
                    shipped.take((source, records) -> entries.add(sender.entry(source, format, records))));
            sender.put(entries);
            yes(context);
        }
    }

    private static void take(JsonNode each, JsonNode event, String type, Shipped into) throws IOException {
        String host = each.path("host").asString("");
        String what = type.replace(':', '-');
        Envelope around = new Envelope(Envelope.time(each.path("time")), host, "", "");
        if (event.isString()) {
            into.line(host, what, around, event.asString());
        } else {
            into.within(host, what, around, event);
        }
    }

    /// How events of a source type are read, where the listener says so: `sourcetypes:
    /// "cisco:asa=cisco-asa, …"`.
    private static String format(HttpPort.Sender sender, String type) {
        for (String pair : sender.settings().text("sourcetypes", "").split(",")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).strip().equals(type)) {
                return pair.substring(equals + 1).strip();
            }
        }
        return "";
    }

    private void raw(Context context, HttpPort.Sender sender) throws IOException {
        try (HttpBody.Read body = sender.body(context)) {
            Records records = new Records(sender.counts());
            NdjsonForm.lines(body.bytes(), 0, records);
            if (records.count() == 0) {
                no(context, 5, "No data", -1);
                return;
            }
            String type = context.queryParam("sourcetype");
            String host = context.queryParam("host");
            String name = sender.settings().name();
            String plainType = Shipped.plain(type == null ? "" : type.replace(':', '-'));
            String source = host != null && !Shipped.plain(host).isEmpty()
                    ? name + "/" + host + "/" + (plainType.isEmpty() ? "raw" : plainType)
                    : plainType.isEmpty() ? name : name + ":" + plainType;
            String format = format(sender, type == null ? "" : type);
            sender.put(List.of(sender.entry(source, format, records.take())));
            yes(context);
        }
    }

    private static String channel(Context context) {
        String header = context.header("X-Splunk-Request-Channel");
        String query = context.queryParam("channel");
        String channel = header != null ? header : query;
        return channel == null || channel.length() > 64 ? "" : channel;
    }

    private void yes(Context context) {
        ObjectNode answer =
                Shipped.JSON.createObjectNode().put("text", "Success").put("code", 0);
        String channel = channel(context);
        if (!channel.isEmpty()) {
            synchronized (channels) {
                long id = channels.merge(channel, 1L, Long::sum) - 1;
                answer.put("ackId", id);
            }
        }
        context.status(200).contentType("application/json").result(Shipped.JSON.writeValueAsBytes(answer));
    }

    private static void no(Context context, int code, String text, int number) {
        ObjectNode answer = Shipped.JSON.createObjectNode().put("text", text).put("code", code);
        if (number >= 0) {
            answer.put("invalid-event-number", number);
        }
        context.status(400).contentType("application/json").result(Shipped.JSON.writeValueAsBytes(answer));
    }

    private void ack(Context context, HttpPort.Sender sender) throws IOException {
        String channel = channel(context);
        if (channel.isEmpty()) {
            no(context, 10, "Data channel is missing", -1);
            return;
        }
        try (HttpBody.Read body = sender.body(context)) {
            JsonNode asked = body.tree(0, body.bytes().length).path("acks");
            ObjectNode answer = Shipped.JSON.createObjectNode();
            ObjectNode acks = answer.putObject("acks");
            long handedOut;
            synchronized (channels) {
                handedOut = channels.getOrDefault(channel, 0L);
            }
            for (JsonNode id : asked) {
                if (id.isIntegralNumber()) {
                    long n = id.asLong();
                    acks.put(Long.toString(n), n >= 0 && n < handedOut);
                }
            }
            context.status(200).contentType("application/json").result(Shipped.JSON.writeValueAsBytes(answer));
        }
    }
}
