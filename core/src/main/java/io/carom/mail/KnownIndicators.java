package io.carom.mail;

import io.carom.event.Indicator;
import io.carom.mail.sign.Signs;
import io.carom.mail.sign.View;
import io.carom.mail.structure.Part;
import io.carom.source.mail.Hop;
import java.net.IDN;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Indicators that mails are asked for: addresses, domains, URLs, hashes of files, mail addresses.
public final class KnownIndicators {
    /// Knows none.
    public static final KnownIndicators NONE = new KnownIndicators(List.of());

    private final Map<String, Indicator> byValue = new HashMap<>();

    public KnownIndicators(List<Indicator> indicators) {
        for (Indicator indicator : indicators) {
            byValue.putIfAbsent(indicator.value().toLowerCase(Locale.ROOT), indicator);
        }
    }

    void look(View v, Signs signs) {
        if (byValue.isEmpty()) {
            return;
        }
        add(signs, "intel-sender", v.from);
        host(signs, "intel-sender", v.fromHost);
        v.replyTo.forEach(to -> {
            add(signs, "intel-sender", to);
            host(signs, "intel-sender", View.host(to));
        });
        add(signs, "intel-sender", v.returnPath);
        for (View.Target target : v.targets) {
            add(signs, "intel-link", target.address().text());
            host(signs, "intel-link", target.address().host());
        }
        for (Hop hop : v.hops) {
            if (hop.address() != null) {
                add(signs, "intel-path", hop.address());
            }
        }
        for (Part part : v.mail.parts()) {
            if (part.isFile() && part.size() == part.bytes().length) {
                for (String algorithm : List.of("MD5", "SHA-1", "SHA-256")) {
                    add(signs, "intel-file", hash(algorithm, part.bytes()));
                }
            }
        }
    }

    private static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    private void host(Signs signs, String reason, String host) {
        within(signs, reason, host);
        if (host.chars().anyMatch(c -> c >= 0x80)) {
            try {
                within(signs, reason, IDN.toASCII(host, IDN.ALLOW_UNASSIGNED));
            } catch (IllegalArgumentException e) {
                // No name that DNS could know.
                return;
            }
        }
    }

    private void within(Signs signs, String reason, String host) {
        String at = host;
        while (at.indexOf('.') > 0) {
            add(signs, reason, at);
            at = at.substring(at.indexOf('.') + 1);
        }
    }

    private void add(Signs signs, String reason, @Nullable String value) {
        Indicator known = value == null ? null : byValue.get(value.toLowerCase(Locale.ROOT));
        if (known != null) {
            signs.add(reason, known.value() + " (" + known.origin() + ")");
        }
    }
}
