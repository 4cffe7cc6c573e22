package io.carom.source.mail;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.james.mime4j.stream.NameValuePair;
import org.jspecify.annotations.Nullable;

/// Parameters of structured fields (RFC 2045 section 5.1, RFC 2231).
///
/// Many programs write a name twice, once for those that know no RFC 2231: what is coded by it counts, then
/// what is in pieces, then the plain form. Of what stands twice in one form the first counts. MIME4J's own
/// mapping puts all of them one behind another, takes apostrophes in a plain name for those around a
/// language, and a plus sign for a blank.
final class Parameters {
    private static final int MOST = 200;

    private Parameters() {}

    /// @param coded whether characters are written by their numbers
    private record Piece(String value, boolean coded) {}

    /// The value of a parameter; null if there is none of that name.
    ///
    /// @param name in lower case
    static @Nullable String of(List<NameValuePair> pairs, String name) {
        String plain = null;
        String whole = null;
        Map<Integer, Piece> pieces = new TreeMap<>();
        int left = MOST;
        for (NameValuePair pair : pairs) {
            String key = pair.getName();
            String value = pair.getValue();
            if (key == null || value == null || left-- <= 0) {
                continue;
            }
            String lower = key.strip().toLowerCase(Locale.ROOT);
            if (lower.equals(name)) {
                plain = plain == null ? value : plain;
            } else if (lower.equals(name + "*")) {
                whole = whole == null ? value : whole;
            } else if (lower.startsWith(name + "*")) {
                boolean coded = lower.endsWith("*");
                String number = lower.substring(name.length() + 1, lower.length() - (coded ? 1 : 0));
                if (number.matches("\\d{1,3}")) {
                    pieces.putIfAbsent(Integer.parseInt(number), new Piece(value, coded));
                }
            }
        }
        if (whole != null) {
            return joined(List.of(new Piece(whole, true)));
        }
        if (!pieces.isEmpty()) {
            return joined(new ArrayList<>(pieces.values()));
        }
        return plain == null ? null : joined(List.of(new Piece(plain, false)));
    }

    private static String joined(List<Piece> pieces) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String charset = null;
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            String value = piece.value();
            int language = piece.coded() && i == 0 ? value.indexOf('\'') : -1;
            int end = language < 0 ? -1 : value.indexOf('\'', language + 1);
            if (end >= 0) {
                charset = value.substring(0, language);
                value = value.substring(end + 1);
            }
            write(value, piece.coded(), out);
        }
        return Mail.content(out.toByteArray(), charset);
    }

    private static void write(String value, boolean coded, ByteArrayOutputStream out) {
        // A character stands for a byte, unless it is already more than one.
        boolean bytes = value.chars().allMatch(c -> c <= 0xFF);
        byte[] all = value.getBytes(bytes ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        for (int i = 0; i < all.length; i++) {
            int high = coded && all[i] == '%' && i + 2 < all.length ? Character.digit(all[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(all[i + 2], 16);
            if (low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(all[i]);
            }
        }
    }
}
