package io.carom.mailnet.federation;

import io.carom.mailnet.identity.Words;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What one network gives another so that they can find each other: one line that may be sent by any way, for it is
/// worth nothing until its words were compared by telephone.
///
///     carom-mail:northgate.example;mail.northgate.example:8466:8444;FINGERPRINT
///
/// @param port where its mail goes
/// @param membersPort where its members' certificates are asked for
/// @param fingerprint SHA-256 of its authority's certificate, 64 hexadecimal digits
public record Card(String domain, String host, int port, int membersPort, String fingerprint) {
    private static final Pattern FORM = Pattern.compile(
            "carom-mail:([a-z0-9.-]{3,253});([A-Za-z0-9.-]{1,253}|\\[[0-9a-fA-F:.]{2,45}]):(\\d{1,5}):(\\d{1,5});([0-9a-f]{64})");

    /// @throws IOException if it is none, saying what one looks like
    public static Card of(String text) throws IOException {
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches() || Integer.parseInt(m.group(3)) > 65_535 || Integer.parseInt(m.group(4)) > 65_535) {
            throw new IOException("expected the other network's card, as its \"carom mail network federate\" shows it:"
                    + " carom-mail:DOMAIN;HOST:PORT:PORT;FINGERPRINT");
        }
        String host = m.group(2);
        return new Card(
                m.group(1).toLowerCase(Locale.ROOT),
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                Integer.parseInt(m.group(3)),
                Integer.parseInt(m.group(4)),
                m.group(5));
    }

    /// What is read out by telephone.
    public String words() {
        return Words.of(fingerprint);
    }

    @Override
    public String toString() {
        String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return "carom-mail:" + domain + ";" + shown + ":" + port + ":" + membersPort + ";" + fingerprint;
    }
}
