package io.carom.cli;

import io.carom.cases.Cases;
import io.carom.cases.KeptHistory;
import io.carom.event.Cidr;
import io.carom.party.Link;
import io.carom.party.Parties;
import io.carom.party.PartiesCsv;
import io.carom.party.PartiesFile;
import io.carom.party.Party;
import io.carom.party.Whois;
import io.carom.report.LinkHabits;
import io.carom.trace.Tenure;
import io.carom.trace.Undeclared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Who there is, and whose something is.
@Command(
        name = "parties",
        header = {
            "Checks the parties file and lists who is in it; whose a host, address, account or domain is.",
            "",
            "  carom parties --parties parties.yaml",
            "  carom parties show northgate-acme-vpn --json",
            "  carom parties whois 10.99.4.17 --at 2019-03-04T23:10:00Z",
            ""
        },
        subcommands = {
            PartiesCommand.Show.class,
            PartiesCommand.WhoisCommand.class,
            PartiesCommand.Import.class,
            PartiesCommand.Suggest.class
        },
        mixinStandardHelpOptions = true)
final class PartiesCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Mixin
    Declared declared = new Declared();

    /// Where the parties are declared.
    static final class Declared {
        @Option(
                names = "--parties",
                paramLabel = "FILE",
                description = "The parties file (default: parties.yaml in this folder, then in the home).")
        @Nullable
        Path file;

        /// As {@link #read}, but nobody where there is no file and none was named.
        Parties readIfAny(Common common) throws Exception {
            boolean none = file == null
                    && !Files.isRegularFile(Path.of("parties.yaml"))
                    && !Files.isRegularFile(common.home().resolve("parties.yaml"));
            if (!none) {
                return read(common);
            }
            if (!Files.isRegularFile(common.home().resolve("cases.db"))) {
                return Parties.NONE;
            }
            try (Cases cases = Cases.open(common.home())) {
                String text = cases.parties();
                return text.isEmpty() ? Parties.NONE : PartiesFile.parse(text, "parties of the latest investigation");
            }
        }

        Parties read(Common common) throws Exception {
            Path home = common.home().resolve("parties.yaml");
            Path from = file;
            if (from == null) {
                Path here = Path.of("parties.yaml");
                from = Files.isRegularFile(here) ? here : home;
                if (!Files.isRegularFile(from)) {
                    throw new IOException("there is no parties file, neither here nor at " + home
                            + ": write one or name it with --parties FILE");
                }
                common.note("using " + from);
            }
            return PartiesFile.read(from);
        }
    }

    /// `carom parties import`: a parties file of tables.
    @Command(
            name = "import",
            header = {
                "Makes a parties file of CSV tables: what each party owns, and the links between them.",
                "",
                "  carom parties import owned.csv links.csv > parties.yaml",
                "  carom parties import register.csv --to ~/.local/share/carom/parties.yaml",
                "",
                "Columns of the one are party,role,type,value; of the other",
                "link,supplier,client,kind,networks,hosts,accounts,ports,hours,zone,targets,purpose,contact,contract.",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Import implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Parameters(paramLabel = "PATH", arity = "1..*", description = "CSV tables.")
        List<Path> files = new ArrayList<>();

        @Option(names = "--to", paramLabel = "FILE", description = "Write it there (default: print it).")
        @Nullable
        Path to;

        @Override
        public Integer call() throws Exception {
            PartiesCsv tables = new PartiesCsv();
            for (Path file : files) {
                tables.add(file.toString(), TextFile.read(file));
            }
            String yaml = tables.yaml();
            Path into = to;
            if (into == null) {
                common.out().print(yaml);
            } else if (Files.exists(into)) {
                throw new IOException(into + " is there already: name another file, or move it away");
            } else {
                Files.writeString(into, yaml);
                common.note("wrote " + into);
            }
            return Exit.DONE;
        }
    }

    /// `carom parties suggest`: links that nobody declared.
    @Command(
            name = "suggest",
            header = {
                "Ways into clients that the logs of all investigations show and nobody declared.",
                "",
                "  carom parties suggest",
                "  carom parties suggest --client acme --json",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Suggest implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Mixin
        Declared declared = new Declared();

        @Option(names = "--client", paramLabel = "NAME", description = "Only ways into this client.")
        @Nullable
        String client;

        @Override
        public Integer call() throws Exception {
            Parties parties = declared.readIfAny(common);
            try (Cases cases = Cases.open(common.home())) {
                if (parties.parties().isEmpty() && !cases.parties().isEmpty()) {
                    parties = PartiesFile.parse(cases.parties(), "parties of the latest investigation");
                }
                List<Undeclared> all = Undeclared.of(cases.history(), parties).stream()
                        .filter(u -> client == null || client.equals(u.client()))
                        .toList();
                for (Undeclared u : all) {
                    if (common.json) {
                        common.out().println(JSON.writeValueAsString(json(u)));
                    } else {
                        common.out()
                                .println(Shown.text(u.text(), 300) + "  (" + u.sessions() + " sessions, " + u.first()
                                        + " to " + u.last() + ")");
                    }
                }
                if (all.isEmpty()) {
                    common.note(
                            cases.history().clients().isEmpty()
                                    ? "no investigation was made in this home; run \"carom investigate PATH\" first"
                                    : "the logs show no way in that is not declared");
                }
            }
            return Exit.DONE;
        }

        static ObjectNode json(Undeclared u) {
            ObjectNode line = JSON.createObjectNode();
            line.put("client", u.client()).put("network", u.network().toString());
            line.put("supplier", u.supplier()).put("link", u.link()).put("via", u.via());
            texts(line.putArray("hosts"), u.hosts().stream().sorted().toList());
            texts(line.putArray("accounts"), u.accounts().stream().sorted().toList());
            texts(
                    line.putArray("sources"),
                    u.sources().stream().sorted().limit(100).toList());
            line.put("sessions", u.sessions());
            line.put("first_seen", u.first().toString())
                    .put("last_seen", u.last().toString());
            line.put("text", u.text());
            return line;
        }
    }

    @Override
    public Integer call() throws Exception {
        Parties parties = declared.read(common);
        for (Party party : parties.parties()) {
            if (common.json) {
                common.out().println(JSON.writeValueAsString(json(party, parties)));
            } else {
                common.out().printf("%-16s %-9s %s%n", party.name(), role(party), String.join(", ", owned(party)));
            }
        }
        if (!common.json) {
            for (Link link : parties.links()) {
                common.out()
                        .println(link.name() + ": " + link.supplier() + " reaches " + link.client() + " by "
                                + link.kind() + (link.hours().isEmpty() ? "" : ", " + hours(link)));
            }
        }
        common.note(parties.parties().size() + " parties and " + parties.links().size() + " links; no faults");
        return Exit.DONE;
    }

    @Command(
            name = "show",
            header = {
                "One party with all it owns, or one link with what it normally does.",
                "",
                "  carom parties show acme",
                "  carom parties show northgate-acme-vpn",
                "  carom parties show acme --json --parties parties.yaml",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class Show implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Mixin
        Declared declared = new Declared();

        @Parameters(paramLabel = "ID", description = "Its name.")
        String name = "";

        @Override
        public Integer call() throws Exception {
            Parties parties = declared.read(common);
            Party party = parties.named(name).orElse(null);
            for (Link link : parties.links()) {
                if (party == null && link.name().equals(name)) {
                    show(link);
                    return Exit.DONE;
                }
            }
            if (party == null) {
                List<String> names = new ArrayList<>(
                        parties.parties().stream().map(Party::name).toList());
                parties.links().forEach(l -> names.add(l.name()));
                throw new IOException(
                        "no party or link is named \"" + name + "\"." + io.carom.config.Suggestion.of(name, names));
            }
            if (common.json) {
                common.out().println(JSON.writeValueAsString(json(party, parties)));
                return Exit.DONE;
            }
            common.out().println(party.name() + " (" + role(party) + ")");
            print("networks", party.networks().stream().map(Cidr::toString).toList());
            print("domains", party.domains());
            print("hosts", party.hosts());
            print("accounts", party.accounts());
            print("mail domains", party.mailDomains());
            print("directories", party.directories());
            print("cloud tenants", party.tenants());
            print("critical", party.critical());
            print("privileged", party.privileged());
            print("scanners", party.scanners().stream().map(Cidr::toString).toList());
            print(
                    "sites",
                    party.sites().stream()
                            .map(s -> s.name() + " " + s.networks())
                            .toList());
            print("contact", party.contact().isEmpty() ? List.of() : List.of(party.contact()));
            print("duties", party.obligations().regimes());
            print("logs", party.logs());
            for (Link link : linksOf(party, parties)) {
                common.out()
                        .println("  link " + link.name() + ": " + link.supplier() + " to " + link.client() + ", "
                                + link.kind() + (link.hours().isEmpty() ? "" : ", " + hours(link)));
            }
            return Exit.DONE;
        }

        /// What is declared of the link, and what it normally does as the last investigation learned it.
        private void show(Link link) throws IOException {
            JsonNode habits =
                    LinkHabits.of(common.home(), link.client(), link.name()).orElse(null);
            if (common.json) {
                ObjectNode node = json(link);
                node.set("normally", habits == null ? JSON.nullNode() : habits);
                common.out().println(JSON.writeValueAsString(node));
                return;
            }
            common.out()
                    .println(link.name() + ": " + link.supplier() + " reaches " + link.client() + " by " + link.kind()
                            + (link.hours().isEmpty() ? "" : ", " + hours(link)));
            print("purpose", link.purpose().isEmpty() ? List.of() : List.of(link.purpose()));
            print("networks", link.networks().stream().map(Cidr::toString).toList());
            print("accounts", link.accounts());
            print("may reach", link.targets().stream().map(Cidr::toString).toList());
            print("ports", link.ports().stream().map(String::valueOf).toList());
            print("contact", link.contact().isEmpty() ? List.of() : List.of(link.contact()));
            if (habits == null) {
                common.out().println("  It was not seen in use yet: investigate its client's logs.");
                return;
            }
            common.out()
                    .println("  used on " + habits.path("days").asInt(0) + " days from "
                            + habits.path("since").asString("") + " to "
                            + habits.path("until").asString("")
                            + (habits.path("learned").asBoolean(false) ? "" : " (too few to know its habits)"));
            for (String kind : List.of("targets", "hosts", "ports", "accounts", "sources", "back")) {
                List<String> values = new ArrayList<>();
                for (JsonNode use : habits.path(kind)) {
                    values.add(Shown.text(use.path("value").asString(""), 100) + " ("
                            + use.path("days").asInt(0) + ")");
                }
                print(
                        "usual " + kind + " (days)",
                        values.size() > 20
                                ? java.util.stream.Stream.concat(
                                                values.stream().limit(20),
                                                java.util.stream.Stream.of("and " + (values.size() - 20) + " more"))
                                        .toList()
                                : values);
            }
            List<String> hours = new ArrayList<>();
            for (int hour = 0; hour < 24; hour++) {
                if (habits.path("hours").path(hour).asInt(0) > 0) {
                    hours.add(String.format(
                            Locale.ROOT,
                            "%02d (%d)",
                            hour,
                            habits.path("hours").path(hour).asInt(0)));
                }
            }
            print("usual hours (days)", hours);
            common.out()
                    .println("  bytes a day: " + habits.path("bytes_in_a_day").asLong(0) + " in, "
                            + habits.path("bytes_out_a_day").asLong(0) + " out, at most "
                            + habits.path("bytes_out_most").asLong(0) + " out");
        }

        private void print(String what, List<String> values) {
            if (!values.isEmpty()) {
                common.out().println("  " + what + ": " + String.join(", ", values));
            }
        }
    }

    @Command(
            name = "whois",
            header = {
                "Whose an address, host, domain, account or mail address is, and why.",
                "",
                "  carom parties whois 10.99.4.17 --at 2019-03-04T23:10:00Z",
                "  carom parties whois --json fs01.acme.example svc-backup@acme.example",
                ""
            },
            mixinStandardHelpOptions = true)
    static final class WhoisCommand implements Callable<Integer> {
        @Mixin
        Common common = new Common();

        @Mixin
        Declared declared = new Declared();

        @Parameters(paramLabel = "VALUE", arity = "1..*", description = "What is asked about.")
        List<String> values = new ArrayList<>();

        @Option(
                names = "--at",
                paramLabel = "T",
                description =
                        "When it was seen: says who had the address then by the leases that investigations read, and"
                                + " whether it lies in a link's hours.")
        @Nullable
        String at;

        @Option(
                names = "--client",
                paramLabel = "NAME",
                description = "Whose logs it was seen in, for networks that several use.")
        @Nullable
        String client;

        @Override
        public Integer call() throws Exception {
            Instant time = time();
            Parties parties = declared.readIfAny(common);
            Whois whois = new Whois(parties);
            for (String value : values) {
                List<Whois.Owner> owners = whois.ask(value, client, time);
                List<Lent> lent = time == null ? List.of() : lent(value, time);
                for (Lent l : lent) {
                    print(value, l);
                }
                if (owners.isEmpty() && lent.isEmpty()) {
                    if (common.json) {
                        common.out()
                                .println(JSON.writeValueAsString(JSON.createObjectNode()
                                        .put("value", value)
                                        .putNull("name")));
                    } else {
                        common.out().println(Shown.text(value, 200) + " is nobody's that is declared");
                    }
                }
                for (Whois.Owner owner : owners) {
                    print(value, owner, parties);
                }
            }
            return Exit.DONE;
        }

        /// Who had the address then, by the leases of a client's logs.
        private record Lent(String client, Tenure tenure) {}

        private List<Lent> lent(String value, Instant time) throws IOException {
            if (Cidr.address(value) == null
                    || !Files.isRegularFile(common.home().resolve("cases.db"))) {
                return List.of();
            }
            List<Lent> out = new ArrayList<>();
            try (Cases cases = Cases.open(common.home())) {
                KeptHistory history = cases.history();
                for (String of : history.clients()) {
                    Tenure tenure =
                            client == null || client.equals(of) ? history.tenure(of, value, time.toEpochMilli()) : null;
                    if (tenure != null) {
                        out.add(new Lent(of, tenure));
                    }
                }
            }
            return out;
        }

        private void print(String value, Lent lent) {
            Tenure t = lent.tenure;
            String kind = t.kind().name();
            if (common.json) {
                ObjectNode line = JSON.createObjectNode();
                line.put("value", value).put("name", lent.client).put("why", kind + " lease");
                ObjectNode lease = line.putObject("lease");
                lease.put("kind", kind.toLowerCase(Locale.ROOT));
                lease.put("host", t.host()).put("account", t.account()).put("outside", t.outside());
                lease.put("from", Instant.ofEpochMilli(t.from()).toString());
                lease.put("until", Instant.ofEpochMilli(t.until()).toString());
                lease.put("path", t.record().path()).put("record", t.record().record());
                common.out().println(JSON.writeValueAsString(line));
                return;
            }
            List<String> who = new ArrayList<>();
            if (!t.host().isEmpty()) {
                who.add("host " + Shown.text(t.host(), 100));
            }
            if (!t.account().isEmpty()) {
                who.add("account " + Shown.text(t.account(), 100));
            }
            if (!t.outside().isEmpty()) {
                who.add("from " + Shown.text(t.outside(), 60));
            }
            common.out()
                    .println(Shown.text(value, 200) + "  " + lent.client + "  lent to " + String.join(", ", who) + " ("
                            + kind + ", " + Instant.ofEpochMilli(t.from()) + " to " + Instant.ofEpochMilli(t.until())
                            + "; " + Shown.text(t.record().path(), 200) + ", record "
                            + t.record().record() + ")");
        }

        private void print(String value, Whois.Owner owner, Parties parties) {
            Boolean inHours = owner.inHours();
            Link link = owner.link();
            if (common.json) {
                ObjectNode line = JSON.createObjectNode();
                line.put("value", value);
                line.setAll(json(owner.party(), parties));
                line.put("why", owner.why());
                if (link != null) {
                    line.put("link", link.name()).put("reaches", link.client());
                }
                if (inHours != null) {
                    line.put("in_hours", inHours.booleanValue());
                }
                common.out().println(JSON.writeValueAsString(line));
                return;
            }
            String reaches = link == null ? "" : "; reaches " + link.client();
            String when = inHours == null
                    ? ""
                    : inHours ? "; within its hours" : "; outside its hours " + (link == null ? "" : hours(link));
            common.out()
                    .println(Shown.text(value, 200) + "  " + owner.party().name() + " (" + role(owner.party()) + ")  "
                            + owner.why() + reaches + when);
        }

        private @Nullable Instant time() {
            if (at == null) {
                return null;
            }
            try {
                return Times.of(at);
            } catch (DateTimeException e) {
                throw new CommandLine.ParameterException(
                        java.util.Objects.requireNonNull(common.spec).commandLine(),
                        "--at: expected a time such as 2019-04-15T00:00:00Z");
            }
        }
    }

    private static List<Link> linksOf(Party party, Parties parties) {
        return parties.links().stream()
                .filter(l -> l.supplier().equals(party.name()) || l.client().equals(party.name()))
                .toList();
    }

    private static String role(Party party) {
        return party.role().name().toLowerCase(Locale.ROOT);
    }

    private static String hours(Link link) {
        return link.hours() + " " + link.zone();
    }

    private static List<String> owned(Party party) {
        List<String> owned =
                new ArrayList<>(party.networks().stream().map(Cidr::toString).toList());
        owned.addAll(party.domains());
        return owned;
    }

    private static ObjectNode json(Party party, Parties parties) {
        ObjectNode node = JSON.createObjectNode();
        node.put("name", party.name()).put("role", role(party));
        texts(
                node.putArray("networks"),
                party.networks().stream().map(Cidr::toString).toList());
        texts(node.putArray("domains"), party.domains());
        texts(node.putArray("hosts"), party.hosts());
        texts(node.putArray("accounts"), party.accounts());
        texts(node.putArray("logs"), party.logs());
        texts(node.putArray("mail_domains"), party.mailDomains());
        texts(node.putArray("directories"), party.directories());
        texts(node.putArray("tenants"), party.tenants());
        texts(node.putArray("critical"), party.critical());
        texts(node.putArray("privileged"), party.privileged());
        texts(
                node.putArray("scanners"),
                party.scanners().stream().map(Cidr::toString).toList());
        ArrayNode sites = node.putArray("sites");
        for (Party.Site site : party.sites()) {
            ObjectNode one = sites.addObject().put("name", site.name());
            texts(
                    one.putArray("networks"),
                    site.networks().stream().map(Cidr::toString).toList());
        }
        node.put("contact", party.contact());
        node.put("contract", party.obligations().contract());
        texts(node.putArray("duties"), party.obligations().regimes());
        put(node, party.obligations().notifyWithin());
        ArrayNode links = node.putArray("links");
        for (Link link : linksOf(party, parties)) {
            links.add(json(link));
        }
        return node;
    }

    private static ObjectNode json(Link link) {
        ObjectNode one = JSON.createObjectNode()
                .put("name", link.name())
                .put("supplier", link.supplier())
                .put("client", link.client())
                .put("kind", link.kind())
                .put("hours", link.hours())
                .put("zone", link.zone())
                .put("purpose", link.purpose())
                .put("contact", link.contact())
                .put("contract", link.contract());
        put(one, link.notifyWithin());
        texts(one.putArray("target_hosts"), link.targetHosts());
        texts(
                one.putArray("networks"),
                link.networks().stream().map(Cidr::toString).toList());
        texts(
                one.putArray("targets"),
                link.targets().stream().map(Cidr::toString).toList());
        texts(one.putArray("hosts"), link.hosts());
        texts(one.putArray("accounts"), link.accounts());
        ArrayNode ports = one.putArray("ports");
        link.ports().forEach(ports::add);
        return one;
    }

    /// In seconds; null where no contract says.
    private static void put(ObjectNode node, java.time.@Nullable Duration notifyWithin) {
        if (notifyWithin == null) {
            node.putNull("notify_within_s");
        } else {
            node.put("notify_within_s", notifyWithin.toSeconds());
        }
    }

    private static void texts(ArrayNode into, List<String> values) {
        values.forEach(into::add);
    }
}
