package io.carom.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Finding;
import io.carom.incident.Incident;
import io.carom.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathReportTest {
    private static final Instant T = Instant.parse("2019-03-04T02:10:00Z");
    private static final String LINK = "northgate-vpn-acme";

    @TempDir
    Path folder;

    private static Incident.Hop hop(int minute, String from, String to, String link, String account, double p) {
        Instant at = T.plusSeconds(60L * minute);
        String party = link == null ? "acme" : "northgate-it";
        return new Incident.Hop(
                at,
                at,
                from,
                to,
                -1,
                party,
                link,
                1,
                "acme",
                account,
                "RDP",
                p,
                "These two had no session before.",
                List.of(new Trace.Source("acme/zeek/conn.log", 70 + minute)));
    }

    private static Trace.Entry entry(Trace.Way way, String party, String link, String from, String why) {
        return new Trace.Entry(way, party, link, from, why);
    }

    /// The first incident of the told case with a path that was traced.
    private static ReportInput traced(List<Incident.Hop> path, Map<Trace.Source, String> records) {
        ReportInput in = DemoCase.told().input();
        Incident it = in.incidents().getFirst();
        Trace.Origin origin = new Trace.Origin(
                Trace.Way.PHISHING,
                "northgate-it",
                "198.51.100.7",
                "ng-lt17",
                "j.doe",
                T.minusSeconds(9000),
                0.62,
                "Found on it: a lure.");
        Trace.Channel channel = new Trace.Channel(
                "acme",
                "fs01",
                DemoCase.C2,
                443,
                1,
                40,
                912_000_000,
                1000,
                T,
                T.plusSeconds(9),
                new Trace.Source("x", 3));
        Trace best = new Trace(
                1,
                0.75,
                entry(Trace.Way.LINK, "northgate-it", LINK, "10.8.4.17", "It is the supplier's end of the link."),
                List.of(origin),
                List.of(),
                List.of("fs01"),
                List.of(channel),
                List.of("No logs of northgate-it between 02:10 and 02:40; they would show which session it was."));
        Trace rival = new Trace(
                2,
                0.2,
                entry(Trace.Way.EXPOSED_SERVICE, null, null, "203.0.113.200", "SSH was open."),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
        Incident told = new Incident(
                it.id(),
                it.client(),
                it.title(),
                it.summary(),
                it.severity(),
                it.severityWhy(),
                it.status(),
                it.firstSeen(),
                it.lastSeen(),
                new Incident.Entry("northgate-it", LINK, 0.75, "By RDP."),
                path,
                it.parties(),
                it.techniques(),
                it.findings(),
                it.affected(),
                it.indicators(),
                it.clocks(),
                it.actions(),
                List.of(best, rival),
                "",
                it.suspectSince());
        List<Incident> all = new ArrayList<>(in.incidents());
        all.set(0, told);
        return new ReportInput(
                in.made(),
                in.parties(),
                all,
                in.findings(),
                in.ledger(),
                in.indicators(),
                in.inputs(),
                in.reach(),
                records);
    }

    private Document page(ReportInput in) throws IOException {
        Report.write(folder, in);
        return Jsoup.parse(Files.readString(folder.resolve(Report.PAGE)));
    }

    private static Element first(Document page) {
        return page.select("article").first();
    }

    @Test
    void thePictureShowsSupplierLinkMachinesTimesAndEachStepLeadsToItsEvidence() throws Exception {
        Document page = page(traced(
                List.of(hop(0, "10.8.4.17", "fs01", LINK, "svc-helpdesk", 0.9), hop(7, "fs01", "dc01", null, "", 0.7)),
                Map.of(new Trace.Source("acme/zeek/conn.log", 70), "the <native> record")));
        Element picture = first(page).select("svg.path").first();
        String text = picture.text();
        for (String shown : List.of(
                "10.8.4.17", "over " + LINK, "fs01", "RDP as svc-helpdesk", "4 Mar 02:10", "dc01", DemoCase.C2)) {
            assertTrue(text.contains(shown), shown + " in " + text);
        }
        assertEquals(2, picture.select("a").size());
        for (Element step : picture.select("a")) {
            Element at = page.getElementById(step.attr("href").substring(1));
            assertTrue(at.text().contains("record"), at.outerHtml());
        }
        assertTrue(first(page).select("ol.steps pre").text().contains("the <native> record"));
    }

    @Test
    void rivalsOriginsGapsChannelsAndWhatToDoStandBesideIt() throws Exception {
        Document page = page(traced(List.of(hop(0, "10.8.4.17", "fs01", LINK, "", 0.9)), Map.of()));
        String text = first(page).text();
        assertTrue(text.contains("By a service that is open to the Internet, from 203.0.113.200 20 %"), text);
        assertTrue(text.contains("By phishing, at ng-lt17 of northgate-it, from 198.51.100.7, as j.doe 62 %"), text);
        assertTrue(text.contains("they would show which session it was"), text);
        assertTrue(text.contains("912 MB"), text);
        int actions = first(page).select("ul.act li").size();
        assertTrue(actions > 2);
        assertEquals(
                actions,
                first(page).select("ul.act label > input[type=checkbox]").size());
        assertTrue(first(page).select(".tac b").eachText().contains("Command and control"));
        assertTrue(text.contains("Why it is critical"), text);
    }

    @Test
    void theLikelyLinkStandsInThePictureThoughNoStepIsKnownToHaveGoneOverIt() throws Exception {
        Document page = page(traced(List.of(hop(0, "ws1", "fs01", null, "", 0.9)), Map.of()));
        String text = first(page).select("svg.path").text();
        assertTrue(text.contains("northgate-it") && text.contains("over " + LINK), text);
    }

    @Test
    void machinesReachedAlikeAreOneBoxAndThePictureStaysSmall() throws Exception {
        List<Incident.Hop> path = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            path.add(hop(1, "fs01", "ws-" + i, null, "", 0.6));
        }
        Element picture = first(page(traced(path, Map.of()))).select("svg.path").first();
        assertTrue(picture.text().contains("20 machines"), picture.text());
        assertTrue(
                picture.select("rect.box").size() <= 4,
                picture.select("rect.box").size() + " boxes");
    }

    @Test
    void tenThousandIncidentsOfFiftyFindingsEachMakeNoLargePage() throws Exception {
        DemoCase c = new DemoCase();
        String record = "r".repeat(4000);
        for (int i = 0; i < 10_000; i++) {
            String host = "h" + i;
            int severity = i % 2 == 0 ? 4 : 2;
            for (int k = 0; k < 3; k++) {
                c.found(new Finding(
                        host + k,
                        "rule-" + k + "-" + i,
                        "Rule " + k,
                        "m".repeat(500),
                        severity,
                        T.toEpochMilli() + i,
                        "acme",
                        new Finding.Evidence("p".repeat(300), i, "zeek", 1007, null, null, host, "u" + i, record),
                        List.of(),
                        List.of("T1021", "T1059")));
            }
        }
        Report.write(folder, c.input());
        long bytes = Files.size(folder.resolve(Report.PAGE));
        assertTrue(bytes < 6_000_000, bytes + " bytes");
        Document page = Jsoup.parse(Files.readString(folder.resolve(Report.PAGE)));
        assertEquals(60, page.select("article").size());
        assertTrue(page.text().contains("more incidents are in incidents.json"));
        assertFalse(page.select("#lead-rows tr").size() > 201);
    }
}
