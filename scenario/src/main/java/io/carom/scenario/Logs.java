package io.carom.scenario;

import io.carom.scenario.World.Host;
import io.carom.scenario.World.Org;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The products of one organisation, and how each writes down what happens. What happens is told once;
/// every product that
/// would have seen it logs it in its own format, by its own clock.
final class Logs {
    private static final LogFile.Frame NONE = (text, day) -> {};
    private static final String BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    final Org org;
    private final List<LogFile> all = new ArrayList<>();
    private final LogFile conn;
    private final LogFile dns;
    private final LogFile windows;
    private final LogFile firewall;
    private final @Nullable LogFile squid;
    private final LogFile iis;
    private final LogFile signIns;
    private final LogFile office;
    private final LogFile linux;
    private final LogFile bind;
    private final Random random;
    private long windowsRecord = 100_000;

    Logs(Org org, Path root, Truth truth, Random random) {
        this.org = org;
        this.random = random;
        conn = zeek(
                root,
                truth,
                "conn",
                "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t"
                        + "orig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\t"
                        + "orig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents",
                "time\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\t"
                        + "string\tcount\tcount\tcount\tcount\tset[string]");
        dns = zeek(
                root,
                truth,
                "dns",
                "ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\ttrans_id\tquery\tqclass\t"
                        + "qclass_name\tqtype\tqtype_name\trcode\trcode_name\tAA\tTC\tRD\tRA\tZ\tanswers\tTTLs\trejected",
                "time\tstring\taddr\tport\taddr\tport\tenum\tcount\tstring\tcount\tstring\tcount\tstring\tcount\tstring\tbool\t"
                        + "bool\tbool\tbool\tcount\tvector[string]\tvector[interval]\tbool");
        windows = log(root, "windows", "events-DATE.ndjson", NONE, truth);
        String[] walls = {"cisco-asa/asa-DATE.log", "fortigate/fgt-DATE.log", "paloalto/traffic-DATE.log"};
        String wall = walls[org.firewall];
        firewall = log(root, wall.substring(0, wall.indexOf('/')), wall.substring(wall.indexOf('/') + 1), NONE, truth);
        squid = org.squid ? log(root, "squid", "access-DATE.log", NONE, truth) : null;
        iis = log(
                root,
                "iis",
                "u_exDATE.log",
                (text, day) -> text.add("#Software: Microsoft Internet Information Services 10.0\n")
                        .add("#Version: 1.0\n#Date: ")
                        .date(day * 86_400_000L, '-')
                        .add(" 00:00:00\n")
                        .add(
                                "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) ")
                        .add("cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n"),
                truth);
        signIns = log(root, "azure", "signins-DATE.ndjson", NONE, truth);
        office = log(root, "m365", "audit-DATE.ndjson", NONE, truth);
        linux = log(root, "linux", "auth-DATE.log", NONE, truth);
        bind = log(root, "bind", "queries-DATE.log", NONE, truth);
    }

    private LogFile zeek(Path root, Truth truth, String kind, String fields, String types) {
        if (org.zeekJson) {
            return log(root, "zeek", kind + "-DATE.ndjson", NONE, truth);
        }
        LogFile.Frame head = (text, day) -> text.add("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n")
                .add("#unset_field\t-\n#path\t")
                .add(kind)
                .add("\n#open\t")
                .date(day * 86_400_000L, '-')
                .add("-00-00-00\n")
                .add("#fields\t")
                .add(fields)
                .add("\n#types\t")
                .add(types)
                .add('\n');
        LogFile.Frame tail = (text, day) ->
                text.add("#close\t").date((day + 1) * 86_400_000L, '-').add("-00-00-00\n");
        LogFile file = new LogFile(root, org.name + "/zeek", "DATE/" + kind + ".log", skew(), head, tail, truth);
        all.add(file);
        truth.skew(org.name + "/zeek/" + kind, file.skew);
        return file;
    }

