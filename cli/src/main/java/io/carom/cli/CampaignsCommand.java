package io.carom.cli;

import io.carom.campaign.Campaign;
import io.carom.cases.Cases;
import io.carom.cases.KeptCampaigns;
import io.carom.intel.Warninglists;
import io.carom.intelstore.IntelFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Incidents of several clients that are one intruder's.
@Command(
        name = "campaigns",
        header = {
            "Says which incidents of several clients are one intruder's, and who is likely to be next.",
            "",
            "  carom campaigns",
            "  carom campaigns campaign-3f2a9c01 --json",
            ""
        },
        mixinStandardHelpOptions = true)
final class CampaignsCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "ID", arity = "0..1", description = "Only this one, whole.")
    @Nullable
    String id;

    @Mixin
    KnownParties knownParties = new KnownParties();

    @Option(
            names = "--warninglist",
            paramLabel = "PATH",
            description = "MISP warninglists or plain lists: what is on them joins nobody.")
    List<String> warninglists = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        boolean faults = false;
        Warninglists lists = Warninglists.builtIn();
        if (!warninglists.isEmpty()) {
            Warninglists.Read read = IntelFiles.warninglists(warninglists);
            read.faults().forEach(f -> common.fault(Shown.text(f, 400)));
            faults = !read.faults().isEmpty();
            lists = lists.and(read.lists());
        }
        List<Campaign> campaigns;
        try (Cases cases = Cases.open(common.home())) {
            campaigns = KeptCampaigns.of(cases, common.home(), knownParties.of(common, cases), lists);
        }
        List<Campaign> told =
                campaigns.stream().filter(c -> id == null || c.id().equals(id)).toList();
        if (id != null && told.isEmpty()) {
            throw new IOException(
                    "there is no campaign \"" + Shown.text(id, 60) + "\" in this home; \"carom campaigns\" lists them");
        }
        for (Campaign one : told) {
            if (common.json) {
                ObjectNode line = JSON.createObjectNode();
                KeptCampaigns.json(one, line);
                common.out().println(JSON.writeValueAsString(line));
            } else {
                print(one, id != null);
            }
        }
        if (campaigns.isEmpty()) {
            common.note("No incidents of several clients have anything in common that would make them one intruder's.");
        }
        return faults ? Exit.SOME_REJECTED : Exit.DONE;
    }

    private void print(Campaign one, boolean whole) {
        PrintWriter out = common.out();
        out.println(one.id() + "  " + Shown.text(one.title(), 200)
                + String.format(Locale.ROOT, "  (%.2f)", one.confidence()));
        out.println("  " + one.first() + " to " + one.last() + "; clients "
                + Shown.text(String.join(", ", one.clients()), 400));
        out.println("  incidents " + Shown.text(String.join(", ", one.incidents()), whole ? 10_000 : 200));
        int shown = 0;
        for (Campaign.Shared shared : one.shared()) {
            if (shared.joins() && (whole || shown++ < 5)) {
                out.println("  " + shared.trait().kind().words() + ": "
                        + Shown.text(shared.trait().value(), 120) + ", at "
                        + Shown.text(String.join(", ", shared.clients()), 200));
            }
        }
        for (Campaign.Likely likely :
                one.next().subList(0, Math.min(whole ? 50 : 3, one.next().size()))) {
            out.println(String.format(Locale.ROOT, "  likely next (%.2f): ", likely.likelihood())
                    + Shown.text(likely.client(), 64) + ": " + Shown.text(String.join("; ", likely.reasons()), 400));
        }
    }
}
