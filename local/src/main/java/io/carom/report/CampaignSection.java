package io.carom.report;

import io.carom.campaign.Campaign;
import io.carom.campaign.Campaigns;
import io.carom.intel.Warninglists;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The page's part about incidents of several clients that are one intruder's.
final class CampaignSection {
    private static final int MAX_SHARED = 20;
    private static final int MAX_NEXT = 10;

    private CampaignSection() {}

    /// Those of one investigation.
    static List<Campaign> of(ReportInput in) {
        try {
            return Campaigns.of(
                    CampaignMembers.of(in.incidents(), in.parties()),
                    in.parties(),
                    CampaignValues.excused(in.parties(), Warninglists.builtIn()),
                    Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Nothing where there is no campaign.
    static void write(Html out, ReportInput in) {
        List<Campaign> campaigns = of(in);
        if (campaigns.isEmpty()) {
            return;
        }
        out.raw("<section id=campaigns><h2>Campaigns</h2>");
        for (Campaign one : campaigns) {
            out.raw("<h3>").text(one.title()).raw("</h3><p>").text(one.id()).raw(": ");
            out.text(String.join(", ", one.clients()))
                    .raw("; ")
                    .minute(one.first())
                    .raw(" to ")
                    .minute(one.last());
            out.raw(" UTC; one intruder with confidence ")
                    .text(String.format(Locale.ROOT, "%.2f", one.confidence()))
                    .raw(
                            ".</p><div class=card><table><thead><tr><th>In common</th><th>Value</th><th>At</th></tr></thead><tbody>");
            for (Campaign.Shared shared : one.shared().stream()
                    .filter(Campaign.Shared::joins)
                    .limit(MAX_SHARED)
                    .toList()) {
                out.raw("<tr><td>")
                        .text(shared.trait().kind().words())
                        .raw("</td><td>")
                        .value(shared.trait().value());
                out.raw("</td><td>").text(String.join(", ", shared.clients())).raw("</td></tr>");
            }
            out.raw("</tbody></table></div>");
            if (!one.next().isEmpty()) {
                out.raw("<p>Likely next:</p><ul>");
                for (Campaign.Likely likely :
                        one.next().stream().limit(MAX_NEXT).toList()) {
                    out.raw("<li><b>")
                            .text(likely.client())
                            .raw("</b> ")
                            .text(String.format(Locale.ROOT, "(%.2f): ", likely.likelihood()))
                            .text(String.join("; ", likely.reasons()))
                            .raw("</li>");
                }
                out.raw("</ul>");
            }
        }
        out.raw("</section>");
    }
}
