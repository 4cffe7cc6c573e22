package io.carom.view;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The hops of an incident as a graph that can be walked in time: a node for each machine or address,
/// an edge for each hop and for each line that was kept to the outside, in the order of time. Bounded:
/// the first 120 hops and six lines; what is not drawn is counted.
public final class IncidentPicture {
    private static final int MAX_EDGES = 120;
    private static final int MAX_CHANNELS = 6;
    private static final ObjectMapper JSON = new ObjectMapper();

    private IncidentPicture() {}

    private record Edge(Instant at, ObjectNode edge) {}

    /// @param place in the incident's path
    private record Hop(Instant at, int place, JsonNode hop) {}

    /// `nodes` with `id`, `label`, `side` (`client`, `supplier`, `outside`), `party`, `first`,
    /// `affected`, `entry`; `edges` with `from`, `to`, `step` (its place in the order of time, from 1 on),
    /// `hop` (its place in the incident's path, from 0 on; -1 for a line to the outside), `time`, `last`,
    /// `label`, `confidence`, `kind` (`in`, `out` or empty), `why`; `left_out`, how many are not drawn.
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
        List<Edge> edges = new ArrayList<>();
        List<Hop> hops = hops(incident);
        for (Hop one : hops.subList(0, Math.min(MAX_EDGES, hops.size()))) {
            JsonNode hop = one.hop;
            String from = hop.path("from").asString("");
            String to = hop.path("to").asString("");
            String time = hop.path("time").asString("");
            boolean over = !hop.path("link").asString("").isEmpty();
            node(nodes, from, hop.path("party").asString(""), time, client, affected, indicators, begun);
            node(nodes, to, hop.path("to_party").asString(""), time, client, affected, indicators, begun);
            boolean outward = indicators.contains(to);
            edges.add(new Edge(
                    one.at,
                    edge(from, to, one.place, time)
                            .put("last", hop.path("last").asString(""))
                            .put("label", label(hop))
                            .put("confidence", hop.path("confidence").asDouble(0))
                            .put("kind", over ? "in" : outward ? "out" : "")
                            .put("why", hop.path("why").asString(""))));
        }
        int left = incident.path("path").size() - edges.size();
        int channels = 0;
        for (JsonNode channel : incident.path("channels")) {
            String from = channel.path("from").asString("");
            String to = channel.path("to").asString("");
            if (!nodes.containsKey(from) || nodes.containsKey(to) || !indicators.contains(to)) {
                continue;
            }
            if (++channels > MAX_CHANNELS) {
                left++;
                continue;
            }
            String time = channel.path("first_seen").asString("");
            node(nodes, to, "", time, client, affected, indicators, begun);
            edges.add(new Edge(
                    at(time),
                    edge(from, to, -1, time)
                            .put("last", channel.path("last_seen").asString(""))
                            .put("label", "port " + channel.path("port").asInt(0))
                            .put("confidence", 1.0)
                            .put("kind", "out")
                            .put("why", "A line that was kept to the outside.")));
        }
        ArrayNode list = out.putArray("nodes");
        nodes.values().forEach(list::add);
        // Those of one time stay as they were: hops in the order of the path, then lines to the outside.
        edges.sort(Comparator.comparing(Edge::at));
        ArrayNode drawn = out.putArray("edges");
        for (Edge one : edges) {
            drawn.add(one.edge.put("step", drawn.size() + 1));
        }
        return out.put("left_out", left);
    }

    /// Those that can be drawn, the earliest first.
    private static List<Hop> hops(JsonNode incident) {
        List<Hop> out = new ArrayList<>();
        int place = 0;
        for (JsonNode hop : incident.path("path")) {
            if (!hop.path("from").asString("").isEmpty()
                    && !hop.path("to").asString("").isEmpty()) {
                out.add(new Hop(at(hop.path("time").asString("")), place, hop));
            }
            place++;
        }
        out.sort(Comparator.comparing(Hop::at));
        return out;
    }

    /// What has no time comes last.
    private static Instant at(String time) {
        try {
            return Instant.parse(time);
        } catch (DateTimeException e) {
            return Instant.MAX;
        }
    }

    private static ObjectNode edge(String from, String to, int hop, String time) {
        return JSON.createObjectNode()
                .put("from", from)
                .put("to", to)
                .put("hop", hop)
                .put("time", time);
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
