package io.carom.intel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Lists as feeds and programs write them.
class ListReaderTest {
    private static Gathered read(String text) throws Exception {
        return IntelDocumentTest.read(text, "list.csv");
    }

    private static List<String> values(Gathered read) {
        assertEquals(List.of(), read.faults());
        return IntelDocumentTest.values(read);
    }

    @Test
    void columnsMayBeNamedInAComment() throws Exception {
        Gathered read = read("""
                ################################################################
                # ThreatFox IOCs: CSV format                                   #
                ################################################################
                #
                # "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","confidence_level","reference","tags"
                "2024-01-02 03:04:05", "1", "203.0.113.9:443", "ip:port", "botnet_cc", "75", "https://reference.example/1", "a,b"
                "2024-01-02 03:04:05", "2", "evil.example", "domain", "botnet_cc", "100", "https://reference.example/2", ""
                """);
        assertEquals(List.of("ip 203.0.113.9", "domain evil.example"), values(read));
        Facts facts = read.indicators().getFirst().facts();
        assertEquals(75, facts.confidence());
        assertEquals(Instant.parse("2024-01-02T03:04:05Z"), facts.made());
        assertEquals(List.of("a", "b"), facts.labels());
        assertEquals(List.of("url evil.example/x"), values(read("""
                # id,dateadded,url,url_status,urlhaus_link
                "7","2024-01-02 03:04:05","http://evil.example/x","online","https://reference.example/url/7/"
                """)));
        // A comment that names kinds, before a list without columns.
        assertEquals(List.of("domain evil.example"), values(read("# domain, ip\nevil.example # a remark\n")));
    }

    @Test
    void aTableMayHaveAColumnForEachKind() throws Exception {
        assertEquals(
                List.of("ip 203.0.113.9"),
                values(
                        read(
                                "\"first_seen_utc\",\"dst_ip\",\"dst_port\"\n\"2024-01-02 03:04:05\",\"203.0.113.9\",\"443\"\n")));
        assertEquals(
                List.of("hash " + "ab".repeat(16), "domain evil.example", "hash " + "cd".repeat(32)),
                values(read("sha256,md5,domain\n," + "ab".repeat(16) + ",\n" + "cd".repeat(32) + ",,evil.example\n")));
        // Rows of values beside the name of their kind have no header.
        assertEquals(
                List.of("domain evil.example", "ip 203.0.113.9"),
                values(read("evil.example,domain\n203.0.113.9:443,ip\n")));
    }

    @Test
    void whatMispExportsAsCsvIsReadByItsOwnTypes() throws Exception {
        Gathered read = read("""
                uuid,event_id,category,type,value,comment,to_ids,date
                1,7,Network activity,ip-dst|port,203.0.113.9|443,"one
                two",1,20240102
                2,7,Network activity,domain|ip,evil.example|203.0.113.10,,True,20240102
                3,7,Payload delivery,filename|sha256,a.exe|%s,,FALSE,20240102
                4,7,Payload delivery,sha224,%s,,1,20240102
                """.formatted("ab".repeat(32), "cd".repeat(28)));
        assertEquals(
                List.of(
                        "ip 203.0.113.9",
                        "domain evil.example",
                        "ip 203.0.113.10",
                        "file-name a.exe",
                        "hash " + "ab".repeat(32),
                        "hash " + "cd".repeat(28)),
                values(read));
        assertEquals("one\ntwo", read.indicators().getFirst().facts().comment());
        assertEquals("list.csv:2", read.indicators().getFirst().facts().origin());
        assertEquals("list.csv:4", read.indicators().get(1).facts().origin());
        assertFalse(read.indicators().get(4).facts().detect());
    }

    @Test
    void aQuoteThatIsNeverClosedTakesNoOtherRow() throws Exception {
        assertEquals(
                List.of("domain a.example", "domain b.example", "domain c.example"),
                values(read("value,comment\na.example,\"open\nb.example,x\nc.example,y\n")));
    }

    @Test
    void endsAreReadInTheWaysInWhichTheyAreWritten() throws Exception {
        Gathered read = read("""
                value,valid_until,revoked,tlp
                a.example,2030-01-02 03:04:05,FALSE,amber
                b.example,2030-01-02T03:04:05,True,TLP AMBER STRICT
                c.example,1893553445,no,n/a
                d.example,next week,no,secret
                """);
        assertEquals(
                List.of("domain a.example", "domain b.example", "domain c.example", "domain d.example"), values(read));
        List<Facts> facts =
                read.indicators().stream().map(ThreatIndicator::facts).toList();
        Instant end = Instant.parse("2030-01-02T03:04:05Z");
        assertEquals(end, facts.get(0).validUntil());
        assertEquals(end, facts.get(1).validUntil());
        assertEquals(end, facts.get(2).validUntil());
        assertTrue(facts.get(1).revoked());
        assertEquals(Tlp.AMBER_STRICT, facts.get(1).tlp());
        assertEquals(null, facts.get(2).tlp());
        assertEquals(Tlp.RED, facts.get(3).tlp());
        assertEquals(
                List.of("list.csv:2: \"1/2/2030\" is no time; expected 2019-04-15T00:00:00Z. The indicator is taken"
                        + " without an end"),
                read("value,valid_until\na.example,1/2/2030\n").faults());
    }

    @Test
    void listsOfWindowsAndOfNameServersAreRead() throws Exception {
        Gathered wide = new Gathered();
        byte[] bytes = "\uFEFFevil.example\r\n203.0.113.9\r\n".getBytes(StandardCharsets.UTF_16LE);
        IntelDocument.read(new ByteArrayInputStream(bytes), "list.txt", false, wide);
        assertEquals(List.of("domain evil.example", "ip 203.0.113.9"), values(wide));
        assertEquals(
                List.of("domain a.example", "domain b.example", "domain c.example", "domain d.example"),
                values(read("""
                        sep=,
                        ||a.example^$third-party
                        .b.example
                        address=/c.example/0.0.0.0
                        local-zone: "d.example" always_nxdomain
                        """)));
        assertEquals(List.of("domain evil.example"), values(read("""
                127.0.0.1 localhost
                127.0.0.1 localhost.localdomain
                255.255.255.255 broadcasthost
                ::1 localhost
                fe80::1%lo0 localhost
                ff02::1 ip6-allnodes
                0.0.0.0 evil.example
                """)));
    }

    @Test
    void whatAListIsMarkedWithAboveHoldsForAllOfIt() throws Exception {
        Gathered plain = read("# Shared as TLP: RED, see below\na.example\n# TLP:CLEAR\nb.example\n");
        assertEquals(
                List.of(Tlp.RED, Tlp.RED),
                plain.indicators().stream().map(i -> i.facts().tlp()).toList());
        assertEquals(
                null,
                read("# Reference: https://cert.example/TLP-WHITE-report.pdf\na.example\n")
                        .indicators()
                        .getFirst()
                        .facts()
                        .tlp());
        Gathered table = read("# TLP:AMBER+STRICT\nvalue,tlp\na.example,\nb.example,green\n");
        assertEquals(
                List.of(Tlp.AMBER_STRICT, Tlp.GREEN),
                table.indicators().stream().map(i -> i.facts().tlp()).toList());
    }

    @Test
    void aLineOfAHostsFileMayHaveSeveralNames() throws Exception {
        Gathered read = read("0.0.0.0 a.example b.example\tc.example # remark\n0.0.0.0 0.0.0.0\n");
        assertEquals(List.of("domain a.example", "domain b.example", "domain c.example"), values(read));
        assertEquals("remark", read.indicators().getLast().facts().comment());
    }
}
