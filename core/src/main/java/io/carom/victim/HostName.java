package io.carom.victim;

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
        rest = rest.substring(rest.lastIndexOf('@') + 1).replace("[.]", ".").replace("(.)", ".");
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
        return !named || FILES.contains(last) && scheme <= 0 ? null : new HostName(List.of(labels));
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
