package io.carom.mail.auth;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A list of `tag=value` (RFC 6376 section 3.2).
final class Tags {
    private static final int MOST = 100;

    private Tags() {}

    /// Null if it is none, or a tag stands twice.
    static @Nullable Map<String, String> parse(String text) {
        Map<String, String> tags = new LinkedHashMap<>();
        String[] all = text.split(";", MOST + 1);
        if (all.length > MOST) {
            return null;
        }
        for (int i = 0; i < all.length; i++) {
            String one = all[i].strip();
            if (one.isEmpty()) {
                // Only behind the last one may nothing stand.
                if (i < all.length - 1) {
                    return null;
                }
                continue;
            }
            int equals = one.indexOf('=');
            if (equals < 1) {
                return null;
            }
            String name = one.substring(0, equals).strip();
            if (!name.matches("[A-Za-z][A-Za-z0-9_]*")
                    || tags.put(name, one.substring(equals + 1).strip()) != null) {
                return null;
            }
        }
        return tags;
    }

    /// A value without the white space that folding brings in.
    static String bare(String value) {
        return value.replaceAll("\\s+", "");
    }
}
