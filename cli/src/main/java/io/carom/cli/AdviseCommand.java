package io.carom.cli;

import io.carom.advise.Advice;
import io.carom.advise.AdviceFiles;
import io.carom.advise.AdviseStore;
import io.carom.advise.Adviser;
import io.carom.advise.Packages;
import io.carom.cases.Approvals;
import io.carom.cases.Cases;
import io.carom.config.Suggestion;
import io.carom.intel.Tlp;
import io.carom.intel.Warninglists;
import io.carom.intelstore.IntelFiles;
import io.carom.party.Parties;
import io.carom.party.Party;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Tells each affected client what it must know.
@Command(
        name = "advise",
        header = {
            "Makes a package for each affected client: what was seen there, its path, what to do, what is not known.",
            "",
            "  carom advise --out packages",
            "  carom advise acme --send --via mail,taxii --json",
            "",
            "A package has a page and a PDF for people, STIX 2.1, MISP and CSV for machines, and nothing in it of any",
            "other client. What its source gave for us alone (TLP:RED, TLP:AMBER+STRICT) is in none. --send takes the",
            "ways that advise.yaml in the home states: folder, webhook, mail, the private mail network, TAXII.",
            ""
        },
        subcommands = {
            AdviseStatusCommand.class,
            AdviseAckCommand.class,
            AdviseRemindCommand.class,
            AdviseSightingsCommand.class
        },
        mixinStandardHelpOptions = true)
