package io.carom.server.listen;

import io.carom.event.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One listener, as it is set.
///
/// @param kind as {@link Kind#name}
/// @param address `host:port`, a folder, a list of brokers: as the kind has it
/// @param name how it is called where its records are shown; unique
/// @param client whose what it receives is, where nothing else says so
/// @param clients whose what comes from a network is
/// @param format what everything it receives is read as; empty for: by content
/// @param tokens clients by the token that a sender must show; empty if none is needed
/// @param more what is said beside, by name
public record ListenerSettings(
        String kind,
        String address,
        String name,
        String client,
        Map<Cidr, String> clients,
        String format,
        Map<String, String> tokens,
        Map<String, String> more) {
    public ListenerSettings {
        clients = new LinkedHashMap<>(clients);
        tokens = Map.copyOf(tokens);
        more = Map.copyOf(more);
    }

    /// Whose what comes from an address is.
    String clientOf(InetAddress sender) {
        byte[] address = clients.isEmpty() ? null : Cidr.address(sender.getHostAddress());
        for (Map.Entry<Cidr, String> each : clients.entrySet()) {
            if (address != null && each.getKey().contains(address)) {
                return each.getValue();
            }
        }
        return client;
    }

    /// Whose a token is; null if it is nobody's. Takes the same time for every token that it does not
    /// know.
    @Nullable
    String clientOfToken(String token) {
        byte[] shown = token.getBytes(StandardCharsets.UTF_8);
        String found = null;
        for (Map.Entry<String, String> each : tokens.entrySet()) {
            if (MessageDigest.isEqual(each.getKey().getBytes(StandardCharsets.UTF_8), shown)) {
                found = each.getValue();
            }
        }
        return found;
    }

    String text(String key, String otherwise) {
        return more.getOrDefault(key, otherwise);
    }

    int number(String key, int otherwise) {
        String text = more.get(key);
        return text == null ? otherwise : Integer.parseInt(text);
    }

    Duration duration(String key, Duration otherwise) {
        String text = more.get(key);
        return text == null ? otherwise : Amounts.duration(text);
    }

    long bytes(String key, long otherwise) {
        String text = more.get(key);
        return text == null ? otherwise : Amounts.bytes(text);
    }

    boolean flag(String key, boolean otherwise) {
        String text = more.get(key);
        return text == null ? otherwise : text.equals("true");
    }

    /// Where to bind.
    ///
    /// @throws UnknownHostException if nothing is called so
    InetSocketAddress socket() throws UnknownHostException {
        int colon = address.lastIndexOf(':');
        String host = address.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(address.substring(colon + 1)));
    }

    /// `host:port` or `[v6]:port`, or a port alone on this machine.
    static @Nullable String socketFault(String address) {
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        boolean number = port.matches("\\d{1,5}") && Integer.parseInt(port) <= 65_535;
        boolean host = colon > 0
                && (address.charAt(0) == '[' ? address.charAt(colon - 1) == ']' : address.indexOf(':') == colon);
        return number && host
                ? null
                : "expected an address and a port, such as 127.0.0.1:5514 or [::1]:5514, found \"" + address + "\"";
    }

    List<String> senders() {
        return List.copyOf(clients.values());
    }
}
