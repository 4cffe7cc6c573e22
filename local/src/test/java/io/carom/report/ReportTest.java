package io.carom.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Finding;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.incident.Incident;
import io.carom.run.Line;
import io.carom.stix.StixSchemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final JsonMapper JSON = new JsonMapper();

    private static final List<String> HOSTILE = List.of(
            "<script>alert(1)</script>",
            "</script><script>alert(2)</script>",
            "</style><img src=x onerror=alert(3)>",
            "\"><svg onload=alert(4)>",
            "' onmouseover='alert(5)",
            "` onfocus=alert(6) `",
            "javascript:alert(7)",
            "<!--",
            "--><b>",
            "]]><b>",
            "a\u202Egpj.exe",
            "x\u2028y\u2029z\u200B\u2066q",
            "nul\u0000esc\u001B[2J",
            "half\uD800pair",
            "e" + "\u0301".repeat(400),
            "<a href=//evil.example>",
            "&lt;b&gt; &#60;i>",
            "%s %n {0} ${x} #{y}",
            "v".repeat(1_000_000));

    @TempDir
    Path folder;

    private static DemoCase hostile() {
        DemoCase c = DemoCase.told();
        Instant t = Instant.parse("2019-03-04T03:00:00Z");
        for (String value : HOSTILE) {
            Indicator indicator = new Indicator(IndicatorType.URL, value, value, value);
            c.indicators.add(indicator);
            c.indicators.add(new Indicator(IndicatorType.DOMAIN, "unseen" + value, value, value));
            c.found(new Finding(
                    "u" + value,
                    indicator.uid(),
                    value,
                    value,
                    4,
                    t.toEpochMilli(),
                    "acme",
                    new Finding.Evidence(value, 1, "zeek", 1007, value, value, value, value, value),
                    List.of(new Finding.Observable(value, 6, value)),
                    List.of(value)));
            c.rule(value, value, value, 5, value, value, t, value);
            c.talk(value, value, value, 80, t, 2, Duration.ofSeconds(1), 1);
            c.reach.add(value, value, t.toEpochMilli());
            c.inputs.add(new Line.Summary(value, value, true, List.of(value), 1, 1, 0, 1, 0.1, value));
        }
        return c;
    }

    @Test
    void aFindingShowsWhichValuesMatchedWhichSelection() throws IOException {
        DemoCase c = DemoCase.told();
        c.found(new Finding(
                "u",
                "a-rule",
                "A rule",
                "Why",
                4,
                Instant.parse("2019-03-04T03:00:00Z").toEpochMilli(),
                "acme",
                new Finding.Evidence("host.evtx", 1, "windows-evtx", 1007, null, null, "h1", null, "{}"),
                List.of(new Finding.Observable("sel_cli: CommandLine", 99, "evil -x <y>")),
                List.of()));
        assertTrue(page(c).text().contains("sel_cli: CommandLine = evil -x <y>"));
    }

    private Document page(DemoCase c) throws IOException {
        Report.write(folder, c.input());
        return Jsoup.parse(Files.readString(folder.resolve(Report.PAGE)));
    }

    @Test
    void nothingFromALogBecomesMarkupScriptOrAddress() throws Exception {
        Document page = page(hostile());
        assertEquals(1, page.select("script").size());
        assertEquals(1, page.select("style").size());
        assertEquals(
                0, page.select("img,iframe,object,embed,link,base,form,b b,i").size());
        for (Element element : page.getAllElements()) {
            for (Attribute attribute : element.attributes()) {
                String name = attribute.getKey();
                assertFalse(name.startsWith("on"), () -> "handler " + attribute.html());
                assertFalse(name.equals("style") || name.equals("srcdoc"), attribute::html);
                if (Set.of("href", "src", "xlink:href", "action", "data").contains(name)) {
                    assertTrue(attribute.getValue().matches("#[a-z0-9-]+"), attribute::html);
                }
            }
        }
        assertTrue(page.text().contains("<script>alert(1)</script>"), "the value is shown as it stood");
    }

    @Test
    void whatCannotBeSeenOrTurnsTextAroundIsShownAsACodePoint() throws Exception {
        page(hostile());
        String text = Files.readString(folder.resolve(Report.PAGE));
        for (int c : new int[] {0, 0x1B, 0x202E, 0x2028, 0x2029, 0x200B, 0x2066}) {
            assertEquals(-1, text.indexOf(c), () -> "U+" + Integer.toHexString(c) + " is in the page");
        }
        assertTrue(text.contains("<span class=cp>U+202E</span>gpj.exe"));
        assertTrue(text.contains("half<span class=cp>U+D800</span>pair"));
        assertTrue(text.length() < 6_000_000, text.length() + " characters");
    }

    @Test
    void theBrowserIsToldToRunAndLoadNothingButThePagesOwn() throws Exception {
        Document page = page(DemoCase.told());
        String policy = page.select("meta[http-equiv=Content-Security-Policy]").attr("content");
        assertTrue(policy.startsWith("default-src 'none'; "), policy);
        assertFalse(policy.contains("unsafe"), policy);
        for (String kind : List.of("script", "style")) {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(page.select(kind).first().data().getBytes(StandardCharsets.UTF_8));
            assertTrue(
                    policy.contains(kind + "-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'"), policy);
        }
        assertFalse(page.select("style").first().data().matches("(?s).*(url\\(|@import).*"));
    }

    @Test
    void theHeadAnswersWhoHowAndByWayOfWhom() throws Exception {
        Document page = page(DemoCase.told());
        assertEquals("Acme and borealis were touched", page.select("h1").text());
        String lead = page.select(".lead").text();
        assertTrue(lead.contains("northgate-vpn-acme of northgate-it"), lead);
        assertTrue(lead.contains("Nothing grave was found at cobalt-foods and dunmore."), lead);
    }

    @Test
    void everyPartCanBeReachedAndHasAName() throws Exception {
        Document page = page(DemoCase.told());
        assertEquals("en", page.select("html").attr("lang"));
        assertEquals(
                1,
                page.select("header").size()
                        * page.select("main").size()
                        * page.select("footer").size());
        for (Element link : page.select("a[href^=#]")) {
            assertTrue(page.getElementById(link.attr("href").substring(1)) != null, link.outerHtml());
        }
        Set<String> ids = new HashSet<>();
        for (Element element : page.select("[id]")) {
            assertTrue(ids.add(element.id()), "id twice: " + element.id());
        }
        for (Element section : page.select("main > section")) {
            assertTrue(page.getElementById(section.attr("aria-labelledby")) != null, section.id());
        }
        assertEquals(
                0,
                page.select("svg[role=img]:not([aria-label]), input:not(label input)")
                        .size());
        for (Element time : page.select("time")) {
            Instant.parse(time.attr("datetime"));
        }
        assertTrue(page.select("#reach td").text().contains("5 Mar 2019"), "the gap in borealis' logs is named");
        assertTrue(page.select("#inputs").text().contains("no known log format"));
    }

    @Test
    void withNothingFoundThePageSaysHowFarThatGoes() throws Exception {
        DemoCase c = new DemoCase();
        Document empty = page(c);
        assertEquals("No trace was found", empty.select("h1").text());
        c.reach.add("acme", "zeek", DemoCase.START.toEpochMilli());
        String lead = page(c).select(".lead").text();
        assertTrue(lead.contains("They reach from 24 Feb 2019 00:00"), lead);
        assertTrue(lead.contains("not known"), lead);
    }

    @Test
    void incidentsAreALineEachWithThePromisedMembers() throws Exception {
        ReportInput in = hostile().input();
        Report.write(folder, in);
        List<String> lines = Files.readAllLines(folder.resolve(Report.INCIDENTS));
        assertEquals(in.incidents().size(), lines.size());
        for (int i = 0; i < lines.size(); i++) {
            JsonNode it = JSON.readTree(lines.get(i));
            for (String member :
                    ("id,title,severity,status,first_seen,last_seen,entry,path,parties,techniques,findings,"
                                    + "clocks,actions")
                            .split(",")) {
                assertTrue(it.has(member), member);
            }
            Incident incident = in.incidents().get(i);
            assertEquals(incident.id(), it.get("id").stringValue());
            assertEquals(incident.firstSeen().toString(), it.get("first_seen").stringValue());
            assertEquals(incident.path().size(), it.get("path").size());
        }
    }

    @Test
    void everyFindingIsALineAndTheFileHasItsNameOnlyWhenWhole() throws Exception {
        DemoCase c = hostile();
        Path file = folder.resolve(FindingsFile.NAME);
        try (FindingsFile findings = new FindingsFile(folder)) {
            for (Finding finding : c.all) {
                findings.add(finding);
            }
            assertFalse(Files.exists(file));
        }
        List<String> lines = Files.readAllLines(file);
        assertEquals(c.all.size(), lines.size());
        for (String line : lines) {
            assertEquals(2004, JSON.readTree(line).get("class_uid").intValue());
        }
    }

    @Test
    void theSameIncidentsGiveTheSameBundleWhoseReferencesAllStandInIt() throws Exception {
        Report.write(folder, hostile().input());
        String once = Files.readString(folder.resolve(Report.BUNDLE));
        Report.write(folder, hostile().input());
        assertEquals(once, Files.readString(folder.resolve(Report.BUNDLE)));
        Set<String> ids = new HashSet<>();
        List<String> refs = new ArrayList<>();
        Map<String, Integer> types = new HashMap<>();
        for (JsonNode object : JSON.readTree(once).get("objects")) {
            assertTrue(ids.add(object.get("id").stringValue()), "twice: " + object.get("id"));
            types.merge(object.get("type").stringValue(), 1, Integer::sum);
            object.properties().forEach(e -> {
                if (e.getKey().endsWith("_ref")) {
                    refs.add(e.getValue().stringValue());
                } else if (e.getKey().endsWith("_refs")) {
                    e.getValue().forEach(r -> refs.add(r.stringValue()));
                }
            });
        }
        for (String ref : refs) {
            assertTrue(ids.contains(ref), ref);
        }
        for (String type : List.of("identity", "indicator", "sighting", "observed-data", "relationship", "report")) {
            assertTrue(types.containsKey(type), type);
        }
    }

    @Test
    void everyObjectOfTheBundleHoldsToTheSchemasOfOasis() throws Exception {
        Report.write(folder, hostile().input());
        Set<String> types = StixSchemas.check(Files.readString(folder.resolve(Report.BUNDLE)));
        assertTrue(types.size() >= 9, types.toString());
    }

    @Test
    void aPageToLookAtIsLeftInTheBuildFolder() throws Exception {
        Path demo = Path.of("target/report-demo");
        Report.write(demo, DemoCase.told().input());
        Report.write(Path.of("target/report-hostile"), hostile().input());
        assertTrue(Files.size(demo.resolve(Report.PAGE)) > 20_000);
    }
}
