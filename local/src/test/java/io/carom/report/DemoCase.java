package io.carom.report;

import io.carom.event.Attribute;
import io.carom.event.Cidr;
import io.carom.event.EventBatch;
import io.carom.event.Finding;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incidents;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.Party;
import io.carom.run.Line;
import io.carom.trace.Ledger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A small invented case to look at reports with: a supplier, four clients, two of them reached.
final class DemoCase {
    static final Instant START = Instant.parse("2019-02-24T00:00:00Z");
    static final Instant MADE = Instant.parse("2019-03-20T09:12:00Z");
    static final String C2 = "203.0.113.9";
    static final String NAME = "securemail.acme.internal-message.example";

    final Parties parties = new Parties(
            List.of(
                    party("acme", Party.Role.CLIENT, "10.1.0.0/16"),
                    party("borealis", Party.Role.CLIENT, "10.2.0.0/16"),
                    party("cobalt-foods", Party.Role.CLIENT, "10.3.0.0/16"),
                    party("dunmore", Party.Role.CLIENT, "10.4.0.0/16"),
                    party("northgate-it", Party.Role.SUPPLIER, "10.8.0.0/16"),
                    party("paywise", Party.Role.SUPPLIER, "198.51.100.0/24")),
            List.of(
                    link("northgate-vpn-acme", "northgate-it", "acme", "vpn", "10.8.4.0/24"),
                    link("northgate-vpn-borealis", "northgate-it", "borealis", "vpn", "10.8.5.0/24"),
                    link("northgate-vpn-cobalt", "northgate-it", "cobalt-foods", "vpn", "10.8.6.0/24"),
                    link("paywise-sftp", "paywise", "acme", "site-to-site", "198.51.100.0/24"),
                    link("paywise-sftp-dunmore", "paywise", "dunmore", "site-to-site", "198.51.100.0/24")));
    final Ledger ledger = new Ledger(parties);
    final FindingsByEntity findings = new FindingsByEntity(parties);
    final List<Finding> all = new ArrayList<>();
    final Reach reach = new Reach();
    final List<Line.Summary> inputs = new ArrayList<>();
    final List<Indicator> indicators = new ArrayList<>();
    private long record = 40;

    static Party party(String name, Party.Role role, String... networks) {
        return new Party(
                name,
                role,
                Arrays.stream(networks).map(Cidr::of).toList(),
                List.of(name + ".example"),
                List.of(),
                List.of(),
                List.of(name),
                List.of());
    }

    static Link link(String name, String supplier, String client, String kind, String network) {
        return new Link(
                name, supplier, client, kind, List.of(Cidr.of(network)), List.of(), List.of(), List.of(), "", "UTC");
    }

    void talk(String client, String src, String dst, int port, Instant time, int times, Duration apart, long bytes) {
        EventBatch batch = new EventBatch(1 << 12);
        for (int i = 0; i < times; i++) {
            batch.startRow(0, i + 1, 0, batch.append("x"));
            batch.set(Attribute.TIME, time.plus(apart.multipliedBy(i)).toEpochMilli());
            batch.set(Attribute.of("src_endpoint.ip"), batch.append(src));
            batch.set(Attribute.of("dst_endpoint.ip"), batch.append(dst));
            batch.set(Attribute.of("dst_endpoint.port"), port);
            batch.set(Attribute.of("traffic.bytes_out"), bytes);
            batch.set(Attribute.of("traffic.bytes_in"), bytes * 3);
            batch.endRow(4001, field -> true);
        }
        ledger.add(batch, client);
    }

