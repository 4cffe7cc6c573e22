package io.carom.report;

import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import io.carom.trace.Ledger;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/// The report as one page that loads nothing: a manager reads its head, an analyst works from the rest.
///
/// Everything from logs is escaped by {@link Html}; the page's policy lets a browser run nothing but
/// its own script. Bounded: lists are cut with the number of what is left out, and point to the JSON
/// files.
final class ReportPage {
    private static final int MAX_INCIDENTS = 60;
    private static final int MAX_LEADS = 200;

    /// Native records on the page, in characters; those of later incidents are in the JSON files.
    private static final int RECORDS = 2_000_000;

    private final ReportInput in;
    private final List<Ledger.Pair> pairs;
    private final Html out = new Html();
    private int records = RECORDS;

    ReportPage(ReportInput in) {
        this.in = in;
        this.pairs = in.ledger().pairs();
    }

    String html() {
        Masthead masthead = new Masthead(in, out);
        String style = resource("report.css");
        String script = resource("report.js");
        out.raw("<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n")
                .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '"
                        + hash(style) + "'; script-src '" + hash(script)
                        + "'; base-uri 'none'; form-action 'none'\">\n")
                .raw("<meta name=viewport content=\"width=device-width,initial-scale=1\">\n")
                .raw("<meta name=color-scheme content=\"light dark\">\n<meta name=referrer content=no-referrer>\n")
                .raw("<title>Carom report: ")
                .text(masthead.verdict())
                .raw("</title>\n<style>")
                .raw(style)
                .raw("</style>\n</head>\n<body>\n<a class=skip href=\"#incidents\">To the incidents</a>\n");
        masthead.draw();
        out.raw("<main class=w>\n");
        incidents();
        leads();
        CampaignSection.write(out, in);
        ClockSection.write(out, in);
        timeline();
        new ConversationsPart(in, pairs, out).draw();
        new IndicatorsPart(in, out).draw();
        InputsPart read = new InputsPart(in, out);
        read.inputs();
        read.reach();
        out.raw("</main>\n<footer><div class=w>Made by Carom on ")
                .time(in.made())
                .raw(
                        " UTC. All times are UTC. Code points in colour, such as <span class=cp>U+202E</span>, stand for"
                                + " characters in logs that cannot be seen or that turn text around. Beside this page lie"
                                + " incidents.json, findings.ndjson and bundle.stix.json with everything whole.</div></footer>\n")
                .raw("<script>")
                .raw(script)
                .raw("</script>\n</body>\n</html>\n");
        return out.toString();
    }

    private static String resource(String name) {
        try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private void incidents() {
        out.raw(
                "<section id=incidents aria-labelledby=h-inc><h2 id=h-inc>Incidents</h2><p class=note>Findings that share"
                        + " machines, accounts or indicators, put together; one client's are never mixed with another's. The"
                        + " worst first.</p>\n");
        if (Masthead.grave(in.incidents()).isEmpty()) {
            out.raw("<div class=card>None.</div>\n");
        }
        List<Incident> grave = Masthead.grave(in.incidents());
        list(grave);
        IncidentCard card = new IncidentCard(in, out);
        for (Incident it : grave.subList(0, Math.min(MAX_INCIDENTS, grave.size()))) {
            records = card.draw(it, records);
        }
        if (grave.size() > MAX_INCIDENTS) {
            out.raw("<p class=note>")
                    .number(grave.size() - MAX_INCIDENTS, "more incident is", "more incidents are")
                    .raw(" in incidents.json.</p>");
        }
        out.raw("</section>\n");
    }

    /// One line each, to choose from.
    private void list(List<Incident> grave) {
        if (grave.size() < 2) {
            return;
        }
        out.raw(
                "<div class=\"scroll index\" tabindex=0 role=region aria-label=\"List of incidents\"><table><thead><tr><th>"
                        + "Severity<th>What<th>First (UTC)<th>Last</thead><tbody>");
        for (Incident it : grave.subList(0, Math.min(MAX_INCIDENTS, grave.size()))) {
            out.raw("<tr><td><span class=\"sev ")
                    .attribute(it.severity().label())
                    .raw("\">")
                    .text(it.severity().label())
                    .raw("</span><td class=long><a href=\"#")
                    .attribute(it.id())
                    .raw("\">")
                    .text(it.title(), 240)
                    .raw("</a><td>")
                    .minute(it.firstSeen())
                    .raw("<td>")
                    .minute(it.lastSeen());
        }
        out.raw("</tbody></table></div>");
    }

    /// What is worth a look and no alarm.
    private void leads() {
        List<Incident> leads = in.incidents().stream()
                .filter(i -> i.severity().compareTo(Incident.Severity.MEDIUM) < 0)
                .toList();
        if (leads.isEmpty()) {
            return;
        }
        out.raw(
                "<section id=leads aria-labelledby=h-leads><h2 id=h-leads>Leads</h2><p class=note>One sign alone, or a mild"
                        + " one: to be looked at when the incidents are dealt with.</p>");
        tools(out, "lead-rows", "Filter leads");
        out.raw(
                "<div class=scroll tabindex=0 role=region aria-label=\"Leads\"><table id=lead-rows><thead><tr><th>Severity<th"
                        + ">What<th class=n>Findings<th>First (UTC)<th>Last<th>Id</thead><tbody>");
        leads.stream().limit(MAX_LEADS).forEach(it -> {
            out.raw("<tr id=\"")
                    .attribute(it.id())
                    .raw("\"><td><span class=\"sev ")
                    .attribute(it.severity().label())
                    .raw("\">")
                    .text(it.severity().label())
                    .raw("</span><td class=long>")
                    .text(it.title(), 300)
                    .raw("<td class=n>")
                    .raw(Html.number(
                            it.findings().stream().mapToLong(Group::count).sum()))
                    .raw("<td>")
                    .minute(it.firstSeen())
                    .raw("<td>")
                    .minute(it.lastSeen())
                    .raw("<td>")
                    .value(it.id());
        });
        out.raw("</tbody></table></div>");
        if (leads.size() > MAX_LEADS) {
            out.raw("<p class=note>")
                    .number(leads.size() - MAX_LEADS, "more is", "more are")
                    .raw(" in incidents.json.</p>");
        }
        out.raw("</section>\n");
    }

    private void timeline() {
        out.raw(
                "<section id=timeline aria-labelledby=h-time><h2 id=h-time>Timeline</h2><p class=note>Findings by client;"
                        + " heights grow with the logarithm of their number. A triangle marks where an incident begins. The thin"
                        + " grey line says when there are logs at all; the bars below it, when a supplier's link was in"
                        + " use, in orange where it reached machines of an incident.</p><div class=card>");
        TimelinePicture picture = new TimelinePicture(in, pairs);
        if (picture.empty()) {
            out.raw("Nothing has a time.");
        } else {
            picture.draw(out);
        }
        out.raw("</div></section>\n");
    }

    static void tools(Html out, String table, String label) {
        out.raw("<div class=tools hidden><label>")
                .raw(label)
                .raw(" <input type=search data-filter=")
                .raw(table)
                .raw(" autocomplete=off></label><output></output></div>");
    }
}
