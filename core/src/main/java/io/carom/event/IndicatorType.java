package io.carom.event;

/// Kinds of indicator, by what they are compared with.
///
/// A value of text (everything but addresses and networks) that ends in `*` is seen when one begins with
/// what stands before, and one that begins with `*` when one ends with what stands behind.
public enum IndicatorType {
    /// An address, IPv4 or IPv6, in its shortest text form.
    IP("ip"),
    /// A network: `203.0.113.0/24`. Seen when an address lies in it.
    CIDR("cidr"),
    /// A domain in lower case. Seen when a host name is it or ends in it behind a dot.
    DOMAIN("domain"),
    /// A URL without scheme, host in lower case. Without a query it is seen whatever the query was.
    URL("url"),
    /// MD5, SHA-1, SHA-256 or any other hash, in lower-case hexadecimal.
    HASH("hash"),
    /// A mail address in lower case.
    EMAIL("email"),
    /// A file's name without its folder, compared without regard to case.
    FILE_NAME("file-name"),
    /// A user's name, compared without regard to case.
    ACCOUNT("account"),
    /// An HTTP user agent whole, compared without regard to case.
    USER_AGENT("user-agent"),
    /// A JA4 fingerprint of a TLS client. JA3 and a certificate's fingerprint are hashes.
    JA4("ja4");

    private final String label;

    IndicatorType(String label) {
        this.label = label;
    }

    /// As files and `--json` write it.
    public String label() {
        return label;
    }
}
