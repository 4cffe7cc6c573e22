package io.carom.report;

import io.carom.event.Finding;
import io.carom.event.Indicator;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import io.carom.incident.TimeSpread;
import io.carom.run.Line;
import io.carom.trace.Ledger;
import io.carom.trace.Trace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The report as one page that loads nothing: a manager reads its head, an analyst works from the rest.
///
/// Everything from logs is escaped by {@link Html}; the page's policy lets a browser run nothing but its
/// own
/// script. Bounded: lists are cut with the number of what is left out, and point to the JSON files.
final class ReportPage {
    private static final int MAX_INCIDENTS = 100;
    private static final int MAX_GROUPS = 40;
    private static final int MAX_HOPS = 25;
    private static final int MAX_PAIRS = 500;
    private static final int MAX_INPUTS = 2000;
    private static final int MAX_UNSEEN = 200;
    private static final int RECORD = 2000;

    /// Native records on the page, in characters; those of later incidents are in the JSON files.
    private static final int RECORDS = 2_000_000;

    private static final Duration GAP = Duration.ofHours(24);

    private final ReportInput in;
    private final List<Ledger.Pair> pairs;
    private final Html out = new Html();
    private int records;

    ReportPage(ReportInput in) {
        this.in = in;
        this.pairs = in.ledger().pairs();
    }

    String html() {
        String style = resource("report.css");
        String script = resource("report.js");
        out.raw("<!doctype html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n")
                .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '"
                        + hash(style) + "'; script-src '" + hash(script)
                        + "'; base-uri 'none'; form-action 'none'\">\n")
                .raw("<meta name=viewport content=\"width=device-width,initial-scale=1\">\n")
                .raw("<meta name=color-scheme content=\"light dark\">\n<meta name=referrer content=no-referrer>\n")
                .raw("<title>Carom report: ")
                .text(verdict())
                .raw("</title>\n<style>")
                .raw(style)
                .raw("</style>\n</head>\n<body>\n<a class=skip href=\"#incidents\">To the incidents</a>\n");
        head();
        out.raw("<main class=w>\n");
        incidents();
        CampaignSection.write(out, in);
        ClockSection.write(out, in);
        timeline();
        ways();
        indicators();
        inputs();
        reach();
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

    // ---- the answer

    private List<Incident> grave() {
        return in.incidents().stream()
                .filter(i -> i.severity().compareTo(Incident.Severity.MEDIUM) >= 0)
                .toList();
    }

    private Set<String> hit() {
        Set<String> out = new LinkedHashSet<>();
        grave().forEach(i -> out.add(i.client().isEmpty() ? "these logs" : i.client()));
        return out;
    }

    private String verdict() {
        Set<String> hit = hit();
        if (!hit.isEmpty()) {
            boolean sure = in.incidents().stream().anyMatch(i -> i.severity().compareTo(Incident.Severity.HIGH) >= 0);
            return list(hit, 4)
                    + (hit.size() == 1 && !hit.contains("these logs") ? " was" : " were")
                    + (sure ? " touched" : " perhaps touched");
        }
        return in.incidents().isEmpty() ? "no trace was found" : "nothing grave was found";
    }

    private static String list(Set<String> names, int most) {
        List<String> some = new ArrayList<>(names.stream().limit(most).toList());
        if (names.size() > most) {
            some.add(names.size() - most + " more");
        }
        int last = some.size() - 1;
        return last <= 0 ? String.join("", some) : String.join(", ", some.subList(0, last)) + " and " + some.get(last);
    }

    private void head() {
        String verdict = verdict();
        out.raw("<header><div class=w>\n<p class=brand><span><b>Carom</b> investigation report</span><span>made ")
                .minute(in.made())
                .raw(" UTC</span></p>\n<h1>")
                .text(verdict.substring(0, 1).toUpperCase(Locale.ROOT) + verdict.substring(1))
                .raw("</h1>\n<p class=lead>");
        answer();
        out.raw("</p>\n");
        facts();
        out.raw("<nav aria-label=\"Parts of the report\"><ul><li><a href=\"#incidents\">Incidents</a><li><a"
                + " href=\"#timeline\">Timeline</a><li><a href=\"#ways\">Who talked to whom</a><li><a"
                + " href=\"#indicators\">Indicators</a><li><a href=\"#inputs\">What was read</a><li><a"
                + " href=\"#reach\">How far back</a></ul></nav>\n</div></header>\n");
    }

