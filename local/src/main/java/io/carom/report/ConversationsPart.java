package io.carom.report;

import io.carom.trace.Ledger;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who talked to whom: the picture of the links, and the pairs that matter most as a table.
final class ConversationsPart {
    private static final int MAX_PAIRS = 500;

    private final ReportInput in;
    private final List<Ledger.Pair> pairs;
    private final Html out;

    ConversationsPart(ReportInput in, List<Ledger.Pair> pairs, Html out) {
        this.in = in;
        this.pairs = pairs;
        this.out = out;
    }

    void draw() {
        out.raw(
                "<section id=ways aria-labelledby=h-ways><h2 id=h-ways>Who talked to whom</h2><p class=note>Supplier links"
                        + " that were in use, orange where one is the likeliest way in of an incident. Red lines lead to known"
                        + " hostile addresses. Width grows with the number of events.</p>");
        Html picture = new Html();
        new WaysPicture(in, pairs).draw(picture);
        if (picture.length() > 0) {
            out.raw("<div class=card>").raw(picture.toString()).raw("</div>");
        }
        if (pairs.isEmpty()) {
            out.raw("<div class=card>No event names both ends of a conversation.</div></section>\n");
            return;
        }
        // What came over a link or touches an incident is what one looks for; then what was seen most.
        Set<String> hot = new HashSet<>();
        in.incidents().forEach(i -> {
            hot.addAll(i.indicators());
            i.affected().forEach(e -> hot.add(e.value()));
        });
        List<Ledger.Pair> shown = pairs.stream()
                .sorted(Comparator.comparing((Ledger.Pair p) -> p.link() == null)
                        .thenComparing(p -> !hot.contains(p.src()) && !hot.contains(p.dst()))
                        .thenComparing(
                                Comparator.comparingLong(Ledger.Pair::count).reversed()))
                .limit(MAX_PAIRS)
                .toList();
        ReportPage.tools(out, "pairs", "Filter conversations");
        out.raw("<div class=scroll tabindex=0 role=region aria-label=\"Conversations\"><table id=pairs><caption>")
                .number(shown.size(), "pair", "pairs")
                .raw(" of " + Html.number(pairs.size())
                        + ": those over links first, then those that touch incidents, then" + " those seen most.")
                .raw(
                        in.ledger().folded() > 0
                                ? " " + Html.number(in.ledger().folded()) + " rare pairs are counted together."
                                : "")
                .raw("</caption><thead><tr><th>Logs of<th>From<th>To<th class=n>Port<th>Link<th"
                        + " class=n>Events<th class=n>Sent<th class=n>Received<th>First (UTC)<th>Last</thead><tbody>");
        for (Ledger.Pair p : shown) {
            out.raw("<tr><td>").value(p.client()).raw("<td>").value(p.src());
            owner(p.srcParty(), p.client());
            out.raw("<td>").value(p.dst());
            owner(p.dstParty(), p.client());
            out.raw("<td class=n>")
                    .text(p.port() < 0 ? "" : String.valueOf(p.port()))
                    .raw("<td>")
                    .value(p.link())
                    .raw("<td class=n>")
                    .raw(Html.number(p.count()))
                    .raw("<td class=n>")
                    .raw(Html.bytes(p.bytesOut()))
                    .raw("<td class=n>")
                    .raw(Html.bytes(p.bytesIn()))
                    .raw("<td>")
                    .minute(Instant.ofEpochMilli(p.first()))
                    .raw("<td>")
                    .minute(Instant.ofEpochMilli(p.last()));
        }
        out.raw("</tbody></table></div></section>\n");
    }

    /// Whose the address above is, where that is not who the logs are of.
    private void owner(@Nullable String party, String client) {
        if (party != null && !party.equals(client)) {
            out.raw("<br><span class=cut>").text(party, 40).raw("</span>");
        }
    }
}
