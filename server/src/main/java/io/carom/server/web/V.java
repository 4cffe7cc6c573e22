package io.carom.server.web;

import gg.jte.Content;
import gg.jte.TemplateOutput;
import io.carom.text.Unseen;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Values of an answer as pages show them. Whatever comes from a log is shown so that nothing in it is
/// obeyed or hidden: the templates escape markup, and here signs that a reader would not see become
/// visible.
public final class V {
    private static final DateTimeFormatter MINUTES =
            DateTimeFormatter.ofPattern("d MMM uuuu HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter EXACT = DateTimeFormatter.ofPattern(
                    "d MMM uuuu HH:mm:ss.SSS", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CUT = 300;
    private static final int FIELD = 1000;
    private static final int MAX_MARKS = 4;
    /// What the search takes for the name of a field, and a value that stands there by itself.
    private static final Pattern ASKED = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)+|[a-z0-9_]*_id");

    private V() {}

    /// The text of a member, in one line of at most 300 characters.
    public static String s(JsonNode node, String name) {
        return shown(node.path(name).asString(""), CUT);
    }

    public static String s(JsonNode node) {
        return shown(node.asString(""), CUT);
    }

    /// The same with a length of one's own.
    public static String s(JsonNode node, String name, int longest) {
        return shown(node.path(name).asString(""), longest);
    }

    /// The value as it is: for addresses and values of forms, which the template escapes.
    public static String raw(JsonNode node, String name) {
        return node.path(name).asString("");
    }

    public static boolean has(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isString() ? !value.asString("").isEmpty() : !value.isMissingNode() && !value.isNull();
    }