    void seen(String client, String src, String dst, Indicator indicator, int type, Instant time) {
        found(new Finding(
                client + src + indicator.value() + time,
                indicator.uid(),
                "Known indicator seen: " + indicator.value(),
                "Command server of the campaign (indicators.csv:4)",
                4,
                time.toEpochMilli(),
                client,
                new Finding.Evidence(
                        client + "/zeek/conn.log.gz",
                        record++,
                        "zeek",
                        type == 1 ? 4003 : 4001,
                        src,
                        dst,
                        null,
                        null,
                        time.getEpochSecond() + ".1138\tCJ4k1" + record + "\t" + src + "\t5" + record + "\t" + dst
                                + "\t443\ttcp\tssl\t61.20\t4821\t96300\tSF"),
                List.of(new Finding.Observable("dst_endpoint.ip", type, indicator.value())),
                List.of("T1071.001")));
    }

    void rule(
            String client, String id, String title, int severity, String host, String user, Instant time, String rec) {
        found(new Finding(
                id + host + user + time,
                id,
                title,
                "A rule says so.",
                severity,
                time.toEpochMilli(),
                client,
                new Finding.Evidence(
                        client + "/evtx/" + host + ".evtx", record++, "sysmon", 1007, null, null, host, user, rec),
                List.of(),
                List.of("T1003.001")));
    }

    void found(Finding finding) {
        all.add(finding);
        findings.add(finding);
    }

    ReportInput input() {
        return new ReportInput(
                MADE,
                parties,
                Incidents.of(findings.groups(), ledger.pairs(), parties, MADE),
                findings,
                ledger,
                indicators,
                inputs,
                reach,
                Map.of());
    }