    private LogFile log(Path root, String product, String name, LogFile.Frame head, Truth truth) {
        LogFile file = new LogFile(root, org.name + "/" + product, name, skew(), head, NONE, truth);
        all.add(file);
        truth.skew(org.name + "/" + product, file.skew);
        return file;
    }

    /// Most clocks are right to two seconds; one in five is minutes off.
    private long skew() {
        return random.nextInt(5) == 0 ? random.nextInt(360_000) - 180_000 : random.nextInt(4000) - 2000;
    }

    int pending() {
        int pending = 0;
        for (LogFile file : all) {
            pending += file.pending();
        }
        return pending;
    }

    int flush(long before) throws IOException {
        int written = 0;
        for (LogFile file : all) {
            written += file.flush(before);
        }
        return written;
    }

    void close() throws IOException {
        for (LogFile file : all) {
            file.close();
        }
    }

    // ---- what happens
    // --------------------------------------------------------------------------------------------

    /// How a connection ended, in Zeek's words.
    enum Ended {
        SF,
        S0,
        REJ,
        RSTO
    }

    /// A connection that the network sensor saw, and the firewall where it crossed one.
    void connection(
            long at,
            String src,
            String dst,
            int port,
            String service,
            long duration,
            long out,
            long in,
            Ended ended,
            boolean overFirewall,
            @Nullable String why) {
        int srcPort = 1024 + random.nextInt(60_000);
        String proto = port == 53 || port == 123 || port == 161 ? "udp" : "tcp";
        long shown = conn.begin(at, why);
        Text t = conn.text;
        String history = switch (ended) {
            case SF -> "ShADadFf";
            case S0 -> "S";
            case REJ -> "Sr";
            case RSTO -> "ShADadR";
        };
        boolean answered = ended == Ended.SF || ended == Ended.RSTO;
        long outPackets = answered ? 4 + out / 1200 : 1;
        long inPackets = answered ? 3 + in / 1300 : ended == Ended.REJ ? 1 : 0;
        if (org.zeekJson) {
            t.add("{\"ts\":").epoch(shown).add(",\"uid\":\"");
            uid(t).add("\",\"id.orig_h\":\"").add(src).add("\",\"id.orig_p\":").add(srcPort);
            t.add(",\"id.resp_h\":\"")
                    .add(dst)
                    .add("\",\"id.resp_p\":")
                    .add(port)
                    .add(",\"proto\":\"")
                    .add(proto)
                    .add('"');
            if (!service.isEmpty() && answered) {
                t.add(",\"service\":\"").add(service).add('"');
            }
            if (answered) {
                t.add(",\"duration\":").add(duration / 1000).add('.').pad(duration % 1000, 3);
                t.add(",\"orig_bytes\":").add(out).add(",\"resp_bytes\":").add(in);
            }
            t.add(",\"conn_state\":\"")
                    .add(ended.name())
                    .add("\",\"local_orig\":")
                    .add(local(src) ? "true" : "false");
            t.add(",\"local_resp\":").add(local(dst) ? "true" : "false").add(",\"missed_bytes\":0,\"history\":\"");
            t.add(history)
                    .add("\",\"orig_pkts\":")
                    .add(outPackets)
                    .add(",\"orig_ip_bytes\":")
                    .add(out + 40 * outPackets);
            t.add(",\"resp_pkts\":")
                    .add(inPackets)
                    .add(",\"resp_ip_bytes\":")
                    .add(in + 40 * inPackets)
                    .add('}');
        } else {
            t.epoch(shown).add('\t');
            uid(t).add('\t')
                    .add(src)
                    .add('\t')
                    .add(srcPort)
                    .add('\t')
                    .add(dst)
                    .add('\t')
                    .add(port)
                    .add('\t')
                    .add(proto);
            t.add('\t').add(service.isEmpty() || !answered ? "-" : service).add('\t');
            if (answered) {
                t.add(duration / 1000)
                        .add('.')
                        .pad(duration % 1000, 3)
                        .add("000\t")
                        .add(out)
                        .add('\t')
                        .add(in);
            } else {
                t.add("-\t-\t-");
            }
            t.add('\t')
                    .add(ended.name())
                    .add('\t')
                    .add(local(src) ? 'T' : 'F')
                    .add('\t')
                    .add(local(dst) ? 'T' : 'F');
            t.add("\t0\t")
                    .add(history)
                    .add('\t')
                    .add(outPackets)
                    .add('\t')
                    .add(out + 40 * outPackets)
                    .add('\t');
            t.add(inPackets).add('\t').add(in + 40 * inPackets).add("\t(empty)");
        }
        conn.end();
        if (overFirewall) {
            firewall(at, src, srcPort, dst, port, duration, out, in, ended != Ended.S0 && ended != Ended.REJ, why);
        }
    }

