package io.carom.server.listen;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Elasticsearch's bulk, and what Filebeat, Vector, Logstash and Fluent Bit ask of a cluster before
/// they send: "Bulk API", "Root API", "Get license", "Index template" of its reference. An item is
/// `index` or `create`; others change documents, which there are none of here, and are refused one by
/// one.
final class ElasticForm implements HttpPort.Form {
    private static final String VERSION = "8.17.0";

    @Override
    public void routes(HttpPort.Routes routes) {
        for (HandlerType method : new HandlerType[] {HandlerType.POST, HandlerType.PUT}) {
            routes.add(method, "/_bulk", ElasticForm::bulk);
            routes.add(method, "/{index}/_bulk", ElasticForm::bulk);
        }
        routes.add(HandlerType.GET, "/", (context, sender) -> said(context, root()));
        routes.add(HandlerType.HEAD, "/", (context, sender) -> said(context, root()));
        routes.add(HandlerType.GET, "/_license", (context, sender) -> said(context, license()));
        routes.add(HandlerType.GET, "/_xpack", (context, sender) -> said(context, license()));
        routes.add(
                HandlerType.GET,
                "/_cluster/health",
                (context, sender) -> said(
                        context,
                        Shipped.JSON
                                .createObjectNode()
                                .put("cluster_name", "carom")
                                .put("status", "green")));
        for (String there : new String[] {
            "/_index_template/{name}",
            "/_template/{name}",
            "/_ilm/policy/{name}",
            "/_ingest/pipeline/{name}",
            "/_data_stream/{name}",
            "/_component_template/{name}",
            "/{index}"
        }) {
            // A shipper that finds its template makes none; one that makes it is told that it is made.
            routes.add(HandlerType.HEAD, there, (context, sender) -> said(context, Shipped.JSON.createObjectNode()));
            routes.add(HandlerType.GET, there, (context, sender) -> said(context, Shipped.JSON.createObjectNode()));
            routes.add(
                    HandlerType.PUT,
                    there,
                    (context, sender) ->
                            said(context, Shipped.JSON.createObjectNode().put("acknowledged", true)));
        }
    }

    private static void said(Context context, ObjectNode what) {
        context.header("X-Elastic-Product", "Elasticsearch")
                .status(200)
                .contentType("application/json")
                .result(Shipped.JSON.writeValueAsBytes(what));
    }

    private static ObjectNode root() {
        ObjectNode root = Shipped.JSON.createObjectNode();
        root.put("name", "carom").put("cluster_name", "carom").put("cluster_uuid", "carom-listens-in-this-form");
        root.putObject("version")
                .put("number", VERSION)
                .put("build_flavor", "default")
                .put("build_type", "tar")
                .put("lucene_version", "9.12.0")
                .put("minimum_wire_compatibility_version", "7.17.0")
                .put("minimum_index_compatibility_version", "7.0.0");
        root.put("tagline", "You Know, for Search");
        return root;
    }

    private static ObjectNode license() {
        ObjectNode answer = Shipped.JSON.createObjectNode();
        answer.putObject("license").put("status", "active").put("type", "basic").put("mode", "basic");
        answer.putObject("features");
        return answer;
    }

    private static void bulk(Context context, HttpPort.Sender sender) throws IOException {
        try (HttpBody.Read body = sender.body(context)) {
            byte[] b = body.bytes();
            Shipped shipped = sender.shipped();
            ObjectNode answer = Shipped.JSON.createObjectNode();
            ArrayNode items = answer.putArray("items");
            boolean errors = false;
            int at = 0;
            while (at < b.length) {
                int end = lineEnd(b, at);
                if (end == at) {
                    at++;
                    continue;
                }
                JsonNode action = Shipped.JSON.readTree(b, at, end - at);
                at = end + 1;
                String name = action.isObject() && action.size() == 1
                        ? action.propertyNames().iterator().next()
                        : "";
                String index = action.path(name).path("_index").asString("");
                switch (name) {
                    case "index", "create" -> {
                        if (at >= b.length) {
                            throw new IllegalArgumentException("an action without its document");
                        }
                        end = lineEnd(b, at);
                        errors |= !document(b, at, end, name, index, shipped, items);
                        at = end + 1;
                    }
                    case "update" -> {
                        at = at < b.length ? lineEnd(b, at) + 1 : at;
                        errors = true;
                        item(items, name, index, 400, "documents cannot be changed here");
                    }
                    case "delete" -> {
                        errors = true;
                        item(items, name, index, 400, "documents cannot be deleted here");
                    }
                    default -> throw new IllegalArgumentException("no action");
                }
            }
            sender.put(shipped);
            answer.put("took", 1).put("errors", errors);
            said(context, answer);
        }
    }

    private static boolean document(
            byte[] b, int from, int to, String action, String index, Shipped shipped, ArrayNode items) {
        try {
            JsonNode document = Shipped.JSON.readTree(b, from, to - from);
            if (!document.isObject()) {
                item(items, action, index, 400, "expected a JSON object");
                return false;
            }
            shipped.document(document);
            item(items, action, index, 201, "");
            return true;
        } catch (JacksonException e) {
            item(items, action, index, 400, "the document is no JSON");
            return false;
        }
    }

    private static void item(ArrayNode items, String action, String index, int status, String fault) {
        ObjectNode item = items.addObject().putObject(action);
        item.put("_index", index).put("_id", Integer.toString(items.size())).put("status", status);
        if (fault.isEmpty()) {
            item.put("_version", 1).put("result", "created");
        } else {
            item.putObject("error").put("type", "mapper_parsing_exception").put("reason", fault);
        }
    }

    private static int lineEnd(byte[] b, int from) {
        int at = from;
        while (at < b.length && b[at] != '\n') {
            at++;
        }
        return at;
    }
}
