package io.carom.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carom.event.Finding;
import io.carom.event.JsonText;
import io.carom.event.OcsfChecker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FindingJsonTest {
    private static final List<String> HOSTILE = Arrays.asList(
            null,
            "",
            "ws-17",
            "192.0.2.7",
            "2001:db8::7",
            "fe80::1%eth0",
            "</script><b>",
            "\u0000\u202Egnp.exe",
            "\uD800",
            "a".repeat(100_000),
            "x".repeat(300) + ".example",
            "-dash",
            "under_score",
            "\"\\\n");

    private static Finding finding(String value, String attack) {
        String text = value == null ? "-" : value;
        return new Finding(
                "f-" + text.hashCode(),
                value == null ? "rule-1" : "indicator:ip:" + text,
                "Title " + text,
                "Message " + text,
                text.length() % 9,
                1_551_665_400_000L,
                "acme",
                new Finding.Evidence("logs/" + text, 7, "zeek", 4001, value, value, value, value, text),
                List.of(new Finding.Observable("src_endpoint.ip", 2, text)),
                List.of(attack, "T1021.001", "T1105", text));
    }

    @Test
    void whateverAFindingHoldsItConformsToOcsf() {
        List<String> events = new ArrayList<>();
        for (String value : HOSTILE) {
            JsonText out = new JsonText();
            FindingJson.write(finding(value, "T1078"), out);
            events.add(out.toString());
        }
        OcsfChecker.get().demand(events);
    }

    @Test
    void aHostNameIsWhatOcsfTakesForOne() {
        Pattern hostname = Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)"
                + "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,20}");
        SplittableRandom random = new SplittableRandom(11);
        String[] pieces = {"a", "Z9", "-", ".", "x".repeat(61), "1.", "_", "é", " ", "b.c.d.e.f.g"};
        int taken = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(8); k > 0; k--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String host = text.toString();
            boolean expected = host.length() <= 253 && hostname.matcher(host).matches();
            assertEquals(expected, FindingJson.isHostName(host), host);
            taken += expected ? 1 : 0;
        }
        assertTrue(taken > 1_000 && taken < 19_000, "so many of 20,000 are names: " + taken);
    }

    @Test
    void theContractsPlacesHoldWhatTheFindingHolds() {
        JsonText out = new JsonText();
        FindingJson.write(finding("192.0.2.7", "T1078"), out);
        JsonNode it = new JsonMapper().readTree(out.toString());
        assertEquals(2004, it.get("class_uid").intValue());
        assertEquals(
                "indicator:ip:192.0.2.7", it.at("/finding_info/analytic/uid").stringValue());
        assertEquals("Title 192.0.2.7", it.at("/finding_info/title").stringValue());
        assertEquals(1_551_665_400_000L, it.get("time").longValue());
        assertEquals("T1021.001", it.at("/attacks/1/sub_technique/uid").stringValue());
        assertEquals(3, it.get("attacks").size());
        assertEquals("192.0.2.7", it.at("/evidences/0/data/record").stringValue());
        assertEquals("logs/192.0.2.7", it.at("/unmapped/carom/source/path").stringValue());
        assertEquals(7, it.at("/unmapped/carom/source/record").intValue());
    }
}
