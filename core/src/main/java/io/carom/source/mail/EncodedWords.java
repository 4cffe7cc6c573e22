package io.carom.source.mail;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.apache.james.mime4j.util.CharsetUtil;
import org.jspecify.annotations.Nullable;

/// Text of header fields with its encoded words decoded (RFC 2047): `=?utf-8?Q?J=C3=A4ne?=`.
///
/// Lenient as mail programs are: a character may be split over neighbouring words of one character set,
/// words may stand anywhere, padding may be missing. One pass, which MIME4J's own decoder, with its
/// regular expression, is not on hostile text (64 KiB of `=?` cost it seconds).
public final class EncodedWords {
    private EncodedWords() {}

    public static String decode(String text) {
        if (text.indexOf("=?") < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Charset of = null;
        int at = 0;
        while (at < text.length()) {
            int start = text.indexOf("=?", at);
            int[] word = start < 0 ? null : word(text, start);
            if (start < 0) {
                break;
            }
            Charset charset = word == null ? null : charset(text.substring(start + 2, word[0]));
            if (word == null || charset == null) {
                of = flush(bytes, of, out);
                out.append(text, at, start + 2);
                at = start + 2;
                continue;
            }
            // White space between two words is none (RFC 2047 section 6.2).
            boolean neighbours = of != null && text.substring(at, start).isBlank();
            if (!neighbours || !charset.equals(of)) {
                of = flush(bytes, of, out);
                if (!neighbours) {
                    out.append(text, at, start);
                }
            }
            of = charset;
            if ((text.charAt(word[0] + 1) | 0x20) == 'b') {
                base64(text, word[0] + 3, word[1], bytes);
            } else {
                quoted(text, word[0] + 3, word[1], bytes);
            }
            at = word[1] + 2;
        }
        flush(bytes, of, out);
        return out.append(text, at, text.length()).toString();
    }

    /// Where the character set and the encoded text of the word that begins here end; null if it is
    /// none. Looked for in 1,000 characters at most (RFC 2047 allows 75).
    private static int @Nullable [] word(String text, int start) {
        int most = Math.min(text.length(), start + 1_000);
        int question = start + 2;
        while (question < most && question - start < 64 && text.charAt(question) != '?') {
            question++;
        }
        if (question + 3 >= most
                || text.charAt(question) != '?'
                || "bBqQ".indexOf(text.charAt(question + 1)) < 0
                || text.charAt(question + 2) != '?') {
            return null;
        }
        for (int end = question + 3; end + 1 < most; end++) {
            if (text.charAt(end) == '?' && text.charAt(end + 1) == '=') {
                return new int[] {question, end};
            }
        }
        return null;
    }

    private static @Nullable Charset flush(ByteArrayOutputStream bytes, @Nullable Charset of, StringBuilder out) {
        if (of != null) {
            out.append(bytes.toString(of));
            bytes.reset();
        }
        return null;
    }

    /// The character set of this name, without a language behind it (RFC 2231 section 5); null if
    /// unknown.
    static @Nullable Charset charset(String name) {
        int star = name.indexOf('*');
        String bare = (star < 0 ? name : name.substring(0, star)).strip().toLowerCase(Locale.ROOT);
        Charset known = bare.isEmpty() ? null : CharsetUtil.lookup(bare);
        if (known == null || !known.canEncode()) {
            return null;
        }
        // What calls itself Latin-1 or ASCII is Windows-1252 in practice, and others too are used beyond what they
        // have: browsers read the larger set (WHATWG Encoding, section 4.2).
        String larger = LARGER.get(known.name().toLowerCase(Locale.ROOT));
        return larger != null && Charset.isSupported(larger) ? Charset.forName(larger) : known;
    }

    private static final Map<String, String> LARGER = Map.of(
            "iso-8859-1", "windows-1252",
            "us-ascii", "windows-1252",
            "gb2312", "GB18030",
            "gbk", "GB18030",
            "euc-kr", "x-windows-949",
            "shift_jis", "windows-31j",
            "iso-8859-9", "windows-1254",
            "tis-620", "x-windows-874",
            "iso-8859-11", "x-windows-874");

    private static void quoted(String text, int from, int to, ByteArrayOutputStream bytes) {
        for (int at = from; at < to; at++) {
            char c = text.charAt(at);
            if (c == '=' && at + 2 < to) {
                int high = Character.digit(text.charAt(at + 1), 16);
                int low = Character.digit(text.charAt(at + 2), 16);
                if (high >= 0 && low >= 0) {
                    bytes.write(high << 4 | low);
                    at += 2;
                    continue;
                }
            }
            if (c == '_') {
                bytes.write(' ');
            } else if (c < 0x80) {
                bytes.write(c);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static void base64(String text, int from, int to, ByteArrayOutputStream bytes) {
        int bits = 0;
        int have = 0;
        for (int at = from; at < to; at++) {
            int value = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".indexOf(text.charAt(at));
            if (value < 0) {
                // Padding ends a run; some programs put several into one word.
                have = text.charAt(at) == '=' ? 0 : have;
                continue;
            }
            bits = bits << 6 | value;
            have += 6;
            if (have >= 8) {
                have -= 8;
                bytes.write(bits >> have & 0xFF);
            }
        }
    }
}
