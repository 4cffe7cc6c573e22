package io.carom.detect.indicator;

import io.carom.event.Attribute;
import io.carom.event.Cidr;
import io.carom.event.Column;
import io.carom.event.EventBatch;
import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Finds indicators in events. One instance belongs to one thread.
///
/// Every observable of an event is asked once: addresses exactly and by network, host names by every
/// suffix, URLs
/// whole,
/// without scheme, without query, and by their host, hashes and mail addresses without regard to case.
/// Values repeat
/// heavily in logs, so those known to match nothing are remembered by fingerprint and cost one probe.
public final class IndicatorMatcher {
    /// Takes a match: the entry in the set, the row, the attribute and the slice of the value that was
    /// seen.
    @FunctionalInterface
    public interface Sink {
        void seen(Indicator indicator, int row, Attribute attribute, long slice);
    }

    private static final int MEMORY = 1 << 16;
    private static final int IP = IndicatorSet.kind(IndicatorType.IP);
    private static final int CIDR = IndicatorSet.kind(IndicatorType.CIDR);
    private static final int DOMAIN = IndicatorSet.kind(IndicatorType.DOMAIN);
    private static final int URL = IndicatorSet.kind(IndicatorType.URL);
    private static final int HASH = IndicatorSet.kind(IndicatorType.HASH);
    private static final int EMAIL = IndicatorSet.kind(IndicatorType.EMAIL);
    private static final int FILE_NAME = IndicatorSet.kind(IndicatorType.FILE_NAME);
    private static final int ACCOUNT = IndicatorSet.kind(IndicatorType.ACCOUNT);

    /// Attributes whose values are observables though OCSF types them as plain text.
    private static final Attribute ANSWERS = Attribute.of("answers[].rdata");
    private static final Attribute SNI = Attribute.of("tls.sni");

    private final IndicatorSet set;
    private final long[] misses = new long[MEMORY];
    private byte[] scratch = new byte[512];
    private final byte[] network = new byte[17];

    public IndicatorMatcher(IndicatorSet set) {
        this.set = set;
    }

    /// Gives every indicator that a row of the batch holds to the sink: column by column, rows ascending.
    public void match(EventBatch batch, Sink sink) {
        if (set.size() == 0) {
            return;
        }
        for (Column column : batch.columns()) {
            Attribute attribute = column.attribute();
            if (!attribute.kind().isText()) {
                continue;
            }
            int type = attribute.observableType();
            if (type == 0 && attribute != ANSWERS && attribute != SNI) {
                continue;
            }
            for (int row = 0; row < batch.rows(); row++) {
                int count = column.count(row);
                for (int i = 0; i < count; i++) {
                    long slice = column.value(row, i);
                    Indicator hit = look(batch, type, slice);
                    if (hit != null) {
                        sink.seen(hit, row, attribute, slice);
                    }
                }
            }
        }
    }

    /// The indicator a value is, whatever its kind; null if none. For questions about single values.
    public @Nullable Indicator match(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        EventBatch batch = new EventBatch(bytes.length + 16);
        long slice = batch.append(bytes, 0, bytes.length);
        for (int type : new int[] {2, 1, 6, 8, 5, 7, 4}) {
            Indicator hit = look(batch, type, slice);
            if (hit != null) {
                return hit;
            }
        }
        return null;
    }

    private @Nullable Indicator look(EventBatch batch, int type, long slice) {
        byte[] b = batch.arena();
        int from = Column.from(slice);
        int length = Column.length(slice);
        if (length == 0 || length > 1 << 16) {
            return null;
        }
        long print = IndicatorSet.hash(b, from, from + length, 64 + type);
        int slot = (int) (print >>> 40) & MEMORY - 1;
        if (misses[slot] == print) {
            return null;
        }
        int entry = entry(b, from, length, type);
        if (entry < 0) {
            misses[slot] = print;
            return null;
        }
        return set.indicator(entry);
    }

