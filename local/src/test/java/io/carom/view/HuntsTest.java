package io.carom.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carom.lake.Ingest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class HuntsTest {
    @TempDir
    Path home;

    /// That a name is no alarm for it is another client's would tell whose it is.
    @Test
    void aClientIsToldOfNoDomainButItsOwnThatItIsOwned() throws Exception {
        Files.writeString(home.resolve("parties.yaml"), """
                parties:
                  - {name: acme, role: client, networks: [10.1.0.0/16], domains: [acme.example]}
                  - {name: globex, role: client, networks: [10.2.0.0/16], domains: [globex.example]}
                """);
        StringBuilder log = new StringBuilder();
        for (String name : List.of("acme.example", "globex.example", "other.example")) {
            log.append("{\"_path\":\"dns\",\"ts\":\"2026-03-04T05:00:01.000000Z\",\"uid\":\"C")
                    .append(name)
                    .append("\",\"id.orig_h\":\"10.1.0.14\",\"id.orig_p\":5353,\"id.resp_h\":\"10.1.0.2\",")
                    .append("\"id.resp_p\":53,\"proto\":\"udp\",\"query\":\"")
                    .append(name)
                    .append("\",\"qtype_name\":\"A\",\"answers\":[\"192.0.2.10\"]}\n");
        }
        Path file = Files.writeString(home.resolve("dns.ndjson"), log);
        Ingest.into(home, 1 << 20, "acme", List.of(file.toString()));
        try (Views views = new Views(home, InstantSource.system())) {
            assertEquals(
                    List.of("acme.example Own domains", "globex.example Own domains", "other.example "),
                    hunted(views.of(Sight.ALL)));
            assertEquals(
                    List.of("acme.example Own domains", "globex.example ", "other.example "),
                    hunted(views.of(Sight.of("acme"))));
        }
    }

    @Test
    void aFileAndAnAccountThatLookLikeDomainsAreFound() throws Exception {
        String ends =
                "\"uid\":\"N1\",\"id.orig_h\":\"10.0.0.1\",\"id.orig_p\":1,\"id.resp_h\":\"10.0.0.2\",\"id.resp_p\":445";
        Path log = Files.writeString(
                home.resolve("names.log"),
                "{\"_path\":\"ntlm\",\"ts\":1551660000.0," + ends + ",\"username\":\"Jane.Doe\",\"success\":true}\n"
                        + "{\"_path\":\"smb_files\",\"ts\":1551660001.0," + ends
                        + ",\"action\":\"SMB::FILE_OPEN\",\"name\":\"PSEXESVC.exe\"}\n");
        Ingest.into(home, 1 << 20, "acme", List.of(log.toString()));
        try (Views views = new Views(home, InstantSource.system())) {
            JsonNode answer =
                    new Hunts(views.of(Sight.ALL)).answer(Hunts.read("psexesvc.exe jane.doe evil.example"), null, null);
            assertEquals(3, answer.path("asked").asInt(0));
            List<String> seen = new ArrayList<>();
            answer.path("seen")
                    .forEach(one -> seen.add(one.path("type").asString("") + " "
                            + one.path("value").asString("")));
            assertEquals(List.of("file-name psexesvc.exe", "account jane.doe"), seen);
        }
    }

    /// What disarms a value is undone where it disarms, and nowhere else.
    @Test
    void aValueIsReadAsItIsMeant() throws Exception {
        assertEquals(
                List.of(
                        "url evil.example/hxxp-proxy",
                        "url evil.example/a?b=1",
                        "ip 203.0.113.9",
                        "email who@evil.example",
                        "domain evil.example"),
                Hunts.read("https://evil.example/hxxp-proxy hXXps://evil[.]example:443/a?b=1\n"
                                + "203[.]0[.]113[.]9, who[@]evil(dot)example; evil[.]example")
                        .indicators()
                        .stream()
                        .map(i -> i.type().label() + " " + i.value())
                        .toList());
    }

    private static List<String> hunted(View view) throws Exception {
        JsonNode answer =
                new Hunts(view).answer(Hunts.read("acme.example\nglobex.example\nother.example\n"), null, null);
        List<String> out = new ArrayList<>();
        for (JsonNode one : answer.path("seen")) {
            out.add(one.path("value").asString("") + " "
                    + one.path("warninglist").asString(""));
        }
        Collections.sort(out);
        return out;
    }
}
