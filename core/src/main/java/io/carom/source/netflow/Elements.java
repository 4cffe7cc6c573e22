package io.carom.source.netflow;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// What the fields of flows are called and how their bytes are read, from `elements.csv`. Fields that
/// nobody names go by their numbers: `element_N`, `enterprise_PEN_N`.
final class Elements {
    /// How a field's bytes are read.
    enum Form {
        NUMBER,
        IP4,
        IP6,
        MAC,
        TEXT,
        SECONDS,
        MILLIS,
        NTP,
        FLOAT,
        OCTETS,
        /// Milliseconds since the exporter started.
        UPTIME,
        /// A classification engine and a number (RFC 6759, section 4).
        APPLICATION,
        FORWARDING
    }

    record Element(String name, Form form) {}

    /// Fields of the other direction (RFC 5103, section 6.1).
    private static final int REVERSE = 29_305;

    private static final Map<Integer, Element> IPFIX = new HashMap<>();
    private static final Map<Integer, Element> VERSION_9 = new HashMap<>();

    static {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Elements.class.getResourceAsStream("elements.csv")), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("#")) {
                    continue;
                }
                String[] parts = line.split(",", -1);
                Form form = Form.valueOf(parts[1].toUpperCase(Locale.ROOT));
                int number = Integer.parseInt(parts[0]);
                IPFIX.put(number, new Element(parts[2], form));
                VERSION_9.put(number, new Element(parts[3].isEmpty() ? parts[2] : parts[3], form));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Elements() {}

    /// @param enterprise 0 for IANA's own
    static Element of(int version, int enterprise, int number) {
        Map<Integer, Element> known = version == 9 ? VERSION_9 : IPFIX;
        if (enterprise == 0) {
            Element element = known.get(number);
            return element != null ? element : new Element("element_" + number, Form.OCTETS);
        }
        Element forward = enterprise == REVERSE ? known.get(number) : null;
        return forward == null
                ? new Element("enterprise_" + enterprise + "_" + number, Form.OCTETS)
                : new Element(
                        "reverse" + Character.toUpperCase(forward.name.charAt(0)) + forward.name.substring(1),
                        forward.form);
    }
}
