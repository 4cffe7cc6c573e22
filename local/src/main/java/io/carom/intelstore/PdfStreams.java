package io.carom.intelstore;

import io.carom.intel.DocumentText.Refused;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Looks at the packed streams of a PDF before anything unpacks them: each is inflated into nothing and
/// counted, those within others too. A reader of PDF unpacks what it meets whole, so this must come
/// first.
final class PdfStreams {
    /// Bytes that one stream may unpack to, and all together.
    private static final long MAX_STREAM = 64L << 20;

    private static final long MAX_ALL = 512L << 20;

    /// Packed within packed; nobody needs a third.
    private static final int MAX_DEPTH = 3;

    /// A document packed in the old way (LZW) of more bytes is refused: it may unpack to thousands of
    /// times as much.
    private static final int MAX_OLD = 256 << 10;

    private static final byte[] STREAM = "stream".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern ESCAPED = Pattern.compile("#([0-9a-fA-F]{2})");

    private PdfStreams() {}

    static void check(byte[] pdf) throws Refused {
        String names = ESCAPED.matcher(new String(pdf, StandardCharsets.ISO_8859_1))
                .replaceAll(m -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(m.group(1), 16))));
        if (names.contains("/Encrypt")) {
            throw new Refused("it is locked with a password; save it without");
        }
        if (names.contains("/LZWDecode") && pdf.length > MAX_OLD) {
            throw new Refused("it is packed in an old way (LZW) that is not unpacked; print it to a new PDF");
        }
        long all = 0;
        for (int at = 0; at + STREAM.length < pdf.length; at++) {
            if (!keyword(pdf, at)) {
                continue;
            }
            int from = at + STREAM.length;
            from += from < pdf.length && pdf[from] == '\r' ? 1 : 0;
            from += from < pdf.length && pdf[from] == '\n' ? 1 : 0;
            all += unpacked(pdf, from, 1);
            if (all > MAX_ALL) {
                throw new Refused("it unpacks to more than " + (MAX_ALL >> 20) + " MB");
            }
            at = from - 1;
        }
    }

    private static boolean keyword(byte[] pdf, int at) {
        for (int i = 0; i < STREAM.length; i++) {
            if (pdf[at + i] != STREAM[i]) {
                return false;
            }
        }
        // "endstream" ends one.
        return at == 0 || pdf[at - 1] != 'd';
    }

    /// How much lies packed there; 0 if nothing does.
    private static long unpacked(byte[] bytes, int from, int depth) throws Refused {
        if (from + 1 >= bytes.length
                || (bytes[from] & 0x0F) != 8
                || ((bytes[from] & 0xFF) << 8 | bytes[from + 1] & 0xFF) % 31 != 0) {
            return 0;
        }
        if (depth > MAX_DEPTH) {
            throw new Refused("it is packed within packed within packed");
        }
        Inflater inflater = new Inflater();
        byte[] out = new byte[1 << 16];
        byte[] head = new byte[0];
        long sum = 0;
        try {
            inflater.setInput(bytes, from, bytes.length - from);
            while (!inflater.finished()) {
                int n = inflater.inflate(out);
                if (n == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    break;
                }
                if (sum == 0) {
                    head = java.util.Arrays.copyOf(out, n);
                }
                sum += n;
                if (sum > MAX_STREAM) {
                    throw new Refused("a part of it unpacks to more than " + (MAX_STREAM >> 20) + " MB");
                }
            }
            return sum + inner(bytes, from, head, depth);
        } catch (DataFormatException e) {
            // Not packed after all, or damaged: what could be unpacked counts.
            return sum;
        } finally {
            inflater.end();
        }
    }

    /// What is packed in what was unpacked.
    private static long inner(byte[] bytes, int from, byte[] head, int depth) throws Refused {
        if (head.length < 2 || (head[0] & 0x0F) != 8 || ((head[0] & 0xFF) << 8 | head[1] & 0xFF) % 31 != 0) {
            return 0;
        }
        Inflater outer = new Inflater();
        try {
            outer.setInput(bytes, from, bytes.length - from);
            java.io.ByteArrayOutputStream whole = new java.io.ByteArrayOutputStream();
            byte[] out = new byte[1 << 16];
            while (!outer.finished()) {
                int n = outer.inflate(out);
                if (n == 0) {
                    break;
                }
                whole.write(out, 0, n);
            }
            return unpacked(whole.toByteArray(), 0, depth + 1);
        } catch (DataFormatException e) {
            return 0;
        } finally {
            outer.end();
        }
    }
}
