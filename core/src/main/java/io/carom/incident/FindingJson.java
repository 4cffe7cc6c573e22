package io.carom.incident;

import io.carom.event.AttackTechniques;
import io.carom.event.Cidr;
import io.carom.event.Finding;
import io.carom.event.JsonText;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// A finding as OCSF 1.8.0 Detection Finding (class 2004), one JSON object without a line end.
///
/// Observables name places of the finding itself; those that stand only in the event it was found in are
/// under `unmapped.carom.observables`, with the place they have there.
public final class FindingJson {
    private static final List<String> SEVERITIES =
            List.of("Unknown", "Informational", "Low", "Medium", "High", "Critical", "Fatal");

    private static final Pattern TECHNIQUE = Pattern.compile("T\\d{4}(?:\\.\\d{3})?");

    /// Techniques of ATT&CK as they stand in a finding; of those that have a name, so that they are some hundreds.
    private static final Map<String, byte[]> TECHNIQUES = new ConcurrentHashMap<>();

    private static final int ADDRESS = 2;
    private static final int HOST = 1;
    private static final int USER = 4;

    private FindingJson() {}

    /// Appends the finding.
    public static void write(Finding finding, JsonText out) {
        int severity = Math.clamp(finding.severityId(), 0, 6);
        out.raw("{\"class_uid\":2004,\"class_name\":\"Detection Finding\",\"category_uid\":2,")
                .raw("\"category_name\":\"Findings\",\"activity_id\":1,\"activity_name\":\"Create\",")
                .raw("\"type_uid\":200401,\"type_name\":\"Detection Finding: Create\",")
                .raw("\"severity_id\":")
                .number(severity)
                .raw(",\"severity\":\"")
                .raw(SEVERITIES.get(severity))
                .raw("\",\"action_id\":0,\"action\":\"Unknown\",\"status_id\":1,\"status\":\"New\",\"time\":")
                .number(finding.time())
                .raw(",\"message\":")
                .string(finding.message())
                .raw(
                        ",\"metadata\":{\"version\":\"1.8.0\",\"profiles\":[\"security_control\"],\"product\":{\"name\":\"Carom\",\"vendor_name\":\"Carom\"}},")
                .raw("\"finding_info\":{\"uid\":")
                .string(finding.uid())
                .raw(",\"title\":")
                .string(finding.title())
                .raw(",\"desc\":")
                .string(finding.message())
                .raw(",\"analytic\":{\"uid\":")
                .string(finding.analytic())
                .raw(",\"name\":")
                .string(finding.title());
        if (finding.analytic().startsWith(FindingsByEntity.INDICATOR)) {
            out.raw(",\"type_id\":99,\"type\":\"Indicator\"}}");
        } else if (finding.analytic().startsWith(FindingsByEntity.BEHAVIOUR)) {
            out.raw(",\"type_id\":2,\"type\":\"Behavioral\"}}");
        } else {
            out.raw(",\"type_id\":1,\"type\":\"Rule\"}}");
        }
        attacks(finding.attacks(), out);
        evidence(finding, out);
        observables(finding, out);
        unmapped(finding, out);
        out.raw('}');
    }

    private static void attacks(List<String> attacks, JsonText out) {
        boolean any = false;
        for (String uid : attacks) {
            byte[] known = TECHNIQUES.get(uid);
            if (known == null && !TECHNIQUE.matcher(uid).matches()) {
                continue;
            }
            out.raw(any ? "," : ",\"attacks\":[");
            any = true;
            if (known == null) {
                int begun = out.length();
                attack(uid, out);
                if (AttackTechniques.name(uid) != null) {
                    TECHNIQUES.put(uid, Arrays.copyOfRange(out.bytes(), begun, out.length()));
                }
            } else {
                out.raw(known);
            }
        }
        if (any) {
            out.raw("]");
        }
    }

    private static void attack(String uid, JsonText out) {
        int dot = uid.indexOf('.');
        out.raw("{");
        technique("technique", dot < 0 ? uid : uid.substring(0, dot), out);
        if (dot > 0) {
            out.raw(",");
            technique("sub_technique", uid, out);
        }
        out.raw("}");
    }

    private static void technique(String member, String uid, JsonText out) {
        out.raw("\"").raw(member).raw("\":{\"uid\":").string(uid);
        String name = AttackTechniques.name(uid);
        if (name != null) {
            out.raw(",\"name\":").string(name);
        }
        out.raw("}");
    }

