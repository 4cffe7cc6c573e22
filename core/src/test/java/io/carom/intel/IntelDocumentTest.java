package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntelDocumentTest {
    static Gathered read(String text, String name) throws Exception {
        Gathered gathered = new Gathered();
        IntelDocument.read(text, name, false, gathered);
        return gathered;
    }

    static List<String> values(Gathered gathered) {
        return gathered.indicators().stream()
                .map(i -> i.type().label() + " " + i.value())
                .toList();
    }

    @Test
    void aBundleGivesValuesKeepsPatternsAndSaysWhoseAndHowMarked() throws Exception {
        Gathered read = read("""
                {"type":"bundle","id":"bundle--1","objects":[
                 {"type":"indicator","spec_version":"2.1","id":"indicator--a","created_by_ref":"identity--x",
                  "created":"2019-04-15T00:00:00.000Z","modified":"2019-04-16T00:00:00.000Z","name":"Lure",
                  "pattern":"[domain-name:value = 'lure.example' OR url:value IN ('http://a.example/x', 'b.example/y')]",
                  "pattern_type":"stix","valid_from":"2019-04-15T00:00:00Z","valid_until":"2019-07-15T00:00:00Z",
                  "confidence":80,"labels":["PAP:GREEN","phish"],
                  "kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"initial-access"}],
                  "object_marking_refs":["marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"]},
                 {"type":"indicator","spec_version":"2.1","id":"indicator--b","pattern_type":"stix","revoked":true,
                  "pattern":"[file:hashes.'SHA-256' = '%s' AND file:name = 'a.exe']","valid_from":"2019-04-15T00:00:00Z"},
                 {"type":"indicator","spec_version":"2.1","id":"indicator--c","pattern_type":"stix",
                  "pattern":"[ipv4-addr:value = '203.0.113.9'] FOLLOWEDBY [file:name = 'x']","valid_from":"2019-04-15T00:00:00Z"},
                 {"type":"indicator","spec_version":"2.1","id":"indicator--d","pattern_type":"stix",
                  "pattern":"[ipv4-addr:value = ","valid_from":"2019-04-15T00:00:00Z"},
                 {"type":"indicator","spec_version":"2.1","id":"indicator--e","pattern_type":"yara","pattern":"rule x {}"},
                 {"type":"domain-name","id":"domain-name--1","value":"seen.example"},
                 {"type":"identity","id":"identity--x","name":"Partner CERT"}]}
                """.formatted("ab".repeat(32)), "b.json");
        assertEquals(
                List.of(
                        "domain lure.example",
                        "url a.example/x",
                        "url b.example/y",
                        "hash " + "ab".repeat(32),
                        "stix-pattern [ipv4-addr:value = '203.0.113.9'] FOLLOWEDBY [file:name = 'x']"),
                values(read));
        Facts facts = read.indicators().getFirst().facts();
        assertEquals("Partner CERT", facts.source());
        assertEquals(Tlp.AMBER_STRICT, facts.tlp());
        assertEquals("GREEN", facts.pap());
        assertEquals(80, facts.confidence());
        assertEquals(List.of("phish"), facts.labels());
        assertEquals(List.of("mitre-attack:initial-access"), facts.killChain());
        assertEquals(Instant.parse("2019-07-15T00:00:00Z"), facts.validUntil());
        assertEquals("b.json#indicator--a", facts.origin());
        assertTrue(read.indicators().get(3).facts().revoked());
        assertEquals(2, read.faults().size(), read.faults().toString());
        assertTrue(
                read.faults().get(0).startsWith("b.json#indicator--d: the pattern is wrong at line 1:"),
                read.faults().get(0));
        assertEquals(
                "b.json#indicator--e: a pattern of type \"yara\" is not read; expected \"stix\"",
                read.faults().get(1));
        Gathered observed = new Gathered();
        IntelDocument.read(
                "{\"type\":\"bundle\",\"objects\":[{\"type\":\"domain-name\",\"id\":\"domain-name--1\",\"value\":\"seen.example\"}]}",
                "o.json",
                true,
                observed);
        assertEquals(List.of("domain seen.example"), values(observed));
    }

    @Test
    void anEventGivesPartsOfCompositesMarksAndColours() throws Exception {
        Gathered read = read("""
                {"response":[{"Event":{"uuid":"e1","info":"Case","Orgc":{"name":"CERT"},
                 "Tag":[{"name":"tlp:amber"},{"name":"PAP:RED"}],
                 "Attribute":[
                  {"uuid":"1","type":"domain|ip","to_ids":true,"value":"c2.example|203.0.113.9","timestamp":"1555286400"},
                  {"uuid":"2","type":"ip-dst|port","to_ids":true,"value":"203.0.113.10|443","Tag":[{"name":"tlp:green"}]},
                  {"uuid":"3","type":"filename|md5","to_ids":true,"value":"a.exe|%s"},
                  {"uuid":"4","type":"url","to_ids":false,"value":"https://vendor.example/report"},
                  {"uuid":"5","type":"text","to_ids":true,"value":"words"},
                  {"uuid":"6","type":"sha1","to_ids":true,"value":"no hash"},
                  {"uuid":"7","type":"domain","to_ids":true,"deleted":true,"value":"gone.example"}],
                 "Object":[{"name":"x","Attribute":[{"uuid":"8","type":"mutex","to_ids":true,"value":"Global\\\\x"}]}]}}]}
                """.formatted("ab".repeat(16)), "m.json");
        assertEquals(
                List.of(
                        "domain c2.example",
                        "ip 203.0.113.9",
                        "ip 203.0.113.10",
                        "file-name a.exe",
                        "hash " + "ab".repeat(16),
                        "url vendor.example/report",
                        "mutex Global\\x"),
                values(read));
        assertEquals(
                List.of(true, true, true, false, true, false, true),
                read.indicators().stream().map(i -> i.facts().detect()).toList());
        assertEquals(Tlp.AMBER, read.indicators().get(0).facts().tlp());
        assertEquals(Tlp.GREEN, read.indicators().get(2).facts().tlp());
        assertEquals("RED", read.indicators().get(0).facts().pap());
        assertEquals(
                Instant.parse("2019-04-15T00:00:00Z"),
                read.indicators().get(0).facts().made());
        assertEquals(List.of("m.json#6: \"no hash\" is no value of MISP's type \"sha1\""), read.faults());
        assertEquals(2, read.left().values().stream().mapToInt(n -> n).sum());
    }

    @Test
    void openIocGivesAlternativesAndOfWhatBelongsTogetherTheHash() throws Exception {
        Gathered read = read("""
                <?xml version="1.0"?><ioc id="i"><short_description>Case</short_description><definition>
                <Indicator operator="OR" id="o">
                 <IndicatorItem id="1" condition="contains"><Context search="Network/URI"/><Content>bad.example</Content></IndicatorItem>
                 <IndicatorItem id="2" condition="is"><Context search="PortItem/remoteIP"/><Content>203.0.113.9</Content></IndicatorItem>
                 <Indicator operator="AND" id="a">
                  <IndicatorItem id="3"><Context search="FileItem/FileName"/><Content>svchost.exe</Content></IndicatorItem>
                  <IndicatorItem id="4"><Context search="FileItem/Md5sum"/><Content>%s</Content></IndicatorItem>
                 </Indicator></Indicator></definition></ioc>
                """.formatted("AB".repeat(16)), "x.ioc");
        assertEquals(List.of("domain bad.example", "ip 203.0.113.9", "hash " + "ab".repeat(16)), values(read));
        assertEquals(List.of(), read.faults());
    }

    @Test
    void entitiesAndWhatLiesOutsideAreRefused() throws Exception {
        for (String type : List.of(
                "<!DOCTYPE ioc [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
                "<!DOCTYPE ioc [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
                "<!DOCTYPE ioc SYSTEM \"http://127.0.0.1:1/x.dtd\">")) {
            Gathered read = read(
                    "<?xml version=\"1.0\"?>" + type
                            + "<ioc><definition><Indicator operator=\"OR\"><IndicatorItem id=\"1\"><Context"
                            + " search=\"Network/DNS\"/><Content>&x;</Content></IndicatorItem></Indicator></definition></ioc>",
                    "x.ioc");
            assertEquals(List.of(), values(read));
            assertEquals(1, read.faults().size());
            assertTrue(
                    read.faults().getFirst().startsWith("x.ioc:1: "),
                    read.faults().getFirst());
        }
    }

    @Test
    void aSightingInTheSameBundleRenewsItsIndicator() throws Exception {
        String indicator = """
                {"type":"indicator","spec_version":"2.1","id":"indicator--%s","created":"2019-01-01T00:00:00Z",
                 "modified":"2019-01-01T00:00:00Z","pattern":"[domain-name:value = '%s.example']","pattern_type":"stix"}""";
        Gathered read = read(
                "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":["
                        // Also before what it is of, and with a count of none.
                        + "{\"type\":\"sighting\",\"sighting_of_ref\":\"indicator--a\",\"last_seen\":\"2020-05-01T00:00:00Z\"},"
                        + indicator.formatted("a", "a") + "," + indicator.formatted("b", "b") + ","
                        + "{\"type\":\"sighting\",\"sighting_of_ref\":\"indicator--a\",\"last_seen\":\"2020-04-01T00:00:00Z\"},"
                        + "{\"type\":\"sighting\",\"sighting_of_ref\":\"indicator--b\",\"count\":0,\"last_seen\":\"2020-05-01T00:00:00Z\"}]}",
                "bundle.json");
        java.util.Map<String, Instant> made = new java.util.TreeMap<>();
        read.indicators().forEach(i -> made.put(i.value(), i.facts().made()));
        assertEquals(
                java.util.Map.of(
                        "a.example",
                        Instant.parse("2020-05-01T00:00:00Z"),
                        "b.example",
                        Instant.parse("2019-01-01T00:00:00Z")),
                made);
    }

    @Test
    void whatMispTellsOfAnAttributeSinceIsTaken() throws Exception {
        Gathered read = read("""
                {"Event":{"uuid":"e","info":"i","Attribute":[
                 {"type":"domain","value":"alarm.example","to_ids":true,"timestamp":"1500000000","uuid":"a",
                  "Sighting":[{"type":"1","date_sighting":"1550000000"},{"type":"0","date_sighting":"1540000000"}]},
                 {"type":"domain","value":"again.example","to_ids":true,"timestamp":"1500000000","uuid":"b",
                  "Sighting":[{"type":"1","date_sighting":"1550000000"},{"type":"0","date_sighting":"1560000000"}]},
                 {"type":"domain","value":"ended.example","to_ids":true,"timestamp":"1500000000","uuid":"c",
                  "Sighting":[{"type":"2","date_sighting":"1570000000"},{"type":"2","date_sighting":"x"},7]},
                 {"type":"domain","value":"number.example","to_ids":true,"timestamp":1500000000,"uuid":"d",
                  "Sighting":[{"type":1,"date_sighting":1550000000}]}]}}
                """, "event.json");
        java.util.Map<String, Facts> by = new java.util.TreeMap<>();
        read.indicators().forEach(i -> by.put(i.value(), i.facts()));
        Facts alarm = java.util.Objects.requireNonNull(by.get("alarm.example"));
        assertFalse(alarm.detect());
        assertTrue(alarm.labels().contains("false-positive"), alarm.toString());
        Facts again = java.util.Objects.requireNonNull(by.get("again.example"));
        assertTrue(again.detect());
        assertEquals(Instant.ofEpochSecond(1_560_000_000L), again.made());
        Facts ended = java.util.Objects.requireNonNull(by.get("ended.example"));
        assertEquals(Instant.ofEpochSecond(1_570_000_000L), ended.validUntil());
        assertTrue(ended.detect());
        Facts number = java.util.Objects.requireNonNull(by.get("number.example"));
        assertEquals(Instant.ofEpochSecond(1_500_000_000L), number.made());
        assertFalse(number.detect());
    }

    @Test
    void aBundleOfAGigabyteIsReadAsFarAsADocumentMayGoAndRefused() throws Exception {
        byte[] head = "{\"type\":\"bundle\",\"objects\":[".getBytes(StandardCharsets.US_ASCII);
        byte[] object = ("{\"type\":\"note\",\"id\":\"note--1\",\"content\":\"" + "x".repeat(1 << 20) + "\"},")
                .getBytes(StandardCharsets.US_ASCII);
        long[] given = {0};
        InputStream endless = new InputStream() {
            private long at = -head.length;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] b, int from, int length) {
                if (at > 1L << 30) {
                    return -1;
                }
                byte[] source = at < 0 ? head : object;
                int offset = at < 0 ? (int) (head.length + at) : (int) (at % object.length);
                int n = Math.min(length, source.length - offset);
                System.arraycopy(source, offset, b, from, n);
                at += n;
                given[0] += n;
                return n;
            }
        };
        Gathered read = new Gathered();
        IntelDocument.read(endless, "giant.json", false, read);
        assertEquals(
                List.of("giant.json: more than 256 MiB in one document; it is not read further. Split it."),
                read.faults());
        assertTrue(given[0] < IntelDocument.MAX_BYTES + (1 << 20), "read " + given[0]);
    }

    @Test
    void aPatternOfAMillionTermsAndGiantsAreRefusedWithTheirPlace() throws Exception {
        String pattern =
                "[" + "ipv4-addr:value = '203.0.113.9' OR ".repeat(200_000) + "ipv4-addr:value = '203.0.113.8']";
        Gathered read = read(
                "{\"type\":\"bundle\",\"objects\":[{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--1\","
                        + "\"pattern_type\":\"stix\",\"valid_from\":\"2020-01-01T00:00:00Z\",\"pattern\":\"" + pattern
                        + "\"}]}",
                "p.json");
        assertEquals(List.of(), values(read));
        assertEquals(1, read.faults().size());
        assertTrue(
                read.faults().getFirst().startsWith("p.json#indicator--1: "),
                read.faults().getFirst());
        Gathered deep = read("[".repeat(100_000), "d.json");
        assertEquals(1, deep.faults().size(), deep.faults().toString());
        Gathered cut = read("{\"Event\":{\"info\":\"x\",\"Attribute\":[{\"type\":", "c.json");
        assertEquals(1, cut.faults().size(), cut.faults().toString());
    }

    @Test
    void garbageOfAnyKindNeverThrows() throws Exception {
        java.util.Random random = new java.util.Random(5);
        String[] starts = {
            "", "{", "[{", "<ioc>", "{\"Event\":{\"Attribute\":[{", "{\"objects\":[{\"type\":\"indicator\","
        };
        for (int i = 0; i < 600; i++) {
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            byte[] start = starts[i % starts.length].getBytes(StandardCharsets.US_ASCII);
            byte[] all = new byte[start.length + bytes.length];
            System.arraycopy(start, 0, all, 0, start.length);
            System.arraycopy(bytes, 0, all, start.length, bytes.length);
            IntelDocument.read(new ByteArrayInputStream(all), "g", true, new Gathered());
        }
    }

    @Test
    void listsMadeForOtherProgramsAreRead() throws Exception {
        assertEquals(
                List.of("domain bad.example", "domain worse.example", "domain evil.example", "ip 203.0.113.9"),
                values(read(
                        "0.0.0.0 bad.example\n127.0.0.1 worse.example # x\n||evil.example^\n203.0.113.9:8080\n",
                        "hosts")));
        assertEquals(List.of("domain bad.example", "cidr 203.0.113.0/24", "ip 2001:db8::1"), values(read("""
                        $TTL 60
                        @ IN SOA localhost. root.localhost. 1 2 3 4 5
                        @ IN NS localhost.
                        bad.example CNAME .
                        *.bad.example CNAME .
                        24.0.113.0.203.rpz-ip CNAME .
                        128.1.zz.db8.2001.rpz-ip CNAME .
                        good.example CNAME rpz-passthru.
                        """, "rpz")));
        assertEquals(List.of("domain evil.example"), values(read("ZXZpbC5leGFtcGxl\n", "d.lst")));
        Gathered feed = read("0123456789abcdef0123456789abcdef,5a4e4fdd-1eb4-4ff3-9e87-43fa950d210f\n", "hashes.csv");
        assertEquals(List.of(), values(feed));
        assertEquals(1, feed.left().size());
    }

    @Test
    void certainCandidatesOfProseAreThoseNobodyWritesByChance() {
        List<Candidates.Candidate> found = Candidates.of("""
                The group used evil[.]example and hxxps://drop.example/a.exe (see https://vendor.example/blog),
                `%s`, 203.0.113.9, version 1.2.3.4, svchost.exe and mail from boss[@]lure.example.
                [bad[.]example](https://vendor.example/2)
                """.formatted("ab".repeat(20)), "a.md");
        assertEquals(
                List.of(
                        "true evil.example",
                        "true drop.example/a.exe",
                        "false vendor.example/blog",
                        "true " + "ab".repeat(20),
                        "true 203.0.113.9",
                        "false 1.2.3.4",
                        "true boss@lure.example",
                        "true bad.example",
                        "false vendor.example/2"),
                found.stream()
                        .map(c -> c.certain() + " " + c.indicator().value())
                        .toList());
        assertEquals("a.md:1", found.getFirst().indicator().facts().origin());
        assertFalse(found.stream().anyMatch(c -> c.indicator().value().contains("svchost")));
    }

    private static String indicator(String id, String modified, String pattern, String more) {
        return "{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--" + id + "\",\"created\":"
                + "\"2019-01-01T00:00:00Z\",\"modified\":\"" + modified + "\",\"pattern_type\":\"stix\",\"pattern\":\""
                + pattern + "\",\"valid_from\":\"2019-01-01T00:00:00Z\"" + more + "}";
    }

    private static Gathered bundle(String... objects) throws Exception {
        return read(
                "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[" + String.join(",", objects) + "]}", "b.json");
    }

    @Test
    void ofAnObjectInSeveralVersionsTheLatestCounts() throws Exception {
        Gathered read = bundle(
                indicator("a", "2019-03-01T00:00:00Z", "[domain-name:value = 'new.example']", ""),
                indicator("a", "2019-02-01T00:00:00Z", "[domain-name:value = 'old.example']", ""),
                indicator("b", "2019-02-01T00:00:00Z", "[domain-name:value = 'gone.example']", ""),
                indicator("b", "2019-03-01T00:00:00Z", "[domain-name:value = 'gone.example']", ",\"revoked\":true"));
        assertEquals(List.of("domain new.example", "domain gone.example"), values(read));
        assertTrue(read.indicators().get(1).facts().revoked());
        assertEquals(java.util.Map.of("STIX object of which a later version is there", 2), read.left());
    }

    @Test
    void ofTwoThatNameAValueTheOneThatStandsIsKeptUnderTheStricterMarking() throws Exception {
        String red = ",\"object_marking_refs\":[\"" + Tlp.RED.marking() + "\"],\"labels\":[\"PAP:AMBER\"]";
        Gathered read = bundle(
                indicator("a", "2019-03-01T00:00:00Z", "[domain-name:value = 'x.example']", ",\"revoked\":true" + red),
                indicator("b", "2019-02-01T00:00:00Z", "[domain-name:value = 'x.example']", ""));
        Facts facts = read.indicators().getFirst().facts();
        assertEquals("indicator--b", facts.id());
        assertFalse(facts.revoked());
        assertEquals(Tlp.RED, facts.tlp());
        assertEquals("AMBER", facts.pap());
    }

    @Test
    void aPartThatIsMarkedMarksItAllAndWhatIsBenignPagesNobody() throws Exception {
        Gathered read = bundle(
                indicator(
                        "a",
                        "2019-03-01T00:00:00Z",
                        "[domain-name:value = 'x.example']",
                        ",\"object_marking_refs\":[\"" + Tlp.GREEN.marking()
                                + "\"],\"granular_markings\":[{\"marking_ref\":\"" + Tlp.RED.marking()
                                + "\",\"selectors\":[\"description\"]}]"),
                "{\"type\":\"indicator\",\"id\":\"indicator--b\",\"labels\":[\"benign\"],\"pattern\":"
                        + "\"[domain-name:value = 'y.example']\",\"valid_from\":\"2019-01-01T00:00:00Z\"}");
        assertEquals(Tlp.RED, read.indicators().get(0).facts().tlp());
        assertFalse(read.indicators().get(1).facts().detect());
    }

    @Test
    void whatBeginsOrEndsSoIsReadFromAPattern() throws Exception {
        Gathered read = bundle(
                indicator("a", "2019-03-01T00:00:00Z", "[domain-name:value LIKE '%evil.example']", ""),
                indicator("b", "2019-03-01T00:00:00Z", "[url:value LIKE 'http://evil.example/a/%']", ""),
                indicator("c", "2019-03-01T00:00:00Z", "[url:value LIKE '%/gate_.php']", ""),
                indicator("d", "2019-03-01T00:00:00Z", "[network-traffic:dst_ref.value LIKE '203.0.113.%']", ""));
        assertEquals(
                List.of(
                        "domain *evil.example",
                        "url evil.example/a/*",
                        "stix-pattern [url:value LIKE '%/gate_.php']",
                        "stix-pattern [network-traffic:dst_ref.value LIKE '203.0.113.%']"),
                values(read));
    }

    @Test
    void aMarkingThatNobodyUnderstandsIsTheStrictest() throws Exception {
        Gathered read = read("""
                {"Event":{"uuid":"e","info":"i","Tag":[{"name":"tlp:green"}],"Attribute":[
                 {"type":"domain","value":"a.example","to_ids":true,"uuid":"a","Tag":[{"name":"tlp:unclear"}]},
                 {"type":"domain","value":"b.example","to_ids":true,"uuid":"b","Tag":[{"name":"tlp:purple"}]},
                 {"type":"domain","value":"c.example","to_ids":true,"uuid":"c",
                  "Tag":[{"name":"false-positive:confirmed=\\"true\\""}]}]}}
                """, "m.json");
        List<Facts> facts =
                read.indicators().stream().map(ThreatIndicator::facts).toList();
        assertEquals(Tlp.RED, facts.get(0).tlp());
        assertEquals(Tlp.RED, facts.get(1).tlp());
        assertEquals(Tlp.GREEN, facts.get(2).tlp());
        assertFalse(facts.get(2).detect());
    }

    @Test
    void aBareHostThatIsCalledAUrlMeansAllThatIsThere() throws Exception {
        assertEquals(List.of("domain a.example", "url b.example/", "ip 203.0.113.9"), values(read("""
                        {"Event":{"uuid":"e","info":"i","Attribute":[
                         {"type":"url","value":"a[.]example","to_ids":true,"uuid":"a"},
                         {"type":"url","value":"http://b.example/","to_ids":true,"uuid":"b"},
                         {"type":"url","value":"203.0.113.9","to_ids":true,"uuid":"c"}]}}
                        """, "m.json")));
    }

    @Test
    void whatWasKeptStaysReadableThoughNobodyWouldTakeItNow() {
        ThreatIndicator kept = new ThreatIndicator(
                IntelType.EMAIL,
                "from:boss@lure.example",
                Facts.at("list.csv:1").done());
        assertEquals(kept, ThreatIndicator.ofJson(kept.json()));
        org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class, () -> ThreatIndicator.ofJson("{\"type\":\"x\",\"value\":\"\"}"));
        org.junit.jupiter.api.Assertions.assertThrows(
                IllegalArgumentException.class, () -> ThreatIndicator.ofJson("no JSON"));
    }

    @Test
    void aMarkingAmongTheTagsOfALineIsOne() throws Exception {
        Facts facts = read(
                        "{\"value\":\"a.example\",\"type\":\"domain\",\"tags\":[\"tlp:red\",\"PAP:AMBER\",\"c2\"]}",
                        "l.ndjson")
                .indicators()
                .getFirst()
                .facts();
        assertEquals(Tlp.RED, facts.tlp());
        assertEquals("AMBER", facts.pap());
        assertEquals(List.of("c2"), facts.labels());
    }

    @Test
    void whatMayBeDoneIsUnderstoodInAnySpelling() throws Exception {
        Gathered read = read("""
                value,pap,tags
                a.example,pap:amber,
                b.example,white,
                c.example,,PAP:Red;pap:green
                d.example,n/a,
                e.example,whatever,
                """, "l.csv");
        assertEquals(
                List.of("AMBER", "CLEAR", "RED", "", "RED"),
                read.indicators().stream().map(i -> i.facts().pap()).toList());
    }

    @Test
    void proseMayBeginWithMarkupOfOtherKinds() throws Exception {
        for (String start :
                List.of("<p align=\"center\">x</p>", "<!-- a remark -->", "{% include head %}", "[link](x)")) {
            assertEquals(List.of("domain evil.example"), values(read(start + "\n\nevil[.]example\n", "a.md")), start);
        }
        assertEquals(
                List.of("domain evil.example"),
                values(read("{\"value\":\"evil.example\",\"type\":\"domain\"}", "a.md")));
    }

    @Test
    void hashesOfArtifactsAndCertificatesAreHashes() throws Exception {
        String md5 = "ab".repeat(16);
        assertEquals(
                List.of("hash " + md5),
                values(bundle(indicator("a", "2019-03-01T00:00:00Z", "[artifact:hashes.MD5 = '" + md5 + "']", ""))));
        Gathered observed = new Gathered();
        IntelDocument.read(
                "{\"type\":\"bundle\",\"objects\":[{\"type\":\"x509-certificate\",\"id\":\"x509-certificate--1\",\"hashes\":{"
                        + "\"SHA-1\":\"" + "cd".repeat(20)
                        + "\"}},{\"type\":\"artifact\",\"id\":\"artifact--1\",\"url\":\"x\"}]}",
                "o.json",
                true,
                observed);
        assertEquals(List.of("hash " + "cd".repeat(20)), values(observed));
    }

    @Test
    void anAdvisoryGivesItsMarkingToWhatItNames() throws Exception {
        for (var one : java.util.Map.of(
                        "TLP:RED", Tlp.RED,
                        "Handling: tlp: amber + strict.", Tlp.AMBER_STRICT,
                        "TLP-WHITE\n\nTLP:RED means that nobody else may have it", Tlp.CLEAR)
                .entrySet()) {
            Gathered read = read(one.getKey() + "\n\nThey used evil[.]example.\n", "a.md");
            assertEquals(one.getValue(), read.indicators().getFirst().facts().tlp(), one.getKey());
        }
        assertEquals(
                null,
                read("A TLP white paper on evil[.]example", "a.md")
                        .indicators()
                        .getFirst()
                        .facts()
                        .tlp());
    }

    @Test
    void answersOfServicesThatHoldListsAreRead() throws Exception {
        Gathered read = read("""
                {"count":1,"results":[{"name":"Pulse","TLP":"amber","indicators":[
                 {"indicator":"evil.example","type":"hostname","description":"c2","expiration":"2030-01-02T03:04:05"},
                 {"indicator":"CVE-2017-0144","type":"CVE"},
                 {"indicator":"nothing","type":"IPv4"},
                 {"indicator":"%s","type":"FileHash-MD5"}]}]}
                """.formatted("ab".repeat(16)), "otx.json");
        assertEquals(List.of("domain evil.example", "hash " + "ab".repeat(16)), values(read));
        assertEquals(Tlp.AMBER, read.indicators().getFirst().facts().tlp());
        assertEquals(
                Instant.parse("2030-01-02T03:04:05Z"),
                read.indicators().getFirst().facts().validUntil());
        assertEquals(List.of("otx.json#3: no indicator: \"nothing\" of type \"IPv4\""), read.faults());
        assertEquals(1, read.left().size());
        Gathered data = read("""
                {"query_status":"ok","data":[{"id":"7","ioc":"203.0.113.9:443","ioc_type":"ip:port","confidence_level":75}]}
                """, "fox.json");
        assertEquals(List.of("ip 203.0.113.9"), values(data));
        assertEquals(75, data.indicators().getFirst().facts().confidence());
        assertEquals(List.of("ip 203.0.113.9"), values(read("""
                {"7":[{"ioc_value":"203.0.113.9:443","ioc_type":"ip:port"}]}
                """, "export.json")));
        for (String other : List.of(
                "{\"data\":[{\"results\":[{\"c\":1}]}]}",
                "{\"class_uid\":4001,\"observables\":[{\"type\":\"IP Address\",\"value\":\"203.0.113.9\"}]}")) {
            Gathered none = read(other, "other.json");
            assertEquals(List.of(), values(none));
            assertEquals(1, none.faults().size());
        }
    }
}
