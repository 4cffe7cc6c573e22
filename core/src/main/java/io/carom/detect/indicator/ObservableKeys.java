package io.carom.detect.indicator;

import io.carom.event.Attribute;
import io.carom.event.Cidr;
import io.carom.text.InternationalNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/// What a value of an event can be asked for: the forms under which it is compared with indicators, and
/// under which the sightings index keeps it. Both go by this one class, so a hunt over what is kept and
/// the look at what arrives cannot differ. One instance belongs to one thread.
///
/// A mail address is itself and the host behind its `@`; a URL is itself and its host; a host is itself,
/// without a port, or the address that stands in its place; an account is itself, the name behind its
/// domain, and a mail address if it is one. Forms come in the order in which they weigh: the first that is
/// an indicator is what the value is told as.
public final class ObservableKeys {
    /// Kinds of keys. An address is a key of 4 or 16 bytes, everything else text in lower case.
    public static final int IP4 = 1, IP6 = 2, HOST = 3, URL = 4, HASH = 5, EMAIL = 6, FILE = 7, ACCOUNT = 8;

    /// Kinds of keys: an HTTP user agent; a JA4 fingerprint.
    public static final int AGENT = 9, JA4 = 10;

    /// Values that are longer are no observables.
    public static final int LONGEST = 1 << 16;

    /// Of an attribute that holds nothing which can be asked for.
    public static final int NONE = -1;

    /// Of an attribute that holds addresses and names.
    private static final int BY_CONTENT = 0;

    private static final int JA4_TYPE = 1000;

    /// Bytes of a name with letters beyond ASCII: four of each, where each takes a letter at least of the
    /// 253 that a name may have (RFC 1035, section 2.3.4).
    private static final int LONGEST_NAME = 4 * 253;

    private static final Attribute ANSWERS = Attribute.of("answers[].rdata");
    private static final Attribute SNI = Attribute.of("tls.sni");

    /// Takes the keys of a value. The bytes are lent for the call.
    @FunctionalInterface
    public interface Sink {
        /// @return false if no further key is wanted
        boolean key(int kind, byte[] bytes, int from, int to);
    }

    private byte[] folded = new byte[512];
    private final byte[] address = new byte[16];
    private boolean ascii;

    /// How values of an attribute are read; {@link #NONE} if they are no observables.
    public static int type(Attribute attribute) {
        if (!attribute.kind().isText()) {
            return NONE;
        }
        int type = attribute.observableType();
        return switch (type) {
            case 1, 2, 4, 5, 6, 7, 8, 9, 16, 45 -> type;
            case 0 -> {
                if (attribute == ANSWERS || attribute == SNI) {
                    yield BY_CONTENT;
                }
                yield attribute.path().contains("ja4_fingerprint")
                                && attribute.path().endsWith("value")
                        ? JA4_TYPE
                        : NONE;
            }
            default -> NONE;
        };
    }

    /// Gives the keys of a value to the sink, until it wants no more.
    ///
    /// @param type as {@link #type} gives it
    public void of(byte[] b, int from, int length, int type, Sink sink) {
        if (length == 0 || length > LONGEST) {
            return;
        }
        int n = fold(b, from, length);
        switch (type) {
            case BY_CONTENT, 1 -> name(n, sink);
            case 2 -> ip(0, n, sink);
            case 4 -> account(n, sink);
            case 5 -> email(n, sink);
            case 6 -> url(n, sink);
            case 7, 9, 45 -> {
                int name = lastSlash(n);
                if (name < n) {
                    sink.key(FILE, folded, name, n);
                }
            }
            case 8 -> sink.key(HASH, folded, 0, n);
            case 16 -> sink.key(AGENT, folded, 0, n);
            case JA4_TYPE -> sink.key(JA4, folded, 0, n);
            default -> {}
        }
    }

