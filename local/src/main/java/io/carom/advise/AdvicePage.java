package io.carom.advise;

import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.report.Html;
import io.carom.respond.DutyClock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// The page that people read: one file without anything from elsewhere, made to be printed too.
final class AdvicePage {
    private static final String STYLE = """
            :root{--ink:#1b1f24;--soft:#5a6472;--line:#d9dee5;--paper:#fff;--wash:#f5f7f9;--accent:#0b4a6f;--bad:#a3262a;--warn:#8a5a00;--good:#1e6b3a}
            *{box-sizing:border-box}body{margin:0;background:#eceff2;color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
            main{max-width:54rem;margin:0 auto;background:var(--paper);padding:2.2rem 3rem 3rem;box-shadow:0 1px 6px #0002}
            .tlp{display:inline-block;background:#000;font-weight:700;letter-spacing:.03em;padding:.15rem .6rem;font-size:.85rem}
            .tlp-clear{color:#fff}.tlp-green{color:#33ff00}.tlp-amber,.tlp-amber-strict{color:#ffc000}.tlp-red{color:#ff2b2b}
            header{display:flex;justify-content:space-between;align-items:flex-start;gap:1rem;color:var(--soft);font-size:.88rem}
            h1{font-size:1.75rem;line-height:1.25;margin:1.4rem 0 .4rem;letter-spacing:-.01em}
            .lead{font-size:1.12rem;line-height:1.5;margin:.4rem 0 1.2rem}
            h2{font-size:1.12rem;margin:2.2rem 0 .6rem;padding-bottom:.3rem;border-bottom:2px solid var(--accent);color:var(--accent)}
            h3{font-size:1rem;margin:1.4rem 0 .4rem}
            .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.7rem;margin:1rem 0}
            .facts div{background:var(--wash);border:1px solid var(--line);border-radius:4px;padding:.6rem .8rem}
            .facts b{display:block;font-size:1.1rem;line-height:1.35}.facts span{color:var(--soft);font-size:.84rem}
            ol.do{padding-left:0;list-style:none;counter-reset:n;margin:0}
            ol.do li{counter-increment:n;position:relative;padding:.55rem 0 .55rem 2.6rem;border-bottom:1px solid var(--line)}
            ol.do li:before{content:counter(n);position:absolute;left:0;top:.55rem;width:1.7rem;height:1.7rem;border-radius:50%;background:var(--accent);color:#fff;text-align:center;line-height:1.7rem;font-weight:700;font-size:.9rem}
            table{border-collapse:collapse;width:100%;font-size:.87rem;margin:.5rem 0}
            th{text-align:left;color:var(--soft);font-weight:600;border-bottom:1px solid var(--ink);padding:.3rem .6rem .3rem 0;vertical-align:bottom}
            td{border-bottom:1px solid var(--line);padding:.35rem .6rem .35rem 0;vertical-align:top}
            td.at{min-width:8.5rem}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
            .v{font-family:ui-monospace,"Liberation Mono",Menlo,monospace;font-size:.86em;overflow-wrap:anywhere}
            .raw{font-family:ui-monospace,"Liberation Mono",Menlo,monospace;font-size:.74rem;line-height:1.4;color:var(--soft);overflow-wrap:anywhere;margin:.15rem 0 0}
            time{white-space:nowrap}.soft{color:var(--soft)}.sev{font-weight:700;text-transform:capitalize}
            .critical,.missed{color:var(--bad)}.high{color:#b4481c}.medium,.running,.waiting{color:var(--warn)}.met{color:var(--good)}
            .path{border-left:3px solid var(--accent);padding:0 0 0 1rem;margin:.6rem 0;list-style:none}
            .path li{padding:.3rem 0}.path .arrow{color:var(--accent);padding:0 .35rem}
            .note{background:#fff8e5;border:1px solid #ecd9a3;border-radius:4px;padding:.6rem .8rem;margin:.8rem 0}
            .cp{background:#fde8e8;color:#8c1d1d;font-size:.85em;border-radius:2px;padding:0 .15em}.none{color:var(--soft)}
            footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.8rem;color:var(--soft);font-size:.82rem}
            @media(max-width:40rem){main{padding:1.2rem}}
            @page{size:A4;margin:16mm 15mm}
            @media print{body{background:#fff;font-size:10.5pt}main{box-shadow:none;padding:0;max-width:none}h2,h3{break-after:avoid}tr,li{break-inside:avoid}.tlp,ol.do li:before{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
            """;