    /// Which entry the value is, by OCSF's observable type (0: told by content).
    private int entry(byte[] b, int from, int length, int type) {
        fold(b, from, length);
        return switch (type) {
            case 1 -> domain(0, length);
            case 2, 0 -> {
                int address = address(length);
                yield address >= 0 || type == 2 ? address : domain(0, length);
            }
            case 4 -> account(length);
            case 5 -> email(length);
            case 6 -> url(length);
            case 7, 9 -> set.find(scratch, lastSlash(length), length, FILE_NAME);
            case 8 -> set.find(scratch, 0, length, HASH);
            default -> -1;
        };
    }

    /// Copies the value in lower case.
    private void fold(byte[] b, int from, int length) {
        if (scratch.length < length) {
            scratch = new byte[length * 2];
        }
        for (int i = 0; i < length; i++) {
            byte c = b[from + i];
            scratch[i] = c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
        }
    }

    private int address(int length) {
        if (length > 45) {
            return -1;
        }
        byte[] address = Cidr.address(new String(scratch, 0, length, StandardCharsets.ISO_8859_1));
        if (address == null) {
            return -1;
        }
        int exact = set.find(address, 0, 16, IP);
        if (exact >= 0) {
            return exact;
        }
        for (int bits : set.prefixes()) {
            System.arraycopy(address, 0, network, 0, 16);
            for (int bit = bits; bit < 128; bit = (bit | 7) + 1) {
                network[bit >> 3] &= (byte) (0xFF00 >> (bit & 7));
            }
            network[16] = (byte) bits;
            int entry = set.find(network, 0, 17, CIDR);
            if (entry >= 0) {
                return entry;
            }
        }
        return -1;
    }

    /// A host name, by itself and by each suffix behind a dot, longest first.
    private int domain(int from, int to) {
        int end = to > from && scratch[to - 1] == '.' ? to - 1 : to;
        int at = from;
        while (at < end) {
            int entry = set.find(scratch, at, end, DOMAIN);
            if (entry >= 0) {
                return entry;
            }
            while (at < end && scratch[at] != '.') {
                at++;
            }
            at++;
        }
        return -1;
    }

    /// A mail address: `Name <a@b>` too; by itself, then by its domain.
    private int email(int length) {
        int open = indexOf('<', 0, length);
        int from = open < length ? open + 1 : 0;
        int to = open < length ? indexOf('>', from, length) : length;
        int entry = set.find(scratch, from, to, EMAIL);
        int at = indexOf('@', from, to);
        return entry >= 0 || at == to ? entry : domain(at + 1, to);
    }

    /// `DOMAIN\\user`, `user@domain` or `user`.
    private int account(int length) {
        int entry = set.find(scratch, 0, length, ACCOUNT);
        int slash = indexOf('\\', 0, length);
        if (entry < 0 && slash < length) {
            entry = set.find(scratch, slash + 1, length, ACCOUNT);
        }
        return entry < 0 && indexOf('@', 0, length) < length ? email(length) : entry;
    }

    private int url(int length) {
        int from = 0;
        for (int i = 0; i + 2 < length && i < 16; i++) {
            if (scratch[i] == ':' && scratch[i + 1] == '/' && scratch[i + 2] == '/') {
                from = i + 3;
                break;
            }
        }
        int to = indexOf('#', from, length);
        int path = indexOf('/', from, to);
        int query = indexOf('?', from, to);
        int entry = set.find(scratch, from, to, URL);
        if (entry < 0 && query < to) {
            entry = set.find(scratch, from, query, URL);
        }
        int stop = Math.min(path, query);
        if (entry < 0 && path + 1 == to) {
            entry = set.find(scratch, from, path, URL);
        }
        if (entry >= 0) {
            return entry;
        }
        int user = indexOf('@', from, stop);
        int host = user < stop ? user + 1 : from;
        int colon = indexOf(':', host, stop);
        entry = domain(host, colon);
        if (entry >= 0) {
            return entry;
        }
        byte[] whole = scratch;
        scratch = Arrays.copyOfRange(whole, host, Math.max(host, colon) + 16);
        entry = address(colon - host);
        scratch = whole;
        return entry;
    }

    private int lastSlash(int length) {
        int at = length;
        while (at > 0 && scratch[at - 1] != '/' && scratch[at - 1] != '\\') {
            at--;
        }
        return at;
    }

    private int indexOf(char c, int from, int to) {
        for (int i = from; i < to; i++) {
            if (scratch[i] == c) {
                return i;
            }
        }
        return to;
    }
}
