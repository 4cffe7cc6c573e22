package io.carom.scenario;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Where people outside get an address inside.
interface VpnGateway {
    void session(long at, long duration, String account, String from, String given, @Nullable String why);

    void refused(long at, String account, String from, @Nullable String why);

    /// AnyConnect on an ASA of its own.
    final class AnyConnect implements VpnGateway {
        private final Org org;
        private final LogFile log;

        AnyConnect(Org org, Logs logs) {
            this.org = org;
            log = logs.log("vpn", "cisco-vpn", "vpn-DATE.log");
        }

        private Text begin(long at, int severity, String message, @Nullable String why) {
            long shown = log.begin(at, why);
            Text t = log.text
                    .add('<')
                    .add(160 + severity)
                    .add('>')
                    .cisco(shown)
                    .add(' ')
                    .add(org.name);
            return t.add("-vpn1 : %ASA-").add(severity).add('-').add(message);
        }

        @Override
        public void session(long at, long duration, String account, String from, String given, @Nullable String why) {
            begin(at, 6, "113012: AAA user authentication Successful : local database : user = ", why)
                    .add(account);
            log.end();
            begin(at + 900, 4, "722051: Group <remote> User <", why)
                    .add(account)
                    .add("> IP <")
                    .add(from);
            log.text.add("> IPv4 Address <").add(given).add("> IPv6 address <::> assigned to session");
            log.end();
            Text t = begin(at + duration, 4, "113019: Group = remote, Username = ", why)
                    .add(account)
                    .add(", IP = ");
            t.add(from)
                    .add(", Session disconnected. Session Type: SSL, Duration: ")
                    .add(duration / 3_600_000);
            t.add("h:")
                    .pad(duration / 60_000 % 60, 2)
                    .add("m:")
                    .pad(duration / 1000 % 60, 2)
                    .add("s, Bytes xmt: ");
            t.add(duration * 3).add(", Bytes rcv: ").add(duration).add(", Reason: User Requested");
            log.end();
        }

        @Override
        public void refused(long at, String account, String from, @Nullable String why) {
            Text t = begin(
                    at,
                    6,
                    "113015: AAA user authentication Rejected : reason = Invalid password : local database",
                    why);
            t.add(" : user = ").add(account).add(" : user IP = ").add(from);
            log.end();
        }
    }

    /// OpenVPN's server.
    final class OpenVpn implements VpnGateway {
        private final LogFile log;
        private final Random random;

        OpenVpn(Logs logs, Random random) {
            this.random = random;
            log = logs.log("vpn", "openvpn", "openvpn-DATE.log");
        }

        private Text begin(long at, @Nullable String why) {
            long shown = log.begin(at, why);
            return log.text.date(shown, '-').add(' ').clock(shown).add(' ');
        }

        @Override
        public void session(long at, long duration, String account, String from, String given, @Nullable String why) {
            int port = 1024 + random.nextInt(60_000);
            String peer = from + ":" + port;
            begin(at, why)
                    .add(peer)
                    .add(" TLS: Initial packet from [AF_INET]")
                    .add(peer)
                    .add(", sid=");
            log.text.add(random.nextInt(90_000_000)).add(' ').add(random.nextInt(90_000_000));
            log.end();
            begin(at + 700, why).add(peer).add(" TLS: Username/Password authentication succeeded for username '");
            log.text.add(account).add('\'');
            log.end();
            begin(at + 900, why).add(peer).add(" [").add(account).add("] Peer Connection Initiated with [AF_INET]");
            log.text.add(peer);
            log.end();
            begin(at + 910, why)
                    .add(account)
                    .add('/')
                    .add(peer)
                    .add(" MULTI_sva: pool returned IPv4=")
                    .add(given);
            log.text.add(", IPv6=(Not enabled)");
            log.end();
            begin(at + 911, why)
                    .add(account)
                    .add('/')
                    .add(peer)
                    .add(" MULTI: Learn: ")
                    .add(given)
                    .add(" -> ");
            log.text.add(account).add('/').add(peer);
            log.end();
            begin(at + duration, why).add(account).add('/').add(peer);
            log.text.add(" SIGTERM[soft,remote-exit] received, client-instance exiting");
            log.end();
        }

        @Override
        public void refused(long at, String account, String from, @Nullable String why) {
            begin(at, why).add(from).add(':').add(1024 + random.nextInt(60_000));
            log.text.add(" TLS Auth Error: Auth Username/Password verification failed for peer");
            log.end();
        }
    }

    /// FortiOS' own SSL VPN.
    final class FortiSsl implements VpnGateway {
        private final Org org;
        private final LogFile log;
        private final Random random;

        FortiSsl(Org org, Logs logs, Random random) {
            this.org = org;
            this.random = random;
            log = logs.log("vpn", "fortigate-vpn", "sslvpn-DATE.log");
        }

        private Text begin(long at, String id, String level, String what, String action, @Nullable String why) {
            long shown = log.begin(at, why);
            Firewall.Fortigate.head(log.text, org, shown, "-vpn1");
            log.text.add(id).add("\" type=\"event\" subtype=\"vpn\" level=\"").add(level);
            return log.text
                    .add("\" vd=\"root\" logdesc=\"")
                    .add(what)
                    .add("\" action=\"")
                    .add(action)
                    .add('"');
        }

        @Override
        public void session(long at, long duration, String account, String from, String given, @Nullable String why) {
            long id = 1_000_000 + random.nextInt(9_000_000);
            for (int i = 0; i < 2; i++) {
                Text t = i == 0
                        ? begin(at, "0101039947", "information", "SSL VPN tunnel up", "tunnel-up", why)
                        : begin(at + duration, "0101039948", "information", "SSL VPN tunnel down", "tunnel-down", why);
                t.add(" tunneltype=\"ssl-tunnel\" tunnelid=")
                        .add(id)
                        .add(" remip=")
                        .add(from)
                        .add(" tunnelip=");
                t.add(given).add(" user=\"").add(account).add("\" group=\"partners\" dst_host=\"N/A\"");
                if (i == 1) {
                    t.add(" duration=")
                            .add(duration / 1000)
                            .add(" sentbyte=")
                            .add(duration * 3)
                            .add(" rcvdbyte=");
                    t.add(duration);
                }
                t.add(" reason=\"").add(i == 0 ? "tunnel established" : "N/A").add("\" msg=\"SSL tunnel ");
                t.add(i == 0 ? "established" : "shutdown").add('"');
                log.end();
            }
        }

        @Override
        public void refused(long at, String account, String from, @Nullable String why) {
            Text t = begin(at, "0101039426", "alert", "SSL VPN login fail", "ssl-login-fail", why);
            t.add(" tunneltype=\"ssl-web\" tunnelid=0 remip=")
                    .add(from)
                    .add(" user=\"")
                    .add(account);
            t.add("\" group=\"N/A\" dst_host=\"N/A\" reason=\"sslvpn_login_permission_denied\"");
            t.add(" msg=\"SSL user failed to logged in\"");
            log.end();
        }
    }
}
