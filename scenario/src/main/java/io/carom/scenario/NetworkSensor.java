package io.carom.scenario;

import io.carom.scenario.Org.Host;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// What sees the packets of an organisation: Zeek, in either of its forms, or a flow collector.
interface NetworkSensor {
    void flow(Flow flow, @Nullable String why);

    /// @param answer empty where the name does not exist
    void lookup(long at, Host from, int port, String server, String name, String answer, @Nullable String why);

    /// Zeek's connections and names, tab-separated with headers, as it writes them by default.
    final class ZeekTsv implements NetworkSensor {
        private static final String[] CONN = {
            "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\t"
                    + "conn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\t"
                    + "resp_ip_bytes\ttunnel_parents",
            "time\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\t"
                    + "string\tcount\tcount\tcount\tcount\tset[string]"
        };
        private static final String[] DNS = {
            "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\tquery\tqclass\tqclass_name\tqtype\t"
                    + "qtype_name\trcode\trcode_name\tAA\tTC\tRD\tRA\tZ\tanswers\tTTLs\trejected",
            "time\tstring\taddr\tport\taddr\tport\tenum\tcount\tstring\tcount\tstring\tcount\tstring\tcount\tstring\t"
                    + "bool\tbool\tbool\tbool\tcount\tvector[string]\tvector[interval]\tbool"
        };

        private final Org org;
        private final LogFile conn;
        private final LogFile dns;
        private final Random random;

        ZeekTsv(Org org, Logs logs, Random random) {
            this.org = org;
            this.random = random;
            conn = logs.log("network", "zeek", "DATE/conn.log", head("conn", CONN), ZeekTsv::tail);
            dns = logs.log("network", "zeek", "DATE/dns.log", head("dns", DNS), ZeekTsv::tail);
        }

        private static LogFile.Frame head(String path, String[] columns) {
            return (text, day) -> text.add("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n")
                    .add("#unset_field\t-\n#path\t")
                    .add(path)
                    .add("\n#open\t")
                    .date(day * 86_400_000L, '-')
                    .add("-00-00-00\n#fields\t")
                    .add(columns[0])
                    .add("\n#types\t")
                    .add(columns[1])
                    .add('\n');
        }

        private static void tail(Text text, long day) {
            text.add("#close\t").date((day + 1) * 86_400_000L, '-').add("-00-00-00\n");
        }

        @Override
        public void flow(Flow f, @Nullable String why) {
            Text t = conn.text;
            t.epoch(conn.begin(f.at(), why)).add('\t');
            uid(t, random)
                    .add('\t')
                    .add(f.src())
                    .add('\t')
                    .add(f.srcPort())
                    .add('\t')
                    .add(f.dst());
            t.add('\t').add(f.port()).add('\t').add(f.protocol()).add('\t');
            t.add(f.service().isEmpty() || !f.answered() ? "-" : f.service()).add('\t');
            if (f.answered()) {
                t.add(f.duration() / 1000).add('.').pad(f.duration() % 1000, 3).add("000\t");
                t.add(f.out()).add('\t').add(f.in());
            } else {
                t.add("-\t-\t-");
            }
            t.add('\t')
                    .add(f.ended().name())
                    .add('\t')
                    .add(org.owns(f.src()) ? 'T' : 'F')
                    .add('\t');
            t.add(org.owns(f.dst()) ? 'T' : 'F')
                    .add("\t0\t")
                    .add(f.ended().history)
                    .add('\t');
            t.add(f.outPackets()).add('\t').add(f.out() + 40 * f.outPackets()).add('\t');
            t.add(f.inPackets()).add('\t').add(f.in() + 40 * f.inPackets()).add("\t(empty)");
            conn.end();
        }

        @Override
        public void lookup(
                long at, Host from, int port, String server, String name, String answer, @Nullable String why) {
            Text t = dns.text;
            t.epoch(dns.begin(at, why)).add('\t');
            uid(t, random)
                    .add('\t')
                    .add(from.ip())
                    .add('\t')
                    .add(port)
                    .add('\t')
                    .add(server);
            t.add("\t53\tudp\t").add(random.nextInt(65_536)).add('\t').add(name).add("\t1\tC_INTERNET\t1\tA\t");
            if (answer.isEmpty()) {
                t.add("3\tNXDOMAIN\tF\tF\tT\tT\t0\t-\t-\tF");
            } else {
                t.add("0\tNOERROR\tF\tF\tT\tT\t0\t").add(answer).add("\t300.000000\tF");
            }
            dns.end();
        }
    }

    /// The same as JSON lines.
    final class ZeekJson implements NetworkSensor {
        private final Org org;
        private final LogFile conn;
        private final LogFile dns;
        private final Random random;

        ZeekJson(Org org, Logs logs, Random random) {
            this.org = org;
            this.random = random;
            conn = logs.log("network", "zeek", "conn-DATE.ndjson");
            dns = logs.log("network", "zeek", "dns-DATE.ndjson");
        }

