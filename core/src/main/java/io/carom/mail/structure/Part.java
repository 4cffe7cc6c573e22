package io.carom.mail.structure;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A part of a mail that holds something: a text, a page, a file.
///
/// @param type MIME type as declared, in lower case
/// @param name of the file; null if it has none
/// @param attached whether it is declared an attachment
/// @param contentId what pages refer to it by; null if nothing
/// @param within how many attached mails it lies in
/// @param bytes its content decoded, as far as it was kept; not to be changed
/// @param size of its content decoded
/// @param encoded whether it was in Base64
/// @param text of a text or page; null of a file
public record Part(
        String type,
        @Nullable String name,
        boolean attached,
        @Nullable String contentId,
        int within,
        byte[] bytes,
        long size,
        boolean encoded,
        @Nullable String text) {
    /// Whether a mail program shows it as a page.
    public boolean isPage() {
        if (text == null || attached) {
            return false;
        }
        if (type.equals("text/html") || type.equals("application/xhtml+xml")) {
            return true;
        }
        String begin = text.substring(0, Math.min(256, text.length())).stripLeading();
        return begin.regionMatches(true, 0, "<html", 0, 5) || begin.regionMatches(true, 0, "<!doctype html", 0, 14);
    }

    /// Whether it is a file to a reader: attached, named, or neither text nor page.
    public boolean isFile() {
        return attached || name != null || text == null;
    }

    /// Whether its content begins with these characters, as bytes.
    public boolean begins(String latin1) {
        byte[] begin = latin1.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < begin.length) {
            return false;
        }
        for (int i = 0; i < begin.length; i++) {
            if (bytes[i] != begin[i]) {
                return false;
            }
        }
        return true;
    }
}
