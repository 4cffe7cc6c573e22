package io.carom.source.mail;

import io.carom.source.InputContext;
import io.carom.source.parse.Addresses;
import io.carom.source.parse.Times;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One `Received` field: a host took the mail from another (RFC 5321 section 4.4; the forms of Postfix,
/// Exim, sendmail, qmail and Exchange).
///
/// @param hello what the other host called itself, or null
/// @param address where it spoke from, or null
/// @param by who took the mail, or null
/// @param millis when, or {@link Times#NONE}
/// @param pickup whether somebody fetched it from a mailbox: not a way the mail came
public record Hop(
        @Nullable String hello,
        @Nullable String address,
        @Nullable String by,
        long millis,
        boolean pickup) {
    private static final int LONGEST = 4_096;
    private static final Set<String> CLAIMS = Set.of("helo", "ehlo", "ident");
    private static final Pattern BY = Pattern.compile("(?:^|[ )])by ([^ ;()]{1,255})");
    private static final Pattern PICKUP = Pattern.compile(" with (?:E?POP3|IMAP)S? ", Pattern.CASE_INSENSITIVE);

    public static Hop of(String field, InputContext context) {
        String text = field.length() > LONGEST ? field.substring(0, LONGEST) : field;
        int semicolon = text.lastIndexOf(';');
        long millis = semicolon < 0 ? Times.NONE : MailDates.millis(text.substring(semicolon + 1), context);
        String path = (semicolon < 0 ? text : text.substring(0, semicolon)).strip();
        // The other host's name for itself stands ahead of the taker's, what it said else in parentheses: of several
        // the last outside of these is the taker's.
        String taker = null;
        String giver = path;
        int depth = 0;
        int counted = 0;
        Matcher by = BY.matcher(path);
        while (by.find()) {
            for (; counted < by.start(1); counted++) {
                char c = path.charAt(counted);
                depth = c == '(' ? depth + 1 : c == ')' ? Math.max(0, depth - 1) : depth;
            }
            if (taker == null || depth == 0) {
                taker = by.group(1);
                giver = path.substring(0, by.start());
            }
        }
        boolean pickup = PICKUP.matcher(path + " ").find();
        if (!giver.regionMatches(true, 0, "from ", 0, 5)) {
            return new Hop(null, null, taker, millis, pickup);
        }
        String rest = giver.substring(5).strip();
        int blank = rest.indexOf(' ');
        int paren = rest.indexOf('(');
        int end = blank < 0 ? rest.length() : blank;
        end = paren >= 0 && paren < end ? paren : end;
        String hello = rest.substring(0, end);
        // What the taker saw stands in parentheses; without, the name may be an address.
        String address = paren < 0 ? null : address(rest.substring(paren));
        if (address == null) {
            address = address(rest);
        }
        return new Hop(hello.isEmpty() || hello.length() > 255 ? null : hello, address, taker, millis, pickup);
    }

    /// The first address that the taker wrote; what the other host called itself, behind `helo`, is none.
    private static @Nullable String address(String text) {
        int at = 0;
        String before = "";
        while (at < text.length()) {
            int from = at;
            while (at < text.length() && " ()[]=,".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(from, at);
            if (word.regionMatches(true, 0, "IPv6:", 0, 5)) {
                word = word.substring(5);
            }
            boolean claimed = CLAIMS.contains(before.toLowerCase(Locale.ROOT));
            before = word.isEmpty() ? before : word;
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            long clean = claimed || bytes.length < 3 ? -1 : Addresses.clean(bytes, 0, bytes.length);
            if (clean >= 0) {
                int start = io.carom.event.Column.from(clean);
                return new String(bytes, start, io.carom.event.Column.length(clean), StandardCharsets.UTF_8);
            }
            at++;
        }
        return null;
    }

    /// Whether the other host's address is one of the internet, not of a network inside.
    public boolean isPublic() {
        if (address == null) {
            return false;
        }
        String a = address.toLowerCase(Locale.ROOT);
        if (a.indexOf(':') >= 0) {
            return !(a.equals("::1")
                    || a.equals("::")
                    || a.startsWith("fc")
                    || a.startsWith("fd")
                    || a.startsWith("fe8"));
        }
        String[] parts = a.split("\\.", 4);
        int first = Integer.parseInt(parts[0]);
        int second = Integer.parseInt(parts[1]);
        return !(first == 0
                || first == 10
                || first == 127
                || first == 172 && second >= 16 && second < 32
                || first == 192 && second == 168
                || first == 169 && second == 254
                || first == 100 && second >= 64 && second < 128
                || first >= 224);
    }
}