    static DemoCase told() {
        DemoCase c = new DemoCase();
        Random random = new Random(4);
        Instant t = Instant.parse("2019-03-04T02:10:00Z");
        Indicator c2 = new Indicator(IndicatorType.IP, C2, "command server", "indicators.csv:4");
        Indicator name = new Indicator(IndicatorType.DOMAIN, NAME, "lure", "indicators.csv:5");
        c.indicators.add(c2);
        c.indicators.add(name);
        for (int i = 1; i < 60; i++) {
            c.indicators.add(new Indicator(IndicatorType.IP, "203.0.113." + (60 + i), "", "indicators.csv:" + (5 + i)));
        }
        for (int h = 5; h <= 7; h++) {
            String host = "10.1.0." + h;
            c.talk("acme", "10.8.4.17", host, 3389, t.minusSeconds(2280 - h), 3, Duration.ofMinutes(20), 40_000);
            c.talk("acme", host, C2, 443, t.plusSeconds(1800L * (h - 5)), 60, Duration.ofMinutes(61), 48_000);
            for (int i = 0; i < 30; i++) {
                c.seen("acme", host, C2, c2, 2, t.plusSeconds(1800L * (h - 5) + 7380L * i));
            }
        }
        c.talk("acme", "10.1.0.5", "10.1.0.20", 445, t.plusSeconds(4000), 12, Duration.ofMinutes(3), 900_000);
        c.rule(
                "acme",
                "win_lsass_dump",
                "LSASS memory read by ProcDump",
                5,
                "fs01",
                "ACME\\svc-helpdesk",
                t.plusSeconds(5000),
                "<Event><System><EventID>10</EventID><Computer>fs01.acme.example</Computer></System><EventData>"
                        + "<Data Name=\"SourceImage\">C:\\Users\\Public\\procdump64.exe</Data></EventData></Event>");
        c.rule(
                "acme",
                "win_psexec_service",
                "PsExec service installed",
                4,
                "ws-17",
                "ACME\\svc-helpdesk",
                t.plusSeconds(6200),
                "{\"EventID\":7045,\"ServiceName\":\"PSEXESVC\",\"Computer\":\"ws-17\"}");
        Instant b = t.plus(Duration.ofDays(5));
        c.talk("borealis", "10.8.5.17", "10.2.3.14", 3389, b.minusSeconds(4000), 5, Duration.ofMinutes(9), 30_000);
        c.talk("borealis", "10.2.3.14", "10.2.0.2", 53, b, 4, Duration.ofMinutes(1), 90);
        for (int i = 0; i < 6; i++) {
            c.seen("borealis", "10.2.3.14", "10.2.0.2", name, 1, b.plusSeconds(600L * i));
        }
        c.rule(
                "cobalt-foods",
                "web_dir_probe",
                "Many web paths probed and not found",
                2,
                "www2",
                null,
                t.plus(Duration.ofDays(2)),
                "198.51.100.77 - - [06/Mar/2019:02:10:00 +0000] \"GET /wp-login.php HTTP/1.1\" 404 162");
        // What happens every day, links included.
        for (int day = 0; day < 22; day++) {
            Instant noon = START.plus(Duration.ofDays(day)).plus(Duration.ofHours(9));
            if (day % 7 < 5) {
                c.talk("acme", "10.8.4.30", "10.1.9.4", 22, noon, 6, Duration.ofMinutes(40), 9000);
                c.talk("borealis", "10.8.5.30", "10.2.9.4", 22, noon, 3, Duration.ofMinutes(70), 7000);
                c.talk("cobalt-foods", "10.8.6.30", "10.3.9.4", 443, noon, 9, Duration.ofMinutes(30), 12_000);
            }
            c.talk("acme", "198.51.100.9", "10.1.9.8", 22, noon.plusSeconds(40_000), 1, Duration.ZERO, 800_000);
            c.talk("dunmore", "198.51.100.9", "10.4.9.8", 22, noon.plusSeconds(44_000), 1, Duration.ZERO, 700_000);
            for (int i = 0; i < 12; i++) {
                String client =
                        List.of("acme", "borealis", "cobalt-foods", "dunmore").get(i % 4);
                c.talk(
                        client,
                        "10." + (1 + i % 4) + ".0." + (20 + random.nextInt(30)),
                        "192.0.2." + random.nextInt(40),
                        443,
                        noon.plusSeconds(random.nextInt(30_000)),
                        1 + random.nextInt(6),
                        Duration.ofMinutes(2),
                        2000 + random.nextInt(90_000));
            }
            for (int hour = 0; hour < 24; hour++) {
                long at = START.plus(Duration.ofDays(day))
                        .plus(Duration.ofHours(hour))
                        .toEpochMilli();
                c.reach.add("acme", "zeek", at);
                c.reach.add("acme", "sysmon", at + 60_000);
                if (day < 9 || day > 11) {
                    c.reach.add("borealis", "zeek", at);
                }
                if (day > 4) {
                    c.reach.add("cobalt-foods", "apache", at);
                }
                c.reach.add("dunmore", "cisco-asa", at);
            }
        }
        c.inputs.add(new Line.Summary(
                "acme/zeek/conn.log.gz", "acme", true, List.of("zeek"), 612_004, 0, 0, 88_123_000, 1.1, null));
        c.inputs.add(new Line.Summary(
                "acme/evtx/fs01.evtx", "acme", true, List.of("sysmon"), 40_211, 3, 0, 69_000_000, 0.9, null));
        c.inputs.add(new Line.Summary(
                "borealis/zeek/dns.log", "borealis", true, List.of("zeek"), 231_882, 0, 1200, 41_000_000, 0.6, null));
        c.inputs.add(new Line.Summary(
                "cobalt-foods/access.log",
                "cobalt-foods",
                true,
                List.of("apache"),
                88_120,
                17,
                0,
                12_400_000,
                0.2,
                null));
        c.inputs.add(new Line.Summary(
                "dunmore/asa.log.zst", "dunmore", true, List.of("cisco-asa"), 150_331, 0, 0, 30_000_000, 0.4, null));
        c.inputs.add(new Line.Summary("borealis/notes.docx", "borealis", false, List.of(), 0, 0, 0, 18_211, 0, null));
        c.inputs.add(new Line.Summary(
                "dunmore/old.tar.gz",
                "dunmore",
                false,
                List.of(),
                0,
                0,
                0,
                9_120_000,
                0,
                "the archive is damaged at byte 8,388,608: what came before it was read"));
        return c;
    }
}
