package io.carom.intel;

import io.carom.event.Indicator;
import io.carom.event.IndicatorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    /// Characters of a line that are shown beside a candidate.
    private static final int MAX_CONTEXT = 160;

    /// Endings that are files in prose far more often than domains.
    private static final Set<String> FILES = Set.of(
            "exe", "dll", "sys", "bat", "cmd", "ps1", "vbs", "js", "jar", "zip", "rar", "doc", "docx", "xls", "xlsx",
            "pdf", "rtf", "txt", "log", "dat", "bin", "tmp", "ini", "cfg", "conf", "xml", "json", "html", "htm", "php",
            "asp", "aspx", "jsp", "png", "jpg", "gif", "svg", "py", "sh", "rb", "c", "cpp", "h", "cs", "java", "so",
            "lnk", "iso", "img", "msi", "scr", "hta", "md", "yar", "yara", "rules", "adoc");

    /// Those of them under which there are domains: `evil[.]zip` may be one.
    private static final Set<String> DOMAINS_TOO = Set.of("zip", "py", "sh", "so", "md");

    /// What marks up a word, or ends a sentence: `++evil[.]example++`.
    private static final String ENDS = ".:!?=-_/+~)]}";

    private static final String BEGINNINGS = "+~=-.";

    /// What ends a word beside blanks.
    private static final String SEPARATORS = "`\"'<>|,;*\u2018\u2019\u201A\u201C\u201D\u201E\u00AB\u00BB\u2013\u2014"
            + "\u2022\u2026\u2192\u3001\u3002\uFF0C\uFF1A\uFF1B\uFF08\uFF09";

    private static final Pattern PORT = Pattern.compile(":\\d{1,5}(?:/(?:tcp|udp))?$|/(?:tcp|udp)$");

    /// What stands in brackets so that nobody follows it, up to where they close.
    private static final Pattern SIGN = Pattern.compile("[\\[({](?:[.:@/]|//|://|at|dot)$");

    /// `C2:203.0.113.9`, `sha256=…`.
    private static final Pattern LABEL = Pattern.compile("^[\\p{L}][\\p{L}\\p{N}_-]{0,19}[:=](?!//)");

    /// What stands before four numbers that are none of a machine.
    private static final Pattern VERSION = Pattern.compile(
            "(?:versions?|builds?|firmware|\\b(?:ver|v|rev|revisions?|releases?)\\.?)[\\s:=]*$",
            Pattern.CASE_INSENSITIVE);

    /// Letters of hashes.
    private static final Set<Integer> HASHES = Set.of(32, 40, 56, 64, 96, 128);

    private static final int MAX_HASH = 128;

    /// So many letters of a hash stand before it is broken.
    private static final int LEAST_OF_HASH = 8;

    /// What stands before the name of a state of a program's source, which is a SHA-1 too.
    private static final Pattern COMMIT = Pattern.compile("commits?[\\s:=`'\"(]*$", Pattern.CASE_INSENSITIVE);

    private static final int COMMIT_LETTERS = 40;

    private static final Warninglists EVERYBODYS = Warninglists.builtIn();

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
        int taken = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            end = end < 0 ? text.length() : end;
            number++;
            // What the line before took of it is blank.
            String line = " ".repeat(taken) + text.substring(from + taken, end);
            int rest = rest(line, text, end + 1);
            taken = rest == 0 ? 0 : rest - end - 1;
            String more = rest == 0 ? "" : text.substring(end + 1, rest).strip();
            line(more.isEmpty() ? line : line.stripTrailing() + more, place.apply(number), found);
            from = end + 1;
            if (found.size() >= Gathered.MAX_INDICATORS) {
                break;
            }
        }
        return new ArrayList<>(found.values());
    }

    /// Where the rest of a hash ends that is broken at the end of a line, as narrow tables break them; 0
    /// where none is. A rest that is as long as a hash is the next of a list.
    ///
    /// @param next where the next line begins
    private static int rest(String line, String text, int next) {
        int to = line.length();
        while (to > 0 && Character.isWhitespace(line.charAt(to - 1))) {
            to--;
        }
        int from = to;
        while (from > 0 && to - from < MAX_HASH && isHex(line.charAt(from - 1))) {
            from--;
        }
        int have = to - from;
        if (have < LEAST_OF_HASH || from > 0 && Character.isLetterOrDigit(line.charAt(from - 1))) {
            return 0;
        }
        int begin = next;
        while (begin < text.length() && (text.charAt(begin) == ' ' || text.charAt(begin) == '\t')) {
            begin++;
        }
        int end = begin;
        while (end < text.length() && end - begin < MAX_HASH && isHex(text.charAt(end))) {
            end++;
        }
        boolean alone = end >= text.length() || text.charAt(end) == '\n' || text.charAt(end) == '\r';
        boolean whole = alone || !Character.isLetterOrDigit(text.charAt(end));
        return end - begin > 1
                        && whole
                        && !HASHES.contains(end - begin)
                        && HASHES.contains(have + end - begin)
                        && (alone || !HASHES.contains(have))
                ? end
                : 0;
    }

    private static boolean isHex(char c) {
        return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    private static void line(String written, String place, Map<String, Candidate> found) {
        String line = joined(written);
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
                word(line, start, at, place, found);
            }
        }
    }

    /// The line without the blanks that some put around a full stop in brackets: `evil [.] example`.
    private static String joined(String line) {
        if (!line.contains(" [") && !line.contains(" (") && !line.contains(" {")) {
            return line;
        }
        StringBuilder out = new StringBuilder(line.length());
        for (int i = 0; i < line.length(); ) {
            String sign = IndicatorValue.bracketed(line, i);
            if (sign == null) {
                out.append(line.charAt(i));
                i++;
                continue;
            }
            int end = i + sign.length() + 2;
            if ((sign.equals(".") || sign.equals("dot"))
                    && i > 1
                    && line.charAt(i - 1) == ' '
                    && Character.isLetterOrDigit(line.charAt(i - 2))
                    && end + 1 < line.length()
                    && line.charAt(end) == ' '
                    && Character.isLetterOrDigit(line.charAt(end + 1))) {
                out.setLength(out.length() - 1);
                out.append(line, i, end);
                end++;
            } else {
                out.append(line, i, end);
            }
            i = end;
        }
        return out.toString();
    }

    /// Whether a character ends a word. Brackets are part of it only where they defang: `[.]`, `(dot)`.
    private static boolean separates(String line, int at) {
        char c = line.charAt(at);
        return switch (c) {
            case '[', '(', '{' -> !defangs(line, at + 1);
            case ']', ')', '}' -> !closes(line, at - 1);
            default -> Character.isWhitespace(c) || Character.isSpaceChar(c) || SEPARATORS.indexOf(c) >= 0;
        };
    }

    private static boolean defangs(String line, int from) {
        String rest = line.substring(from, Math.min(line.length(), from + 4)).toLowerCase(Locale.ROOT);
        return rest.startsWith(".")
                || rest.startsWith(":")
                || rest.startsWith("@")
                || rest.startsWith("/")
                || rest.startsWith("dot") && isClosing(rest, 3)
                || rest.startsWith("at") && isClosing(rest, 2);
    }

    private static boolean isClosing(String text, int at) {
        return at < text.length() && "])}".indexOf(text.charAt(at)) >= 0;
    }

    private static boolean closes(String line, int last) {
        String before = line.substring(Math.max(0, last - 3), last + 1).toLowerCase(Locale.ROOT);
        return before.endsWith(".") || SIGN.matcher(before).find();
    }

    /// A value and the piece of a word that says it.
    private record Said(IndicatorValue.Typed typed, String text, int from) {}

    /// What a word says, also with a port behind it or a label before it.
    private static @Nullable Said said(String word, int from) {
        String text = word;
        int at = from;
        for (int labels = 0; labels < 3; labels++) {
            Optional<IndicatorValue.Typed> typed = IndicatorValue.of(text);
            if (typed.isPresent()) {
                return new Said(typed.get(), text, at);
            }
            String host = PORT.matcher(text).replaceFirst("");
            Optional<IndicatorValue.Typed> bare = host.equals(text) ? Optional.empty() : IndicatorValue.of(host);
            if (bare.isPresent()
                    && (bare.get().type() == IndicatorType.IP || bare.get().type() == IndicatorType.DOMAIN)) {
                return new Said(bare.get(), host, at);
            }
            Matcher label = LABEL.matcher(text);
            if (!label.find()) {
                return null;
            }
            text = text.substring(label.end());
            at += label.end();
        }
        return null;
    }

    private static void word(String line, int from, int to, String place, Map<String, Candidate> found) {
        boolean scheme = line.substring(from, to).contains("://");
        boolean leans = line.charAt(from) == '_' && line.charAt(to - 1) == '_';
        int start = from;
        int end = to;
        while (end - start > 1
                && ENDS.indexOf(line.charAt(end - 1)) >= 0
                && !(line.charAt(end - 1) == '/' && (scheme || line.charAt(end - 2) == '/'))) {
            end--;
        }
        while (end - start > 1 && (BEGINNINGS.indexOf(line.charAt(start)) >= 0 || leans && line.charAt(start) == '_')) {
            start++;
        }
        Said said = said(line.substring(start, end), start);
        if (said == null) {
            return;
        }
        IndicatorType type = said.typed.type();
        String value = said.typed.value();
        String text = said.text;
        boolean defanged = text.indexOf('[') >= 0
                || text.indexOf('(') >= 0
                || text.indexOf('{') >= 0
                || text.contains("\\.")
                || text.regionMatches(true, 0, "hxx", 0, 3)
                || text.startsWith("h**");
        boolean certain = switch (type) {
            case HASH -> value.length() != COMMIT_LETTERS || !isBehind(COMMIT, line, said.from);
            case IP, CIDR ->
                (defanged || value.indexOf(':') < 0 && !isBehind(VERSION, line, said.from))
                        && EVERYBODYS.excusing(new Indicator(type, value, "", "")) == null;
            default -> defanged;
        };
        if (type == IndicatorType.DOMAIN) {
            String ending = value.substring(value.lastIndexOf('.') + 1);
            if (FILES.contains(ending) && !defanged) {
                return;
            }
            if (FILES.contains(ending) && !DOMAINS_TOO.contains(ending)) {
                // Whoever writes `invoice[.]exe` means the file.
                type = IndicatorType.FILE_NAME;
                certain = false;
            }
        }
        Facts.Draft facts = Facts.at(place);
        String context = context(line, start);
        facts.comment = context;
        Candidate candidate =
                new Candidate(new ThreatIndicator(IntelType.of(type), value, facts.done()), certain, context);
        String key = type + " " + value;
        Candidate before = found.get(key);
        if (before == null || certain && !before.certain) {
            found.put(key, candidate);
        }
    }

    /// The line; of a long one what stands around the word.
    private static String context(String line, int at) {
        if (line.length() <= MAX_CONTEXT) {
            return line.strip();
        }
        int from = at < MAX_CONTEXT / 2 ? 0 : at - MAX_CONTEXT / 2;
        int to = Math.min(line.length(), from + MAX_CONTEXT);
        return (from == 0 ? "" : "…") + line.substring(from, to).strip() + (to == line.length() ? "" : "…");
    }

    private static boolean isBehind(Pattern words, String line, int at) {
        return words.matcher(line.substring(Math.max(0, at - 20), at)).find();
    }
}
