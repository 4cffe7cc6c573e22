package io.carom.scenario;

import io.carom.scenario.Flow.Ended;
import io.carom.scenario.Org.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The products of one organisation. What happens is told once; every product that would have seen it
/// writes it down in its own format, by its own clock.
final class Logs {
    final Org org;
    final WindowsEvents windows;
    final CloudLogs cloud;
    final UnixLogs unix;
    final MailLog mail;
    final VpnGateway vpn;
    final RemoteSupport support;
    private final List<LogFile> all = new ArrayList<>();
    private final LogFile.Shelf shelf;
    private final Set<String> without;
    private final long skewMillis;
    private final NetworkSensor sensor;
    private final Firewall wall;
    private final LogFile iis;
    private final Random random;
    private final Random clocks;

    Logs(Org org, ScenarioOptions options, LogFile.Shelf shelf) {
        this.org = org;
        this.shelf = shelf;
        without = options.without();
        skewMillis = options.skew().toMillis();
        random = new Dice(options.seed() * 131 + org.name.hashCode());
        clocks = new Dice(options.seed() * 137 + org.name.hashCode());
        sensor = switch (org.sensor) {
            case ZEEK_TSV -> new NetworkSensor.ZeekTsv(org, this, random);
            case ZEEK_JSON -> new NetworkSensor.ZeekJson(org, this, random);
            case NFDUMP -> new NetworkSensor.Nfdump(this, random);
        };
        wall = switch (org.wall) {
            case ASA -> new Firewall.Asa(org, this, random);
            case FORTIGATE -> new Firewall.Fortigate(org, this, random);
            case PALO_ALTO -> new Firewall.PaloAlto(org, this, random);
        };
        vpn = switch (org.wall) {
            case ASA -> new VpnGateway.AnyConnect(org, this);
            case FORTIGATE -> new VpnGateway.FortiSsl(org, this, random);
            case PALO_ALTO -> new VpnGateway.OpenVpn(this, random);
        };
        windows = new WindowsEvents(org, this, random);
        cloud = new CloudLogs(org, this, random);
        unix = new UnixLogs(org, this, random);
        mail = new MailLog(org, this, random);
        support = new RemoteSupport(this, org.supplier, random);
        iis = log("web", "iis", "u_exSHORT.log", Logs::iisHead, LogFile.Frame.NONE);
    }

    private static void iisHead(Text text, long day) {
        text.add("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: ");
        text.date(day * 86_400_000L, '-').add(" 00:00:00\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query ");
        text.add(
                "s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n");
    }

    LogFile log(String source, String product, String name) {
        return log(source, product, name, LogFile.Frame.NONE, LogFile.Frame.NONE);
    }

    LogFile log(String source, String product, String name, LogFile.Frame head, LogFile.Frame tail) {
        String folder = org.name + "/" + product;
        LogFile file = new LogFile(shelf, folder, name, skew(), !without.contains(source), head, tail);
        all.add(file);
        shelf.truth.skew(folder + "/" + name, file.skew);
        return file;
    }

    /// Most clocks are right to two seconds; one in five is minutes off.
    private long skew() {
        double share = clocks.nextDouble() * 2 - 1;
        boolean off = clocks.nextInt(5) == 0;
        return (long) (share * (skewMillis > 0 ? skewMillis : off ? 180_000 : 2000));
    }

    void flush(long before) throws IOException {
        for (LogFile file : all) {
            file.flush(before);
        }
    }

    long held() {
        long held = 0;
        for (LogFile file : all) {
            held += file.held();
        }
        return held;
    }

    void close() throws IOException {
        for (LogFile file : all) {
            file.close();
        }
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
            boolean crossing,
            @Nullable String why) {
        connection(at, src, dst, port, service, duration, out, in, ended, crossing, org.publicAddress, why);
    }

    /// @param translated what the firewall makes of the source's address
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
            boolean crossing,
            String translated,
            @Nullable String why) {
        Flow flow = new Flow(at, src, 1024 + random.nextInt(60_000), dst, port, service, duration, out, in, ended);
        sensor.flow(flow, why);
        if (crossing) {
            wall.flow(flow, translated, why);
        }
    }

    /// A name that was looked up; no answer where it does not exist.
    void lookup(long at, Host from, String name, String answer, @Nullable String why) {
        int port = 1024 + random.nextInt(60_000);
        sensor.lookup(at, from, port, org.dc().ip(), name, answer, why);
        if (org.sensor == Org.Sensor.NFDUMP || random.nextInt(3) == 0) {
            unix.query(at + 2, from, port, name, why);
        }
    }

    /// A page or file fetched from outside, or something sent there.
    void browse(
            long at, Host from, String user, String site, String address, long out, long size, @Nullable String why) {
        lookup(at, from, site, address, why);
        long took = 80 + random.nextInt(4000) + (out + size) / 20_000;
        String by = from.ip();
        if (unix.proxied()) {
            unix.proxied(at + 60, took, from, user, "CONNECT", site + ":443", address, size, why);
            by = org.proxy().ip();
        }
        connection(at + 70, by, address, 443, "ssl", took, out, size, Ended.SF, true, why);
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
        Text t = iis.text
                .date(shown, '-')
                .add(' ')
                .clock(shown)
                .add(' ')
                .add(org.web().ip())
                .add(' ')
                .add(method);
        t.add(' ').add(path).add(' ').add(query).add(" 443 ").add(user).add(' ').add(from);
        t.add(" Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64) - ")
                .add(status)
                .add(" 0 0 ")
                .add(5 + random.nextInt(900));
        iis.end();
    }
}