    /// Were we touched, how, by way of whom: in one paragraph.
    private void answer() {
        List<Incident> grave = grave();
        if (grave.isEmpty()) {
            out.text(
                    in.incidents().isEmpty()
                            ? "Nothing that was looked for is in these logs."
                            : "What was found is of low weight; it is listed below.");
            oldest();
            out.raw(" What is not in these logs is not known: see what was read, and how far back it reaches.");
            return;
        }
        Incident worst = grave.getFirst();
        out.text(worst.title()).raw(". ");
        Set<String> ways = new LinkedHashSet<>();
        grave.stream()
                .filter(i -> i.entry().link() != null && i.entry().confidence() >= 0.5)
                .forEach(i -> ways.add(i.entry().link()
                        + (i.entry().party() == null ? "" : " of " + i.entry().party())));
        long unknown = grave.stream().filter(i -> i.entry().link() == null).count();
        if (!ways.isEmpty()) {
            out.text("The likeliest way in: " + list(ways, 3) + ".");
        } else if (unknown == grave.size()) {
            out.text("How it came in is not known from these logs.");
        } else {
            out.text("The way in is not certain; each incident says what speaks for it.");
        }
        if (grave.size() > 1) {
            out.text(" " + Html.number(grave.size()) + " incidents need attention"
                    + (hit().size() > 1 ? ", at " + Html.number(hit().size()) + " clients" : "") + ".");
        }
        Set<String> spared = new LinkedHashSet<>(in.reach().spreads().keySet());
        spared.removeAll(hit());
        if (!spared.isEmpty() && !(spared.size() == 1 && spared.contains(""))) {
            out.text(" Nothing grave was found at " + list(spared, 4) + ".");
        }
    }

    private void oldest() {
        long[] span = {Long.MAX_VALUE, Long.MIN_VALUE};
        in.reach()
                .spreads()
                .values()
                .forEach(m -> m.values().forEach(t -> {
                    span[0] = Math.min(span[0], t.first());
                    span[1] = Math.max(span[1], t.last());
                }));
        if (span[0] <= span[1]) {
            out.raw(" They reach from ")
                    .minute(Instant.ofEpochMilli(span[0]))
                    .raw(" to ")
                    .minute(Instant.ofEpochMilli(span[1]))
                    .raw(".");
        }
    }

    private void facts() {
        Map<Incident.Severity, Integer> by = new TreeMap<>(Comparator.reverseOrder());
        in.incidents().forEach(i -> by.merge(i.severity(), 1, Integer::sum));
        long read = in.inputs().stream().mapToLong(Line.Summary::events).sum();
        long rejected = in.inputs().stream().mapToLong(Line.Summary::rejected).sum();
        long unread = in.inputs().stream().filter(s -> !understood(s)).count();
        out.raw("<dl class=facts><div><dt>Incidents</dt><dd>")
                .raw(Html.number(in.incidents().size()))
                .raw("<small>");
        String comma = "";
        for (Map.Entry<Incident.Severity, Integer> e : by.entrySet()) {
            out.raw(comma)
                    .raw(Html.number(e.getValue()))
                    .raw(" ")
                    .text(e.getKey().label());
            comma = ", ";
        }
        out.raw(by.isEmpty() ? "none" : "")
                .raw("</small></dd></div><div><dt>Clients touched</dt><dd>")
                .raw(Html.number(hit().size()))
                .raw("<small>of ")
                .raw(Html.number(Math.max(hit().size(), in.reach().spreads().size())))
                .raw(" with logs</small></dd></div><div><dt>Findings</dt><dd>")
                .raw(Html.number(in.findings().total()))
                .raw("<small>put together into incidents</small></dd></div><div><dt>Records read</dt><dd>")
                .raw(Html.number(read))
                .raw("<small>from ")
                .number(in.inputs().size(), "input", "inputs")
                .raw("</small></dd></div><div><dt>Not understood</dt><dd>")
                .raw(Html.number(rejected))
                .raw("<small>")
                .raw(unread == 0 ? "every input was recognised" : "")
                .raw(unread == 0 ? "" : Html.number(unread) + (unread == 1 ? " input" : " inputs") + " not read whole")
                .raw("</small></dd></div></dl>\n");
    }

