package io.carom.server.listen;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.ObjectNode;

/// Splunk's HTTP event collector: `event`, `raw`, acknowledgements and health, as "Format events for
/// HTTP Event Collector" and "HTTP Event Collector REST API endpoints" describe them. An answer says
/// that the events are on the disk, so an acknowledgement asked for later is given at once; one that
/// this run of the server did not hand out is refused, and the sender sends again.
final class SplunkForm implements HttpPort.Form {
    private static final int CHANNELS = 10_000;
    private static final String BASE = "/services/collector";

    /// Events stand one behind the other.
    private static final ObjectReader ONE =
            Shipped.JSON.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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
            Map<String, Shipped> byFormat = new LinkedHashMap<>();
            int number = 0;
            try (JsonParser parser = Shipped.JSON.createParser(body.bytes())) {
                while (parser.nextToken() != null) {
                    JsonNode each = ONE.readTree(parser);
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
                    byFormat.computeIfAbsent(format(sender, type), f -> sender.shipped())
                            .line(
                                    each.path("host").asString(""),
                                    type.replace(':', '-'),
                                    event.isString() ? event.asString() : Shipped.JSON.writeValueAsString(event));
                    number++;
                }
            }
            if (number == 0) {
                no(context, 5, "No data", -1);
                return;
            }
            for (Map.Entry<String, Shipped> each : byFormat.entrySet()) {
                each.getValue().take((source, records) -> sender.put(source, each.getKey(), records));
            }
            yes(context);
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
            sender.put(source, format(sender, type == null ? "" : type), records.take());
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
            JsonNode asked = Shipped.JSON.readTree(body.bytes()).path("acks");
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