final class AdviseCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SEVERITIES = List.of("informational", "low", "medium", "high", "critical");

    @Mixin
    Common common = new Common();

    @Parameters(
            paramLabel = "CLIENT",
            arity = "0..*",
            description = "Only these clients (default: all that are affected).")
    List<String> clients = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the packages go, a folder a client (default: carom-advise).")
    Path out = Path.of("carom-advise");

    @Option(
            names = "--tlp",
            paramLabel = "LEVEL",
            description =
                    "What a client may do with its package: clear, green, amber, amber+strict, red (default: amber).")
    String tlp = "amber";

    @Option(
            names = "--severity",
            paramLabel = "LEVEL",
            description =
                    "The mildest incident that is told: informational, low, medium, high, critical (default: medium).")
    String severity = "medium";

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "As of when (default: now); the same home as of the same time gives the same bytes.")
    @Nullable
    String at;

    @Mixin
    KnownParties knownParties = new KnownParties();

    @Option(
            names = "--warninglist",
            paramLabel = "PATH",
            description = "MISP warninglists or plain lists: what is on them is no sighting.")
    List<String> warninglists = new ArrayList<>();

    @Option(
            names = "--send",
            description = "Sends each package; one that went is not sent again while it says the same.")
    boolean send;

    @Option(
            names = "--via",
            split = ",",
            paramLabel = "WAY",
            description =
                    "Only by these: folder, webhook, mail, network, taxii (default: all that are stated for the client).")
    List<String> via = new ArrayList<>();

    @Option(names = "--again", description = "Sends also what went before.")
    boolean again;

    private boolean failed;

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        Tlp marking = Tlp.of(tlp);
        if (marking == null) {
            throw new CommandLine.ParameterException(
                    program,
                    "--tlp: expected " + String.join(", ", Tlp.names()) + ", not \"" + Shown.text(tlp, 40) + "\"");
        }
        if (!SEVERITIES.contains(severity)) {
            throw new CommandLine.ParameterException(
                    program,
                    "--severity: expected " + String.join(", ", SEVERITIES) + ", not \"" + Shown.text(severity, 40)
                            + "\"");
        }
        for (String way : via) {
            if (!List.of("folder", "webhook", "mail", "network", "taxii").contains(way)) {
                throw new CommandLine.ParameterException(
                        program,
                        "--via: expected folder, webhook, mail, network or taxii, not \"" + Shown.text(way, 40) + "\"");
            }
        }
        boolean faults = false;
        try (Cases cases = Cases.open(common.home())) {
            Parties parties = knownParties.of(common, cases);
            Warninglists excused = Warninglists.builtIn();
            if (!warninglists.isEmpty()) {
                Warninglists.Read read = IntelFiles.warninglists(warninglists);
                read.faults().forEach(f -> common.fault(Shown.text(f, 400)));
                faults = !read.faults().isEmpty();
                excused = excused.and(read.lists());
            }
            Adviser.Settings settings = new Adviser.Settings(
                    common.home(), parties, time(program), marking, severity, Adviser.excused(parties, excused));
            try (Packages packages = new Packages(settings, cases, new MailNetworkWay(common.home()))) {
                MailNetworkDelivery.collect(common.home(), packages.store());
                List<String> affected = packages.affected();
                for (String client : chosen(program, affected, parties)) {
                    Packages.Draft draft = packages.of(client);
                    if (!draft.fault().isEmpty()) {
                        throw new IOException(draft.fault());
                    }
                    Path folder = out.resolve(client);
                    AdviceFiles.write(draft.files(), folder);
                    tell(draft.advice(), folder, draft.files(), send ? send(packages, draft) : List.of());
                }
                if (affected.isEmpty()) {
                    common.note("No client is affected: there is no open incident of severity " + severity
                            + " or above, and no indicator that is looked for was seen.");
                }
            }
        }
        return failed ? Exit.FAILED : faults ? Exit.SOME_REJECTED : Exit.DONE;
    }

    private List<AdviseStore.Sent> send(Packages packages, Packages.Draft draft) {
        String client = draft.advice().client();
        try {
            Packages.Outcome outcome =
                    packages.send(draft, new Packages.Order(via, again, "carom", "by carom advise --send"));
            Approvals.Request waits = outcome.waits();
            if (waits != null) {
                common.note(Shown.text(client, 64) + ": nothing was sent; a second person must agree to " + waits.id()
                        + " in the dashboard");
                return List.of();
            }
            for (AdviseStore.Sent one : outcome.sent()) {
                if (!one.ok()) {
                    failed = true;
                    common.fault(Shown.text(client + ", " + one.channel() + ": " + one.detail(), 400));
                }
            }
            if (outcome.sent().isEmpty()) {
                common.note(Shown.text(client, 64) + ": has this already; --again sends it once more");
            }
            return outcome.sent();
        } catch (IOException e) {
            failed = true;
            common.fault(Shown.text(String.valueOf(e.getMessage()), 400));
            return List.of();
        }
    }

    /// A delivery as `--json` shows it.
    static void sent(AdviseStore.Sent one, ObjectNode into) {
        into.put("channel", one.channel())
                .put("target", one.target())
                .put("at", one.at().toString())
                .put("ok", one.ok())
                .put("reminder", one.reminder())
                .put("detail", one.detail());
    }

    private Instant time(CommandLine program) {
        if (at == null) {
            return Instant.now().truncatedTo(ChronoUnit.MINUTES);
        }
        try {
            return Times.of(at);
        } catch (DateTimeException e) {
            throw new CommandLine.ParameterException(
                    program,
                    "--at: \"" + Shown.text(at, 60) + "\" is no time; expected 2026-03-02T10:00Z or 2026-03-02");
        }
    }

    private Set<String> chosen(CommandLine program, List<String> affected, Parties parties) {
        if (clients.isEmpty()) {
            return new TreeSet<>(affected);
        }
        Set<String> known = new TreeSet<>(affected);
        parties.parties().stream().map(Party::name).forEach(known::add);
        for (String client : clients) {
            if (!known.contains(client)) {
                throw new CommandLine.ParameterException(
                        program,
                        "CLIENT: nobody is called \"" + Shown.text(client, 64) + "\"." + Suggestion.of(client, known));
            }
            if (!affected.contains(client)) {
                common.note(Shown.text(client, 64) + ": nothing was found there; the package says so.");
            }
        }
        return new TreeSet<>(clients);
    }

    private void tell(Advice advice, Path folder, Map<String, byte[]> files, List<AdviseStore.Sent> sent) {
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("client", advice.client())
                    .put("indicators", advice.indicators().size())
                    .put("sightings", advice.sightings())
                    .put("tlp", advice.tlp().label());
            ArrayNode paths = line.putArray("files");
            files.keySet().forEach(f -> paths.add(folder.resolve(f).toString()));
            ArrayNode ways = line.putArray("sent");
            sent.forEach(one -> sent(one, ways.addObject()));
            common.out().println(JSON.writeValueAsString(line));
            return;
        }
        common.out()
                .println(Shown.text(advice.client(), 64) + " (" + advice.tlp().label() + "): "
                        + Shown.text(advice.headline(), 400));
        common.out()
                .println("  " + Shown.count(advice.indicators().size()) + " indicators in "
                        + Shown.count(advice.sightings()) + " events; "
                        + advice.actions().size() + " things to do; "
                        + folder.resolve(AdviceFiles.PAGE).toAbsolutePath().toUri());
    }
}
