package io.carom.intelstore.feed;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The proxies that the environment names: `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`, as
/// curl reads them.
/// In capitals too, but for `HTTP_PROXY`, which a request could set where programs run for a web server.
final class EnvironmentProxies extends ProxySelector {
    private final Map<String, String> environment;

    EnvironmentProxies(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    private String named(String name, boolean capitals) {
        String value = environment.getOrDefault(name, "");
        return value.isBlank() && capitals
                ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip()
                : value.strip();
    }

    /// The proxy for an address as it is written; null for none.
    ///
    /// @throws IOException if it is no proxy that is spoken to here
    @Nullable
    URI of(URI address) throws IOException {
        if (direct(address.getHost())) {
            return null;
        }
        boolean secure = "https".equalsIgnoreCase(address.getScheme());
        String text = named(secure ? "https_proxy" : "http_proxy", secure);
        text = text.isEmpty() ? named("all_proxy", true) : text;
        if (text.isEmpty()) {
            return null;
        }
        URI proxy;
        try {
            proxy = URI.create(text.contains("://") ? text : "http://" + text);
        } catch (IllegalArgumentException e) {
            throw new IOException("the environment names a proxy that is no address; expected http://HOST:PORT", e);
        }
        if (!"http".equalsIgnoreCase(proxy.getScheme()) || proxy.getHost() == null) {
            throw new IOException(
                    "the environment names a proxy of kind \"" + proxy.getScheme() + "\"; expected http://HOST:PORT");
        }
        return proxy;
    }

    private boolean direct(@Nullable String host) {
        if (host == null) {
            return true;
        }
        String name = host.toLowerCase(Locale.ROOT);
        for (String one : named("no_proxy", true).toLowerCase(Locale.ROOT).split("[,\\s]+", -1)) {
            String suffix = one.startsWith("*.") ? one.substring(1) : one;
            suffix = suffix.replaceFirst(":\\d+$", "");
            if (suffix.equals("*")
                    || !suffix.isEmpty()
                            && (name.equals(suffix.startsWith(".") ? suffix.substring(1) : suffix)
                                    || name.endsWith(suffix.startsWith(".") ? suffix : "." + suffix))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<Proxy> select(URI address) {
        try {
            URI proxy = of(address);
            return proxy == null
                    ? List.of(Proxy.NO_PROXY)
                    : List.of(new Proxy(
                            Proxy.Type.HTTP,
                            new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort())));
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException e) {
        // Told by the request itself.
    }
}