    private boolean local(String address) {
        return address.startsWith(org.network + ".");
    }

    private Text uid(Text t) {
        t.add('C');
        for (int i = 0; i < 16; i++) {
            t.add(BASE62.charAt(random.nextInt(62)));
        }
        return t;
    }

    private void firewall(
            long at,
            String src,
            int srcPort,
            String dst,
            int port,
            long duration,
            long out,
            long in,
            boolean allowed,
            @Nullable String why) {
        boolean inbound = !local(src);
        String device = org.name + "-fw1";
        long shown = firewall.begin(at + (allowed && org.firewall > 0 ? duration : 0), why);
        Text t = firewall.text;
        switch (org.firewall) {
            case 0 -> {
                long id = 1_000_000 + random.nextInt(8_000_000);
                t.add("<166>").cisco(shown).add(' ').add(device).add(" : ");
                if (!allowed) {
                    t.add("%ASA-4-106023: Deny tcp src ")
                            .add(inbound ? "outside:" : "inside:")
                            .add(src)
                            .add('/');
                    t.add(srcPort)
                            .add(" dst ")
                            .add(inbound ? "inside:" : "outside:")
                            .add(dst)
                            .add('/')
                            .add(port);
                    t.add(" by access-group \"")
                            .add(inbound ? "outside_in" : "inside_out")
                            .add("\" [0x0, 0x0]");
                    firewall.end();
                    return;
                }
                // The address behind the interface's is what it is translated to.
                String foreign = inbound ? src : dst;
                String own = inbound ? dst : src;
                int foreignPort = inbound ? srcPort : port;
                int ownPort = inbound ? port : srcPort;
                t.add("%ASA-6-302013: Built ")
                        .add(inbound ? "inbound" : "outbound")
                        .add(" TCP connection ")
                        .add(id);
                t.add(" for outside:")
                        .add(foreign)
                        .add('/')
                        .add(foreignPort)
                        .add(" (")
                        .add(foreign)
                        .add('/')
                        .add(foreignPort);
                t.add(") to inside:")
                        .add(own)
                        .add('/')
                        .add(ownPort)
                        .add(" (")
                        .add(own)
                        .add('/')
                        .add(ownPort)
                        .add(')');
                firewall.end();
                shown = firewall.begin(at + duration, why);
                t.add("<166>")
                        .cisco(shown)
                        .add(' ')
                        .add(device)
                        .add(" : %ASA-6-302014: Teardown TCP connection ")
                        .add(id);
                t.add(" for outside:")
                        .add(foreign)
                        .add('/')
                        .add(foreignPort)
                        .add(" to inside:")
                        .add(own)
                        .add('/')
                        .add(ownPort);
                t.add(" duration ")
                        .add(duration / 3_600_000)
                        .add(':')
                        .pad(duration / 60_000 % 60, 2)
                        .add(':');
                t.pad(duration / 1000 % 60, 2).add(" bytes ").add(out + in).add(" TCP FINs");
            }
            case 1 -> {
                t.add("<189>date=")
                        .date(shown, '-')
                        .add(" time=")
                        .clock(shown)
                        .add(" devname=\"")
                        .add(device);
                t.add("\" devid=\"FGT60E4Q16000000\" eventtime=")
                        .add(shown * 1_000_000)
                        .add(" tz=\"+0000\" logid=\"");
                t.add(allowed ? "0000000013" : "0000000014").add("\" type=\"traffic\" subtype=\"forward\" level=\"");
                t.add(allowed ? "notice" : "warning")
                        .add("\" vd=\"root\" srcip=")
                        .add(src)
                        .add(" srcport=")
                        .add(srcPort);
                t.add(" srcintf=\"")
                        .add(inbound ? "wan1" : "lan")
                        .add("\" srcintfrole=\"")
                        .add(inbound ? "wan" : "lan");
                t.add("\" dstip=")
                        .add(dst)
                        .add(" dstport=")
                        .add(port)
                        .add(" dstintf=\"")
                        .add(inbound ? "lan" : "wan1");
                t.add("\" dstintfrole=\"")
                        .add(inbound ? "lan" : "wan")
                        .add("\" sessionid=")
                        .add(random.nextInt(90_000_000));
                t.add(" proto=6 action=\"")
                        .add(allowed ? "close" : "deny")
                        .add("\" policyid=")
                        .add(allowed ? 12 : 0);
                t.add(" policytype=\"policy\" service=\"tcp/")
                        .add(port)
                        .add("\" duration=")
                        .add(duration / 1000);
                t.add(" sentbyte=")
                        .add(allowed ? out : 0)
                        .add(" rcvdbyte=")
                        .add(allowed ? in : 0)
                        .add(" sentpkt=");
                t.add(1 + out / 1200).add(" rcvdpkt=").add(allowed ? 1 + in / 1300 : 0);
            }
            default -> {
                t.add("<14>")
                        .bsd(shown)
                        .add(' ')
                        .add(device)
                        .add(" 1,")
                        .date(shown, '/')
                        .add(' ')
                        .clock(shown);
                t.add(",001801000000,TRAFFIC,")
                        .add(allowed ? "end" : "deny")
                        .add(",2561,")
                        .date(shown, '/')
                        .add(' ');
                t.clock(shown)
                        .add(',')
                        .add(src)
                        .add(',')
                        .add(dst)
                        .add(",0.0.0.0,0.0.0.0,")
                        .add(allowed ? "allow-out" : "deny-all");
                t.add(",,,")
                        .add(allowed ? "ssl" : "not-applicable")
                        .add(",vsys1,")
                        .add(inbound ? "untrust" : "trust")
                        .add(',');
                t.add(inbound ? "trust" : "untrust")
                        .add(",ethernet1/1,ethernet1/2,log-all,")
                        .date(shown, '/')
                        .add(' ');
                t.clock(shown)
                        .add(',')
                        .add(random.nextInt(900_000))
                        .add(",1,")
                        .add(srcPort)
                        .add(',')
                        .add(port)
                        .add(",0,0,0x19,tcp,");
                t.add(allowed ? "allow" : "deny")
                        .add(',')
                        .add(allowed ? out + in : 64)
                        .add(',')
                        .add(allowed ? out : 64)
                        .add(',');
                t.add(allowed ? in : 0)
                        .add(',')
                        .add(4 + (out + in) / 1200)
                        .add(',')
                        .date(shown - duration, '/')
                        .add(' ');
                t.clock(shown - duration)
                        .add(',')
                        .add(duration / 1000)
                        .add(",any,0,")
                        .add(random.nextInt(90_000_000));
                t.add(",0x0,10.0.0.0-10.255.255.255,United States,0,")
                        .add(2 + out / 1200)
                        .add(',')
                        .add(2 + in / 1300);
                t.add(',').add(allowed ? "tcp-fin" : "policy-deny");
            }
        }
        firewall.end();
    }

