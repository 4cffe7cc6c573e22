package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarninglistsTest {
    @TempDir
    Path dir;

    private Warninglists list(String name, String text) throws Exception {
        Path file = Files.writeString(dir.resolve(name), text);
        Warninglists.Read read = Warninglists.read(List.of(file));
        assertEquals(List.of(), read.faults());
        return read.lists();
    }

    private static @Nullable String on(Warninglists lists, IndicatorType type, String value) {
        return lists.holding(new Indicator(type, value, "", "test"));
    }

    @Test
    void aMispListIsComparedAsItsTypeSaysAndForItsKindsOnly() throws Exception {
        Warninglists hosts = list("h.json", """
                {"list":["shop.example",".bank.example"],"type":"hostname","name":"Large sites",
                 "matching_attributes":["domain","url"],"version":1}""");
        assertEquals("Large sites", on(hosts, IndicatorType.DOMAIN, "www.shop.example"));
        assertEquals("Large sites", on(hosts, IndicatorType.DOMAIN, "bank.example"));
        assertNull(on(hosts, IndicatorType.DOMAIN, "notshop.example"));
        assertEquals("Large sites", on(hosts, IndicatorType.URL, "shop.example/"));
        assertNull(on(hosts, IndicatorType.URL, "shop.example/drop/payload.exe"));
        assertNull(on(hosts, IndicatorType.EMAIL, "a@shop.example"));

        Warninglists nets = list("n.json", """
                {"type":"cidr","name":"Resolvers","list":["192.0.2.0/24","2001:db8::/32"],
                 "matching_attributes":["ip-dst"]}""");
        assertEquals("Resolvers", on(nets, IndicatorType.IP, "192.0.2.53"));
        assertEquals("Resolvers", on(nets, IndicatorType.CIDR, "192.0.2.128/25"));
        assertNull(on(nets, IndicatorType.CIDR, "192.0.0.0/16"));
        assertEquals("Resolvers", on(nets, IndicatorType.IP, "2001:db8::1"));

        Warninglists parts = list("s.json", "{\"type\":\"substring\",\"name\":\"S\",\"list\":[\"Tempmail\"]}");
        assertEquals("S", on(parts, IndicatorType.EMAIL, "x@my.tempmail.example"));
        Warninglists exact = list("e.json", "{\"type\":\"string\",\"name\":\"E\",\"list\":[\"a.example\"]}");
        assertEquals("E", on(exact, IndicatorType.DOMAIN, "a.example"));
        assertNull(on(exact, IndicatorType.DOMAIN, "b.a.example"));
    }

    @Test
    void aPlainListTellsItsEntriesByTheirForm() throws Exception {
        Warninglists plain = list(
                "ours.txt",
                "# ours\n198.51.100.0/24\n203.0.113.9  # gateway\nacme.example\n"
                        + "d41d8cd98f00b204e9800998ecf8427e\n");
        assertEquals("ours.txt", on(plain, IndicatorType.IP, "198.51.100.77"));
        assertEquals("ours.txt", on(plain, IndicatorType.IP, "203.0.113.9"));
        assertNull(on(plain, IndicatorType.IP, "203.0.113.10"));
        assertEquals("ours.txt", on(plain, IndicatorType.DOMAIN, "vpn.acme.example"));
        assertEquals("ours.txt", on(plain, IndicatorType.HASH, "d41d8cd98f00b204e9800998ecf8427e"));
    }

    @Test
    void whatIsNoListIsAFaultWithItsPlace() throws Exception {
        Path broken = Files.writeString(dir.resolve("b.json"), "{\"type\":\"cidr\",\n\"list\":[");
        Path regex = Files.writeString(dir.resolve("r.json"), "{\"type\":\"phrase\",\"list\":[\"/a/\"]}");
        List<String> faults = Warninglists.read(List.of(broken, regex)).faults();
        assertEquals(2, faults.size());
        assertEquals(
                broken + ":2: ", faults.get(0).substring(0, broken.toString().length() + 4));
        assertEquals(
                regex
                        + ":1: a list of type \"phrase\" is not read; expected string, substring, hostname, cidr or regex",
                faults.get(1));
    }
}
