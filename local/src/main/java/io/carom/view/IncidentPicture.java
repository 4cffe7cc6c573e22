package io.carom.view;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The hops of an incident as a graph that can be walked in time: a node for each machine or address,
/// an edge for each hop, in the order of time. Bounded; hops that do not fit are counted.
public final class IncidentPicture {
    private static final int MAX_EDGES = 120;
    private static final int MAX_CHANNELS = 6;
    private static final ObjectMapper JSON = new ObjectMapper();

    private IncidentPicture() {}

    /// `nodes` with `id`, `label`, `side` (`client`, `supplier`, `outside`), `party`, `first`,
    /// `affected`, `entry`; `edges` with `from`, `to`, `step`, `time`, `last`, `label`, `confidence`,
    /// `kind` (`in`, `out` or empty), `why`.
    public static ObjectNode of(JsonNode incident) {
        String client = incident.path("client").asString("");
        Set<String> affected = new TreeSet<>();
        incident.path("findings").forEach(f -> affected.add(f.path("affected").asString("")));
        Set<String> indicators = new TreeSet<>();
        incident.path("indicators").forEach(i -> indicators.add(i.asString("")));
        Set<String> begun = new LinkedHashSet<>();
        incident.path("origins").forEach(o -> begun.add(o.path("at").asString("")));
        Map<String, ObjectNode> nodes = new LinkedHashMap<>();
        ObjectNode out = JSON.createObjectNode();
        ArrayNode edges = JSON.createArrayNode();
        int step = 0;
        int left = 0;
        for (JsonNode hop : incident.path("path")) {
            String from = hop.path("from").asString("");
            String to = hop.path("to").asString("");
            if (from.isEmpty() || to.isEmpty()) {
                continue;
            }
            if (++step > MAX_EDGES) {
                left++;
                continue;
            }
            String time = hop.path("time").asString("");
            boolean over = !hop.path("link").asString("").isEmpty();
            node(nodes, from, hop.path("party").asString(""), time, client, affected, indicators, begun);
            node(nodes, to, hop.path("to_party").asString(""), time, client, affected, indicators, begun);
            boolean outward = indicators.contains(to);
            edges.addObject()
                    .put("from", from)
                    .put("to", to)
                    .put("step", step)
                    .put("time", time)
                    .put("last", hop.path("last").asString(""))
                    .put("label", label(hop))
                    .put("confidence", hop.path("confidence").asDouble(0))
                    .put("kind", over ? "in" : outward ? "out" : "")
                    .put("why", hop.path("why").asString(""));
        }
        int channels = 0;
        for (JsonNode channel : incident.path("channels")) {
            String from = channel.path("from").asString("");
            String to = channel.path("to").asString("");
            if (nodes.containsKey(from)
                    && !nodes.containsKey(to)
                    && indicators.contains(to)
                    && channels++ < MAX_CHANNELS) {
                String time = channel.path("first_seen").asString("");
                node(nodes, to, "", time, client, affected, indicators, begun);
                edges.addObject()
                        .put("from", from)
                        .put("to", to)
                        .put("step", ++step)
                        .put("time", time)
                        .put("last", channel.path("last_seen").asString(""))
                        .put("label", "port " + channel.path("port").asInt(0))
                        .put("confidence", 1.0)
                        .put("kind", "out")
                        .put("why", "A line that was kept to the outside.");
            }
        }
        ArrayNode list = out.putArray("nodes");
        nodes.values().forEach(list::add);
        out.set("edges", edges);
        return out.put("left_out", left);
    }

    private static String label(JsonNode hop) {
        String via = hop.path("via").asString("");
        String port = hop.path("port").isNumber() ? "port " + hop.path("port").asInt(0) : "";
        String how = via.isEmpty() ? port : via;
        String account = hop.path("account").asString("");
        return how + (account.isEmpty() ? "" : (how.isEmpty() ? "as " : " as ") + account);
    }

    private static void node(
            Map<String, ObjectNode> nodes,
            String id,
            String party,
            String time,
            String client,
            Set<String> affected,
            Set<String> indicators,
            Set<String> begun) {
        ObjectNode known = nodes.get(id);
        if (known != null) {
            if (known.path("party").asString("").isEmpty() && !party.isEmpty()) {
                known.put("party", party).put("side", side(id, party, client, indicators));
            }
            return;
        }
        nodes.put(
                id,
                JSON.createObjectNode()
                        .put("id", id)
                        .put("label", id)
                        .put("party", party)
                        .put("side", side(id, party, client, indicators))
                        .put("first", time)
                        .put("affected", affected.contains(id))
                        .put("entry", begun.contains(id)));
    }

    private static String side(String id, String party, String client, Set<String> indicators) {
        if (indicators.contains(id) || party.isEmpty()) {
            return "outside";
        }
        return party.equals(client) ? "client" : "supplier";
    }
}