    /// A name that was looked up.
    void lookup(long at, Host from, String name, String answer, @Nullable String why) {
        int port = 1024 + random.nextInt(60_000);
        long shown = dns.begin(at, why);
        Text t = dns.text;
        int id = random.nextInt(65_536);
        if (org.zeekJson) {
            t.add("{\"ts\":").epoch(shown).add(",\"uid\":\"");
            uid(t).add("\",\"id.orig_h\":\"")
                    .add(from.ip())
                    .add("\",\"id.orig_p\":")
                    .add(port)
                    .add(",\"id.resp_h\":\"");
            t.add(org.dc().ip())
                    .add("\",\"id.resp_p\":53,\"proto\":\"udp\",\"trans_id\":")
                    .add(id)
                    .add(",\"query\":\"")
                    .add(name);
            t.add("\",\"qclass\":1,\"qclass_name\":\"C_INTERNET\",\"qtype\":1,\"qtype_name\":\"A\",\"rcode\":0,");
            t.add(
                    "\"rcode_name\":\"NOERROR\",\"AA\":false,\"TC\":false,\"RD\":true,\"RA\":true,\"Z\":0,\"answers\":[\"");
            t.add(answer).add("\"],\"TTLs\":[300.0],\"rejected\":false}");
        } else {
            t.epoch(shown).add('\t');
            uid(t).add('\t')
                    .add(from.ip())
                    .add('\t')
                    .add(port)
                    .add('\t')
                    .add(org.dc().ip())
                    .add("\t53\tudp\t")
                    .add(id);
            t.add('\t')
                    .add(name)
                    .add("\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t")
                    .add(answer);
            t.add("\t300.000000\tF");
        }
        dns.end();
        if (random.nextInt(3) == 0) {
            long bindShown = bind.begin(at + 2, why);
            bind.text
                    .bind(bindShown)
                    .add(" queries: info: client @0x7f2a00")
                    .add(10 + random.nextInt(89))
                    .add(" ");
            bind.text
                    .add(from.ip())
                    .add('#')
                    .add(port)
                    .add(" (")
                    .add(name)
                    .add("): query: ")
                    .add(name)
                    .add(" IN A + (");
            bind.text.add(org.dc().ip()).add(")");
            bind.end();
        }
    }

