package io.carom.mail;

import io.carom.event.Cidr;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import io.carom.mail.sign.Signs;
import io.carom.mail.sign.View;
import io.carom.mail.structure.Part;
import io.carom.mail.structure.WebAddress;
import io.carom.source.mail.Hop;
import io.carom.text.InternationalNames;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Indicators that mails are asked for: addresses, networks, domains, URLs, hashes and names of files, mail
/// addresses. Each is compared with what is of its kind, in the form in which {@link IndicatorType} has it.
public final class KnownIndicators {
    /// Knows none.
    public static final KnownIndicators NONE = new KnownIndicators(List.of());

    /// Hops of a mail that are asked for; more are made up.
    private static final int HOPS = 100;

    private final Map<IndicatorType, Values> byType = new EnumMap<>(IndicatorType.class);
    private final Map<Cidr, Indicator> networks = new HashMap<>();
    /// Lengths of prefixes that occur.
    private final TreeSet<Integer> prefixes = new TreeSet<>();

    /// Indicators of one kind: whole ones, and those that stand for all that begin or end like them.
    private static final class Values {
        final Map<String, Indicator> whole = new HashMap<>();
        final Map<String, Indicator> beginnings = new HashMap<>();
        final Map<String, Indicator> ends = new HashMap<>();
        final TreeSet<Integer> beginningLengths = new TreeSet<>();
        final TreeSet<Integer> endLengths = new TreeSet<>();

        void add(Indicator indicator) {
            String value = indicator.value().toLowerCase(Locale.ROOT);
            if (value.length() > 1 && value.endsWith("*")) {
                beginnings.putIfAbsent(value.substring(0, value.length() - 1), indicator);
                beginningLengths.add(value.length() - 1);
            } else if (value.length() > 1 && value.startsWith("*")) {
                ends.putIfAbsent(value.substring(1), indicator);
                endLengths.add(value.length() - 1);
            } else {
                whole.putIfAbsent(value, indicator);
            }
        }

        @Nullable
        Indicator of(String text) {
            Indicator known = whole.get(text);
            for (int length : beginningLengths) {
                known = known == null && length <= text.length() ? beginnings.get(text.substring(0, length)) : known;
            }
            for (int length : endLengths) {
                known = known == null && length <= text.length()
                        ? ends.get(text.substring(text.length() - length))
                        : known;
            }
            return known;
        }
    }

    public KnownIndicators(List<Indicator> indicators) {
        for (Indicator indicator : indicators) {
            if (indicator.type() == IndicatorType.IP || indicator.type() == IndicatorType.CIDR) {
                Cidr network = network(indicator.value());
                if (network != null) {
                    networks.putIfAbsent(network, indicator);
                    prefixes.add(network.bits());
                }
            } else {
                byType.computeIfAbsent(indicator.type(), t -> new Values()).add(indicator);
            }
        }
    }

    private static @Nullable Cidr network(String text) {
        try {
            return Cidr.of(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    void look(View v, Signs signs) {
        if (byType.isEmpty() && networks.isEmpty()) {
            return;
        }
        sender(signs, v.from);
        v.replyTo.forEach(to -> sender(signs, to));
        sender(signs, v.returnPath);
        for (View.Target target : v.targets) {
            link(signs, target.address());
        }
        for (Hop hop : v.hops.subList(0, Math.min(HOPS, v.hops.size()))) {
            if (hop.address() != null) {
                address(signs, "intel-path", hop.address());
            }
        }
        for (Part part : v.mail.parts()) {
            if (part.isFile()) {
                file(signs, part);
            }
        }
    }

    private void sender(Signs signs, String address) {
        text(signs, "intel-sender", IndicatorType.EMAIL, address);
        host(signs, "intel-sender", View.host(address));
    }

    private void link(Signs signs, WebAddress address) {
        String host = address.host();
        if (host.isEmpty()) {
            return;
        }
        String rest = address.rest().replace('\\', '/');
        int fragment = rest.indexOf('#');
        rest = (fragment < 0 ? rest : rest.substring(0, fragment)).toLowerCase(Locale.ROOT);
        boolean usual = address.port() < 0 || address.port() == 80 || address.port() == 443;
        String place = host + (usual ? "" : ":" + address.port());
        int query = rest.indexOf('?');
        String path = query < 0 ? rest : rest.substring(0, query);
        // An indicator without a query means the page whatever is asked of it, and a slash at the end says nothing.
        text(signs, "intel-link", IndicatorType.URL, place + rest);
        text(signs, "intel-link", IndicatorType.URL, place + path);
        text(
                signs,
                "intel-link",
                IndicatorType.URL,
                path.isEmpty()
                        ? place + "/"
                        : path.endsWith("/") ? place + path.substring(0, path.length() - 1) : place + path + "/");
        host(signs, "intel-link", host);
        address(signs, "intel-link", host.startsWith("[") ? host.substring(1, Math.max(1, host.length() - 1)) : host);
    }

    private void file(Signs signs, Part part) {
        String name = part.name();
        if (name != null) {
            String low = name.toLowerCase(Locale.ROOT);
            text(
                    signs,
                    "intel-file",
                    IndicatorType.FILE_NAME,
                    low.substring(Math.max(low.lastIndexOf('/'), low.lastIndexOf('\\')) + 1));
        }
        if (byType.containsKey(IndicatorType.HASH) && part.size() == part.bytes().length) {
            for (String algorithm : List.of("MD5", "SHA-1", "SHA-256")) {
                text(signs, "intel-file", IndicatorType.HASH, hash(algorithm, part.bytes()));
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

    private void address(Signs signs, String reason, String text) {
        byte[] address = networks.isEmpty() ? null : Cidr.address(text);
        if (address != null) {
            for (int bits : prefixes.descendingSet()) {
                add(signs, reason, networks.get(new Cidr(address, bits)));
            }
        }
    }

    private void host(Signs signs, String reason, String host) {
        within(signs, reason, host);
        String ascii = InternationalNames.ascii(host);
        if (!ascii.equalsIgnoreCase(host)) {
            within(signs, reason, ascii);
        }
    }

    private void within(Signs signs, String reason, String host) {
        String at = host;
        while (at.indexOf('.') > 0) {
            text(signs, reason, IndicatorType.DOMAIN, at);
            at = at.substring(at.indexOf('.') + 1);
        }
    }

    private void text(Signs signs, String reason, IndicatorType type, String text) {
        Values values = byType.get(type);
        if (values != null && !text.isEmpty()) {
            add(signs, reason, values.of(text.toLowerCase(Locale.ROOT)));
        }
    }

    private static void add(Signs signs, String reason, @Nullable Indicator known) {
        if (known != null) {
            signs.add(reason, known.value() + " (" + known.origin() + ")");
        }
    }
}