    // ---- incidents

    private void incidents() {
        out.raw(
                "<section id=incidents aria-labelledby=h-inc><h2 id=h-inc>Incidents</h2><p class=note>Findings that share"
                        + " machines, accounts or indicators, put together; one client's are never mixed with another's. The"
                        + " worst first.</p>\n");
        if (in.incidents().isEmpty()) {
            out.raw("<div class=card>None.</div>\n");
        }
        in.incidents().stream().limit(MAX_INCIDENTS).forEach(this::incident);
        if (in.incidents().size() > MAX_INCIDENTS) {
            out.raw("<p class=note>")
                    .number(in.incidents().size() - MAX_INCIDENTS, "more incident is", "more incidents are")
                    .raw(" in incidents.json.</p>");
        }
        out.raw("</section>\n");
    }

    private void incident(Incident it) {
        String severity = it.severity().label();
        out.raw("<article class=\"card inc ")
                .attribute(severity)
                .raw("\" id=\"")
                .attribute(it.id())
                .raw("\"><div class=top><span class=\"sev ")
                .attribute(severity)
                .raw("\">")
                .text(severity)
                .raw("</span><span>")
                .text(it.client().isEmpty() ? "no client declared" : it.client(), 60)
                .raw("</span><span>")
                .minute(it.firstSeen());
        if (it.lastSeen().toEpochMilli() / 60_000 != it.firstSeen().toEpochMilli() / 60_000) {
            out.raw(" – ").minute(it.lastSeen());
        }
        out.raw("</span><span>")
                .number(it.findings().stream().mapToLong(Group::count).sum(), "finding", "findings")
                .raw("</span><span class=v>")
                .text(it.id())
                .raw("</span></div><h3>")
                .text(it.title())
                .raw("</h3><p>")
                .text(it.summary(), 1500)
                .raw("</p><div class=two><div><h4>How it came in</h4><p>");
        entry(it.entry());
        out.raw("</p>");
        tags("Affected", it.affected().stream().map(e -> e.value()).toList());
        tags("Techniques (ATT&amp;CK)", it.techniques());
        out.raw("</div><div><h4>What to do</h4><ol class=act>");
        for (Incident.Action action : it.actions()) {
            out.raw("<li>").text(action.text(), 600);
        }
        out.raw("</ol></div></div>");
        path(it);
        evidence(it);
        out.raw("</article>\n");
    }

    private void entry(Incident.Entry entry) {
        if (entry.link() == null) {
            out.text(entry.reason());
            return;
        }
        out.raw("<b>")
                .text(entry.party() == null ? "A supplier" : entry.party(), 60)
                .raw("</b> over <b>")
                .text(entry.link(), 60)
                .raw("</b>")
                .raw(String.format(
                        Locale.ROOT,
                        "<svg class=conf viewBox=\"0 0 90 8\" role=img aria-label=\"Confidence %.2f\"><rect class=track"
                                + " width=90 height=8 rx=4 /><rect class=fill width=%.0f height=8 rx=4 /></svg>",
                        entry.confidence(),
                        90 * Math.clamp(entry.confidence(), 0, 1)))
                .raw(String.format(Locale.ROOT, "%.2f", entry.confidence()))
                .raw(entry.confidence() >= 0.5 ? " (probable)" : " (possible)")
                .raw("<br>")
                .text(entry.reason(), 800);
    }

    private void tags(String title, List<String> values) {
        if (values.isEmpty()) {
            return;
        }
        out.raw("<h4>").raw(title).raw("</h4><div>");
        values.stream()
                .limit(24)
                .forEach(v -> out.raw("<span class=tag>").value(v).raw("</span>"));
        if (values.size() > 24) {
            out.raw("<span class=cut>and ").raw(Html.number(values.size() - 24)).raw(" more</span>");
        }
        out.raw("</div>");
    }

