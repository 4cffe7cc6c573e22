package io.carom.server.listen;

import io.carom.source.parse.Times;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// OpenTelemetry's logs over HTTP, JSON or protobuf (OTLP 1.x, `POST /v1/logs`,
/// ExportLogsServiceRequest). A record's body is the product's record; where it is no text the body is,
/// and where it is none at all the attributes are. No more than one record is a tree at a time.
final class OtlpForm implements HttpPort.Form {
    private static final String PROTOBUF = "application/x-protobuf";

    @Override
    public void routes(HttpPort.Routes routes) {
        routes.add(HandlerType.POST, "/v1/logs", OtlpForm::logs);
    }

    private static void logs(Context context, HttpPort.Sender sender) throws IOException {
        String type = context.contentType();
        boolean protobuf = type != null && type.startsWith(PROTOBUF);
        try (HttpBody.Read body = sender.body(context)) {
            Shipped shipped = sender.shipped("");
            if (protobuf) {
                OtlpProtobuf.logs(body, (attributes, log) -> take(shipped, attributes, log));
            } else {
                request(body, shipped);
            }
            sender.put(shipped);
            context.status(200)
                    .contentType(protobuf ? PROTOBUF : "application/json")
                    .result(
                            protobuf
                                    ? new byte[0]
                                    : "{\"partialSuccess\":{}}".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
    }

    /// Goes through a request in JSON, with a tree of one record at a time.
    private static void request(HttpBody.Read body, Shipped shipped) throws IOException {
        byte[] b = body.bytes();
        int at = JsonPieces.begin(b);
        if (at >= b.length || b[at] != '{') {
            throw new IllegalArgumentException("no request");
        }
        int end = each(b, at, "resourceLogs", (from, to) -> {
            // What is said of all of them may stand behind them.
            JsonNode[] resource = {Shipped.JSON.getNodeFactory().missingNode()};
            JsonPieces.members(b, from, (name, f, t) -> {
                if (name.equals("resource")) {
                    resource[0] = body.tree(f, t);
                }
            });
            JsonNode attributes = resource[0].path("attributes");
            each(
                    b,
                    from,
                    "scopeLogs",
                    (f, t) -> each(b, f, "logRecords", (rf, rt) -> take(shipped, attributes, body.tree(rf, rt))));
        });
        if (JsonPieces.blank(b, end) < b.length) {
            throw new IllegalArgumentException("something stands behind the request");
        }
    }

    /// The elements of the array that a member of the object is which begins here; what is no object has
    /// none.
    ///
    /// @return behind the object
    private static int each(byte[] b, int from, String member, JsonPieces.Piece element) throws IOException {
        if (b[from] != '{') {
            return from;
        }
        return JsonPieces.members(b, from, (name, f, t) -> {
            if (name.equals(member) && b[f] == '[') {
                JsonPieces.elements(b, f, element);
            }
        });
    }

    /// Takes a record.
    ///
    /// @param resource the attributes of what it is of
    private static void take(Shipped shipped, JsonNode resource, JsonNode log) throws IOException {
        JsonNode attributes = log.path("attributes");
        String host = attribute(resource, "host.name");
        String file = attribute(attributes, "log.file.name");
        String what = file.isEmpty() ? attribute(resource, "service.name") : file;
        long nanos = log.path("timeUnixNano").asLong(0);
        nanos = nanos > 0 ? nanos : log.path("observedTimeUnixNano").asLong(0);
        JsonNode body = log.path("body").path("stringValue");
        if (!body.isString()) {
            shipped.line(host, what, Envelope.NONE, object(log, nanos));
            return;
        }
        String from = attribute(attributes, "hostname");
        String program = attribute(attributes, "appname");
        shipped.line(
                host,
                what,
                new Envelope(
                        nanos > 0 ? nanos / 1_000_000 : Times.NONE,
                        from.isEmpty() ? host : from,
                        program.isEmpty() ? attribute(attributes, "process.executable.name") : program,
                        attribute(attributes, "proc_id")),
                body.asString());
    }

    private static String attribute(JsonNode attributes, String key) {
        for (JsonNode each : attributes) {
            if (each.path("key").asString("").equals(key)) {
                return each.path("value").path("stringValue").asString("");
            }
        }
        return "";
    }

    /// A record whose body is no text.
    private static String object(JsonNode log, long nanos) {
        JsonNode plain = plain(log.path("body"), 0);
        ObjectNode out;
        if (plain instanceof ObjectNode object) {
            out = object;
        } else {
            out = Shipped.JSON.createObjectNode();
            for (JsonNode each : log.path("attributes")) {
                out.set(each.path("key").asString(""), plain(each.path("value"), 0));
            }
            if (!plain.isNull()) {
                out.set("body", plain);
            }
        }
        if (nanos > 0 && !out.has("timestamp") && !out.has("time") && !out.has("@timestamp")) {
            out.put(
                    "timestamp",
                    java.time.Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000)
                            .toString());
        }
        return Shipped.JSON.writeValueAsString(out);
    }

    /// An AnyValue as JSON writes it.
    private static JsonNode plain(JsonNode value, int depth) {
        var nodes = Shipped.JSON.getNodeFactory();
        if (depth > 50) {
            return nodes.nullNode();
        }
        for (String scalar : new String[] {"stringValue", "boolValue", "doubleValue", "bytesValue"}) {
            if (value.has(scalar)) {
                return value.get(scalar);
            }
        }
        if (value.has("intValue")) {
            // A 64-bit number is a text in protobuf's JSON.
            return nodes.numberNode(value.path("intValue").asLong(0));
        }
        if (value.has("kvlistValue")) {
            ObjectNode object = Shipped.JSON.createObjectNode();
            for (JsonNode each : value.path("kvlistValue").path("values")) {
                object.set(each.path("key").asString(""), plain(each.path("value"), depth + 1));
            }
            return object;
        }
        if (value.has("arrayValue")) {
            var array = Shipped.JSON.createArrayNode();
            for (JsonNode each : value.path("arrayValue").path("values")) {
                array.add(plain(each, depth + 1));
            }
            return array;
        }
        return nodes.nullNode();
    }
}
