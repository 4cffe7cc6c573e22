package io.carom.intel;

import io.carom.event.Cidr;
import io.carom.intel.IntelExport.Out;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Formats of a value a line.
final class TableExports {
    /// By which a formula begins; spreadsheets take the wide forms for the narrow ones.
    static final String FORMULA = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";

    private static final String NO_WORD = "the format has no word for it";

    private TableExports() {}

    static void csv(Out out) {
        out.line("type,value,comment,source,tlp,pap,confidence,valid_from,valid_until,made,revoked,detect,labels,"
                + "kill_chain,id");
        for (ThreatIndicator one : out.plain()) {
            Facts f = one.facts();
            Tlp tlp = f.tlp();
            out.line(row(List.of(
                    one.type().label(),
                    one.value(),
                    f.comment(),
                    f.source(),
                    tlp == null ? "" : tlp.label(),
                    f.pap(),
                    f.confidence() < 0 ? "" : String.valueOf(f.confidence()),
                    text(f.validFrom()),
                    text(f.validUntil()),
                    text(f.made()),
                    String.valueOf(f.revoked()),
                    String.valueOf(f.detect()),
                    String.join(";", f.labels()),
                    String.join(";", f.killChain()),
                    f.id())));
        }
    }

    private static String text(@Nullable Object value) {
        return Objects.toString(value, "");
    }

    /// Cells in quotes; what a spreadsheet would take for a formula begins with an apostrophe.
    private static String row(List<String> cells) {
        StringBuilder row = new StringBuilder();
        for (String cell : cells) {
            String text = flat(cell);
            boolean formula = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0;
            row.append(row.isEmpty() ? "" : ",")
                    .append('"')
                    .append(formula ? "'" : "")
                    .append(text.replace("\"", "\"\""))
                    .append('"');
        }
        return row.toString();
    }

    /// A comment in one line.
    private static String flat(String text) {
        StringBuilder flat = new StringBuilder();
        text.codePoints().forEach(c -> flat.appendCodePoint(IntelExport.isPlain(Character.toString(c)) ? c : ' '));
        return flat.toString().strip();
    }

    static void zeek(Out out) {
        out.line("#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc");
        for (ThreatIndicator one : out.single()) {
            String type = switch (one.type()) {
                case IP -> "Intel::ADDR";
                case CIDR -> "Intel::SUBNET";
                case DOMAIN -> "Intel::DOMAIN";
                case URL -> "Intel::URL";
                case HASH -> "Intel::FILE_HASH";
                case EMAIL -> "Intel::EMAIL";
                case FILE_NAME -> "Intel::FILE_NAME";
                case ACCOUNT -> "Intel::USER_NAME";
                case USER_AGENT -> "Intel::SOFTWARE";
                default -> "";
            };
            if (type.isEmpty()) {
                out.leave(one, NO_WORD);
            } else {
                String source = flat(one.facts().source());
                String comment = flat(one.facts().comment());
                out.line(one.value() + "\t" + type + "\t" + (source.isEmpty() ? "carom" : source) + "\t"
                        + (comment.isEmpty() ? "-" : comment));
            }
        }
    }

    /// A Suricata dataset holds values of one kind: texts in Base64, hashes and addresses as they are.
    static void dataset(Out out) {
        IntelType kind = null;
        int length = 0;
        for (ThreatIndicator one : out.single()) {
            boolean hash = one.type() == IntelType.HASH;
            boolean able = List.of(IntelType.DOMAIN, IntelType.URL, IntelType.USER_AGENT, IntelType.IP)
                            .contains(one.type())
                    || hash && (one.value().length() == 32 || one.value().length() == 64);
            if (!able) {
                out.leave(one, NO_WORD);
                continue;
            }
            if (kind == null) {
                kind = one.type();
                length = one.value().length();
            }
            if (one.type() != kind || hash && one.value().length() != length) {
                out.leave(one, "a dataset holds one kind; export again with --type");
                continue;
            }
            out.line(
                    hash || kind == IntelType.IP
                            ? one.value()
                            : Base64.getEncoder().encodeToString(one.value().getBytes(StandardCharsets.UTF_8)));
        }
    }

