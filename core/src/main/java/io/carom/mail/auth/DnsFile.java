package io.carom.mail.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// DNS answers from a file, as they were recorded: a zone's lines, or answers of `dig +noall +answer`.
///
///     example.org.   300  IN  TXT  "v=spf1 ip4:192.0.2.0/24 -all"
///     mail.example.org    A    192.0.2.1
///     gone.example.org    TIMEOUT
///
/// Time to live and class may be left out; `;` and `#` begin a remark. A name that is not in the
/// file has no records. Read once; safe for use by many threads.
public final class DnsFile implements Dns {
    private static final long MAX_BYTES = 64L << 20;
    private static final int ALIASES = 10;

    private final Map<String, List<String>> records = new HashMap<>();

    private DnsFile() {}

    /// @throws IOException if it cannot be read, or with path, line and what was expected
    public static DnsFile read(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": more than " + (MAX_BYTES >> 20) + " MB of DNS answers");
        }
        return parse(Files.readString(file, StandardCharsets.ISO_8859_1), file.toString());
    }

    static DnsFile parse(String text, String name) throws IOException {
        DnsFile dns = new DnsFile();
        int number = 0;
        for (String line : text.split("\r?\n")) {
            number++;
            if (!line.isBlank() && line.strip().charAt(0) != ';' && line.strip().charAt(0) != '#') {
                dns.line(line.strip(), name + ":" + number);
            }
        }
        return dns;
    }

    private void line(String line, String place) throws IOException {
        String[] words = line.split("\\s+", 2);
        String owner = bare(words[0]);
        String rest = words.length < 2 ? "" : words[1];
        while (rest.matches("(?s)(\\d+[smhdwSMHDW]?|IN|in)\\s.*")) {
            rest = rest.split("\\s+", 2)[1];
        }
        String[] typed = rest.split("\\s+", 2);
        String type = typed[0].toUpperCase(Locale.ROOT);
        String value = typed.length < 2 ? "" : typed[1].strip();
        switch (type) {
            case "A", "AAAA" -> add(owner, type, value.split("\\s")[0]);
            case "PTR", "CNAME" -> add(owner, type, bare(value));
            case "MX" -> {
                String[] mx = value.split("\\s+");
                if (mx.length < 2 || !mx[0].matches("\\d{1,5}")) {
                    throw new IOException(
                            place + ": expected MX with a preference and a name, found \"" + value + "\"");
                }
                add(owner, type, String.format(Locale.ROOT, "%05d ", Integer.parseInt(mx[0])) + bare(mx[1]));
            }
            case "TXT", "SPF" -> add(owner, "TXT", DnsStrings.join(value));
            case "TIMEOUT" -> add(owner, "TIMEOUT", "");
            case "NS",
                    "SOA",
                    "CAA",
                    "RRSIG",
                    "DS",
                    "DNSKEY",
                    "SRV",
                    "NSEC",
                    "NSEC3",
                    "NSEC3PARAM",
                    "HTTPS",
                    "SVCB" -> {}
            case "DNAME", "NAPTR", "TLSA", "SMIMEA", "OPENPGPKEY", "SSHFP", "CDS", "CDNSKEY", "CSYNC", "LOC" -> {}
            case "HINFO", "RP", "URI", "CERT", "ZONEMD" -> {}
            default -> {
                // Of kinds that a program has no name for it writes the number (RFC 3597 section 5).
                if (type.matches("TYPE\\d{1,5}")) {
                    return;
                }
                throw new IOException(place + ": expected a name, a type such as TXT or A, and a value, found \""
                        + line.substring(0, Math.min(80, line.length())) + "\"");
            }
        }
    }

    private void add(String owner, String type, String value) {
        records.computeIfAbsent(owner + " " + type, k -> new ArrayList<>()).add(value);
    }

    private static String bare(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    @Override
    public List<String> ask(String name, Type type) throws NoAnswerException {
        String at = bare(name);
        for (int i = 0; i < ALIASES; i++) {
            List<String> found = records.get(at + " " + type);
            if (found != null) {
                return type == Type.MX
                        ? found.stream().sorted().map(v -> v.substring(6)).toList()
                        // A set has nothing twice; old zones have a policy as TXT and as SPF.
                        : found.stream().distinct().toList();
            }
            if (records.containsKey(at + " TIMEOUT")) {
                throw new NoAnswerException(at + ": recorded as without an answer");
            }
            List<String> alias = records.get(at + " CNAME");
            if (alias == null) {
                return List.of();
            }
            at = alias.getFirst();
        }
        return List.of();
    }
}
