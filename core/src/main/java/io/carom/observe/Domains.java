package io.carom.observe;

import crawlercommons.domains.EffectiveTldFinder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// In whose domain a host name is, by the public suffix list (publicsuffix.org) with its private part: what
/// lies under `com.br` or `duckdns.org` belongs to many.
///
/// Remembers what it was asked last in a table of fixed size. Not safe for use by many threads.
public final class Domains {
    private static final int SLOTS = 1 << 15;

    private final @Nullable String[] names = new String[SLOTS];
    private final @Nullable String[] domains = new String[SLOTS];

    /// The domain somebody registered that the name lies in, `example.co.uk` for `www.example.co.uk`. Empty if
    /// there is none: a public suffix itself, a name of one label, an address, or under no top-level domain
    /// that there is.
    ///
    /// @param name lower case, without a trailing dot
    public String registrable(String name) {
        int slot = name.hashCode();
        slot = (slot ^ slot >>> 15) & SLOTS - 1;
        String known = names[slot];
        String domain = domains[slot];
        if (known != null && domain != null && known.equals(name)) {
            return domain;
        }
        String found = find(name);
        names[slot] = name;
        domains[slot] = found;
        return found;
    }

    private static String find(String name) {
        int dot = name.lastIndexOf('.');
        if (dot <= 0 || dot == name.length() - 1 || name.length() > 255) {
            return "";
        }
        char first = name.charAt(dot + 1);
        if (first >= '0' && first <= '9' || name.endsWith(".arpa")) {
            return "";
        }
        String found = EffectiveTldFinder.getAssignedDomain(name, true, false);
        return found == null ? "" : found.toLowerCase(Locale.ROOT);
    }
}