    /// Copies the value in lower case; gives its length then.
    private int fold(byte[] b, int from, int length) {
        if (folded.length < length) {
            folded = new byte[length * 2];
        }
        int all = 0;
        for (int i = 0; i < length; i++) {
            byte c = b[from + i];
            all |= c;
            folded[i] = c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
        }
        ascii = all >= 0;
        if (ascii) {
            return length;
        }
        byte[] lower = new String(b, from, length, StandardCharsets.UTF_8)
                .toLowerCase(Locale.ROOT)
                .getBytes(StandardCharsets.UTF_8);
        if (folded.length < lower.length) {
            folded = new byte[lower.length * 2];
        }
        System.arraycopy(lower, 0, folded, 0, lower.length);
        return lower.length;
    }

    private boolean ip(int from, int to, Sink sink) {
        int kind = parse(from, to);
        return kind == 0 || emit(kind, sink);
    }

    private boolean emit(int kind, Sink sink) {
        return kind == IP4 ? sink.key(IP4, address, 12, 16) : sink.key(IP6, address, 0, 16);
    }

    /// Reads an address: the kind it is, or 0. Its 16 bytes are in `address` then.
    private int parse(int from, int to) {
        if (to - from > 45 || to - from < 2) {
            return 0;
        }
        int part = 0;
        int value = -1;
        for (int i = from; i <= to; i++) {
            byte c = i == to ? (byte) '.' : folded[i];
            if (c == '.') {
                if (value < 0 || part > 3) {
                    return 0;
                }
                address[12 + part++] = (byte) value;
                value = -1;
            } else if (c >= '0' && c <= '9') {
                value = (value < 0 ? 0 : value * 10) + c - '0';
                if (value > 255) {
                    return parse6(from, to);
                }
            } else {
                return parse6(from, to);
            }
        }
        return part == 4 ? IP4 : 0;
    }

