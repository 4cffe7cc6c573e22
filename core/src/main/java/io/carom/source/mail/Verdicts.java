package io.carom.source.mail;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a host found of a mail's signatures, in an `Authentication-Results` field (RFC 8601):
/// method and result, the first of each method.
///
/// Anyone can write such a field; only that of one's own gateway says something, and this reader
/// does not know which is.
public final class Verdicts {
    private static final int LONGEST = 16_384;
    private static final int MOST = 50;

    private Verdicts() {}

    public static Map<String, String> of(String field) {
        Map<String, String> found = new LinkedHashMap<>();
        List<String> clauses = clauses(field);
        if (clauses.size() > 1) {
            String by = clauses.getFirst().strip();
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

    /// What stands between semicolons, without comments. Within quotes neither is one: an address that the
    /// sender chose may have both in it (RFC 8601 section 2.2).
    private static List<String> clauses(String field) {
        List<String> clauses = new ArrayList<>();
        StringBuilder out = new StringBuilder();
        int depth = 0;
        boolean quoted = false;
        int length = Math.min(field.length(), LONGEST);
        for (int i = 0; i < length && clauses.size() < MOST; i++) {
            char c = field.charAt(i);
            if (c == '\\' && (quoted || depth > 0)) {
                i++;
            } else if (quoted) {
                quoted = c != '"';
            } else if (c == '(') {
                depth++;
            } else if (depth > 0) {
                depth -= c == ')' ? 1 : 0;
            } else if (c == '"') {
                quoted = true;
            } else if (c == ';') {
                clauses.add(out.toString());
                out.setLength(0);
            } else {
                out.append(c);
            }
        }
        clauses.add(out.toString());
        return clauses;
    }
}
