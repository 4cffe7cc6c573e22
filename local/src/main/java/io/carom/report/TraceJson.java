package io.carom.report;

import io.carom.trace.Trace;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A trace as JSON, with the members that `carom trace --json` promises.
public final class TraceJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TraceJson() {}

    /// One reading, as an object.
    public static ObjectNode of(String client, Trace trace) {
        ObjectNode out = JSON.createObjectNode();
        out.put("rank", trace.rank());
        out.put("confidence", trace.confidence());
        out.put("client", client);
        ObjectNode entry = out.putObject("entry");
        entry.put("party", trace.entry().party());
        entry.put("link", trace.entry().link());
        entry.put("way", trace.entry().way().label());
        entry.put("from", trace.entry().from());
        entry.put("why", trace.entry().why());
        ArrayNode origins = out.putArray("origins");
        for (Trace.Origin origin : trace.origins()) {
            ObjectNode one = origins.addObject();
            one.put("way", origin.way().label()).put("party", origin.party());
            one.put("from", origin.from()).put("at", origin.at()).put("account", origin.account());
            one.put("time", origin.time().toString()).put("confidence", origin.confidence());
            one.put("why", origin.why());
        }
        ArrayNode hops = out.putArray("hops");
        for (Trace.Hop hop : trace.hops()) {
            ObjectNode one = hops.addObject();
            one.put("time", hop.time().toString());
            one.put("end", hop.end().toString());
            one.put("from", hop.from());
            one.put("to", hop.to());
            one.put("account", hop.account());
            one.put("via", hop.via());
            one.put("party", hop.fromParty());
            one.put("to_party", hop.toParty());
            one.put("link", hop.link());
            one.put("confidence", hop.confidence());
            one.put("why", hop.why());
            ArrayNode evidence = one.putArray("evidence");
            for (Trace.Source source : hop.records()) {
                ObjectNode record = evidence.addObject();
                record.put("path", source.path());
                record.put("record", source.record());
            }
        }
        ArrayNode reached = out.putArray("reached");
        trace.reached().forEach(reached::add);
        ArrayNode channels = out.putArray("channels");
        for (Trace.Channel c : trace.channels()) {
            ObjectNode one = channels.addObject();
            one.put("from", c.from()).put("to", c.to()).put("port", c.port()).put("machines", c.machines());
            one.put("count", c.count()).put("bytes_out", c.bytesOut()).put("bytes_in", c.bytesIn());
            one.put("first_seen", c.first().toString())
                    .put("last_seen", c.last().toString());
            one.putObject("evidence")
                    .put("path", c.record().path())
                    .put("record", c.record().record());
        }
        ArrayNode gaps = out.putArray("gaps");
        trace.gaps().forEach(gaps::add);
        return out;
    }
}
