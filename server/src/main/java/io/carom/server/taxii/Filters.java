package io.carom.server.taxii;

import io.carom.server.http.Refused;
import io.carom.taxii.PageQuery;
import io.carom.taxii.TaxiiTime;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32;

/// What is asked of a collection, from the words of the URL: TAXII 2.1, sections 3.4 and 3.5.
///
/// `next` carries all words of the first page with it, so that it is enough to send it alone. It is no
/// secret, and says nothing about what may be seen.
///
/// @param scope what the words are about: a token of one resource is junk to another
/// @param words the words that choose, without `limit` and `next`
record Filters(String scope, Map<String, String> words, PageQuery query) {
    /// Objects of a page, at most and when nobody says how many.
    static final int MOST = 1_000;
    /// Values of one word.
    private static final int MOST_VALUES = 100;

    private static final byte FORM = 1;

    /// @param asked the parameters of the URL
    /// @param matches which of `id`, `type`, `version` and `spec_version` the resource knows
    /// @param versions what is meant where no `match[version]` is
    static Filters of(String scope, Map<String, List<String>> asked, Set<String> matches, String versions)
            throws Refused {
        Map<String, String> words = new TreeMap<>();
        for (Map.Entry<String, List<String>> one : asked.entrySet()) {
            String name = one.getKey();
            boolean match = name.startsWith("match[");
            if (!match && !Set.of("added_after", "limit", "next").contains(name)) {
                continue;
            }
            if (one.getValue().size() != 1) {
                throw Refused.notUnderstood("\"" + name + "\" may be given once.");
            }
            if (match && matches.stream().noneMatch(m -> name.equals("match[" + m + "]"))) {
                throw Refused.notUnderstood("Here is no filter \"" + cut(name) + "\"; there is "
                        + String.join(
                                ", ",
                                matches.stream()
                                        .sorted()
                                        .map(m -> "match[" + m + "]")
                                        .toList()) + ".");
            }
            words.put(name, one.getValue().getFirst());
        }
        int limit = limit(words.remove("limit"));
        String next = words.remove("next");
        long after = Long.MIN_VALUE;
        if (next != null) {
            Map<String, String> before = new TreeMap<>();
            after = read(scope, next, before);
            if (!words.isEmpty() && !words.equals(before)) {
                throw Refused.notUnderstood("\"next\" came with other filters than those of the page that gave it.");
            }
            words = before;
        }
        return new Filters(scope, Map.copyOf(words), query(words, versions, after, limit));
    }

    private static String cut(String text) {
        return text.length() > 60 ? text.substring(0, 60) + "…" : text;
    }

    private static int limit(@org.jspecify.annotations.Nullable String text) throws Refused {
        if (text == null) {
            return MOST;
        }
        boolean digits = !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        long limit = digits ? Long.parseLong(text) : 0;
        if (limit < 1) {
            throw Refused.notUnderstood("\"limit\" is a whole number of 1 or more.");
        }
        return (int) Math.min(limit, MOST);
    }

    private static PageQuery query(Map<String, String> words, String versions, long after, int limit) throws Refused {
        long addedAfter = words.containsKey("added_after") ? time("added_after", words.get("added_after")) : after;
        Set<Long> exact = new LinkedHashSet<>();
        boolean all = false;
        boolean first = false;
        boolean last = false;
        for (String one : values(words.getOrDefault("match[version]", versions), "match[version]")) {
            switch (one) {
                case "all" -> all = true;
                case "first" -> first = true;
                case "last" -> last = true;
                default -> exact.add(time("match[version]", one));
            }
        }
        return new PageQuery(
                Math.max(addedAfter, after),
                values(words.get("match[type]"), "match[type]"),
                values(words.get("match[id]"), "match[id]"),
                all,
                first,
                last,
                exact,
                values(words.get("match[spec_version]"), "match[spec_version]"),
                limit);
    }

    private static long time(String name, @org.jspecify.annotations.Nullable String text) throws Refused {
        try {
            return TaxiiTime.parse(text == null ? "" : text);
        } catch (DateTimeException e) {
            throw Refused.notUnderstood("\"" + name + "\" is no time such as 2019-03-04T00:00:00.000000Z"
                    + (name.equals("added_after") ? "." : ", nor all, first or last."));
        }
    }

    private static Set<String> values(@org.jspecify.annotations.Nullable String text, String name) throws Refused {
        if (text == null) {
            return Set.of();
        }
        Set<String> values = new LinkedHashSet<>(Arrays.asList(text.split(",", -1)));
        values.remove("");
        if (values.isEmpty()) {
            throw Refused.notUnderstood("\"" + name + "\" is empty.");
        }
        if (values.size() > MOST_VALUES) {
            throw Refused.notUnderstood("\"" + name + "\" has more than " + MOST_VALUES + " values.");
        }
        return values;
    }

    /// The token of the page that follows an object.
    String next(long added) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(words)
                .forEach((name, value) -> text.append(name)
                        .append('\n')
                        .append(value.replace("\n", " "))
                        .append('\n'));
        byte[] rest = text.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer token = ByteBuffer.allocate(13 + rest.length);
        token.put(FORM).putLong(added).putInt(check(scope, added, rest)).put(rest);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
    }

    private static int check(String scope, long added, byte[] rest) {
        CRC32 sum = new CRC32();
        sum.update(scope.getBytes(StandardCharsets.UTF_8));
        sum.update(ByteBuffer.allocate(8).putLong(added).flip());
        sum.update(rest);
        return (int) sum.getValue();
    }

    private static long read(String scope, String next, Map<String, String> words) throws Refused {
        Refused junk = Refused.notUnderstood("\"next\" is not what a page of this collection gave.");
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(next);
        } catch (IllegalArgumentException e) {
            throw junk;
        }
        if (bytes.length < 13 || bytes[0] != FORM) {
            throw junk;
        }
        ByteBuffer token = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        long added = token.getLong();
        int sum = token.getInt();
        byte[] rest = Arrays.copyOfRange(bytes, 13, bytes.length);
        if (sum != check(scope, added, rest)) {
            throw junk;
        }
        String[] lines = new String(rest, StandardCharsets.UTF_8).split("\n", -1);
        for (int i = 0; i + 1 < lines.length; i += 2) {
            words.put(lines[i], lines[i + 1]);
        }
        return added;
    }
}
