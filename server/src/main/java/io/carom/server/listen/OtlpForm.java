package io.carom.server.listen;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// OpenTelemetry's logs over HTTP, JSON or protobuf (OTLP 1.x, `POST /v1/logs`,
/// ExportLogsServiceRequest). A record's body is the product's record; where it is no text the body is,
/// and where it is none at all the attributes are.
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
            JsonNode request = protobuf ? OtlpProtobuf.logs(body.bytes()) : Shipped.JSON.readTree(body.bytes());
            if (!request.isObject()) {
                throw new IllegalArgumentException("no request");
            }
            Shipped shipped = sender.shipped();
            for (JsonNode resource : request.path("resourceLogs")) {
                String host = attribute(resource.path("resource").path("attributes"), "host.name");
                String service = attribute(resource.path("resource").path("attributes"), "service.name");
                for (JsonNode scope : resource.path("scopeLogs")) {
                    for (JsonNode log : scope.path("logRecords")) {
                        String file = attribute(log.path("attributes"), "log.file.name");
                        shipped.line(host, file.isEmpty() ? service : file, record(log));
                    }
                }
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

    private static String attribute(JsonNode attributes, String key) {
        for (JsonNode each : attributes) {
            if (each.path("key").asString("").equals(key)) {
                return each.path("value").path("stringValue").asString("");
            }
        }
        return "";
    }

    private static String record(JsonNode log) {
        JsonNode body = log.path("body");
        if (body.path("stringValue").isString()) {
            return body.path("stringValue").asString();
        }
        JsonNode plain = plain(body, 0);
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
        long nanos =
                log.path("timeUnixNano").asLong(log.path("observedTimeUnixNano").asLong(0));
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
