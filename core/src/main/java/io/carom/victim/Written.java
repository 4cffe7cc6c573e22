package io.carom.victim;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/// Names as they were meant, where a program wrote them in another way.
final class Written {
    private static final Charset WINDOWS = Charset.forName("windows-1252");

    private Written() {}

    /// A text file's text: UTF-8, or by its mark UTF-16, as PowerShell and spreadsheets write.
    static String text(byte[] bytes) {
        int first = bytes.length < 2 ? 0 : (bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF;
        if (first == 0xFFFE) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16LE);
        }
        if (first == 0xFEFF) {
            return new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_16BE);
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /// A name without what web servers (`K%C3%B6nig`), programs that take UTF-8 for Windows' letters
    /// (`KÃ¶nig`) and file systems that keep accents apart make of it.
    static String plain(String name) {
        String text = name.length() > Spelling.MOST * 8 ? name : mended(unescaped(name));
        return Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    /// RFC 3986, 2.1; the text itself where its bytes are no UTF-8.
    private static String unescaped(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(bytes[i]);
            }
        }
        String plain = utf8(out.toByteArray());
        return plain == null ? text : plain;
    }

    private static String mended(String text) {
        boolean may = false;
        for (int i = 0; i < text.length() && !may; i++) {
            may = text.charAt(i) >= '\u00c2' && text.charAt(i) <= '\u00f4';
        }
        if (!may) {
            return text;
        }
        for (Charset taken : new Charset[] {WINDOWS, StandardCharsets.ISO_8859_1}) {
            try {
                ByteBuffer bytes = taken.newEncoder().encode(CharBuffer.wrap(text));
                byte[] all = new byte[bytes.remaining()];
                bytes.get(all);
                String plain = utf8(all);
                if (plain != null) {
                    return plain;
                }
            } catch (CharacterCodingException e) {
                // A letter that is in no such set: it was not taken for it.
                continue;
            }
        }
        return text;
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
