package io.carom.server.listen;

import io.carom.event.JsonText;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Elasticsearch's bulk, and what Filebeat, Vector, Logstash and Fluent Bit ask of a cluster before
/// they send: "Bulk API", "Root API", "Get license", "Index template" of its reference. An item is
/// `index` or `create`; others change documents, which there are none of here, and are refused one by
/// one.
final class ElasticForm implements HttpPort.Form {
    private static final String VERSION = "8.17.0";

    /// Of one bulk; whoever is told that one is too large sends smaller ones.
    static final int MOST_ITEMS = 100_000;

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
        said(context, Shipped.JSON.writeValueAsBytes(what));
    }

    private static void said(Context context, byte[] json) {
        context.header("X-Elastic-Product", "Elasticsearch")
                .status(200)
                .contentType("application/json")
                .result(json);
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
            Shipped shipped = sender.shipped("");
            Items items = new Items(body);
            int at = 0;
            while (at < b.length) {
                int end = lineEnd(b, at);
                if (end == at) {
                    at++;
                    continue;
                }
                JsonNode action = body.tree(at, end);
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
                        items.add(name, index, document(body, at, end, shipped));
                        at = end + 1;
                    }
                    case "update" -> {
                        at = at < b.length ? lineEnd(b, at) + 1 : at;
                        items.add(name, index, "documents cannot be changed here");
                    }
                    case "delete" -> items.add(name, index, "documents cannot be deleted here");
                    default -> throw new IllegalArgumentException("no action");
                }
            }
            sender.put(shipped);
            said(context, items.answer());
        }
    }

    /// Takes a document.
    ///
    /// @return what is wrong with it; empty if nothing is
    private static String document(HttpBody.Read body, int from, int to, Shipped shipped) throws IOException {
        try {
            JsonNode document = body.tree(from, to);
            if (!document.isObject()) {
                return "expected a JSON object";
            }
            shipped.document(document);
            return "";
        } catch (JacksonException e) {
            return "the document is no JSON";
        }
    }

    /// What is answered of each action, as it goes on.
    private static final class Items {
        private static final int STEP = 1 << 20;

        private final HttpBody.Read body;
        private final JsonText json = new JsonText().raw("{\"items\":[");
        private int count;
        private boolean errors;
        private long held;

        Items(HttpBody.Read body) {
            this.body = body;
        }

        /// @param fault empty if there is none
        void add(String action, String index, String fault) throws HttpBody.TooLargeException {
            if (count == MOST_ITEMS) {
                throw new HttpBody.TooLargeException(413, "a bulk is of at most " + MOST_ITEMS + " actions");
            }
            json.raw(count == 0 ? "{" : ",{")
                    .string(action)
                    .raw(":{\"_index\":")
                    .string(index);
            json.raw(",\"_id\":\"").number(++count).raw("\",\"status\":").number(fault.isEmpty() ? 201 : 400);
            if (fault.isEmpty()) {
                json.raw(",\"_version\":1,\"result\":\"created\"}}");
            } else {
                errors = true;
                json.raw(",\"error\":{\"type\":\"mapper_parsing_exception\",\"reason\":")
                        .string(fault)
                        .raw("}}}");
            }
            if (json.length() > held + STEP) {
                held = json.length();
                body.beside(2 * held);
            }
        }

        byte[] answer() {
            json.raw("],\"took\":1,\"errors\":").raw(errors ? "true}" : "false}");
            return Arrays.copyOf(json.bytes(), json.length());
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
