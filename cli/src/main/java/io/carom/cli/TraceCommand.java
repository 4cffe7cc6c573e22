package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.cases.KeptHistory;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.trace.Trace;
import io.carom.trace.Tracer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `carom trace WHAT`: the hops that led to something, back to the way in and on to what was reached.
@Command(
        name = "trace",
        header = {
            "The hops that led to an incident, finding, host, account or address.",
            "",
            "  carom trace inc-3f2a9c01d4e7",
            "  carom trace fs01 --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class TraceCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "WHAT", description = "Id of an incident or a finding, or a host, account or address.")
    String what = "";

    @Option(names = "--client", paramLabel = "NAME", description = "Only in the logs of this client.")
    @Nullable
    String client;

    @Option(
            names = "--parties",
            paramLabel = "FILE",
            description = "The parties file (default: the one of the latest investigation).")
    @Nullable
    Path partiesFile;

    @Override
    public Integer call() throws Exception {
        try (Cases cases = Cases.open(common.home())) {
            String text = cases.parties();
            Parties parties = partiesFile != null
                    ? PartiesFile.read(partiesFile)
                    : text.isEmpty() ? Parties.NONE : PartiesFile.parse(text, "parties of the latest investigation");
            List<Cases.Start> starts = cases.starts(what).stream()
                    .filter(s -> client == null || s.client().equals(client))
                    .toList();
            if (starts.isEmpty()) {
                KeptHistory history = cases.history();
                throw new java.io.IOException("nothing is known of \"" + Shown.text(what, 100) + "\": "
                        + (history.clients().isEmpty()
                                ? "no investigation was made in this home; run \"carom investigate PATH\" first"
                                : "no incident, finding, host, account or address of the investigations in this home is"
                                        + " called so"));
            }
            Tracer tracer = new Tracer(cases.history(), parties, cases.suspicions());
            for (Cases.Start start : starts) {
                for (Trace trace : tracer.trace(start.client(), start.since())) {
                    if (common.json) {
                        common.out().println(JSON.writeValueAsString(json(start.client(), trace)));
                    } else {
                        print(start.client(), trace);
                    }
                }
            }
        }
        return Exit.DONE;
    }

    static ObjectNode json(String client, Trace trace) {
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

    private void print(String at, Trace trace) {
        Paper paper = new Paper(common.out());
        Trace.Entry entry = trace.entry();
        paper.head((at.isEmpty() ? "" : at + ": ")
                + (trace.rank() == 1 ? "the likeliest reading" : "reading " + trace.rank()) + ", "
                + percent(trace.confidence()));
        String from = entry.from()
                + (entry.party() == null ? "" : " of " + entry.party())
                + (entry.link() == null ? "" : ", over " + entry.link());
        paper.item(
                2,
                "Came in",
                entry.from().isEmpty()
                        ? "in a way that is not known. " + entry.why()
                        : "from " + from + ". " + entry.why());
        for (Trace.Origin o : trace.origins()) {
            paper.item(
                    2,
                    "Began",
                    o.way().words() + " at " + o.at() + " of " + (o.party().isEmpty() ? "nobody declared" : o.party())
                            + (o.from().isEmpty() ? "" : ", from " + o.from())
                            + (o.account().isEmpty() ? "" : ", as " + o.account()) + ", "
                            + IncidentText.minute(o.time().toString()) + " (" + percent(o.confidence()) + "). "
                            + o.why());
        }
        for (Trace.Hop hop : trace.hops()) {
            paper.item(
                    2,
                    IncidentText.minute(hop.time().toString()),
                    hop.from() + " -> " + hop.to() + "  " + hop.via()
                            + (hop.account().isEmpty() ? "" : " as " + hop.account()) + "  ("
                            + percent(hop.confidence()) + ")");
            paper.soft(6, hop.why());
            for (Trace.Source source : hop.records()) {
                paper.soft(6, source.path() + ", record " + source.record());
            }
        }
        for (Trace.Channel c : trace.channels()) {
            paper.item(
                    2,
                    "Outside:",
                    c.from() + " -> " + c.to() + " port " + c.port() + ", " + Shown.count(c.count()) + " times from "
                            + IncidentText.minute(c.first().toString()) + " to "
                            + IncidentText.minute(c.last().toString()) + ", " + Shown.bytes(c.bytesOut()) + " out, "
                            + Shown.bytes(c.bytesIn()) + " in; machines that go there: " + c.machines());
        }
        trace.gaps().forEach(gap -> paper.item(2, "Missing:", gap));
        paper.gap();
    }

    private static String percent(double p) {
        return String.format(java.util.Locale.ROOT, "%.0f %%", 100 * p);
    }
}
