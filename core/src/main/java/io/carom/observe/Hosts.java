package io.carom.observe;

/// Names of machines.
public final class Hosts {
    private Hosts() {}

    /// A machine's name without its domain: `ws6` and `ws6.corp.example` are one. An address is no shorter, though it
    /// has dots.
    public static String shortName(String host) {
        int dot = host.indexOf('.');
        return dot > 0 && Address.of(host) == null ? host.substring(0, dot) : host;
    }
}
