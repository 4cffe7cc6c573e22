package io.carom.intel;

import io.carom.event.IndicatorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;

/// Finds what may be indicators in text for people: advisories, reports, mails.
///
/// Hashes, addresses and whatever its author wrote so that nobody follows it (`evil[.]example`, `hxxp`)
/// are certain. Names and URLs written out may be references, and file names look like domains; these are
/// candidates that a person confirms.
public final class Candidates {
    /// Characters of a text that are looked at.
    public static final int MAX_TEXT = 64 << 20;

    /// Characters of a word; what is longer is no indicator.
    private static final int MAX_WORD = 2_048;

    /// Endings that are files in prose far more often than domains.
    private static final Set<String> FILES = Set.of(
            "exe", "dll", "sys", "bat", "cmd", "ps1", "vbs", "js", "jar", "zip", "rar", "doc", "docx", "xls", "xlsx",
            "pdf", "rtf", "txt", "log", "dat", "bin", "tmp", "ini", "cfg", "conf", "xml", "json", "html", "htm", "php",
            "asp", "aspx", "jsp", "png", "jpg", "gif", "svg", "py", "sh", "pl", "rb", "c", "cpp", "h", "cs", "java",
            "so", "lnk", "iso", "img", "msi", "scr", "hta", "md", "yar", "yara", "rules", "adoc");

    private Candidates() {}

    /// Something that may be an indicator.
    ///
    /// @param certain whether it can hardly be anything else
    /// @param context the line it stands in, cut
    public record Candidate(ThreatIndicator indicator, boolean certain, String context) {}

    /// Each value once, in the order of the text; its origin is `document:line`.
    public static List<Candidate> of(String text, String document) {
        return of(text, (int line) -> document + ":" + line);
    }

    /// @param place of each line, from 1
    static List<Candidate> of(String text, IntFunction<String> place) {
        Map<String, Candidate> found = new LinkedHashMap<>();
        int number = 0;
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            number++;
            line(text.substring(from, end), place.apply(number), found);
            from = end + 1;
            if (found.size() >= Gathered.MAX_INDICATORS) {
                break;
            }
        }
        return new ArrayList<>(found.values());
    }

    private static void line(String line, String place, Map<String, Candidate> found) {
        int at = 0;
        while (at < line.length()) {
            while (at < line.length() && separates(line, at)) {
                at++;
            }
            int start = at;
            while (at < line.length() && !separates(line, at)) {
                at++;
            }
            if (at > start && at - start <= MAX_WORD) {
                word(line.substring(start, at), line, place, found);
            }
        }
    }

    /// Whether a character ends a word. Brackets are part of it only where they defang: `[.]`, `(dot)`.
    private static boolean separates(String line, int at) {
        char c = line.charAt(at);
        return switch (c) {
            case ' ',
                    '\t',
                    '\r',
                    '`',
                    '"',
                    '\'',
                    '<',
                    '>',
                    '|',
                    ',',
                    ';',
                    '*',
                    '\u00A0',
                    '\u2019',
                    '\u201C',
                    '\u201D' -> true;
            case '[', '(', '{' -> !defangs(line, at + 1);
            case ']', ')', '}' -> !closes(line, at - 1);
            default -> false;
        };
    }

    private static boolean defangs(String line, int from) {
        String rest = line.substring(from, Math.min(line.length(), from + 4)).toLowerCase(Locale.ROOT);
        return rest.startsWith(".")
                || rest.startsWith(":")
                || rest.startsWith("@")
                || rest.startsWith("/")
                || rest.startsWith("dot")
                || rest.startsWith("at]")
                || rest.startsWith("at)");
    }

    private static boolean closes(String line, int last) {
        String before = line.substring(Math.max(0, last - 3), last + 1).toLowerCase(Locale.ROOT);
        return before.endsWith("[.")
                || before.endsWith("(.")
                || before.endsWith("{.")
                || before.endsWith("[:")
                || before.endsWith("[@")
                || before.endsWith("/") && before.contains("[")
                || before.endsWith("dot")
                || before.endsWith("[at")
                || before.endsWith("(at")
                || before.endsWith(".");
    }

    private static void word(String word, String line, String place, Map<String, Candidate> found) {
        String text = word;
        // An AsciiDoc or Markdown link says its address before the bracket; the rest is words.
        while (!text.isEmpty()
                && ".:!?=-_/".indexOf(text.charAt(text.length() - 1)) >= 0
                && text.length() > 1
                && !text.endsWith("//")) {
            if (text.endsWith("/") && text.contains("://")) {
                break;
            }
            text = text.substring(0, text.length() - 1);
        }
        Optional<IndicatorValue.Typed> typed = IndicatorValue.of(text);
        if (typed.isEmpty()) {
            return;
        }
        IndicatorType type = typed.get().type();
        String plain = IndicatorValue.refang(text);
        boolean defanged = text.indexOf('[') >= 0
                || text.indexOf('(') >= 0
                || text.indexOf('{') >= 0
                || text.contains("\\.")
                || text.regionMatches(true, 0, "hxx", 0, 3)
                || text.startsWith("h**");
        boolean certain = switch (type) {
            case HASH -> true;
            case IP, CIDR -> defanged || plain.indexOf(':') < 0 && !version(line, text);
            default -> defanged;
        };
        if (type == IndicatorType.DOMAIN && !defanged) {
            String ending = plain.substring(plain.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            if (FILES.contains(ending)) {
                return;
            }
        }
        Facts.Draft facts = Facts.at(place);
        String context = line.strip();
        context = context.length() > 160 ? context.substring(0, 160) + "…" : context;
        facts.comment = context;
        Candidate candidate = new Candidate(
                new ThreatIndicator(IntelType.of(type), typed.get().value(), facts.done()), certain, context);
        String key = type + " " + typed.get().value();
        Candidate before = found.get(key);
        if (before == null || certain && !before.certain) {
            found.put(key, candidate);
        }
    }

    /// Four numbers behind the word "version" are none of a machine.
    private static boolean version(String line, String text) {
        String before =
                line.substring(0, line.indexOf(text)).toLowerCase(Locale.ROOT).stripTrailing();
        return before.endsWith("version") || before.endsWith(" v") || before.endsWith("build");
    }
}
