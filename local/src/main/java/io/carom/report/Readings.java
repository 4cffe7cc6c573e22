package io.carom.report;

import io.carom.incident.Incident;
import io.carom.trace.Trace;
import java.time.Instant;
import java.util.List;

/// How it may have come in: the best reading beside its rivals, where it may have begun, which lines lead outside,
/// and what is missing to tell.
final class Readings {
    private static final int MAX_CHANNELS = 10;
    private static final int MAX_GAPS = 8;

    private final Html out;

    Readings(Html out) {
        this.out = out;
    }

    void wayIn(Incident it) {
        out.raw("<h4>How it came in</h4>");
        Incident.Entry entry = it.entry();
        List<Trace> rivals = it.traces().size() < 2
                ? List.of()
                : it.traces().subList(1, it.traces().size());
        out.raw("<ol class=ranks><li>");
        if (entry.link() == null && entry.confidence() <= 0) {
            String why = entry.reason().replaceFirst("^Not known: ", "");
            out.raw("<b>Not known.</b> ")
                    .text(why.isEmpty() ? "" : Character.toUpperCase(why.charAt(0)) + why.substring(1), 800);
        } else {
            Trace best = it.traces().isEmpty() ? null : it.traces().getFirst();
            way(
                    entry.party(),
                    entry.link(),
                    best == null || best.confidence() != entry.confidence() ? null : best.entry());
            PathSteps.bar(out, entry.confidence());
            out.raw("<div class=why>").text(entry.reason(), 900).raw("</div>");
        }
        out.raw("</li>");
        for (Trace rival : rivals) {
            out.raw("<li class=rival>");
            way(rival.entry().party(), rival.entry().link(), rival.entry());
            PathSteps.bar(out, rival.confidence());
            out.raw("<div class=why>").text(rival.entry().why(), 500).raw("</div></li>");
        }
        out.raw("</ol>");
    }

    private void way(
            @org.jspecify.annotations.Nullable String party,
            @org.jspecify.annotations.Nullable String link,
            Trace.@org.jspecify.annotations.Nullable Entry entry) {
        if (link != null) {
            out.raw("<b>")
                    .text(party == null ? "A supplier" : party, 60)
                    .raw("</b> over <b>")
                    .text(link, 60)
                    .raw("</b>");
        } else if (entry != null) {
            String words = entry.way().words();
            out.raw("<b>")
                    .text(Character.toUpperCase(words.charAt(0)) + words.substring(1))
                    .raw("</b>");
            if (!entry.from().isEmpty()) {
                out.raw(", from ").value(entry.from());
            }
        } else {
            out.raw("<b>From ").text(party == null ? "outside" : party, 60).raw("</b>");
        }
    }

    void origins(Incident it) {
        List<Trace.Origin> origins =
                it.traces().isEmpty() ? List.of() : it.traces().getFirst().origins();
        if (origins.isEmpty()) {
            return;
        }
        out.raw("<h4>Where it may have begun</h4><ol class=ranks>");
        for (Trace.Origin origin : origins) {
            String words = origin.way().words();
            out.raw("<li><b>")
                    .text(Character.toUpperCase(words.charAt(0)) + words.substring(1))
                    .raw("</b>, at ")
                    .value(origin.at())
                    .raw(" of ")
                    .text(origin.party().isEmpty() ? "nobody declared" : origin.party(), 60);
            if (!origin.from().isEmpty()) {
                out.raw(", from ").value(origin.from());
            }
            if (!origin.account().isEmpty()) {
                out.raw(", as ").value(origin.account());
            }
            PathSteps.bar(out, origin.confidence());
            out.raw("<div class=why>");
            if (!origin.time().equals(Instant.EPOCH)) {
                out.time(origin.time()).raw(". ");
            }
            out.text(origin.why(), 400).raw("</div></li>");
        }
        out.raw("</ol>");
    }

    void gaps(Incident it) {
        List<String> gaps =
                it.traces().isEmpty() ? List.of() : it.traces().getFirst().gaps();
        if (gaps.isEmpty()) {
            return;
        }
        out.raw("<h4>What is missing</h4><ul class=gaps>");
        gaps.stream().limit(MAX_GAPS).forEach(gap -> out.raw("<li>").text(gap, 500));
        out.raw("</ul>");
    }

    void channels(Incident it) {
        List<Trace.Channel> channels =
                it.traces().isEmpty() ? List.of() : it.traces().getFirst().channels();
        if (channels.isEmpty()) {
            return;
        }
        out.raw("<details><summary>Lines to the outside that few other machines use (")
                .raw(Html.number(channels.size()))
                .raw(
                        ")</summary><p class=note>From machines of the path, since they were suspect. Backups and proxies are"
                                + " among them: known to nobody is what counts.</p><div class=scroll tabindex=0 role=region"
                                + " aria-label=\"Lines to the outside\"><table><thead><tr><th>From<th>To<th class=n>Port<th"
                                + " class=n>Times<th class=n>Sent<th class=n>Received<th class=n>Machines<th>First"
                                + " (UTC)<th>Last<th>Record</thead><tbody>");
        channels.stream()
                .limit(MAX_CHANNELS)
                .forEach(c -> out.raw("<tr><td>")
                        .value(c.from())
                        .raw("<td>")
                        .value(c.to())
                        .raw(it.indicators().contains(c.to()) ? " <span class=bad>known hostile</span>" : "")
                        .raw("<td class=n>")
                        .text(c.port() < 0 ? "" : String.valueOf(c.port()))
                        .raw("<td class=n>")
                        .raw(Html.number(c.count()))
                        .raw("<td class=n>")
                        .raw(Html.bytes(c.bytesOut()))
                        .raw("<td class=n>")
                        .raw(Html.bytes(c.bytesIn()))
                        .raw("<td class=n>")
                        .raw(Html.number(c.machines()))
                        .raw("<td>")
                        .minute(c.first())
                        .raw("<td>")
                        .minute(c.last())
                        .raw("<td class=long><span class=cut>")
                        .text(c.record().path(), 120)
                        .raw(", record ")
                        .raw(Html.number(c.record().record()))
                        .raw("</span>"));
        out.raw("</tbody></table></div></details>");
    }
}
