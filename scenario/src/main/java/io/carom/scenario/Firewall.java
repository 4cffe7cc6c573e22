package io.carom.scenario;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/// What stands between an organisation and the others.
interface Firewall {
    /// @param translated the address the one who began it is shown as behind the firewall
    void flow(Flow flow, String translated, @Nullable String why);

    /// Cisco ASA 9: a record when a connection is built and one when it is torn down.
    final class Asa implements Firewall {
        private final Org org;
        private final LogFile log;
        private final Random random;
        private long connection;

        Asa(Org org, Logs logs, Random random) {
            this.org = org;
            this.random = random;
            connection = random.nextInt(8_000_000);
            log = logs.log("firewall", "cisco-asa", "asa-DATE.log");
        }

        private Text begin(long at, String head, @Nullable String why) {
            long shown = log.begin(at, why);
            return log.text
                    .add("<166>")
                    .cisco(shown)
                    .add(' ')
                    .add(org.name)
                    .add("-fw1 : %ASA-")
                    .add(head);
        }

        private static Text end(Text t, String zone, String address, int port) {
            return t.add(zone).add(':').add(address).add('/').add(port);
        }

        @Override
        public void flow(Flow f, String translated, @Nullable String why) {
            boolean inbound = !org.owns(f.src());
            if (!f.answered()) {
                Text t = begin(f.at(), "4-106023: Deny tcp src ", why);
                end(t, inbound ? "outside" : "inside", f.src(), f.srcPort()).add(" dst ");
                end(t, inbound ? "inside" : "outside", f.dst(), f.port()).add(" by access-group \"");
                t.add(inbound ? "outside_in" : "inside_out").add("\" [0x0, 0x0]");
                log.end();
                return;
            }
            long id = connection++ + random.nextInt(3);
            String foreign = inbound ? f.src() : f.dst();
            int foreignPort = inbound ? f.srcPort() : f.port();
            String own = inbound ? f.dst() : f.src();
            int ownPort = inbound ? f.port() : f.srcPort();
            Text t = begin(f.at(), "6-302013: Built ", why);
            t.add(inbound ? "inbound" : "outbound")
                    .add(" TCP connection ")
                    .add(id)
                    .add(" for ");
            end(t, "outside", foreign, foreignPort)
                    .add(" (")
                    .add(foreign)
                    .add('/')
                    .add(foreignPort)
                    .add(") to ");
            end(t, "inside", own, ownPort)
                    .add(" (")
                    .add(inbound ? own : translated)
                    .add('/')
                    .add(ownPort)
                    .add(')');
            log.end();
            t = begin(f.at() + f.duration(), "6-302014: Teardown TCP connection ", why);
            t.add(id).add(" for ");
            end(t, "outside", foreign, foreignPort).add(" to ");
            end(t, "inside", own, ownPort)
                    .add(" duration ")
                    .add(f.duration() / 3_600_000)
                    .add(':');
            t.pad(f.duration() / 60_000 % 60, 2)
                    .add(':')
                    .pad(f.duration() / 1000 % 60, 2)
                    .add(" bytes ");
            t.add(f.out() + f.in()).add(" TCP FINs");
            log.end();
        }
    }

    /// FortiOS 6: one record when the session is closed; the date is the box's own, the zone stands beside.
    final class Fortigate implements Firewall {
        private final Org org;
        private final LogFile log;
        private final Random random;

        Fortigate(Org org, Logs logs, Random random) {
            this.org = org;
            this.random = random;
            log = logs.log("firewall", "fortigate", "fgt-DATE.log");
        }

        @Override
        public void flow(Flow f, String translated, @Nullable String why) {
            boolean inbound = !org.owns(f.src());
            boolean allowed = f.answered();
            Text t = log.text;
            head(t, org, log.begin(f.at() + (allowed ? f.duration() : 0), why), "-fw1");
            t.add(allowed ? "0000000013" : "0000000014").add("\" type=\"traffic\" subtype=\"forward\" level=\"");
            t.add(allowed ? "notice" : "warning")
                    .add("\" vd=\"root\" srcip=")
                    .add(f.src())
                    .add(" srcport=");
            t.add(f.srcPort()).add(" srcintf=\"").add(inbound ? "wan1" : "lan").add("\" srcintfrole=\"");
            t.add(inbound ? "wan" : "lan")
                    .add("\" dstip=")
                    .add(f.dst())
                    .add(" dstport=")
                    .add(f.port());
            t.add(" dstintf=\"")
                    .add(inbound ? "lan" : "wan1")
                    .add("\" dstintfrole=\"")
                    .add(inbound ? "lan" : "wan");
            t.add("\" sessionid=").add(random.nextInt(90_000_000)).add(" proto=6 action=\"");
            t.add(allowed ? "close" : "deny").add("\" policyid=").add(allowed ? 12 : 0);
            t.add(" policytype=\"policy\" service=\"tcp/").add(f.port()).add('"');
            if (allowed && !inbound) {
                t.add(" trandisp=\"snat\" transip=")
                        .add(translated)
                        .add(" transport=")
                        .add(f.srcPort());
            }
            t.add(" duration=").add(f.duration() / 1000).add(" sentbyte=").add(allowed ? f.out() : 0);
            t.add(" rcvdbyte=").add(allowed ? f.in() : 0).add(" sentpkt=").add(f.outPackets());
            t.add(" rcvdpkt=").add(allowed ? f.inPackets() : 0);
            log.end();
        }

