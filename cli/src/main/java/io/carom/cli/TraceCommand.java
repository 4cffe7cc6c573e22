package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.cases.KeptHistory;
import io.carom.party.Parties;
import io.carom.report.TraceJson;
import io.carom.trace.Trace;
import io.carom.trace.Tracer;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "WHAT", description = "Id of an incident or a finding, or a host, account or address.")
    String what = "";

    @Option(names = "--client", paramLabel = "NAME", description = "Only in the logs of this client.")
    @Nullable
    String client;

    @Mixin
    KnownParties knownParties = new KnownParties();

    @Override
    public Integer call() throws Exception {
        try (Cases cases = Cases.open(common.home())) {
            Parties parties = knownParties.of(common, cases);
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
                        common.out().println(TraceJson.of(start.client(), trace).toString());
                    } else {
                        print(start.client(), trace);
                    }
                }
            }
        }
        return Exit.DONE;
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
