package io.carom.advise;

import io.carom.cases.Cases;
import io.carom.config.ConfigException;
import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incidents;
import io.carom.intel.Facts;
import io.carom.intel.IntelType;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.intel.Warninglists;
import io.carom.intelstore.IntelStore;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.trace.SessionBook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A home with incidents of several clients of one supplier, made for tests.
final class AdviceHome {
    static final Instant NOW = Instant.parse("2026-03-05T12:00:00Z");
    static final long T = Instant.parse("2026-03-01T10:00:00Z").toEpochMilli();

    static final String PARTIES = """
            parties:
              - {name: northgate, role: us, networks: [10.1.0.0/16], domains: [northgate.example], hosts: [NG-DC1], accounts: [ng-adm*], contact: soc@northgate.example}
              - {name: acme, role: client, networks: [10.20.0.0/16], domains: [acme.example], hosts: [FS01], directories: [ACME], duties: [nis2, gdpr], notify_within: 24h}
              - name: borealis-bank
                role: client
                networks: [10.40.0.0/16, 198.51.100.0/24, "2001:db8:40::/48"]
                domains: [borealis.example]
                mail_domains: [mail-borealis.example]
                directories: [BORBANK]
                hosts: [BOR-DC1, vault7]
                accounts: [svc-borpay, "bor-adm*"]
                tenants: [11111111-2222-3333-4444-555555555555]
                contact: "Maria Lindqvist, +46 8 123 456"
                logs: [clients/borealis]
              - {name: acme-europe, role: client, networks: [10.60.0.0/16], domains: [acme-europe.example]}
              - {name: kiwi, role: supplier, networks: [10.70.0.0/16], domains: [kiwi-soft.example]}
            links:
              - {name: ng-acme, supplier: northgate, client: acme, kind: vpn, networks: [10.1.9.0/24], hosts: [NG-JUMP], accounts: [v-acme1]}
              - {name: ng-borealis, supplier: northgate, client: borealis-bank, kind: vpn, networks: [10.1.8.0/24], hosts: [NG-JUMP], accounts: [v-bor1]}
              - {name: ng-europe, supplier: northgate, client: acme-europe, kind: vpn, networks: [10.1.7.0/24], accounts: [v-eur1]}
              - {name: kiwi-borealis, supplier: kiwi, client: borealis-bank, kind: vpn, networks: [10.70.1.0/24]}
            """;

    final Path home;
    final Parties parties;
    private final List<Finding> findings = new ArrayList<>();

    AdviceHome(Path home) throws ConfigException {
        this.home = home;
        this.parties = PartiesFile.parse(PARTIES, "parties.yaml");
    }

    AdviceHome finding(
            String client,
            String analytic,
            String title,
            @Nullable String host,
            @Nullable String user,
            String path,
            String raw) {
        return finding(client, analytic, title, host, user, null, path, raw);
    }

    AdviceHome finding(
            String client,
            String analytic,
            String title,
            @Nullable String host,
            @Nullable String user,
            @Nullable String destination,
            String path,
            String raw) {
        long time = T + findings.size() * 60_000L;
        findings.add(new Finding(
                "f" + findings.size(),
                analytic,
                title,
                "message",
                4,
                time,
                client,
                new Finding.Evidence(
                        path, findings.size() + 1, "test", 4001, "10.20.3.4", destination, host, user, raw),
                analytic.startsWith("indicator:")
                        ? List.of(new Finding.Observable("value", 1, analytic.split(":", 3)[2]))
                        : List.of(),
                List.of("T1021.001")));
        return this;
    }

    /// A finding on each of so many machines that have nothing in common, of an indicator of its own.
    AdviceHome machines(String client, int n) {
        return machines(client, n, 1);
    }

    /// So many findings on each of so many machines that have nothing in common, each of an indicator of
    /// its own: names of acme's machines end in their number alone, those of others' in the client too.
    AdviceHome machines(String client, int n, int each) {
        String of = client.equals("acme") ? "" : "-" + client;
        for (int i = 0; i < n; i++) {
            String address = "10.20." + (100 + i / 250) + "." + i % 250;
            for (int k = 0; k < each; k++) {
                String value = (k == 0 ? "c2-" : "c2-" + k + "-") + i + ".evil-" + i + of + ".example";
                findings.add(new Finding(
                        "m" + findings.size(),
                        "indicator:domain:" + value,
                        "Known command and control",
                        "message",
                        4,
                        T + i * 60_000L,
                        client,
                        new Finding.Evidence(
                                "m" + i + ".log",
                                i + 1,
                                "test",
                                4003,
                                address,
                                null,
                                "ws-" + i + of,
                                "user-" + i + of,
                                "asked " + i),
                        List.of(new Finding.Observable("value", 1, value)),
                        List.of("T1071.004")));
            }
        }
        return this;
    }

    AdviceHome intel(IntelType type, String value, @Nullable Tlp tlp, String pap, String source, String comment)
            throws IOException {
        Facts.Draft facts = Facts.at("/srv/intel/partner.csv:3");
        facts.tlp = tlp;
        facts.pap = pap;
        facts.source = source;
        facts.comment = comment;
        try (IntelStore store = IntelStore.open(home)) {
            store.add(source + value, List.of(new ThreatIndicator(type, value, facts.done())), NOW);
        }
        return this;
    }

    AdviceHome investigated() throws IOException {
        FindingsByEntity all = new FindingsByEntity(parties);
        findings.forEach(all::add);
        try (Cases cases = Cases.open(home)) {
            cases.enter(
                    Incidents.of(all.groups(), List.of(), parties, NOW),
                    List.of(),
                    new SessionBook(),
                    o -> "log",
                    PARTIES);
        }
        return this;
    }

    Adviser.Settings settings() {
        return new Adviser.Settings(home, parties, NOW, Tlp.AMBER, "low", Warninglists.builtIn());
    }

    Advice advice(String client) throws IOException {
        try (Cases cases = Cases.open(home);
                Adviser adviser = new Adviser(settings(), cases, Set.of())) {
            return adviser.of(client, adviser.audience(client));
        }
    }

    Map<String, byte[]> files(String client) throws IOException {
        try (Cases cases = Cases.open(home);
                Adviser adviser = new Adviser(settings(), cases, Set.of())) {
            Audience audience = adviser.audience(client);
            return AdviceFiles.of(adviser.of(client, audience), audience);
        }
    }
}
