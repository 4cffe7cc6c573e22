package io.carom.victim;

import com.ibm.icu.text.IDNA;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A host name found among names.
///
/// @param labels lower case, from left to right
record HostName(List<String> labels) {
    /// Endings of files that are, or look like, top-level domains.
    private static final Set<String> FILES = Set.of(
            "zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "exe", "dll", "txt", "log", "csv", "json", "xml",
            "html", "htm", "php", "asp", "aspx", "jsp", "js", "py", "ps1", "bat", "cmd", "vbs", "sh", "pdf", "doc",
            "docx", "xls", "xlsx", "ppt", "pptx", "msg", "eml", "pst", "ost", "sql", "bak", "db", "mdb", "iso", "img",
            "vhd", "vmdk", "lnk", "tmp", "cfg", "conf", "ini", "reg", "evtx", "pcap", "dmp", "kdbx", "pem", "pfx",
            "key", "crt", "cer", "rtf", "jpg", "png");

    /// Of these endings those that are countries' too, and what stands before them where they are.
    private static final Set<String> COUNTRIES = Set.of("py", "sh");

    private static final Set<String> BELOW = Set.of("com", "co", "org", "net", "edu", "gov", "mil", "coop");

    /// Keeps what transitional processing would map to other letters: `ß` (UTS 46).
    private static final IDNA UNICODE = IDNA.getUTS46Instance(IDNA.DEFAULT | IDNA.NONTRANSITIONAL_TO_UNICODE);

    HostName {
        labels = List.copyOf(labels);
    }

    /// The host of a host name, URL or mail address; null if the text is none.
    static @Nullable HostName of(String text) {
        String rest = text.strip();
        int scheme = rest.indexOf("://");
        if (scheme > 0) {
            rest = rest.substring(scheme + 3);
            int end = end(rest);
            rest = rest.substring(0, end);
        }
        rest = rest.substring(rest.lastIndexOf('@') + 1)
                .replace("[.]", ".")
                .replace("(.)", ".")
                .replace("[dot]", ".")
                .replace("(dot)", ".");
        int colon = rest.indexOf(':');
        if (colon > 0 && Vocabulary.isNumber(rest.substring(colon + 1))) {
            rest = rest.substring(0, colon);
        }
        if (rest.startsWith("*.")) {
            rest = rest.substring(2);
        }
        if (rest.endsWith(".")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        if (rest.length() > 253 || rest.indexOf('.') <= 0) {
            return null;
        }
        String[] labels = rest.toLowerCase(Locale.ROOT).split("\\.", -1);
        for (String label : labels) {
            if (label.isEmpty()
                    || label.length() > 63
                    || !label.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_')) {
                return null;
            }
        }
        String last = labels[labels.length - 1];
        boolean named =
                last.length() >= 2 && last.codePoints().allMatch(Character::isLetter) || last.startsWith("xn--");
        boolean file = FILES.contains(last) && scheme <= 0 && !below(labels);
        return !named || file ? null : new HostName(List.of(labels));
    }

    /// Whether it is of a country of such a name: `acme.com.py`.
    private static boolean below(String[] labels) {
        return labels.length >= 3
                && COUNTRIES.contains(labels[labels.length - 1])
                && BELOW.contains(labels[labels.length - 2]);
    }

    /// A domain with its labels in the letters they stand for (RFC 5890): `xn--mller-kva.de` is `müller.de`.
    static String unicode(String domain) {
        if (!domain.contains("xn--")) {
            return domain;
        }
        String[] labels = domain.split("\\.", -1);
        for (int i = 0; i < labels.length; i++) {
            labels[i] = label(labels[i]);
        }
        return String.join(".", labels);
    }

    private static String label(String label) {
        if (!label.startsWith("xn--")) {
            return label;
        }
        IDNA.Info info = new IDNA.Info();
        String letters =
                UNICODE.labelToUnicode(label, new StringBuilder(), info).toString();
        return info.hasErrors() ? label : letters;
    }

    /// The same with its labels in the letters they stand for.
    HostName inLetters() {
        return new HostName(labels.stream().map(HostName::label).toList());
    }

    private static int end(String url) {
        for (int i = 0; i < url.length(); i++) {
            if (url.charAt(i) == '/' || url.charAt(i) == '?' || url.charAt(i) == '#') {
                return i;
            }
        }
        return url.length();
    }

    /// The labels from one on, to before another.
    String part(int from, int to) {
        return String.join(".", labels.subList(from, to));
    }

    int size() {
        return labels.size();
    }
}