    private final Advice in;
    private final int toDo;
    private final int inFull;
    private final int lines;
    private final Html out = new Html();

    private AdvicePage(Advice in, int toDo, int inFull, int lines) {
        this.in = in;
        this.toDo = toDo;
        this.inFull = inFull;
        this.lines = lines;
    }

    /// For people: the gravest in full, the others a line each.
    static String of(Advice in) {
        return new AdvicePage(in, Advice.TO_DO, Advice.IN_FULL, Advice.LINES).html();
    }

    /// All that is told, however long.
    static String whole(Advice in) {
        return new AdvicePage(in, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE).html();
    }

    private String html() {
        out.raw(
                        "<!doctype html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">")
                .raw(
                        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">")
                .raw("<meta name=referrer content=no-referrer><title>")
                .text(in.tlp().label() + " – Advice for " + in.client())
                .raw("</title><style>")
                .raw(STYLE)
                .raw("</style></head><body><main><header><div>");
        tlp(in.tlp());
        out.raw("</div><div>As of ").minute(in.made()).raw(" UTC");
        if (!in.sender().isEmpty()) {
            out.raw("<br>from ").text(in.sender());
            out.text(in.contact().isEmpty() ? "" : ", " + in.contact());
        }
        out.raw("</div></header><h1>Advice for ").text(in.client()).raw("</h1><p class=lead>");
        out.text(in.headline()).raw("</p>");
        facts();
        todo();
        in.incidents().stream().limit(inFull).forEach(this::incident);
        others();
        indicators();
        unknown();
        duties();
        about();
        return out.raw("</main></body></html>\n").toString();
    }

    private void tlp(Tlp tlp) {
        out.raw("<span class=\"tlp tlp-")
                .raw(tlp.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .raw("\">")
                .text(tlp.label())
                .raw("</span>");
    }

    private void fact(String value, String what) {
        out.raw("<div><b>").text(value).raw("</b><span>").text(what).raw("</span></div>");
    }

    private void facts() {
        out.raw("<div class=facts>");
        if (!in.incidents().isEmpty()) {
            Advice.Case worst = in.incidents().getFirst();
            fact(worst.severity(), "severity of the worst incident");
            fact(
                    CaseParts.MINUTES.format(in.incidents().stream()
                            .map(Advice.Case::first)
                            .min(Instant::compareTo)
                            .orElseThrow()),
                    "first contact, UTC");
            fact(
                    String.valueOf(in.incidents().stream()
                            .flatMap(i -> i.machines().stream())
                            .distinct()
                            .count()),
                    "machines and accounts");
        }
        fact(String.valueOf(in.indicators().size()), "indicators seen");
        fact(Adviser.count(in.sightings(), "event", "events"), "hold one of them");
        out.raw("</div>");
    }

    private void todo() {
        out.raw("<h2>What to do first</h2>");
        if (in.actions().isEmpty()) {
            out.raw("<p>Nothing is to be done beyond looking at what is told below.</p>");
            return;
        }
        out.raw("<ol class=do>");
        in.actions().stream()
                .limit(toDo)
                .forEach(action -> out.raw("<li>").text(action.text()).raw("</li>"));
        out.raw("</ol>");
        more((long) in.actions().size() - toDo);
    }

    private void incident(Advice.Case it) {
        out.raw("<h2>What was seen: ")
                .text(it.id())
                .raw("</h2><p><span class=\"sev ")
                .raw(severity(it.severity()))
                .raw("\">");
        out.text(it.severity())
                .raw("</span>, ")
                .text(it.status())
                .raw(". ")
                .text(it.headline())
                .raw("</p>");
        it.restated().forEach(r -> out.raw("<p class=note>").text(r).raw("</p>"));
        out.raw("<h3>How it came in</h3><p>").text(it.entry()).raw("</p>");
        if (!it.before().isEmpty()) {
            out.raw("<p class=soft>").text(it.before()).raw("</p>");
        }
        if (it.elsewhere()) {
            out.raw("<p class=soft>The same was seen elsewhere; you are not the only one.</p>");
        }
        if (!it.hops().isEmpty()) {
            out.raw("<h3>Its path</h3><ul class=path>");
            for (Advice.Hop hop : it.hops()) {
                out.raw("<li>")
                        .minute(hop.time())
                        .raw(" <span class=v>")
                        .text(hop.from())
                        .raw("</span><span class=arrow>→</span><span class=v>");
                out.text(hop.to()).raw("</span>");
                out.text(hop.via().isEmpty() ? "" : " by " + hop.via());
                out.text(hop.account().isEmpty() ? "" : " as " + hop.account());
                out.text(hop.confidence() > 0 ? String.format(Locale.ROOT, " (%.2f)", hop.confidence()) : "")
                        .raw("</li>");
            }
            out.raw("</ul>");
        }
        found(it);
        if (!it.techniques().isEmpty()) {
            out.raw("<p class=soft>ATT&amp;CK: ")
                    .text(String.join(", ", it.techniques()))
                    .raw("</p>");
        }
    }

    private void others() {
        if (in.incidents().size() <= inFull) {
            return;
        }
        out.raw("<h2>Other incidents</h2><table><tr><th>Incident<th>Severity<th>First<th>Last<th>What</tr>");
        in.incidents().stream()
                .skip(inFull)
                .limit(lines)
                .forEach(it -> out.raw("<tr><td>")
                        .text(it.id())
                        .raw("<td class=")
                        .raw(severity(it.severity()))
                        .raw(">")
                        .text(it.severity())
                        .raw("<td>")
                        .minute(it.first())
                        .raw("<td>")
                        .minute(it.last())
                        .raw("<td>")
                        .text(it.headline())
                        .raw("</tr>"));
        out.raw("</table>");
        more((long) in.incidents().size() - inFull - lines);
    }

    private void more(long n) {
        if (n > 0) {
            out.raw("<p class=soft>").text(Advice.more(n)).raw("</p>");
        }
    }

    private static String severity(String text) {
        return List.of("critical", "high", "medium", "low").contains(text) ? text : "low";
    }

    private void found(Advice.Case it) {
        if (it.found().isEmpty()) {
            return;
        }
        out.raw("<h3>What speaks for it</h3><table><tr><th>First<th>What<th>At<th class=n>Times</tr>");
        for (Advice.Found found : it.found()) {
            out.raw("<tr><td>").minute(found.first()).raw("<td>").text(found.title());
            for (Advice.Record record : found.records()) {
                out.raw("<p class=raw>")
                        .text(record.source() + (record.file().isEmpty() ? "" : ", " + record.file()) + ", record "
                                + record.number() + ": ");
                out.text(record.text().isEmpty() ? "not shown, for it names others" : record.text())
                        .raw("</p>");
            }
            out.raw("<td class=at>")
                    .value(found.affected())
                    .raw("<td class=n>")
                    .text(String.valueOf(found.count()))
                    .raw("</tr>");
        }
        out.raw("</table>");
    }

    private void indicators() {
        out.raw("<h2>Indicators seen at ").text(in.client()).raw("</h2>");
        if (in.indicators().isEmpty()) {
            out.raw("<p>None: what was found was found by what it does.</p>");
            return;
        }
        out.raw(
                "<p class=soft>Those that say most come first: the score is their confidence, falling with age. They are in the files beside this page for machines.</p>");
        out.raw(
                "<table><tr><th>Kind<th>Value<th class=n>Score<th class=n>Events<th>First seen<th>Last seen<th>In<th>May go to</tr>");
        for (Advice.Seen seen :
                in.indicators().subList(0, Math.min(lines, in.indicators().size()))) {
            ThreatIndicator one = seen.indicator();
            out.raw("<tr><td>").text(one.type().label()).raw("<td>").value(one.value());
            String says = String.join(
                    "; ",
                    List.of(one.facts().source(), one.facts().comment()).stream()
                            .filter(s -> !s.isBlank())
                            .toList());
            if (!says.isEmpty()) {
                out.raw("<br><span class=soft>").text(says, 200).raw("</span>");
            }
            out.raw("<td class=n>")
                    .text(String.valueOf(seen.score()))
                    .raw("<td class=n>")
                    .text(String.valueOf(seen.count()));
            out.raw("<td>")
                    .minute(seen.first())
                    .raw("<td>")
                    .minute(seen.last())
                    .raw("<td>")
                    .text(String.join(", ", seen.sources()))
                    .raw("<td>");
            Tlp tlp = one.facts().tlp();
            out.text((tlp == null ? "" : tlp.label())
                            + (one.facts().pap().isEmpty()
                                    ? ""
                                    : " PAP:" + one.facts().pap()))
                    .raw("</tr>");
        }
        out.raw("</table>");
        more((long) in.indicators().size() - lines);
    }

    private void unknown() {
        out.raw("<h2>What we do not know</h2>");
        if (!in.unknown().isEmpty()) {
            out.raw("<ul>");
            in.unknown().forEach(u -> out.raw("<li>").text(u).raw("</li>"));
            out.raw("</ul>");
        }
        if (in.reach().isEmpty()) {
            return;
        }
        out.raw(
                "<h3>How far back each of your logs was looked at</h3><table><tr><th>Log<th>From<th>To<th class=n>Events<th class=n>No longer kept</tr>");
        for (Advice.Reach reach : in.reach()) {
            out.raw("<tr><td>").text(reach.source()).raw("<td>");
            moment(reach.from());
            out.raw("<td>");
            moment(reach.to());
            out.raw("<td class=n>").text(String.format(Locale.ENGLISH, "%,d", reach.events()));
            out.raw("<td class=n>")
                    .text(String.format(Locale.ENGLISH, "%,d", reach.gone()))
                    .raw("</tr>");
        }
        out.raw(
                "</table><p class=soft>What happened before, or in logs that are not named here, was not looked at.</p>");
    }

    private void moment(@org.jspecify.annotations.Nullable Instant time) {
        if (time == null) {
            out.raw("<span class=none>–</span>");
        } else {
            out.minute(time);
        }
    }

    private void duties() {
        List<Advice.Case> dutiful = in.dutiful();
        if (dutiful.isEmpty()) {
            return;
        }
        out.raw(
                "<h2>When somebody must be told</h2><p class=soft>Times in UTC. Whether a law applies to this incident is for you to judge; the clocks are those of the laws that are noted for you, counted from when it was detected until you say since when you were aware.</p>");
        dutiful.stream().limit(inFull).forEach(it -> {
            out.raw("<h3>")
                    .text(it.id())
                    .raw("</h3><table><tr><th>Duty<th>To<th>Due<th>State<th>Where it is written</tr>");
            for (DutyClock clock : it.duties()) {
                out.raw("<tr><td>")
                        .text(clock.duty().regimeName() + ": " + clock.duty().name())
                        .raw("<td>")
                        .text(clock.duty().to())
                        .raw("<td>");
                moment(clock.due());
                out.text(clock.forecast() ? " (forecast)" : "")
                        .raw("<td class=")
                        .raw(clock.state().label())
                        .raw(">");
                out.text(
                        clock.state() == DutyClock.State.WAITING
                                ? "starts when it is " + clock.event()
                                : clock.state().label());
                out.text(clock.restated() == null ? "" : ", out of date")
                        .raw("<td>")
                        .text(clock.duty().source())
                        .raw("</tr>");
            }
            out.raw("</table>");
        });
        more((long) dutiful.size() - inFull);
    }

    private void about() {
        out.raw("<footer><p>");
        tlp(in.tlp());
        out.raw(" ")
                .text(meaning(in.tlp()))
                .raw("</p><p>")
                .text("This page tells what was found in logs of " + in.client()
                        + " and nothing of anybody else's. Records are told by the name of their log and their number in it. Files beside it: "
                        + String.join(", ", AdviceFiles.NAMES) + ".")
                .raw("</p></footer>");
    }

    /// What the Traffic Light Protocol 2.0 allows its receiver.
    static String meaning(Tlp tlp) {
        return switch (tlp) {
            case CLEAR -> "It may be passed on to anybody.";
            case GREEN -> "It may be passed on within your community, not published.";
            case AMBER -> "It may be passed on to those who need to know in your organisation and its clients.";
            case AMBER_STRICT -> "It may be passed on to those who need to know in your organisation only.";
            case RED -> "It is for those to whom it was sent, and for nobody else.";
        };
    }
}
