package io.carom.detect.sigma.engine;

import io.carom.event.Cidr;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One value of an event in the forms in which tests ask for it, each made at most once. Reused.
final class Value {
    /// An address in its longest form, and a zone.
    private static final int LONGEST_ADDRESS = 80;

    private byte[] bytes = new byte[0];
    private int from;
    private int to;
    private @Nullable String text;
    private final Folded folded = new Folded();
    private boolean isFolded;
    private boolean addressRead;
    private byte @Nullable [] address;
    private boolean numberRead;
    private double number;

    @SuppressWarnings("ReferenceEquality")
    Value of(byte[] b, int start, int end) {
        // Most values of a batch stand in one array; to write it each time would cost a barrier of the collector's.
        if (bytes != b) {
            bytes = b;
        }
        from = start;
        to = end;
        if (text != null) {
            text = null;
        }
        isFolded = false;
        addressRead = false;
        numberRead = false;
        return this;
    }

    Value of(String s) {
        byte[] b = s.getBytes(StandardCharsets.UTF_8);
        return of(b, 0, b.length);
    }

    byte[] bytes() {
        return bytes;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    String text() {
        String made = text;
        if (made == null) {
            made = new String(bytes, from, to - from, StandardCharsets.UTF_8);
            text = made;
        }
        return made;
    }

    Folded folded() {
        if (!isFolded) {
            isFolded = true;
            folded.of(bytes, from, to);
        }
        return folded;
    }

    byte @Nullable [] address() {
        if (!addressRead) {
            addressRead = true;
            address = to - from <= LONGEST_ADDRESS ? Cidr.address(withoutZone(text())) : null;
        }
        return address;
    }

    /// An address of IPv6 may have its zone behind it, as those of Windows' own logs do: `fe80::1%12` (RFC
    /// 4007, section 11).
    private static String withoutZone(String text) {
        int percent = text.indexOf('%');
        if (percent < 0 || percent + 1 == text.length() || text.lastIndexOf(':', percent) < 0) {
            return text;
        }
        for (int i = percent + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isZone = c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!isZone && "._~-".indexOf(c) < 0) {
                return text;
            }
        }
        return text.substring(0, percent);
    }

    /// The value as a number; NaN if it is none.
    double number() {
        if (!numberRead) {
            numberRead = true;
            number = Double.NaN;
            int length = to - from;
            if (length > 0 && length <= 32) {
                // `1d`, `0x1p3` and ` 1` are numbers to Java and to nobody else.
                boolean decimal = true;
                for (int i = from; i < to; i++) {
                    decimal &= "0123456789.+-eE".indexOf(bytes[i]) >= 0;
                }
                if (decimal) {
                    try {
                        number = Double.parseDouble(text());
                    } catch (NumberFormatException e) {
                        number = Double.NaN;
                    }
                }
            }
        }
        return number;
    }
}
