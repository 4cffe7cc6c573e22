package io.carom.source;

import static io.carom.source.mapping.Conversion.PORT;
import static io.carom.source.mapping.Conversion.TEXT;

import com.google.auto.service.AutoService;
import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.FieldNames;
import io.carom.source.mapping.Mapping;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.MessageForm;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// OpenVPN's server log, from its own file or over syslog.
///
/// A message of a client's instance begins with `192.0.2.1:40000` before the client is known and with
/// `client01/192.0.2.1:40000` after. Files carry `2023-10-31 15:09:59` (2.5 and later) or `Tue Oct 31
/// 15:09:59 2023 us=340080` (before). Sessions, leases and sign-ins are told by their messages, of which
/// OpenVPN documents no list: the forms are those of its source, versions 2.3 to 2.6.
@AutoService(Source.class)
public final class OpenVpn implements LineSource {
    private record Kind(MessageForm form, Mapping mapping) {}

    private static Mapping.Builder kind(String name, int classUid) {
        return Mapping.of(name, classUid)
                .field("message", "message", TEXT)
                .fallback("syslog.hostname", "device.hostname", NetworkFields.HOSTNAME)
                .product("OpenVPN", "OpenVPN");
    }

    private static Mapping.Builder session(String name) {
        return kind(name, 4014)
                .field("client_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("client_port", "src_endpoint.port", PORT)
                .field("client", "user.name", TEXT)
                // The address leased to the client within the tunnel.
                .field("virtual_ip", "tunnel_interface.ip", NetworkFields.IP_OR_NONE)
                .field("virtual_ipv6", "tunnel_interface.ip", NetworkFields.IP_OR_NONE)
                .field("reason", "status_detail", TEXT)
                .constant("tunnel_type_id", 0);
    }

    private static final Mapping OPEN = session("session begun").activity(1).build();
    private static final Mapping CLOSE = session("session ended").activity(2).build();
    private static final Mapping SESSION = session("session").activity(99).build();

    private static Mapping.Builder signing(String name, int status) {
        return kind(name, 3002)
                .field("client_ip", "src_endpoint.ip", NetworkFields.IP_OR_NONE)
                .field("client_port", "src_endpoint.port", PORT)
                .field("user", "user.name", TEXT)
                .fallback("client", "user.name", TEXT)
                .constant("service.name", "OpenVPN")
                .constant("status_id", status)
                .activity(1);
    }

    private static final Mapping SIGNED_IN = signing("sign-in", 1).build();
    private static final Mapping FAILED = signing("sign-in failed", 2).build();
    private static final Mapping DEFERRED = signing("sign-in deferred", 0).build();
    private static final Mapping OTHER = kind("other", 0).activity(99).build();

    private static final List<Kind> KINDS = List.of(
            new Kind(MessageForm.of("\\[{client}\\] Peer Connection Initiated with {peer:rest}"), OPEN),
            new Kind(MessageForm.of("MULTI: Learn: {virtual_ip:addr} -> {client}/{peer:rest}"), OPEN),
            new Kind(MessageForm.of("MULTI: primary virtual IP for {} {virtual_ip:addr}"), OPEN),
            new Kind(
                    MessageForm.of("MULTI_sva: pool returned IPv4={virtual_ip:addr}[, IPv6={virtual_ipv6:addr}]"),
                    OPEN),
            new Kind(MessageForm.of("SENT CONTROL \\[{client}\\]: 'PUSH_REPLY,{}ifconfig {virtual_ip:addr} {}'"), OPEN),
            new Kind(
                    MessageForm.of("TLS: Username/Password authentication succeeded for username '{user}'"), SIGNED_IN),
            new Kind(MessageForm.of("TLS: Username/Password authentication deferred for username '{user}'"), DEFERRED),
            new Kind(MessageForm.of("TLS: Username/Password authentication failed for username '{user}'"), FAILED),
            new Kind(MessageForm.of("TLS Auth Error: Auth Username/Password verification failed for peer"), FAILED),
            new Kind(MessageForm.of("PLUGIN_AUTH: {} authentication failed for '{user}'"), FAILED),
            new Kind(MessageForm.of("LDAP user \"{user}\" was not found"), FAILED),
            new Kind(MessageForm.of("Incorrect password supplied for LDAP DN \"CN={user},"), FAILED),
            new Kind(MessageForm.of("SIGTERM\\[{reason}\\] received, client-instance exiting"), CLOSE),
            new Kind(MessageForm.of("SIGUSR1\\[{reason}\\] received, client-instance restarting"), CLOSE),
            new Kind(MessageForm.of("Connection reset, restarting"), CLOSE));

    /// Beginnings of messages that no other product writes, by which a line of the server's own file is
    /// told.
    private static final List<String> MARKS = List.of(
            "TLS: ",
            "TLS Error: ",
            "TLS Auth Error: ",
            "VERIFY ",
            "MULTI: ",
            "MULTI_sva: ",
            "peer info: ",
            "SENT CONTROL [",
            "PUSH: ",
            "Control Channel",
            "Data Channel",
            "Incoming Data Channel",
            "Outgoing Data Channel",
            "TUN/TAP device ",
            "Diffie-Hellman initialized",
            "UDPv4 link ",
            "TCPv4_SERVER link ",
            "UDPv6 link ",
            "Socket Buffers: ",
            "IFCONFIG POOL",
            "Timers: ping",
            "OpenVPN 2",
            "ROUTE_GATEWAY ",
            "net_route_v",
            "net_addr_",
            "net_iface_",
            "/sbin/ip ",
            "Initialization Sequence Completed",
            "succeeded -> ifconfig_pool",
            "SIGTERM[",
            "SIGUSR1[",
            "MANAGEMENT: ",
            "Could not determine IPv4/IPv6 protocol",
            "library versions: OpenSSL",
            "LDAP user \"",
            "ldap_bind with ",
            "Incorrect password supplied for LDAP DN",
            "Peer Connection Initiated",
            "[AF_INET");

    private static final int TIME = FieldNames.of("time");
    private static final int MESSAGE = FieldNames.of("message");
    private static final int CLIENT = FieldNames.of("client");
    private static final int CLIENT_IP = FieldNames.of("client_ip");
    private static final int CLIENT_PORT = FieldNames.of("client_port");
    private static final int USER = FieldNames.of("user");

    @Override
    public String name() {
        return "openvpn";
    }

    @Override
    public String product() {
        return "OpenVPN 2.3 to 2.6, server";
    }

    @Override
    public boolean claims(Line line) {
        if (isDaemon(line)) {
            return true;
        }
        if (line.header().priority() >= 0) {
            return false;
        }
        int from = behindTime(line);
        byte[] b = line.bytes();
        int[] peer = peer(b, from, line.to());
        int text = peer == null ? from : peer[3];
        if (line.at(text, "[") && !line.at(text, "[AF_INET")) {
            // `[client01] Peer Connection …`.
            int close = line.indexOf("] ", text);
            text = close > 0 && close - text < 128 ? close + 2 : text;
        }
        for (String mark : MARKS) {
            if (line.at(text, mark)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isDaemon(Line line) {
        long app = line.header().app();
        return app >= 0 && Column.length(app) >= 7 && line.at(Column.from(app), "openvpn")
                || app >= 0 && line.at(Column.from(app), "ovpn-");
    }

    /// Where the message of a line of OpenVPN's own file begins: what follows the time was taken for a
    /// host.
    private static int behindTime(Line line) {
        byte[] b = line.bytes();
        int from = line.from();
        if (line.header().host() >= 0) {
            from = Column.from(line.header().host());
        } else if (line.header().app() >= 0) {
            from = Column.from(line.header().app());
        } else {
            from += oldTime(b, from, line.to());
        }
        while (from < line.to() && b[from] == ' ') {
            from++;
        }
        if (line.at(from, "us=")) {
            while (from < line.to() && b[from] != ' ') {
                from++;
            }
            from++;
        }
        return Math.min(from, line.to());
    }

    /// Length of `Tue Aug 12 08:26:30 2025`, or 0.
    private static int oldTime(byte[] b, int from, int to) {
        boolean time = to - from > 24
                && b[from + 3] == ' '
                && Times.month(b, from + 4, to) != 0
                && b[from + 13] == ':'
                && b[from + 16] == ':'
                && b[from + 19] == ' ';
        return time ? 24 : 0;
    }

    /// Name, address and port that a message of a client begins with: where the name ends (or starts, if
    /// there is none), where the address starts and ends, and where the message goes on; null if it begins
    /// with none.
    private static int @Nullable [] peer(byte[] b, int from, int to) {
        int slash = -1;
        for (int at = from; at < to && at - from < 256; at++) {
            if (b[at] == '/') {
                slash = at;
            }
            if (b[at] != ':' || at + 2 >= to || b[at + 1] < '0' || b[at + 1] > '9') {
                continue;
            }
            int end = at + 1;
            while (end < to && b[end] >= '0' && b[end] <= '9') {
                end++;
            }
            int start = slash >= 0 ? slash + 1 : from;
            if (end < to && b[end] == ' ' && Addresses.clean(b, start, at) >= 0) {
                return new int[] {slash >= 0 ? slash : from, start, at, end + 1};
            }
        }
        return null;
    }

    @Override
    public void read(Line line, Row row) {
        byte[] b = row.bytes();
        int to = line.to();
        boolean daemon = isDaemon(line);
        int from = daemon ? line.from() : behindTime(line);
        if (!daemon) {
            // What the header took for host and tag are the message's own words.
            row.batch().dropSlots(row.batch().firstSlot(row.batch().rows()));
            int old = line.header().present() ? 0 : oldTime(b, line.from(), to);
            if (old > 0) {
                row.field(TIME, line.from(), line.from() + old);
                String text = new String(b, line.from() + 4, 20, StandardCharsets.ISO_8859_1);
                byte[] turned = (text.substring(0, 6) + text.substring(15) + text.substring(6, 15))
                        .getBytes(StandardCharsets.ISO_8859_1);
                long millis = Times.bsd(turned, 0, turned.length, row.context());
                if (millis != Times.NONE) {
                    row.set(Attribute.TIME, millis);
                }
            }
        }
        int[] peer = peer(b, from, to);
        int text = from;
        if (peer != null) {
            if (peer[0] > from) {
                row.field(CLIENT, from, peer[0]);
            }
            row.field(CLIENT_IP, peer[1], peer[2]);
            row.field(CLIENT_PORT, peer[2] + 1, peer[3] - 1);
            text = peer[3];
        }
        if (text < to) {
            row.field(MESSAGE, text, to);
        }
        for (Kind kind : KINDS) {
            if (kind.form.match(row, text, to)) {
                boolean nameless = kind.mapping.classUid() == 3002 && !row.has(USER) && !row.has(CLIENT);
                row.map(nameless ? SESSION : kind.mapping);
                return;
            }
        }
        row.map(peer == null ? OTHER : SESSION);
    }
}
