package io.carom.server;

import io.carom.server.http.RateLimits;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a server is started.
///
/// @param listen the address or name of an interface; `127.0.0.1` is this machine alone
/// @param port 0 for any that is free
/// @param tls without it the server listens on this machine alone
/// @param certificate a file of PEM with the server's certificate and those it stands on; null for the
/// home's own
/// @param key its key; null for the home's own
/// @param names by which clients call this server, apart from the obvious ones
/// @param limits how much one may ask; null for what the home's `serve.yaml` says
public record ServerOptions(
        Path home,
        String listen,
        int port,
        boolean tls,
        @Nullable Path certificate,
        @Nullable Path key,
        List<String> names,
        InstantSource clock,
        @Nullable RateLimits limits) {
    public ServerOptions {
        names = List.copyOf(names);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is a number from 0 to 65535");
        }
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a certificate and its key go together");
        }
    }

    public ServerOptions(
            Path home,
            String listen,
            int port,
            boolean tls,
            @Nullable Path certificate,
            @Nullable Path key,
            List<String> names,
            InstantSource clock) {
        this(home, listen, port, tls, certificate, key, names, clock, null);
    }

    public ServerOptions with(RateLimits other) {
        return new ServerOptions(home, listen, port, tls, certificate, key, names, clock, other);
    }

    /// On this machine alone, any port.
    public static ServerOptions loopback(Path home, boolean tls) {
        return new ServerOptions(home, "127.0.0.1", 0, tls, null, null, List.of(), InstantSource.system());
    }
}
