package io.carom.mail.sign;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The objects of a PDF as text: those in the open, and those in streams that are only deflated.
/// Bounded; nothing is shown or run.
final class PdfLook {
    private static final int LOOKED = 8 << 20;
    private static final int INFLATED = 4 << 20;
    private static final int STREAMS = 500;
    private static final int NAMES = 2_000;
    private static final Pattern NAME = Pattern.compile("/[A-Za-z0-9]{0,60}#[A-Za-z0-9#]{2,120}");

    private PdfLook() {}

    static String text(byte[] b) {
        int length = Math.min(LOOKED, b.length);
        String open = new String(b, 0, length, StandardCharsets.ISO_8859_1);
        StringBuilder all = new StringBuilder();
        int at = 0;
        int streams = 0;
        int left = INFLATED;
        while (streams < STREAMS && left > 0) {
            int begin = open.indexOf("stream", at);
            if (begin < 0) {
                break;
            }
            if (begin >= 3 && open.startsWith("end", begin - 3)) {
                at = begin + 6;
                continue;
            }
            all.append(open, at, begin);
            int data = begin + 6;
            while (data < length && (b[data] == '\r' || b[data] == '\n')) {
                data++;
            }
            int end = open.indexOf("endstream", data);
            end = end < 0 ? length : end;
            String inflated = inflate(b, data, end, Math.min(left, 1 << 20));
            left -= inflated.length();
            // Only streams of objects say what happens; pictures and pages do not.
            if (inflated.contains("/URI")
                    || inflated.contains("/JS")
                    || inflated.contains("/Launch")
                    || inflated.contains("/JavaScript")
                    || inflated.contains("/EmbeddedFile")) {
                all.append('\n').append(inflated).append('\n');
            }
            at = end;
            streams++;
        }
        all.append(open, Math.min(at, open.length()), open.length());
        return all + plainly(all);
    }

    /// Names in which characters are written by their numbers, as they are read (`/J#61vaScript`, ISO
    /// 32000-2, section 7.3.5), one behind another.
    private static String plainly(CharSequence text) {
        StringBuilder names = new StringBuilder();
        Matcher name = NAME.matcher(text);
        for (int most = NAMES; most > 0 && name.find(); most--) {
            names.append(' ');
            String written = name.group();
            for (int i = 0; i < written.length(); i++) {
                char c = written.charAt(i);
                int high = c == '#' && i + 2 < written.length() ? Character.digit(written.charAt(i + 1), 16) : -1;
                int low = high < 0 ? -1 : Character.digit(written.charAt(i + 2), 16);
                names.append(low < 0 ? c : (char) (high << 4 | low));
                i += low < 0 ? 0 : 2;
            }
        }
        return names.append(' ').toString();
    }

    private static String inflate(byte[] b, int from, int to, int most) {
        if (to - from < 8 || (b[from] & 0x0F) != 8) {
            return "";
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(b, from, to - from);
            byte[] out = new byte[Math.max(16, most)];
            int got = 0;
            while (got < out.length && !inflater.finished()) {
                int n = inflater.inflate(out, got, out.length - got);
                if (n == 0) {
                    break;
                }
                got += n;
            }
            return new String(out, 0, got, StandardCharsets.ISO_8859_1);
        } catch (DataFormatException e) {
            return "";
        } finally {
            inflater.end();
        }
    }
}