    /// A page or file fetched from outside.
    void browse(
            long at,
            Host from,
            String user,
            String site,
            String address,
            String path,
            long size,
            @Nullable String why) {
        lookup(at, from, site, address, why);
        LogFile proxy = squid;
        long duration = 80 + random.nextInt(4000);
        if (proxy != null) {
            long shown = proxy.begin(at + 60, why);
            proxy.text.add(shown / 1000).add('.').pad(shown % 1000, 3).add(' ');
            String padded = "     " + duration;
            proxy.text
                    .add(padded.substring(padded.length() - 6))
                    .add(' ')
                    .add(from.ip())
                    .add(" TCP_TUNNEL/200 ")
                    .add(size);
            proxy.text
                    .add(" CONNECT ")
                    .add(site)
                    .add(":443 ")
                    .add(user)
                    .add(" HIER_DIRECT/")
                    .add(address)
                    .add(" -");
            proxy.end();
            connection(
                    at + 70,
                    org.proxy().ip(),
                    address,
                    443,
                    "ssl",
                    duration,
                    900 + size / 40,
                    size,
                    Ended.SF,
                    true,
                    why);
        } else {
            connection(at + 60, from.ip(), address, 443, "ssl", duration, 900 + size / 40, size, Ended.SF, true, why);
        }
    }