    private int parse6(int from, int to) {
        boolean colon = false;
        for (int i = from; i < to; i++) {
            byte c = folded[i];
            if (c == ':') {
                colon = true;
            } else if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c == '.')) {
                return 0;
            }
        }
        byte[] bytes = colon ? Cidr.address(new String(folded, from, to - from, StandardCharsets.ISO_8859_1)) : null;
        if (bytes == null) {
            return 0;
        }
        System.arraycopy(bytes, 0, address, 0, 16);
        return mapped(bytes) ? IP4 : IP6;
    }

    /// Whether an address of 16 bytes is one of IPv4.
    static boolean mapped(byte[] address) {
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return address[10] == -1 && address[11] == -1;
    }

    /// A name or an address, as either stands in a `Host` header: `files.example:8080`, `[2001:db8::9]:443`.
    private void name(int length, Sink sink) {
        int from = 0;
        int to = length;
        int close = folded[0] == '[' ? indexOf(']', 1, length) : length;
        if (close < length) {
            if (close + 1 == length || folded[close + 1] == ':' && isPort(close + 2, length)) {
                from = 1;
                to = close;
            }
        } else {
            int colon = indexOf(':', 0, length);
            if (colon > 0 && isPort(colon + 1, length)) {
                to = colon;
            }
        }
        int kind = parse(from, to);
        if (kind == 0) {
            host(from, to, sink);
        } else {
            emit(kind, sink);
        }
    }

    private boolean isPort(int from, int to) {
        for (int i = from; i < to; i++) {
            if (folded[i] < '0' || folded[i] > '9') {
                return false;
            }
        }
        return to > from && to - from <= 5;
    }

    private boolean host(int from, int to, Sink sink) {
        int end = to > from && folded[to - 1] == '.' ? to - 1 : to;
        if (end <= from) {
            return true;
        }
        if (!ascii) {
            byte[] name = ascii(from, end);
            return sink.key(HOST, name, 0, name.length);
        }
        return sink.key(HOST, folded, from, end);
    }

    /// A name with letters beyond ASCII, as it travels.
    private byte[] ascii(int from, int to) {
        if (to - from > LONGEST_NAME) {
            return Arrays.copyOfRange(folded, from, to);
        }
        String name = new String(folded, from, to - from, StandardCharsets.UTF_8);
        String ascii = InternationalNames.ascii(name);
        return ascii.equals(name) ? Arrays.copyOfRange(folded, from, to) : ascii.getBytes(StandardCharsets.ISO_8859_1);
    }

    /// `Name <a@b>` too.
    private void email(int length, Sink sink) {
        int open = indexOf('<', 0, length);
        int from = open < length ? open + 1 : 0;
        int to = open < length ? indexOf('>', from, length) : length;
        if (to <= from || !sink.key(EMAIL, folded, from, to)) {
            return;
        }
        int at = indexOf('@', from, to);
        if (at < to) {
            host(at + 1, to, sink);
        }
    }

    /// `DOMAIN\\user`, `user@domain` or `user`.
    private void account(int length, Sink sink) {
        if (!sink.key(ACCOUNT, folded, 0, length)) {
            return;
        }
        int slash = indexOf('\\', 0, length);
        if (slash < length - 1 && !sink.key(ACCOUNT, folded, slash + 1, length)) {
            return;
        }
        if (indexOf('@', 0, length) < length) {
            email(length, sink);
        }
    }

    private void url(int length, Sink sink) {
        int from = 0;
        for (int i = 0; i + 2 < length && i < 16; i++) {
            if (folded[i] == ':' && folded[i + 1] == '/' && folded[i + 2] == '/') {
                from = i + 3;
                break;
            }
        }
        int to = withoutUsualPort(from, indexOf('#', from, length));
        if (to == from || !sink.key(URL, folded, from, to)) {
            return;
        }
        int stop = Math.min(indexOf('/', from, to), indexOf('?', from, to));
        int user = stop;
        while (user > from && folded[user - 1] != '@') {
            user--;
        }
        int host = user;
        int end;
        if (host < stop && folded[host] == '[') {
            host++;
            end = indexOf(']', host, stop);
        } else {
            end = indexOf(':', host, stop);
        }
        if (end == host) {
            return;
        }
        int kind = parse(host, end);
        if (kind == 0) {
            host(host, end, sink);
        } else {
            emit(kind, sink);
        }
    }

    /// Takes `:80` and `:443` out of a URL: most write neither. Gives its end then.
    private int withoutUsualPort(int from, int to) {
        int stop = Math.min(indexOf('/', from, to), indexOf('?', from, to));
        int colon = stop;
        while (colon > from && folded[colon - 1] >= '0' && folded[colon - 1] <= '9') {
            colon--;
        }
        colon--;
        if (colon <= from || folded[colon] != ':') {
            return to;
        }
        int digits = stop - colon - 1;
        boolean usual = digits == 2 && folded[colon + 1] == '8' && folded[colon + 2] == '0'
                || digits == 3 && folded[colon + 1] == '4' && folded[colon + 2] == '4' && folded[colon + 3] == '3';
        if (!usual || !isHost(from, colon)) {
            return to;
        }
        System.arraycopy(folded, stop, folded, colon, to - stop);
        return to - (stop - colon);
    }

    /// Whether what stands before a colon is a name, or an address in brackets: an address of IPv6 without
    /// them has colons of its own.
    private boolean isHost(int from, int to) {
        return folded[to - 1] == ']' || indexOf(':', indexOfHost(from, to), to) == to;
    }

    private int indexOfHost(int from, int to) {
        int at = to;
        while (at > from && folded[at - 1] != '@') {
            at--;
        }
        return at;
    }

    private int lastSlash(int length) {
        int at = length;
        while (at > 0 && folded[at - 1] != '/' && folded[at - 1] != '\\') {
            at--;
        }
        return at;
    }

    private int indexOf(char c, int from, int to) {
        for (int i = from; i < to; i++) {
            if (folded[i] == c) {
                return i;
            }
        }
        return to;
    }
}
