package io.carom.source;

import io.carom.event.Attribute;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.Kind;
import io.carom.source.mapping.Conversion;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.Numbers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Conversions and attributes that firewalls and gateways share: addresses that may be names, accounts with
/// their domain before them, protocols by number or name, verdicts.
final class NetworkFields {
    /// How sure it is that `src_endpoint` began the connection: 1 where the product says so, 0.5 where
    /// nothing does.
    static final Attribute INITIATOR_CONFIDENCE = Attribute.unmapped("carom.initiator_confidence", Kind.FLOAT);

    static final long SURE = Double.doubleToRawLongBits(1.0);
    static final long LIKELY = Double.doubleToRawLongBits(0.8);
    static final long OPEN = Double.doubleToRawLongBits(0.5);

    private NetworkFields() {}

    /// An address where the product writes one; another text is no fault.
    static final Conversion IP_OR_NONE = (row, to, slice, kind) -> {
        Conversion.IP.write(row, to, slice, kind);
        return true;
    };

    /// A host name where the product writes names for addresses.
    static final Conversion HOSTNAME = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int length = Column.length(slice);
        return isNone(row.bytes(), from, length)
                || Addresses.clean(row.bytes(), from, from + length) >= 0
                || Conversion.TEXT.write(row, to, slice, kind);
    };

    private static final Attribute[] SOURCE = {
        Attribute.of("src_endpoint.ip"),
        Attribute.of("src_endpoint.hostname"),
        Attribute.of("src_endpoint.name"),
        Attribute.of("src_endpoint.interface_name")
    };
    private static final Attribute[] DESTINATION = {
        Attribute.of("dst_endpoint.ip"),
        Attribute.of("dst_endpoint.hostname"),
        Attribute.of("dst_endpoint.name"),
        Attribute.of("dst_endpoint.interface_name")
    };

    /// The port of an endpoint that something else names: OCSF knows no endpoint that is a port alone. For
    /// fallbacks.
    static final Conversion SOURCE_PORT =
            (row, to, slice, kind) -> !isNamed(row, SOURCE) || Conversion.PORT.write(row, to, slice, kind);

    static final Conversion DESTINATION_PORT =
            (row, to, slice, kind) -> !isNamed(row, DESTINATION) || Conversion.PORT.write(row, to, slice, kind);

    private static boolean isNamed(Row row, Attribute[] endpoint) {
        for (Attribute name : endpoint) {
            if (row.batch().has(name)) {
                return true;
            }
        }
        return false;
    }

    /// A hardware address as OCSF writes it, six pairs with colons or dashes; another form gives none.
    static final Conversion MAC = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        if (Column.length(slice) != 17) {
            return true;
        }
        for (int i = 0; i < 17; i++) {
            byte c = b[from + i];
            boolean good = i % 3 == 2 ? c == ':' || c == '-' : Character.digit(c, 16) >= 0;
            if (!good) {
                return true;
            }
        }
        Conversion.put(row, to, slice);
        return true;
    };

    /// Text, where `-`, `N/A`, `none`, `(null)`, `Unknown` and `<unknown>` mean that there is none.
    static final Conversion WORD =
            (row, to, slice, kind) -> isNone(row.bytes(), Column.from(slice), Column.length(slice))
                    || Conversion.TEXT.write(row, to, slice, kind);

    /// The account of `DOMAIN\account`, or the whole where no domain stands before it.
    static final Conversion ACCOUNT = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int end = from + Column.length(slice);
        if (isNone(row.bytes(), from, end - from)) {
            return true;
        }
        int behind = behindBackslash(row.bytes(), from, end);
        if (behind < end) {
            Conversion.put(row, to, Column.pack(behind, end));
        }
        return true;
    };

    /// The domain of `DOMAIN\account`.
    static final Conversion DOMAIN = (row, to, slice, kind) -> {
        int from = Column.from(slice);
        int behind = behindBackslash(row.bytes(), from, from + Column.length(slice));
        int end = behind;
        while (end > from && row.bytes()[end - 1] == '\\') {
            end--;
        }
        if (end > from && behind > from) {
            Conversion.put(row, to, Column.pack(from, end));
        }
        return true;
    };

    private static int behindBackslash(byte[] b, int from, int to) {
        for (int at = to - 1; at >= from; at--) {
            if (b[at] == '\\') {
                return at + 1;
            }
        }
        return from;
    }

    private static final byte[] ICMP = ascii("icmp");
    private static final byte[] IGMP = ascii("igmp");
    private static final byte[] TCP = ascii("tcp");
    private static final byte[] UDP = ascii("udp");
    private static final byte[] GRE = ascii("gre");
    private static final byte[] ESP = ascii("esp");
    private static final byte[] ICMP6 = ascii("ipv6-icmp");
    private static final byte[] OSPF = ascii("ospf");
    private static final byte[] SCTP = ascii("sctp");

    /// A protocol's name in lower case, where the product writes the number of IANA's registry or a name.
    static final Conversion PROTOCOL = (row, to, slice, kind) -> {
        long number = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        if (number == Numbers.NONE) {
            return isNone(row.bytes(), Column.from(slice), Column.length(slice))
                    || Conversion.LOWER.write(row, to, slice, kind);
        }
        byte[] name = switch ((int) number) {
            case 1 -> ICMP;
            case 2 -> IGMP;
            case 6 -> TCP;
            case 17 -> UDP;
            case 47 -> GRE;
            case 50 -> ESP;
            case 58 -> ICMP6;
            case 89 -> OSPF;
            case 132 -> SCTP;
            default -> null;
        };
        if (name != null) {
            Conversion.put(row, to, row.batch().constant(name));
        }
        return true;
    };

    /// The number of a protocol that the product writes as a number or a name; unknown names give none.
    static final Conversion PROTOCOL_NUMBER = (row, to, slice, kind) -> {
        byte[] b = row.bytes();
        int from = Column.from(slice);
        int length = Column.length(slice);
        long number = Numbers.integer(b, from, length);
        if (number == Numbers.NONE) {
            number = isWord(b, from, length, "tcp")
                    ? 6
                    : isWord(b, from, length, "udp")
                            ? 17
                            : isWord(b, from, length, "icmp") ? 1 : isWord(b, from, length, "ipv6-icmp") ? 58 : -1;
        }
        if (number >= 0 && number <= 255) {
            Conversion.put(row, to, number);
        }
        return true;
    };

    private static final Attribute ACTION = Attribute.of("action");
    private static final Attribute DISPOSITION = Attribute.of("disposition_id");
    private static final int ALLOWED = 1;
    private static final int DENIED = 2;

    /// Verdicts as `action_id * 100 + disposition_id`.
    private static final Map<String, Integer> VERDICTS = new HashMap<>();

    private static void verdict(int action, int disposition, String... words) {
        for (String word : words) {
            VERDICTS.put(word, action * 100 + disposition);
        }
    }

    static {
        verdict(
                ALLOWED,
                1,
                "allow",
                "allowed",
                "accept",
                "accepted",
                "pass",
                "passed",
                "permit",
                "permitted",
                "forward",
                "passthrough",
                "bypass",
                "bypassed",
                "trust",
                "authorized",
                "decrypt",
                "encrypt",
                "https bypass",
                "https inspect",
                "start",
                "close",
                "timeout",
                "client-rst",
                "server-rst",
                "continue",
                "built",
                "rdr",
                "nat",
                "binat");
        verdict(ALLOWED, 17, "log", "monitor", "monitored");
        verdict(ALLOWED, 15, "detect", "detected");
        verdict(ALLOWED, 19, "alert");
        verdict(
                DENIED,
                2,
                "deny",
                "denied",
                "block",
                "blocked",
                "block-url",
                "block-ip",
                "block-continue",
                "block-override",
                "prevent",
                "violation",
                "refused",
                "forbidden",
                "clear_session",
                "sinkhole");
        verdict(
                DENIED,
                6,
                "drop",
                "dropped",
                "drop-icmp",
                "drop-all",
                "drop-packet",
                "random-drop",
                "discard",
                "discarded",
                "silent_drop");
        verdict(DENIED, 25, "reject", "rejected");
        verdict(
                DENIED,
                21,
                "reset",
                "reset-both",
                "reset-client",
                "reset-server",
                "reset_client",
                "reset_server",
                "block with reset",
                "terminate");
        verdict(DENIED, 3, "quarantine", "quarantined");
    }

    private static final byte[][] WORDS = new byte[VERDICTS.size()][];
    private static final int[] MEANINGS = new int[VERDICTS.size()];

    static {
        int i = 0;
        for (Map.Entry<String, Integer> entry : VERDICTS.entrySet()) {
            WORDS[i] = ascii(entry.getKey());
            MEANINGS[i++] = entry.getValue();
        }
    }

    /// OCSF's `action_id` and `disposition_id` of the usual verdicts of firewalls, 0 if the word is none of
    /// them.
    private static int meaning(byte[] b, int from, int length) {
        for (int n = 0; n < WORDS.length; n++) {
            byte[] word = WORDS[n];
            if (word.length == length) {
                int at = 0;
                while (at < length && lower(b[from + at]) == word[at]) {
                    at++;
                }
                if (at == length) {
                    return MEANINGS[n];
                }
            }
        }
        return 0;
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    /// As {@link #VERDICT}, where a word that is no verdict means something else and is not understood.
    static final Conversion KNOWN_VERDICT = (row, to, slice, kind) -> {
        int meaning = meaning(row.bytes(), Column.from(slice), Column.length(slice));
        if (meaning == 0) {
            return false;
        }
        row.set(to, meaning / 100);
        row.set(DISPOSITION, meaning % 100);
        return true;
    };

    /// To `action_id`, with `disposition_id` beside it: what a firewall decided. Another word is kept as
    /// `action`, Other.
    static final Conversion VERDICT = (row, to, slice, kind) -> {
        if (!KNOWN_VERDICT.write(row, to, slice, kind)
                && !isNone(row.bytes(), Column.from(slice), Column.length(slice))) {
            row.set(to, 99);
            row.set(ACTION, slice);
        }
        return true;
    };

    /// Whether the field names an endpoint: an address or a host, not a word for none.
    static boolean isSaid(Row row, int field) {
        long slice = row.value(field);
        return slice >= 0 && !isNone(row.bytes(), Column.from(slice), Column.length(slice));
    }

    /// Whether this value says that there is none.
    static boolean isNone(byte[] b, int from, int length) {
        return switch (length) {
            case 0 -> true;
            case 1 -> b[from] == '-';
            case 3 -> isWord(b, from, length, "n/a");
            case 4 -> isWord(b, from, length, "none") || isWord(b, from, length, "null");
            case 6 -> isWord(b, from, length, "(null)") || isWord(b, from, length, "(none)");
            case 7 -> isWord(b, from, length, "unknown");
            case 9 -> isWord(b, from, length, "undefined") || isWord(b, from, length, "<unknown>");
            case 12 -> isWord(b, from, length, "not provided");
            default -> false;
        };
    }

    /// Whether these bytes are the lower-case ASCII word, in any case.
    static boolean isWord(byte[] b, int from, int length, String word) {
        if (length != word.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int c = b[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// Which of two ports is the service's: gives 1 if the second's, -1 if the first's, 0 if they do not
    /// tell.
    ///
    /// A service listens below the range from which clients take theirs (RFC 6335 section 6; systems
    /// differ, 32768 is the lowest in wide use), and well-known ones below 1024.
    static int serviceSide(long first, long second) {
        if (first < 0 || second < 0 || first == second) {
            return 0;
        }
        boolean firstLow = first < 1024;
        boolean secondLow = second < 1024;
        if (firstLow != secondLow) {
            return secondLow ? 1 : -1;
        }
        boolean firstHigh = first >= 32768;
        boolean secondHigh = second >= 32768;
        return firstHigh == secondHigh ? 0 : firstHigh ? 1 : -1;
    }

    /// The port in the row's first field of this name, or -1.
    static long port(Row row, int field) {
        long slice = row.value(field);
        if (slice < 0) {
            return -1;
        }
        long value = Numbers.integer(row.bytes(), Column.from(slice), Column.length(slice));
        return value >= 0 && value <= 65535 ? value : -1;
    }

    /// Gives the row a field with this text unless the text is empty.
    static void field(Row row, int name, long slice) {
        if (slice >= 0 && Column.length(slice) > 0) {
            row.field(name, slice, EventBatch.TEXT);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