        static void head(Text t, Org org, long shown, String box) {
            int zone = org.zone
                            .getRules()
                            .getOffset(java.time.Instant.ofEpochMilli(shown))
                            .getTotalSeconds()
                    / 60;
            long local = shown + zone * 60_000L;
            t.add("<189>date=")
                    .date(local, '-')
                    .add(" time=")
                    .clock(local)
                    .add(" devname=\"")
                    .add(org.name);
            t.add(box)
                    .add("\" devid=\"FGT60E4Q1600")
                    .pad(org.name.hashCode() & 0xFFF, 4)
                    .add("\" eventtime=");
            t.add(shown * 1_000_000).add(" tz=\"").add(zone < 0 ? '-' : '+').pad(Math.abs(zone) / 60, 2);
            t.pad(Math.abs(zone) % 60, 2).add("\" logid=\"");
        }
    }

    /// PAN-OS 9 traffic: comma-separated, at the session's end.
    final class PaloAlto implements Firewall {
        private final Org org;
        private final LogFile log;
        private final Random random;

        PaloAlto(Org org, Logs logs, Random random) {
            this.org = org;
            this.random = random;
            log = logs.log("firewall", "paloalto", "traffic-DATE.log");
        }

        private static Text when(Text t, long shown) {
            return t.date(shown, '/').add(' ').clock(shown).add(',');
        }

        @Override
        public void flow(Flow f, String translated, @Nullable String why) {
            boolean inbound = !org.owns(f.src());
            boolean allowed = f.answered();
            long shown = log.begin(f.at() + (allowed ? f.duration() : 0), why);
            Text t = log.text;
            t.add("<14>").bsd(shown).add(' ').add(org.name).add("-fw1 1,");
            when(t, shown)
                    .add("001801000000,TRAFFIC,")
                    .add(allowed ? "end" : "deny")
                    .add(",2561,");
            when(t, shown).add(f.src()).add(',').add(f.dst()).add(',');
            t.add(allowed && !inbound ? translated : "0.0.0.0").add(',').add(allowed && !inbound ? f.dst() : "0.0.0.0");
            t.add(allowed ? inbound ? ",partner-in" : ",allow-out" : ",deny-all")
                    .add(",,,");
            t.add(application(f)).add(",vsys1,").add(inbound ? "untrust,trust" : "trust,untrust");
            t.add(",ethernet1/1,ethernet1/2,log-all,");
            when(t, shown)
                    .add(random.nextInt(900_000))
                    .add(",1,")
                    .add(f.srcPort())
                    .add(',')
                    .add(f.port())
                    .add(',');
            t.add(allowed && !inbound ? f.srcPort() : 0).add(',').add(allowed && !inbound ? f.port() : 0);
            t.add(",0x19,tcp,").add(allowed ? "allow" : "deny").add(',').add(allowed ? f.out() + f.in() : 64);
            t.add(',')
                    .add(allowed ? f.out() : 64)
                    .add(',')
                    .add(allowed ? f.in() : 0)
                    .add(',');
            t.add(f.outPackets() + f.inPackets()).add(',');
            when(t, shown - f.duration())
                    .add(f.duration() / 1000)
                    .add(",any,0,")
                    .add(random.nextInt(90_000_000));
            t.add(",0x0,10.0.0.0-10.255.255.255,United States,0,")
                    .add(f.outPackets())
                    .add(',')
                    .add(f.inPackets());
            t.add(',').add(allowed ? "tcp-fin" : "policy-deny");
            log.end();
        }

        private static String application(Flow f) {
            if (!f.answered()) {
                return "not-applicable";
            }
            return switch (f.port()) {
                case 3389 -> "ms-rdp";
                case 445 -> "ms-ds-smb";
                case 22 -> "ssh";
                case 80 -> "web-browsing";
                case 443 -> "ssl";
                default -> "unknown-tcp";
            };
        }
    }
}