    private void path(Incident it) {
        if (it.path().isEmpty()) {
            return;
        }
        new HopsPicture(it).draw(out);
        out.raw(
                "<details open><summary>Path: who reached whom, by time</summary><div class=scroll tabindex=0 role=region"
                        + " aria-label=\"Path\"><table><thead><tr><th>First (UTC)<th>From<th>Owner<th>To<th class=n>Port<th>By"
                        + "<th>Account<th>Over link<th class=n>Sure<th>Why, and the records</thead><tbody>");
        it.path().stream()
                .limit(MAX_HOPS)
                .forEach(hop -> out.raw("<tr><td>")
                        .time(hop.time())
                        .raw("<td>")
                        .value(hop.from())
                        .raw("<td>")
                        .value(hop.party())
                        .raw("<td>")
                        .value(hop.to())
                        .raw(it.indicators().contains(hop.to()) ? " <span class=bad>known hostile</span>" : "")
                        .raw("<td class=n>")
                        .text(hop.port() < 0 ? "" : String.valueOf(hop.port()))
                        .raw("<td>")
                        .value(hop.via())
                        .raw("<td>")
                        .value(hop.account())
                        .raw("<td>")
                        .value(hop.link())
                        .raw("<td class=n>")
                        .text(hop.confidence() > 0 ? String.format(Locale.ROOT, "%.2f", hop.confidence()) : "")
                        .raw("<td class=long>")
                        .text(
                                hop.why().isEmpty()
                                        ? "seen " + hop.count() + (hop.count() == 1 ? " time" : " times")
                                        : hop.why(),
                                300)
                        .raw(records(hop)));
        out.raw("</tbody></table></div>");
        if (it.path().size() > MAX_HOPS) {
            out.raw("<p class=note>")
                    .number(it.path().size() - MAX_HOPS, "more is", "more are")
                    .raw(" in incidents.json.</p>");
        }
        out.raw("</details>");
    }

    private static String records(Incident.Hop hop) {
        Html records = new Html();
        for (Trace.Source source : hop.records()) {
            records.raw("<br><span class=cut>")
                    .text(source.path(), 200)
                    .raw(", record ")
                    .raw(Html.number(source.record()))
                    .raw("</span>");
        }
        return records.toString();
    }

    private void evidence(Incident it) {
        out.raw("<details><summary>Evidence: what was found, with the records as they stood</summary><div class=scroll"
                + " tabindex=0 role=region aria-label=\"Evidence\"><table><thead><tr><th>First (UTC)<th>Finding<th>About<th"
                + " class=n>Times<th>Records</thead><tbody>");
        it.findings().stream().limit(MAX_GROUPS).forEach(group -> {
            out.raw("<tr><td>")
                    .time(Instant.ofEpochMilli(group.first()))
                    .raw("<td class=long>")
                    .text(group.title(), 200)
                    .raw("<br><span class=cut>")
                    .value(group.analytic())
                    .raw("</span><td>")
                    .value(group.affected() == null ? null : group.affected().value())
                    .raw("<td class=n>")
                    .raw(Html.number(group.count()))
                    .raw("<td class=long>");
            records(group);
        });
        out.raw("</tbody></table></div>");
        if (it.findings().size() > MAX_GROUPS) {
            out.raw("<p class=note>")
                    .number(it.findings().size() - MAX_GROUPS, "more row is", "more rows are")
                    .raw(" in incidents.json.</p>");
        }
        out.raw("</details>");
    }

    private void records(Group group) {
        if (records > RECORDS) {
            out.raw("<span class=cut>in incidents.json</span>");
            return;
        }
        out.raw("<details><summary>")
                .number(group.kept().size(), "record", "records")
                .raw("</summary>");
        for (Finding finding : group.kept()) {
            Finding.Evidence e = finding.evidence();
            out.raw("<p class=src>")
                    .value(e.path())
                    .raw(", record ")
                    .raw(Html.number(e.record()))
                    .raw(" (")
                    .text(e.source(), 40)
                    .raw("), ")
                    .time(Instant.ofEpochMilli(finding.time()))
                    .raw("</p><pre>")
                    .text(e.nativeRecord(), RECORD)
                    .raw("</pre>");
            records += Math.min(RECORD, e.nativeRecord().length());
        }
        out.raw("</details>");
    }

