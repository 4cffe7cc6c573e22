package io.carom.scenario;

/// A connection as it really was.
///
/// @param service what a sensor takes it for; empty where it cannot tell
/// @param duration in milliseconds
/// @param out bytes from the one who began it
record Flow(
        long at,
        String src,
        int srcPort,
        String dst,
        int port,
        String service,
        long duration,
        long out,
        long in,
        Ended ended) {
    /// How it ended, in Zeek's words.
    enum Ended {
        SF("ShADadFf"),
        S0("S"),
        REJ("Sr"),
        RSTO("ShADadR");

        final String history;

        Ended(String history) {
            this.history = history;
        }
    }

    boolean answered() {
        return ended == Ended.SF || ended == Ended.RSTO;
    }

    String protocol() {
        return port == 53 || port == 123 || port == 161 ? "udp" : "tcp";
    }

    long outPackets() {
        return answered() ? 4 + out / 1200 : 1;
    }

    long inPackets() {
        return answered() ? 3 + in / 1300 : ended == Ended.REJ ? 1 : 0;
    }
}