        private Text begin(Text t, long shown, String src, int srcPort, String dst, int port, String protocol) {
            t.add("{\"ts\":").epoch(shown).add(",\"uid\":\"");
            uid(t, random)
                    .add("\",\"id.orig_h\":\"")
                    .add(src)
                    .add("\",\"id.orig_p\":")
                    .add(srcPort);
            t.add(",\"id.resp_h\":\"").add(dst).add("\",\"id.resp_p\":").add(port);
            return t.add(",\"proto\":\"").add(protocol).add('"');
        }

        @Override
        public void flow(Flow f, @Nullable String why) {
            Text t = conn.text;
            begin(t, conn.begin(f.at(), why), f.src(), f.srcPort(), f.dst(), f.port(), f.protocol());
            if (!f.service().isEmpty() && f.answered()) {
                t.add(",\"service\":\"").add(f.service()).add('"');
            }
            if (f.answered()) {
                t.add(",\"duration\":").add(f.duration() / 1000).add('.').pad(f.duration() % 1000, 3);
                t.add(",\"orig_bytes\":").add(f.out()).add(",\"resp_bytes\":").add(f.in());
            }
            t.add(",\"conn_state\":\"").add(f.ended().name()).add("\",\"local_orig\":");
            t.add(org.owns(f.src()) ? "true" : "false").add(",\"local_resp\":");
            t.add(org.owns(f.dst()) ? "true" : "false").add(",\"missed_bytes\":0,\"history\":\"");
            t.add(f.ended().history)
                    .add("\",\"orig_pkts\":")
                    .add(f.outPackets())
                    .add(",\"orig_ip_bytes\":");
            t.add(f.out() + 40 * f.outPackets()).add(",\"resp_pkts\":").add(f.inPackets());
            t.add(",\"resp_ip_bytes\":").add(f.in() + 40 * f.inPackets()).add('}');
            conn.end();
        }

        @Override
        public void lookup(
                long at, Host from, int port, String server, String name, String answer, @Nullable String why) {
            Text t = dns.text;
            begin(t, dns.begin(at, why), from.ip(), port, server, 53, "udp");
            t.add(",\"trans_id\":")
                    .add(random.nextInt(65_536))
                    .add(",\"query\":\"")
                    .add(name);
            t.add("\",\"qclass\":1,\"qclass_name\":\"C_INTERNET\",\"qtype\":1,\"qtype_name\":\"A\",\"rcode\":");
            t.add(answer.isEmpty() ? "3,\"rcode_name\":\"NXDOMAIN\"" : "0,\"rcode_name\":\"NOERROR\"");
            t.add(",\"AA\":false,\"TC\":false,\"RD\":true,\"RA\":true,\"Z\":0");
            if (!answer.isEmpty()) {
                t.add(",\"answers\":[\"").add(answer).add("\"],\"TTLs\":[300.0]");
            }
            t.add(",\"rejected\":false}");
            dns.end();
        }
    }

    /// Flows as nfdump 1.7 prints them: each direction by itself, and nobody says who began.
    final class Nfdump implements NetworkSensor {
        private final LogFile flows;
        private final Random random;

        Nfdump(Logs logs, Random random) {
            this.random = random;
            flows = logs.log(
                    "network",
                    "nfdump",
                    "flows-DATE.csv",
                    (text, day) ->
                            text.add("firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n"),
                    LogFile.Frame.NONE);
        }

        @Override
        public void flow(Flow f, @Nullable String why) {
            way(f.at(), f, f.src(), f.srcPort(), f.dst(), f.port(), f.outPackets(), f.out(), why);
            if (f.inPackets() > 0) {
                way(f.at() + random.nextInt(8), f, f.dst(), f.port(), f.src(), f.srcPort(), f.inPackets(), f.in(), why);
            }
        }

        private void way(
                long at,
                Flow f,
                String src,
                int srcPort,
                String dst,
                int port,
                long packets,
                long bytes,
                @Nullable String why) {
            long shown = flows.begin(at, why);
            Text t = flows.text;
            t.date(shown, '-')
                    .add(' ')
                    .clock(shown)
                    .add('.')
                    .pad(shown % 1000, 3)
                    .add(',');
            long duration = f.answered() ? f.duration() : 0;
            t.add(duration / 1000)
                    .add('.')
                    .pad(duration % 1000, 3)
                    .add(f.protocol().equals("tcp") ? ",TCP," : ",UDP,");
            t.add(src)
                    .add(',')
                    .add(srcPort)
                    .add(',')
                    .add(dst)
                    .add(',')
                    .add(port)
                    .add(',')
                    .add(packets)
                    .add(',');
            t.add(bytes + 40 * packets).add(",1");
            flows.end();
        }

        @Override
        public void lookup(
                long at, Host from, int port, String server, String name, String answer, @Nullable String why) {
            flow(new Flow(at, from.ip(), port, server, 53, "dns", 2, 60, 120, Flow.Ended.SF), why);
        }
    }

    private static Text uid(Text t, Random random) {
        t.add('C');
        long bits = random.nextLong();
        for (int i = 0; i < 17; i++) {
            t.add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                    .charAt((int) Long.remainderUnsigned(bits, 62)));
            bits = bits * 6364136223846793005L + 1442695040888963407L ^ bits >>> 29;
        }
        return t;
    }
}