    static void rpz(Out out) {
        out.line("$TTL 300")
                .line("@ SOA localhost. root.localhost. 1 3600 600 86400 300")
                .line("@ NS localhost.");
        for (ThreatIndicator one : out.single()) {
            switch (one.type()) {
                case DOMAIN -> {
                    if (one.value().length() <= 240 && one.value().matches("[a-z0-9_-]+(\\.[a-z0-9_-]+)+")) {
                        out.line(one.value() + " CNAME .").line("*." + one.value() + " CNAME .");
                    } else {
                        out.leave(one, "is no name that a zone can hold");
                    }
                }
                case IP, CIDR -> out.line(trigger(one.value()) + ".rpz-ip CNAME .");
                default -> out.leave(one, NO_WORD);
            }
        }
    }

    /// `24.0.113.0.203` for 203.0.113.0/24.
    private static String trigger(String value) {
        Cidr network = Cidr.of(value);
        byte[] address = network.address();
        List<String> parts = new ArrayList<>();
        boolean v4 = value.indexOf(':') < 0;
        int slash = value.indexOf('/');
        String text = slash < 0 ? value : value.substring(0, slash);
        if (!v4 && text.indexOf('.') < 0) {
            // `::` is `zz` there; the address keeps the form in which it is known.
            for (String part : text.replace("::", ":zz:").split(":")) {
                if (!part.isEmpty()) {
                    parts.addFirst(part);
                }
            }
        } else if (v4) {
            for (int i = 15; i >= 12; i--) {
                parts.add(String.valueOf(address[i] & 0xFF));
            }
        } else {
            for (int i = 14; i >= 0; i -= 2) {
                parts.add(Integer.toHexString((address[i] & 0xFF) << 8 | address[i + 1] & 0xFF));
            }
        }
        return (v4 ? network.bits() - 96 : network.bits()) + "." + String.join(".", parts);
    }

    static void blocklist(Out out) {
        for (ThreatIndicator one : out.single()) {
            switch (one.type()) {
                case IP, CIDR, DOMAIN, URL -> {
                    if (one.value().chars().anyMatch(c -> c <= ' ' || c == '#' || c == ';' || c == ',')) {
                        out.leave(one, "has signs that a list would take for its own");
                    } else {
                        out.line(one.value());
                    }
                }
                default -> out.leave(one, NO_WORD);
            }
        }
    }

    static void defender(Out out) {
        out.line("IndicatorType,IndicatorValue,ExpirationTime,Action,Severity,Title,Description,RecommendedActions,"
                + "RbacGroups,Category,MitreTechniques,GenerateAlert");
        for (ThreatIndicator one : out.single()) {
            String type = switch (one.type()) {
                case IP -> "IpAddress";
                case DOMAIN -> "DomainName";
                case URL -> "Url";
                case HASH ->
                    switch (one.value().length()) {
                        case 32 -> "FileMd5";
                        case 40 -> "FileSha1";
                        case 64 -> "FileSha256";
                        default -> "";
                    };
                default -> "";
            };
            if (type.isEmpty()) {
                out.leave(one, NO_WORD);
                continue;
            }
            out.line(row(List.of(
                    type,
                    one.type() == IntelType.URL ? "http://" + one.value() : one.value(),
                    text(one.facts().validUntil()),
                    "Audit",
                    "High",
                    "Known indicator: " + one.type().label(),
                    one.facts().comment(),
                    "",
                    "",
                    "SuspiciousActivity",
                    "",
                    "TRUE")));
        }
    }

    static void crowdstrike(Out out) {
        out.line("type,value,action,severity,platforms,description,expiration,applied_globally");
        for (ThreatIndicator one : out.single()) {
            String type = switch (one.type()) {
                case IP -> one.value().indexOf(':') >= 0 ? "ipv6" : "ipv4";
                case DOMAIN -> "domain";
                case HASH -> one.value().length() == 32 ? "md5" : one.value().length() == 64 ? "sha256" : "";
                default -> "";
            };
            if (type.isEmpty()) {
                out.leave(one, NO_WORD);
                continue;
            }
            out.line(row(List.of(
                    type,
                    one.value(),
                    "detect",
                    "high",
                    "windows;mac;linux",
                    one.facts().comment(),
                    text(one.facts().validUntil()),
                    "true")));
        }
    }
}
