package io.carom.intel;

import java.util.List;
import java.util.Locale;

/// What it means that a warninglist holds a value. Some kinds excuse: nobody is paged for what everybody
/// touches. The others say who has an address or name, which intruders rent as others do, and excuse nothing.
public enum WarningKind {
    RESOLVER(true, "a public resolver, which everybody asks"),
    POPULAR(true, "a site that everybody visits"),
    RESERVED(true, "addresses or names that are nobody's on the internet"),
    HARMLESS_FILE(true, "a file that is on every machine"),
    OWN(true, "one's own"),
    LISTED(true, "listed as no sign of trouble"),
    VPN(false, "a range of VPN providers and data centres"),
    DYNAMIC_NAME(false, "names that anybody gets for an address that changes"),
    HOSTING(false, "a range or name of a hosting, cloud or content network, which anybody can rent"),
    SCANNER(false, "a service that scans the internet"),
    SINKHOLE(false, "where infected machines are led to"),
    SERVICE(false, "a service that intruders use as others do");

    private record Sign(String words, WarningKind kind) {}

    /// Words of MISP's list names, the first that fits decides: what excuses nothing comes first, as "range"
    /// says more than whose.
    private static final List<Sign> SIGNS = List.of(
            new Sign("vpn", VPN),
            new Sign("private relay", VPN),
            new Sign("tor exit", VPN),
            new Sign("dynamic dns", DYNAMIC_NAME),
            new Sign("sinkhole", SINKHOLE),
            new Sign("blockpage", SINKHOLE),
            new Sign("parking", SERVICE),
            new Sign("scan", SCANNER),
            new Sign("cortex", SCANNER),
            new Sign("tenable", SCANNER),
            new Sign("shadowserver", SCANNER),
            new Sign("connection-attempt", SCANNER),
            new Sign("check-host", SCANNER),
            new Sign("googlebot", SCANNER),
            new Sign("crawler", SCANNER),
            new Sign("dns resolvers", RESOLVER),
            new Sign("resolvers", RESOLVER),
            new Sign("office 365 ip", POPULAR),
            new Sign("wikimedia", POPULAR),
            new Sign("apple ip", POPULAR),
            new Sign("crl and ocsp", POPULAR),
            new Sign("azure datacenter", HOSTING),
            new Sign("azure china", HOSTING),
            new Sign("azure germany", HOSTING),
            new Sign("azure us", HOSTING),
            new Sign("ip range", HOSTING),
            new Sign("ip address range", HOSTING),
            new Sign("cdn", HOSTING),
            new Sign("ovh", HOSTING),
            new Sign("hosting", HOSTING),
            new Sign("proxy", HOSTING),
            new Sign("smtp", SERVICE),
            new Sign("disposable", SERVICE),
            new Sign("shortener", SERVICE),
            new Sign("link in bio", SERVICE),
            new Sign("living off", SERVICE),
            new Sign("ipfs", SERVICE),
            new Sign("source ip", SERVICE),
            new Sign("external ip", SERVICE),
            new Sign("malware analysis", SERVICE),
            new Sign("empty file", HARMLESS_FILE),
            new Sign("hashes", HARMLESS_FILE),
            new Sign("ca certificates", HARMLESS_FILE),
            new Sign("intermediate of trusted", HARMLESS_FILE),
            new Sign("eicar", HARMLESS_FILE),
            new Sign("rfc ", RESERVED),
            new Sign("multicast", RESERVED),
            new Sign("link local", RESERVED),
            new Sign("tlds", RESERVED),
            new Sign("top ", POPULAR),
            new Sign("most-used", POPULAR),
            new Sign("domains", POPULAR),
            new Sign("websites", POPULAR),
            new Sign("webpages", POPULAR),
            new Sign("large sites", POPULAR),
            new Sign("captive portal", POPULAR),
            new Sign("whitelist", POPULAR),
            new Sign("urls", POPULAR),
            new Sign("endpoints", POPULAR));

    private final boolean excuses;
    private final String words;

    WarningKind(boolean excuses, String words) {
        this.excuses = excuses;
        this.words = words;
    }

    public boolean excuses() {
        return excuses;
    }

    /// What it means, for people.
    public String words() {
        return words;
    }

    /// By a list's name; a list that nobody knows was given so that it excuses.
    static WarningKind of(String name) {
        String low = name.toLowerCase(Locale.ROOT);
        for (Sign sign : SIGNS) {
            if (low.contains(sign.words)) {
                return sign.kind;
            }
        }
        return LISTED;
    }
}
