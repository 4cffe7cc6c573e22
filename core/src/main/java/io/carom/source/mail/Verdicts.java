package io.carom.source.mail;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What a host found of a mail's signatures, in an `Authentication-Results` field (RFC 8601):
/// method and result, the first of each method.
///
/// Anyone can write such a field; only that of one's own gateway says something, and this reader
/// does not know which is.
public final class Verdicts {
    private static final int LONGEST = 16_384;

    private Verdicts() {}

    public static Map<String, String> of(String field) {
        Map<String, String> found = new LinkedHashMap<>();
        String[] clauses = uncommented(field).split(";", 50);
        if (clauses.length > 1) {
            String by = clauses[0].strip();
            if (!by.isEmpty() && by.indexOf('=') < 0 && by.length() <= 255) {
                found.put("by", by.split(" ", 2)[0]);
            }
        }
        for (String clause : clauses) {
            String text = clause.strip();
            int equals = text.indexOf('=');
            if (equals < 1 || equals > 40) {
                continue;
            }
            String method = text.substring(0, equals).strip().toLowerCase(Locale.ROOT);
            String value = text.substring(equals + 1).strip();
            int end = 0;
            while (end < value.length() && (Character.isLetterOrDigit(value.charAt(end)) || value.charAt(end) == '_')) {
                end++;
            }
            int slash = method.indexOf('/');
            method = slash < 0 ? method : method.substring(0, slash);
            if (end > 0 && isMethod(method)) {
                found.putIfAbsent(method, value.substring(0, end).toLowerCase(Locale.ROOT));
            }
        }
        return found;
    }

    /// IANA's registry of email authentication methods, and Exchange's own.
    private static boolean isMethod(String method) {
        return switch (method) {
            case "spf",
                    "dkim",
                    "dmarc",
                    "arc",
                    "iprev",
                    "auth",
                    "sender-id",
                    "compauth",
                    "dkim-adsp",
                    "bimi",
                    "smime" -> true;
            default -> false;
        };
    }

    private static String uncommented(String field) {
        StringBuilder out = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < Math.min(field.length(), LONGEST); i++) {
            char c = field.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')' && depth > 0) {
                depth--;
            } else if (depth == 0) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