    private static void evidence(Finding finding, JsonText out) {
        out.raw(",\"evidences\":[");
        for (int i = 0; i < finding.evidences().size(); i++) {
            out.raw(i == 0 ? "" : ",");
            evidence(finding.evidences().get(i), out);
        }
        out.raw("]");
    }

    private static void evidence(Finding.Evidence e, JsonText out) {
        out.raw("{\"name\":").string(e.source());
        endpoint("src_endpoint", e.srcAddress(), out);
        endpoint("dst_endpoint", e.dstAddress(), out);
        String host = e.host();
        if (host != null && !host.isEmpty()) {
            out.raw(",\"device\":{\"type_id\":0,\"type\":\"Unknown\",\"")
                    .raw(isHostName(host) ? "hostname" : "name")
                    .raw("\":")
                    .string(host)
                    .raw("}");
        }
        String user = e.user();
        if (user != null && !user.isEmpty()) {
            out.raw(",\"user\":{\"name\":").string(user).raw("}");
        }
        out.raw(",\"data\":{\"class_uid\":")
                .number(e.classUid())
                .raw(",\"path\":")
                .string(e.path())
                .raw(",\"record_number\":")
                .number(e.record())
                .raw(",\"record\":")
                .string(e.nativeRecord())
                .raw("}}");
    }

    private static void endpoint(String name, @org.jspecify.annotations.Nullable String address, JsonText out) {
        if (address == null || address.isEmpty()) {
            return;
        }
        out.raw(",\"")
                .raw(name)
                .raw("\":{\"")
                .raw(Cidr.address(address) != null ? "ip" : "name")
                .raw("\":")
                .string(address)
                .raw("}");
    }

    private static final int LABELS = 21;

    /// Whether OCSF's `hostname_t` takes it: labels of 63 letters, digits and dashes at most, a dash neither first nor
    /// last.
    static boolean isHostName(String host) {
        int length = host.length();
        if (length == 0 || length > 253) {
            return false;
        }
        int labels = 1;
        int begin = 0;
        for (int i = 0; i <= length; i++) {
            char c = i < length ? host.charAt(i) : '.';
            if (c == '.') {
                if (i == begin || i - begin > 63 || host.charAt(begin) == '-' || host.charAt(i - 1) == '-') {
                    return false;
                }
                begin = i + 1;
                labels += i < length ? 1 : 0;
            } else if (c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')) {
                return false;
            }
        }
        return labels <= LABELS;
    }

    private static void observables(Finding finding, JsonText out) {
        Finding.Evidence e = finding.evidence();
        int begun = out.length();
        out.raw(",\"observables\":[");
        int empty = out.length();
        if (e.srcAddress() != null && Cidr.address(e.srcAddress()) != null) {
            observable("evidences[0].src_endpoint.ip", ADDRESS, "IP Address", e.srcAddress(), empty, out);
        }
        if (e.dstAddress() != null && Cidr.address(e.dstAddress()) != null) {
            observable("evidences[0].dst_endpoint.ip", ADDRESS, "IP Address", e.dstAddress(), empty, out);
        }
        if (e.host() != null && isHostName(e.host())) {
            observable("evidences[0].device.hostname", HOST, "Hostname", e.host(), empty, out);
        }
        if (e.user() != null && !e.user().isEmpty()) {
            observable("evidences[0].user.name", USER, "User Name", e.user(), empty, out);
        }
        if (out.length() == empty) {
            out.length(begun);
        } else {
            out.raw("]");
        }
    }

    private static void observable(String name, int type, String caption, String value, int empty, JsonText out) {
        out.raw(out.length() == empty ? "" : ",")
                .raw("{\"name\":\"")
                .raw(name)
                .raw("\",\"type_id\":")
                .number(type)
                .raw(",\"type\":\"")
                .raw(caption)
                .raw("\",\"value\":")
                .string(value)
                .raw("}");
    }

    private static void unmapped(Finding finding, JsonText out) {
        out.raw(",\"unmapped\":{\"carom\":{\"client\":")
                .string(finding.client())
                .raw(",\"source\":{\"path\":")
                .string(finding.evidence().path())
                .raw(",\"record\":")
                .number(finding.evidence().record())
                .raw("},\"observables\":[");
        for (int i = 0; i < finding.observables().size(); i++) {
            Finding.Observable o = finding.observables().get(i);
            out.raw(i == 0 ? "" : ",")
                    .raw("{\"name\":")
                    .string(o.name())
                    .raw(",\"type_id\":")
                    .number(o.type())
                    .raw(",\"value\":")
                    .string(o.value())
                    .raw("}");
        }
        out.raw("]}}");
    }
}