    /// Text of many lines, as it stood.
    public static String block(JsonNode node, String name, int longest) {
        String text = node.path(name).asString("");
        StringBuilder out = new StringBuilder();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            out.append(i == 0 ? "" : "\n").append(shown(lines[i].replace('\t', ' '), longest));
            if (out.length() > longest) {
                break;
            }
        }
        return out.toString();
    }

    /// A text with what a browser or terminal would obey or hide as code points, cut.
    public static String shown(String text, int longest) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), longest) + 8);
        int marks = 0;
        for (int i = 0; i < text.length(); ) {
            if (out.length() >= longest) {
                return out.append('…').toString();
            }
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int type = Character.getType(c);
            marks = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK ? marks + 1 : 0;
            if (c == '\n' || c == '\t') {
                out.append(' ');
            } else if (Unseen.isOrOddBlank(c) || marks > MAX_MARKS) {
                out.append(String.format(Locale.ROOT, "⟨U+%04X⟩", c));
            } else {
                out.appendCodePoint(c);
            }
        }
        return out.toString();
    }

    public static String url(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public static String number(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    public static String number(JsonNode node, String name) {
        return number(node.path(name).asLong(0));
    }

    /// A number with one decimal.
    public static String rate(JsonNode node, String name) {
        return String.format(Locale.ENGLISH, "%,.1f", node.path(name).asDouble(0));
    }

    public static String percent(JsonNode node, String name) {
        return Math.round(node.path(name).asDouble(0) * 100) + " %";
    }

    public static String many(long n, String one, String more) {
        return number(n) + " " + (n == 1 ? one : more);
    }

    public static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes / 1000.0;
        int unit = 0;
        while (value >= 999.5 && unit < 5) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ENGLISH, value < 10 ? "%.1f %s" : "%.0f %s", value, "kMGTPE".charAt(unit) + "B");
    }

    /// A time that the reader sees in their own zone, and in UTC on hover.
    public static Content time(JsonNode node, String name) {
        return time(node.path(name).asString(""));
    }

    public static Content time(@Nullable String iso) {
        Instant time = instant(iso);
        if (time == null) {
            return out -> out.writeContent("<span class=\"soft\">–</span>");
        }
        return out -> element(out, time, "");
    }

    /// A time with its seconds: of a record, where what came first is the question.
    public static Content exact(JsonNode node, String name) {
        Instant time = instant(node.path(name).asString(""));
        if (time == null) {
            return out -> out.writeContent("<span class=\"soft\">–</span>");
        }
        return out -> element(out, time, " data-exact");
    }

    /// A time by how long ago it was or how soon it will be, which a script keeps right.
    public static Content ago(@Nullable String iso) {
        Instant time = instant(iso);
        if (time == null) {
            return out -> out.writeContent("<span class=\"soft\">–</span>");
        }
        return out -> element(out, time, " data-ago");
    }

    private static void element(TemplateOutput out, Instant time, String more) {
        String utc = EXACT.format(time) + " UTC";
        String shown = more.equals(" data-exact") ? utc : MINUTES.format(time) + " UTC";
        out.writeContent("<time datetime=\"" + time + "\" title=\"" + utc + "\"" + more + ">" + shown + "</time>");
    }

    private static @Nullable Instant instant(@Nullable String iso) {
        if (iso == null || iso.isEmpty()) {
            return null;
        }
        try {
            return Instant.parse(iso);
        } catch (DateTimeException e) {
            return null;
        }
    }

    public static Content severity(String severity) {
        String known =
                List.of("critical", "high", "medium", "low", "informational").contains(severity)
                        ? severity
                        : "informational";
        return out -> out.writeContent("<span class=\"sev " + known + "\">" + known + "</span>");
    }

    public static Content severity(JsonNode node, String name) {
        return severity(node.path(name).asString(""));
    }

    /// A way in, in words.
    public static String way(JsonNode node, String name) {
        return switch (node.path(name).asString("")) {
            case "link" -> "over a supplier's link";
            case "phishing" -> "by phishing";
            case "drive_by" -> "by a web page";
            case "exposed_service" -> "by a service that is open to the Internet";
            case "valid_account" -> "with somebody's account from outside";
            case "remote_tool" -> "by a remote-support tool";
            default -> "in a way that is not known";
        };
    }

    public static List<JsonNode> list(JsonNode node, String name) {
        List<JsonNode> out = new ArrayList<>();
        node.path(name).forEach(out::add);
        return out;
    }

    public static List<JsonNode> first(JsonNode node, String name, int most) {
        List<JsonNode> all = list(node, name);
        return all.subList(0, Math.min(most, all.size()));
    }

    /// One member as a JSON object, for attributes that scripts read.
    public static String json(String name, String value) {
        return JSON.writeValueAsString(JSON.createObjectNode().put(name, value));
    }

    /// Members as a JSON object, likewise.
    public static String json(Map<String, ?> members) {
        return JSON.writeValueAsString(new TreeMap<>(members));
    }

    /// The value of a picker of times, which has no zone.
    public static String picker(@Nullable Instant time) {
        return time == null
                ? ""
                : time.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                        .toString()
                        .replace("Z", "");
    }

    /// A length of time in words.
    public static String span(long seconds) {
        return seconds < 120
                ? seconds + " s"
                : seconds < 7200
                        ? seconds / 60 + " min"
                        : seconds < 172_800 ? seconds / 3600 + " h" : number(seconds / 86_400) + " days";
    }

    /// A cell of a table of any values.
    public static String cell(JsonNode value) {
        return value.isNull() ? "" : shown(value.isString() ? value.asString("") : value.toString(), 400);
    }

    /// An attribute of an event.
    ///
    /// @param value its values, cut
    /// @param question by which other events with it are searched; empty where it cannot be asked so
    public record Field(String name, String value, String question) {}

    /// What is known of an event beside its record, by names.
    public static List<Field> fields(JsonNode event) {
        List<Field> out = new ArrayList<>();
        event.path("fields").propertyStream().forEach(one -> {
            List<String> values = new ArrayList<>();
            for (JsonNode value : one.getValue()) {
                values.add(value.isString() ? value.asString("") : value.toString());
            }
            String only = values.size() == 1 ? values.getFirst() : "";
            boolean asked = !only.isEmpty()
                    && only.length() <= CUT
                    && only.chars().noneMatch(c -> c == '"' || c == '*' || c < ' ')
                    && ASKED.matcher(one.getKey()).matches();
            out.add(new Field(
                    shown(one.getKey(), CUT),
                    shown(String.join(", ", values), FIELD),
                    asked ? one.getKey() + ":\"" + only + "\"" : ""));
        });
        return out;
    }

    /// How many days a link was used in each hour, for a chart.
    public static String hours(JsonNode habits) {
        var out = JSON.createObjectNode();
        var labels = out.putArray("labels");
        var values = out.putArray("values");
        int hour = 0;
        for (JsonNode days : habits.path("hours")) {
            labels.add(String.format(Locale.ROOT, "%02d", hour++));
            values.add(days.asInt(0));
        }
        return JSON.writeValueAsString(out);
    }

    /// The bars of a search, for a chart: each is called by the time at which it begins, and leads to its
    /// own time.
    ///
    /// @param base the address of the search without times
    public static String histogram(JsonNode answer, String base) {
        var out = JSON.createObjectNode();
        var labels = out.putArray("labels");
        var values = out.putArray("values");
        var links = out.putArray("links");
        Instant from = instant(answer.path("bars_from").asString(""));
        long width = Math.round(answer.path("bar_s").asDouble(0) * 1000);
        int bar = 0;
        for (JsonNode count : answer.path("bars")) {
            if (from != null) {
                Instant begin = from.plusMillis(width * bar);
                labels.add(begin.toString());
                links.add(base + "&from=" + url(begin.toString()) + "&until="
                        + url(begin.plusMillis(width).toString()));
            }
            values.add(count.asLong(0));
            bar++;
        }
        return JSON.writeValueAsString(out);
    }

    /// Before which time the events are that come after those of an answer: what else there is of the
    /// last one's millisecond is among them.
    public static String older(JsonNode answer) {
        JsonNode events = answer.path("events");
        String first = events.path(0).path("time").asString("");
        String last = events.path(events.size() - 1).path("time").asString("");
        Instant time = instant(last);
        return time == null || first.equals(last) ? last : time.plusMillis(1).toString();
    }

    public static String joined(JsonNode node, String name, int most) {
        List<String> texts = new ArrayList<>();
        for (JsonNode one : first(node, name, most)) {
            texts.add(s(one));
        }
        int left = node.path(name).size() - texts.size();
        return String.join(", ", texts) + (left > 0 ? " and " + left + " more" : "");
    }
}