    private Text event(long shown, String channel, String provider, int id, Host on) {
        Text t = windows.text;
        t.add("{\"@timestamp\":\"")
                .iso(shown)
                .add("\",\"EventTime\":\"")
                .date(shown, '-')
                .add(' ')
                .clock(shown);
        t.add("\",\"Hostname\":\"")
                .add(on.fqdn())
                .add("\",\"EventID\":")
                .add(id)
                .add(",\"Channel\":\"")
                .add(channel);
        t.add("\",\"SourceName\":\"").add(provider).add("\",\"RecordNumber\":").add(windowsRecord++);
        return t.add(",\"Severity\":\"INFO\"");
    }

    private static final String SECURITY = "Microsoft-Windows-Security-Auditing";
    private static final String SYSMON = "Microsoft-Windows-Sysmon";

    /// A sign-in to a Windows machine; a failed one if `good` is false.
    void logon(
            long at,
            Host on,
            String account,
            String domain,
            String from,
            int type,
            boolean good,
            @Nullable String why) {
        long shown = windows.begin(at, why);
        Text t = event(shown, "Security", SECURITY, good ? 4624 : 4625, on);
        t.add(",\"SubjectUserName\":\"")
                .add(on.name())
                .add("$\",\"TargetUserName\":\"")
                .add(account);
        t.add("\",\"TargetDomainName\":\"")
                .add(domain)
                .add("\",\"TargetLogonId\":\"0x")
                .add(random.nextInt(90_000_000));
        t.add("\",\"LogonType\":\"")
                .add(type)
                .add("\",\"LogonProcessName\":\"")
                .add(type == 10 ? "User32 " : "Kerberos");
        t.add("\",\"AuthenticationPackageName\":\"")
                .add(type == 3 ? "Kerberos" : "Negotiate")
                .add("\",\"IpAddress\":\"");
        t.add(from).add("\",\"IpPort\":\"").add(1024 + random.nextInt(60_000)).add("\"");
        if (!good) {
            t.add(",\"Status\":\"0xc000006d\",\"SubStatus\":\"0xc000006a\"");
        }
        t.add('}');
        windows.end();
    }

    /// A Kerberos ticket that the controller gave.
    void ticket(long at, String account, String service, String from, @Nullable String why) {
        long shown = windows.begin(at, why);
        Text t = event(shown, "Security", SECURITY, 4769, org.dc());
        t.add(",\"TargetUserName\":\"")
                .add(account)
                .add('@')
                .add(org.domain)
                .add("\",\"ServiceName\":\"")
                .add(service);
        t.add("\",\"IpAddress\":\"::ffff:").add(from).add("\",\"TicketEncryptionType\":\"0x12\",\"Status\":\"0x0\"}");
        windows.end();
    }

    /// A process that was started.
    void process(long at, Host on, String account, String image, String command, String parent, @Nullable String why) {
        boolean sysmon = on.name().hashCode() % 3 != 0;
        long shown = windows.begin(at, why);
        int pid = 1000 + random.nextInt(60_000);
        Text t = sysmon
                ? event(shown, "Microsoft-Windows-Sysmon/Operational", SYSMON, 1, on)
                : event(shown, "Security", SECURITY, 4688, on);
        if (sysmon) {
            t.add(",\"UtcTime\":\"")
                    .date(shown, '-')
                    .add(' ')
                    .clock(shown)
                    .add('.')
                    .pad(shown % 1000, 3);
            t.add("\",\"ProcessId\":\"")
                    .add(pid)
                    .add("\",\"Image\":\"")
                    .add(escaped(image))
                    .add("\",\"CommandLine\":\"");
            t.add(escaped(command))
                    .add("\",\"ParentImage\":\"")
                    .add(escaped(parent))
                    .add("\",\"User\":\"")
                    .add(escaped(account));
            t.add("\",\"Hashes\":\"SHA1=");
            hex(t, image.hashCode() * 31L + on.name().length() % 2, 40).add(",MD5=");
            hex(t, image.hashCode(), 32).add("\"}");
        } else {
            t.add(",\"SubjectUserName\":\"")
                    .add(account.substring(account.indexOf('\\') + 1))
                    .add("\",\"NewProcessId\":\"0x");
            t.add(pid)
                    .add("\",\"NewProcessName\":\"")
                    .add(escaped(image))
                    .add("\",\"CommandLine\":\"")
                    .add(escaped(command));
            t.add("\",\"ParentProcessName\":\"").add(escaped(parent)).add("\"}");
        }
        windows.end();
    }

