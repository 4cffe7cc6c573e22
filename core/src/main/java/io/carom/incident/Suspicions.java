package io.carom.incident;

import io.carom.event.Cidr;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.observe.Address;
import io.carom.party.Parties;
import io.carom.trace.Suspicion;
import io.carom.trace.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which machines findings make suspect, and since when.
public final class Suspicions {
    private Suspicions() {}

    /// One for each machine of each finding that is kept.
    public static List<Suspicion> of(List<Group> groups, Parties parties) {
        List<Suspicion> out = new ArrayList<>();
        for (Group group : groups) {
            for (Finding finding : group.kept()) {
                String user = finding.evidence().user();
                List<String> machines = machines(finding, parties);
                if (machines.isEmpty() && user != null && !user.isBlank()) {
                    // A mailbox or a cloud account is on no machine.
                    machines = List.of("");
                }
                for (String machine : machines) {
                    out.add(new Suspicion(
                            finding.client(),
                            machine,
                            user == null ? "" : Suspicion.bare(user),
                            finding.time(),
                            finding.severityId(),
                            PlainText.cut(finding.title(), 200),
                            finding.attacks(),
                            visitor(finding, parties),
                            new Trace.Source(
                                    finding.evidence().path(),
                                    finding.evidence().record())));
                }
            }
        }
        return out;
    }

    /// Who did it from outside; empty if nobody is named.
    private static String visitor(Finding finding, Parties parties) {
        String src = finding.evidence().srcAddress();
        Address address = src == null ? null : Address.of(src);
        return src != null
                        && address != null
                        && address.reach() == Address.Reach.PUBLIC
                        && side(src, finding.client(), parties) == null
                ? address.text()
                : "";
    }

    /// When each machine of these groups became suspect, milliseconds since 1970; mild findings only
    /// where there are no others.
    static Map<String, Long> since(List<Group> groups, Parties parties) {
        Map<String, Long> grave = new LinkedHashMap<>();
        Map<String, Long> all = new LinkedHashMap<>();
        for (Group group : groups) {
            for (Finding finding : group.kept()) {
                for (String machine : machines(finding, parties)) {
                    all.merge(machine, finding.time(), Math::min);
                    if (finding.severityId() >= 3) {
                        grave.merge(machine, finding.time(), Math::min);
                    }
                }
            }
        }
        return grave.isEmpty() ? all : grave;
    }

    /// The machine that says so, the client's machine or the supplier's end of a link that did it; whom
    /// it was done to only where nobody else is known.
    static List<String> machines(Finding finding, Parties parties) {
        List<String> out = new ArrayList<>();
        Finding.Evidence e = finding.evidence();
        String host = e.host();
        if (host != null && !host.isEmpty() && e.classUid() / 1000 != 4) {
            out.add(host);
        }
        String src = side(e.srcAddress(), finding.client(), parties);
        if (src != null) {
            out.add(src);
        }
        String dst = side(e.dstAddress(), finding.client(), parties);
        if (out.isEmpty() && dst != null) {
            out.add(dst);
        }
        return out;
    }

    /// The machines a finding names at all: where it was found, from where, at whom.
    public static List<String> machines(Finding finding) {
        Finding.Evidence e = finding.evidence();
        List<String> out = new ArrayList<>();
        for (String one : new @Nullable String[] {e.host(), e.srcAddress(), e.dstAddress()}) {
            if (one != null && !one.isEmpty()) {
                out.add(one);
            }
        }
        return out;
    }

    private static @Nullable String side(@Nullable String text, String client, Parties parties) {
        String plain = text == null ? "" : Cidr.plain(text);
        byte[] address = Cidr.address(plain);
        return address != null
                        && (parties.linkOf(address, client) != null || Addresses.ofClient(address, client, parties))
                ? plain
                : null;
    }
}
