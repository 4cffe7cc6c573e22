package io.carom.observe;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which machine a log was taken from, where its lines do not say: read from the folders it lies in.
///
/// Collections for forensics (KAPE, Velociraptor) and log shippers keep a folder a machine, and below it the
/// product's own folders: `PC7/C/ProgramData/AnyDesk/ad_svc.trace`.
public final class CollectedFrom {
    private static final int MOST = 8;

    /// Folders that are of a product or a system, not of a machine.
    private static final Set<String> PLACES = Set.of(
            "anydesk",
            "teamviewer",
            "logs",
            "log",
            "var",
            "programdata",
            "program files",
            "program files (x86)",
            "appdata",
            "roaming",
            "local",
            "windows",
            "uploads",
            "files",
            "data",
            "auto",
            "ntfs",
            "home",
            "root",
            "opt",
            "etc",
            "library",
            "system32",
            "winevt",
            "evtx");

    private CollectedFrom() {}

    /// The name of the nearest folder that may be a machine's, in lower case; empty if none is.
    ///
    /// @param path with `/` or `\\`; `client` whose logs they are, for a folder of that name is no machine's
    public static String machine(String path, String client) {
        List<String> parts = List.of(path.replace('\\', '/').split("/"));
        int least = Math.max(0, parts.size() - 1 - MOST);
        for (int i = parts.size() - 2; i >= least; i--) {
            String part = parts.get(i).strip();
            String folded = part.toLowerCase(Locale.ROOT);
            String above = i > 0 ? parts.get(i - 1).toLowerCase(Locale.ROOT) : "";
            boolean ofUser = above.equals("users") || above.equals("home");
            // A program's own folder in somebody's home begins with a dot.
            boolean place = PLACES.contains(folded) || folded.startsWith(".") || drive(folded);
            if (part.isEmpty() || place || folded.equals("users") || ofUser) {
                continue;
            }
            boolean named = part.length() <= 64
                    && part.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.')
                    && part.chars().anyMatch(Character::isLetter);
            return named && !folded.equals(client.toLowerCase(Locale.ROOT)) ? folded : "";
        }
        return "";
    }

    /// `c`, `c:`, and as it is written where a colon may not stand.
    private static boolean drive(String folder) {
        return folder.matches("[a-z](?::|%3a|_)?");
    }
}