    // ---- pictures

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

    private void ways() {
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
        tools("pairs", "Filter conversations");
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

    private void tools(String table, String label) {
        out.raw("<div class=tools hidden><label>")
                .raw(label)
                .raw(" <input type=search data-filter=")
                .raw(table)
                .raw(" autocomplete=off></label><output></output></div>");
    }

    // ---- indicators

    private record Seen(long count, long first, long last, Set<String> clients) {}

    private void indicators() {
        out.raw("<section id=indicators aria-labelledby=h-ind><h2 id=h-ind>Indicators</h2>");
        Map<String, Seen> seen = new TreeMap<>();
        for (Incident incident : in.incidents()) {
            for (Group group : incident.findings()) {
                if (group.byIndicator()) {
                    Set<String> clients = new LinkedHashSet<>(Set.of(incident.client()));
                    seen.merge(
                            group.analytic(), new Seen(group.count(), group.first(), group.last(), clients), (a, b) -> {
                                a.clients.addAll(b.clients);
                                return new Seen(
                                        a.count + b.count,
                                        Math.min(a.first, b.first),
                                        Math.max(a.last, b.last),
                                        a.clients);
                            });
                }
            }
        }
        if (in.indicators().isEmpty() && seen.isEmpty()) {
            out.raw("<div class=card>No list of indicators was given.</div></section>\n");
            return;
        }
        long unseen = Math.max(0, in.indicators().size() - seen.size());
        out.raw("<p class=note>")
                .number(in.indicators().size(), "indicator was", "indicators were")
                .raw(" looked for: ")
                .raw(Html.number(seen.size()))
                .raw(" seen, ")
                .raw(Html.number(unseen))
                .raw(" not seen.</p>");
        if (!seen.isEmpty()) {
            out.raw("<div class=scroll tabindex=0 role=region aria-label=\"Indicators seen\"><table><caption>Seen"
                    + "</caption><thead><tr><th>Kind<th>Value<th class=n>Times<th>Clients<th>First (UTC)<th>Last</thead>"
                    + "<tbody>");
            seen.entrySet().stream()
                    .sorted(Comparator.comparingLong((Map.Entry<String, Seen> e) -> -e.getValue().count))
                    .limit(MAX_PAIRS)
                    .forEach(e -> {
                        String[] parts = e.getKey().split(":", 3);
                        out.raw("<tr><td>")
                                .text(parts.length > 1 ? parts[1] : "", 20)
                                .raw("<td class=long>")
                                .value(parts.length > 2 ? parts[2] : e.getKey())
                                .raw("<td class=n>")
                                .raw(Html.number(e.getValue().count))
                                .raw("<td>")
                                .value(String.join(", ", e.getValue().clients))
                                .raw("<td>")
                                .minute(Instant.ofEpochMilli(e.getValue().first))
                                .raw("<td>")
                                .minute(Instant.ofEpochMilli(e.getValue().last));
                    });
            out.raw("</tbody></table></div>");
        }
        if (unseen > 0) {
            out.raw("<details><summary>Not seen in these logs</summary><p>");
            in.indicators().stream()
                    .filter(i -> !seen.containsKey(i.uid()))
                    .limit(MAX_UNSEEN)
                    .forEach(i -> out.raw("<span class=tag>").value(shown(i)).raw("</span>"));
            if (unseen > MAX_UNSEEN) {
                out.raw("<span class=cut>and ")
                        .raw(Html.number(unseen - MAX_UNSEEN))
                        .raw(" more</span>");
            }
            out.raw("</p></details>");
        }
        out.raw("</section>\n");
    }

    private static String shown(Indicator indicator) {
        return indicator.value();
    }

    // ---- what was read

    private static boolean understood(Line.Summary s) {
        return s.recognised() && s.refusal() == null;
    }

    private void inputs() {
        out.raw(
                "<section id=inputs aria-labelledby=h-in><h2 id=h-in>What was read, and what was not</h2><p class=note>Inputs"
                        + " that were not read whole first. A record that was not understood is kept with its place and reason.</p>");
        if (in.inputs().isEmpty()) {
            out.raw("<div class=card>No input was given.</div></section>\n");
            return;
        }
        tools("files", "Filter inputs");
        out.raw(
                "<div class=scroll tabindex=0 role=region aria-label=\"Inputs\"><table id=files><thead><tr><th>Input<th>Logs"
                        + " of<th>Format<th class=n>Events<th class=n>Not understood<th class=n>Known before<th class=n>Size<th>Came"
                        + " of it</thead><tbody>");
        in.inputs().stream()
                .sorted(Comparator.comparing(ReportPage::understood)
                        .thenComparing(
                                Comparator.comparingLong(Line.Summary::rejected).reversed())
                        .thenComparing(Line.Summary::path))
                .limit(MAX_INPUTS)
                .forEach(s -> {
                    out.raw("<tr><td class=long>")
                            .value(s.path())
                            .raw("<td>")
                            .value(s.client())
                            .raw("<td>")
                            .value(String.join(", ", s.format()))
                            .raw("<td class=n>")
                            .raw(Html.number(s.events()))
                            .raw("<td class=n>")
                            .raw(s.rejected() > 0 ? "<b class=bad>" + Html.number(s.rejected()) + "</b>" : "0")
                            .raw("<td class=n>")
                            .raw(Html.number(s.skipped()))
                            .raw("<td class=n>")
                            .raw(Html.bytes(s.bytes()))
                            .raw("<td>");
                    if (s.refusal() != null) {
                        out.raw("<span class=bad>").text(s.refusal(), 300).raw("</span>");
                    } else if (!s.recognised()) {
                        out.raw("<span class=bad>no known log format</span>");
                    } else {
                        out.raw("<span class=good>read</span>");
                    }
                });
        out.raw("</tbody></table></div>");
        if (in.inputs().size() > MAX_INPUTS) {
            out.raw("<p class=note>")
                    .number(in.inputs().size() - MAX_INPUTS, "more input is", "more inputs are")
                    .raw(" not listed.</p>");
        }
        out.raw("</section>\n");
    }

    // ---- how far back

    private void reach() {
        out.raw(
                "<section id=reach aria-labelledby=h-reach><h2 id=h-reach>How far back the logs reach</h2><p class=note>What"
                        + " happened outside these times, or in a gap, cannot be seen here. A gap is a day or more without any"
                        + " record of that source.</p>");
        if (in.reach().spreads().isEmpty()) {
            out.raw("<div class=card>No record has a time.</div></section>\n");
            return;
        }
        out.raw("<div class=scroll tabindex=0 role=region aria-label=\"Reach of the logs\"><table><thead><tr><th>Logs"
                + " of<th>Source<th>From (UTC)<th>To<th class=n>Records<th>Gaps</thead><tbody>");
        in.reach()
                .spreads()
                .forEach((client, sources) -> sources.forEach((source, times) -> {
                    out.raw("<tr><td>")
                            .value(client)
                            .raw("<td>")
                            .value(source)
                            .raw("<td>")
                            .minute(Instant.ofEpochMilli(times.first()))
                            .raw("<td>")
                            .minute(Instant.ofEpochMilli(times.last()))
                            .raw("<td class=n>")
                            .raw(Html.number(times.total()))
                            .raw("<td>");
                    gaps(times);
                }));
        out.raw("</tbody></table></div></section>\n");
    }

    private void gaps(TimeSpread times) {
        long end = Long.MIN_VALUE;
        int found = 0;
        for (long begin : times.slots().keySet()) {
            if (end != Long.MIN_VALUE && begin - end >= GAP.toMillis()) {
                if (found < 5) {
                    out.raw(found == 0 ? "" : "<br>")
                            .raw("<span class=bad>")
                            .minute(Instant.ofEpochMilli(end))
                            .raw(" – ")
                            .minute(Instant.ofEpochMilli(begin))
                            .raw("</span>");
                }
                found++;
            }
            end = begin + times.width();
        }
        if (found > 5) {
            out.raw("<br>and ").raw(Html.number(found - 5)).raw(" more");
        }
        if (found == 0) {
            out.raw("<span class=none>none</span>");
        }
    }
}
