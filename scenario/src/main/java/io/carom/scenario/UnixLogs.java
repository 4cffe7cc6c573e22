package io.carom.scenario;

import io.carom.scenario.Org.Host;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The Linux machines: sign-ins and sudo, the name server, the lease server, the proxy.
final class UnixLogs {
    private final Org org;
    private final LogFile auth;
    private final LogFile bind;
    private final LogFile dhcp;
    private final @Nullable LogFile squid;
    private final String host;
    private final Random random;

    UnixLogs(Org org, Logs logs, Random random) {
        this.org = org;
        this.random = random;
        host = org.linux().name().toLowerCase(Locale.ROOT);
        auth = logs.log("linux", "linux", "auth-DATE.log");
        bind = logs.log("dns", "bind", "queries-DATE.log");
        dhcp = logs.log("dhcp", "dhcpd", "dhcpd-DATE.log");
        squid = org.squid ? logs.log("proxy", "squid", "access-DATE.log") : null;
    }

    boolean proxied() {
        return squid != null;
    }

    private Text line(LogFile log, long at, String program, int process, @Nullable String why) {
        long shown = log.begin(at, why);
        Text t = log.text.bsd(shown).add(' ').add(host).add(' ').add(program);
        return process > 0 ? t.add('[').add(process).add("]: ") : t.add(": ");
    }

    /// A sign-in over SSH to the Linux server.
    void ssh(long at, long length, String from, String account, boolean good, boolean key, @Nullable String why) {
        int process = 900 + random.nextInt(30_000);
        int port = 1024 + random.nextInt(60_000);
        Text t = line(auth, at, "sshd", process, why);
        t.add(!good ? "Failed password for " : key ? "Accepted publickey for " : "Accepted password for ")
                .add(account);
        t.add(" from ").add(from).add(" port ").add(port).add(" ssh2");
        if (good && key) {
            t.add(": RSA SHA256:").add(Integer.toHexString(account.hashCode())).add("Jw3rT9");
        }
        auth.end();
        if (good) {
            line(auth, at + 20, "sshd", process, why).add("pam_unix(sshd:session): session opened for user ");
            auth.text.add(account).add(" by (uid=0)");
            auth.end();
            line(auth, at + length, "sshd", process, why)
                    .add("Disconnected from user ")
                    .add(account)
                    .add(' ');
            auth.text.add(from).add(" port ").add(port);
            auth.end();
        }
    }

    void sudo(long at, String account, String command, @Nullable String why) {
        line(auth, at, "sudo", 0, why)
                .add("  ")
                .add(account)
                .add(" : TTY=pts/0 ; PWD=/home/")
                .add(account);
        auth.text.add(" ; USER=root ; COMMAND=").add(command);
        auth.end();
    }

    void query(long at, Host from, int port, String name, @Nullable String why) {
        long shown = bind.begin(at, why);
        bind.text
                .bind(shown)
                .add(" queries: info: client @0x7f2a00")
                .add(10 + port % 89)
                .add(' ')
                .add(from.ip());
        bind.text
                .add('#')
                .add(port)
                .add(" (")
                .add(name)
                .add("): query: ")
                .add(name)
                .add(" IN A + (");
        bind.text.add(org.dc().ip()).add(')');
        bind.end();
    }

    void lease(long at, Host to, boolean renewed) {
        if (!renewed) {
            line(dhcp, at - 900, "dhcpd", 812, null)
                    .add("DHCPDISCOVER from ")
                    .add(to.mac())
                    .add(" (")
                    .add(to.name());
            dhcp.text.add(") via eth1");
            dhcp.end();
        }
        line(dhcp, at, "dhcpd", 812, null)
                .add("DHCPACK on ")
                .add(to.ip())
                .add(" to ")
                .add(to.mac())
                .add(" (");
        dhcp.text.add(to.name()).add(") via eth1");
        dhcp.end();
    }

    /// A request that went through the proxy.
    ///
    /// @param url as a whole where it was not encrypted, else host and port
    void proxied(
            long at,
            long took,
            Host from,
            String user,
            String method,
            String url,
            String address,
            long size,
            @Nullable String why) {
        LogFile log = squid;
        if (log != null) {
            long shown = log.begin(at + took, why);
            Text t = log.text.add(shown / 1000).add('.').pad(shown % 1000, 3).add(' ');
            for (long wide = 100_000; wide > took; wide /= 10) {
                t.add(' ');
            }
            t.add(took).add(' ').add(from.ip());
            t.add(method.equals("CONNECT") ? " TCP_TUNNEL/200 " : " TCP_MISS/200 ")
                    .add(size)
                    .add(' ')
                    .add(method);
            t.add(' ').add(url).add(' ').add(user).add(" HIER_DIRECT/").add(address);
            t.add(method.equals("CONNECT") ? " -" : " text/html");
            log.end();
        }
    }
}
