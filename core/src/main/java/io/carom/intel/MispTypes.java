package io.carom.intel;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// MISP's attribute types as kinds of indicator, and back.
final class MispTypes {
    private static final Map<String, IntelType> TYPES = Map.ofEntries(
            Map.entry("ip", IntelType.IP),
            Map.entry("ip-src", IntelType.IP),
            Map.entry("ip-dst", IntelType.IP),
            Map.entry("domain", IntelType.DOMAIN),
            Map.entry("hostname", IntelType.DOMAIN),
            Map.entry("onion-address", IntelType.DOMAIN),
            Map.entry("url", IntelType.URL),
            Map.entry("uri", IntelType.URL),
            Map.entry("link", IntelType.URL),
            Map.entry("email", IntelType.EMAIL),
            Map.entry("email-src", IntelType.EMAIL),
            Map.entry("email-dst", IntelType.EMAIL),
            Map.entry("email-reply-to", IntelType.EMAIL),
            Map.entry("whois-registrant-email", IntelType.EMAIL),
            Map.entry("dns-soa-email", IntelType.EMAIL),
            Map.entry("md5", IntelType.HASH),
            Map.entry("sha1", IntelType.HASH),
            Map.entry("sha224", IntelType.HASH),
            Map.entry("sha256", IntelType.HASH),
            Map.entry("sha384", IntelType.HASH),
            Map.entry("sha512", IntelType.HASH),
            Map.entry("sha512/224", IntelType.HASH),
            Map.entry("sha512/256", IntelType.HASH),
            Map.entry("sha3-224", IntelType.HASH),
            Map.entry("sha3-256", IntelType.HASH),
            Map.entry("sha3-384", IntelType.HASH),
            Map.entry("sha3-512", IntelType.HASH),
            Map.entry("authentihash", IntelType.HASH),
            Map.entry("x509-fingerprint-md5", IntelType.HASH),
            Map.entry("x509-fingerprint-sha1", IntelType.HASH),
            Map.entry("x509-fingerprint-sha256", IntelType.HASH),
            Map.entry("ja3-fingerprint-md5", IntelType.HASH),
            Map.entry("hassh-md5", IntelType.HASH),
            Map.entry("hasshserver-md5", IntelType.HASH),
            Map.entry("filename", IntelType.FILE_NAME),
            Map.entry("user-agent", IntelType.USER_AGENT),
            Map.entry("http-user-agent", IntelType.USER_AGENT),
            Map.entry("regkey", IntelType.REGISTRY_KEY),
            Map.entry("mutex", IntelType.MUTEX),
            Map.entry("named pipe", IntelType.PIPE),
            Map.entry("AS", IntelType.AUTONOMOUS_SYSTEM),
            Map.entry("target-user", IntelType.ACCOUNT),
            Map.entry("github-username", IntelType.ACCOUNT),
            Map.entry("stix2-pattern", IntelType.PATTERN));

    private MispTypes() {}

    /// Null for what is not compared with anything.
    static @Nullable IntelType of(String type) {
        return TYPES.get(type);
    }

    /// The type and category that an attribute of this kind and value has.
    static String[] written(IntelType type, String value) {
        return switch (type) {
            case IP, CIDR -> new String[] {"ip-dst", "Network activity"};
            case DOMAIN -> new String[] {"domain", "Network activity"};
            case URL -> new String[] {"url", "Network activity"};
            case HASH -> new String[] {SimplePatterns.algorithm(value), "Payload delivery"};
            case EMAIL -> new String[] {"email", "Payload delivery"};
            case FILE_NAME, FILE_PATH -> new String[] {"filename", "Payload delivery"};
            case ACCOUNT -> new String[] {"target-user", "Targeting data"};
            case USER_AGENT -> new String[] {"user-agent", "Network activity"};
            case REGISTRY_KEY -> new String[] {"regkey", "Persistence mechanism"};
            case MUTEX -> new String[] {"mutex", "Artifacts dropped"};
            case PIPE -> new String[] {"named pipe", "Artifacts dropped"};
            case AUTONOMOUS_SYSTEM -> new String[] {"AS", "Network activity"};
            case PATTERN -> new String[] {"stix2-pattern", "Artifacts dropped"};
            case JA4 -> new String[] {"other", "Network activity"};
        };
    }
}
