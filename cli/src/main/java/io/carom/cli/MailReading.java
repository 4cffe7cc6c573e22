package io.carom.cli;

import io.carom.config.ConfigException;
import io.carom.config.Faults;
import io.carom.config.YamlNode;
import io.carom.event.Indicator;
import io.carom.mail.KnownIndicators;
import io.carom.mail.MailScanner;
import io.carom.mail.Reasons;
import io.carom.mail.auth.Authentication;
import io.carom.mail.auth.Dns;
import io.carom.mail.auth.DnsFile;
import io.carom.mail.name.OwnName;
import io.carom.party.Parties;
import io.carom.party.PartiesFile;
import io.carom.party.Party;
import io.carom.resolve.Resolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What commands that look at mails have in common: what they are looked at with.
final class MailReading {
    @Option(
            names = "--parties",
            paramLabel = "FILE",
            description = "Whose names and domains mails may pretend to be of: us, clients, suppliers (default:"
                    + " parties.yaml in a PATH that is a folder, then in the home).")
    @Nullable
    Path partiesFile;

    @Option(
            names = "--dns",
            paramLabel = "FILE",
            description = "DNS answers to check SPF, DKIM, DMARC and ARC by: a zone's lines, or answers of dig.")
    @Nullable
    Path dnsFile;

    @Option(
            names = "--resolve",
            description = "Ask a resolver for DNS answers that --dns gives no file for. Others may see what is asked.")
    boolean resolve;

    @Option(
            names = "--resolver",
            paramLabel = "SERVER",
            description = "Which one --resolve asks (default: this machine's).")
    String resolver = "";

    @Option(
            names = "--trust",
            paramLabel = "HOST",
            split = ",",
            description = "Hosts, or domains they are in, whose Authentication-Results count: one's own gateways."
                    + " May be given several times.")
    List<String> trusted = new ArrayList<>();

    @Option(
            names = "--indicators",
            paramLabel = "PATH",
            description = "Indicators that mails are asked for, beside those kept in the home.")
    List<Path> indicators = new ArrayList<>();

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "What reasons weigh (default: mail-weights.yaml in the home, then Carom's own).")
    @Nullable
    Path weights;

    private Parties parties = Parties.NONE;

    MailScanner.Settings settings(Common common, List<String> paths) throws IOException, ConfigException {
        parties = parties(common, paths);
        Detection detection = new Detection();
        detection.indicatorFiles.addAll(indicators);
        detection.kept = true;
        List<Indicator> known = detection.indicators(common);
        return new MailScanner.Settings(
                reasons(common, weights), names(parties), authentication(common), new KnownIndicators(known));
    }

    Parties parties() {
        return parties;
    }

    /// Files that say what mails are looked at with: no mails, though they may lie among them.
    Set<Path> named() {
        List<Path> files = new ArrayList<>(indicators);
        for (Path file : new Path[] {partiesFile, dnsFile, weights}) {
            if (file != null) {
                files.add(file);
            }
        }
        Set<Path> named = new LinkedHashSet<>();
        files.forEach(file -> named.add(file.toAbsolutePath().normalize()));
        return named;
    }

    /// The organisations that mails may pretend to be of.
    static List<OwnName> names(Parties parties) {
        List<OwnName> names = new ArrayList<>();
        for (Party party : parties.parties()) {
            Set<String> domains = new LinkedHashSet<>(party.domains());
            domains.addAll(party.mailDomains());
            names.add(new OwnName(party.name(), party.role().name().toLowerCase(Locale.ROOT), List.copyOf(domains)));
        }
        return names;
    }

    /// What the line looks at mails with: the home's weights and trusted hosts, no questions to
    /// anybody.
    static MailScanner.Settings kept(Common common, Parties parties, List<Indicator> indicators)
            throws IOException, ConfigException {
        return new MailScanner.Settings(
                reasons(common, null),
                names(parties),
                new Authentication.Settings(null, trusted(common)),
                new KnownIndicators(indicators));
    }

    /// The hosts whose word counts, by `mail.yaml` in the home: `trust: [mx1.example.org]`.
    private static Set<String> trusted(Common common) throws IOException, ConfigException {
        Path file = common.home().resolve("mail.yaml");
        Set<String> hosts = new LinkedHashSet<>();
        if (!Files.isRegularFile(file)) {
            return hosts;
        }
        Faults faults = new Faults(file.toString());
        YamlNode root = YamlNode.parse(TextFile.read(file), faults);
        if (root != null) {
            YamlNode trust = root.members(List.of("trust")).get("trust");
            if (trust != null) {
                trust.elements().forEach(t -> hosts.add(t.text().toLowerCase(Locale.ROOT)));
            }
        }
        faults.throwIfAny();
        return hosts;
    }

    private static Reasons reasons(Common common, @Nullable Path weights) throws IOException, ConfigException {
        Path file = weights != null ? weights : common.home().resolve("mail-weights.yaml");
        if (weights == null && !Files.isRegularFile(file)) {
            return Reasons.own();
        }
        return Reasons.own().with(TextFile.read(file), file.toString());
    }

    private Authentication.Settings authentication(Common common) throws IOException, ConfigException {
        Dns dns = null;
        if (dnsFile != null) {
            dns = DnsFile.read(dnsFile);
        } else if (resolve) {
            dns = new Resolver(resolver);
        }
        Set<String> hosts = trusted(common);
        trusted.forEach(t -> hosts.add(t.toLowerCase(Locale.ROOT)));
        return new Authentication.Settings(dns, hosts);
    }

    private Parties parties(Common common, List<String> paths) throws IOException, ConfigException {
        List<Path> candidates = new ArrayList<>();
        if (partiesFile != null) {
            return PartiesFile.read(partiesFile);
        }
        paths.stream()
                .filter(p -> !p.equals("-"))
                .forEach(p -> candidates.add(Path.of(p).resolve("parties.yaml")));
        candidates.add(common.home().resolve("parties.yaml"));
        for (Path file : candidates) {
            if (Files.isRegularFile(file)) {
                common.note("parties are those of " + file);
                return PartiesFile.read(file);
            }
        }
        common.note("no parties are given (--parties): look-alikes of them are not told");
        return Parties.NONE;
    }
}