    private static Text hex(Text t, long seed, int digits) {
        long state = seed * 0x9E3779B97F4A7C15L + 1;
        for (int i = 0; i < digits; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            t.add("0123456789ABCDEF".charAt((int) (state >>> 60)));
        }
        return t;
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /// A service that was installed on a machine.
    void service(long at, Host on, String account, String name, String path, @Nullable String why) {
        long shown = windows.begin(at, why);
        Text t = event(shown, "System", "Service Control Manager", 7045, on);
        t.add(",\"ServiceName\":\"").add(name).add("\",\"ImagePath\":\"").add(escaped(path));
        t.add(
                "\",\"ServiceType\":\"user mode service\",\"StartType\":\"demand start\",\"AccountName\":\"LocalSystem\",\"UserID\":\"");
        t.add(escaped(account)).add("\"}");
        windows.end();
    }

    /// A file that was written.
    void fileWritten(long at, Host on, String image, String path, @Nullable String why) {
        long shown = windows.begin(at, why);
        Text t = event(shown, "Microsoft-Windows-Sysmon/Operational", SYSMON, 11, on);
        t.add(",\"UtcTime\":\"")
                .date(shown, '-')
                .add(' ')
                .clock(shown)
                .add('.')
                .pad(shown % 1000, 3)
                .add("\",\"ProcessId\":\"");
        t.add(1000 + random.nextInt(60_000))
                .add("\",\"Image\":\"")
                .add(escaped(image))
                .add("\",\"TargetFilename\":\"");
        t.add(escaped(path)).add("\"}");
        windows.end();
    }

    /// A user's VPN session from outside, as Cisco AnyConnect writes it. Only the supplier's ASA ends
    /// such tunnels.
    void vpn(long at, long duration, String account, String from, String given, @Nullable String why) {
        String device = org.name + "-fw1";
        long shown = firewall.begin(at, why);
        firewall.text
                .add("<166>")
                .cisco(shown)
                .add(' ')
                .add(device)
                .add(" : %ASA-6-113012: AAA user authentication Successful :")
                .add(" local database : user = ")
                .add(account);
        firewall.end();
        shown = firewall.begin(at + 900, why);
        firewall.text
                .add("<164>")
                .cisco(shown)
                .add(' ')
                .add(device)
                .add(" : %ASA-4-722051: Group <remote> User <")
                .add(account)
                .add("> IP <")
                .add(from)
                .add("> IPv4 Address <")
                .add(given)
                .add("> IPv6 address <::> assigned to session");
        firewall.end();
        shown = firewall.begin(at + duration, why);
        firewall.text
                .add("<164>")
                .cisco(shown)
                .add(' ')
                .add(device)
                .add(" : %ASA-4-113019: Group = remote, Username = ")
                .add(account)
                .add(", IP = ")
                .add(from)
                .add(", Session disconnected. Session Type: SSL, Duration: ")
                .add(duration / 3_600_000)
                .add("h:")
                .pad(duration / 60_000 % 60, 2)
                .add("m:")
                .pad(duration / 1000 % 60, 2)
                .add("s, Bytes xmt: ")
                .add(duration * 3)
                .add(", Bytes rcv: ")
                .add(duration)
                .add(", Reason: User Requested");
        firewall.end();
    }

    /// A sign-in to the organisation's cloud.
    void signIn(long at, String mail, String from, String app, boolean good, @Nullable String why) {
        long shown = signIns.begin(at, why);
        Text t = signIns.text;
        t.add("{\"time\":\"").iso(shown).add("\",\"resourceId\":\"/tenants/").add(org.name);
        t.add(
                "/providers/Microsoft.aadiam\",\"operationName\":\"Sign-in activity\",\"category\":\"SignInLogs\",\"resultType\":\"");
        t.add(good ? "0" : "50126").add("\",\"callerIpAddress\":\"").add(from).add("\",\"properties\":{\"id\":\"");
        uid(t).add("\",\"createdDateTime\":\"")
                .iso(shown)
                .add("\",\"userPrincipalName\":\"")
                .add(mail);
        t.add("\",\"appDisplayName\":\"")
                .add(app)
                .add("\",\"ipAddress\":\"")
                .add(from)
                .add("\",\"clientAppUsed\":\"Browser\",");
        t.add("\"isInteractive\":true,\"status\":{\"errorCode\":")
                .add(good ? 0 : 50126)
                .add("},\"location\":{\"countryOrRegion\":\"");
        t.add(new String[] {"US", "DE", "IN", "NL", "GB"}[Math.floorMod(from.hashCode(), 5)])
                .add("\"}}}");
        signIns.end();
    }

    /// Something done in the organisation's Microsoft 365.
    void office(
            long at, String mail, String from, String operation, String workload, String detail, @Nullable String why) {
        long shown = office.begin(at, why);
        Text t = office.text;
        t.add("{\"CreationTime\":\"").date(shown, '-').add('T').clock(shown).add("\",\"Id\":\"");
        uid(t).add("\",\"Operation\":\"")
                .add(operation)
                .add("\",\"OrganizationId\":\"")
                .add(org.name);
        t.add("\",\"RecordType\":")
                .add(workload.equals("Exchange") ? 2 : 6)
                .add(",\"ResultStatus\":\"Succeeded\",\"UserKey\":\"");
        t.add(mail)
                .add("\",\"UserType\":0,\"Version\":1,\"Workload\":\"")
                .add(workload)
                .add("\",\"ClientIP\":\"")
                .add(from);
        t.add("\",\"UserId\":\"")
                .add(mail)
                .add("\",\"ObjectId\":\"")
                .add(escaped(detail))
                .add("\"}");
        office.end();
    }

    /// A request to the organisation's own web server.
    void web(
            long at,
            String from,
            String method,
            String path,
            String query,
            String user,
            int status,
            @Nullable String why) {
        long shown = iis.begin(at, why);
        iis.text
                .date(shown, '-')
                .add(' ')
                .clock(shown)
                .add(' ')
                .add(org.web().ip())
                .add(' ')
                .add(method)
                .add(' ')
                .add(path);
        iis.text.add(' ').add(query).add(" 443 ").add(user).add(' ').add(from);
        iis.text
                .add(" Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64) - ")
                .add(status)
                .add(" 0 0 ")
                .add(5 + random.nextInt(900));
        iis.end();
    }

    /// A sign-in over SSH to the organisation's Linux server.
    void ssh(long at, String from, String account, boolean good, @Nullable String why) {
        long shown = linux.begin(at, why);
        String host = org.servers.get(11).name().toLowerCase(java.util.Locale.ROOT);
        linux.text
                .bsd(shown)
                .add(' ')
                .add(host)
                .add(" sshd[")
                .add(900 + random.nextInt(30_000))
                .add("]: ");
        linux.text
                .add(good ? "Accepted publickey for " : "Failed password for ")
                .add(account)
                .add(" from ")
                .add(from);
        linux.text.add(" port ").add(1024 + random.nextInt(60_000)).add(" ssh2");
        if (good) {
            linux.text
                    .add(": RSA SHA256:")
                    .add(Integer.toHexString(account.hashCode()))
                    .add("Jw3rT9");
        }
        linux.end();
    }
}
