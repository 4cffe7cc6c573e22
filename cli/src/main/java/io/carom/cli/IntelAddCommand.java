package io.carom.cli;

import io.carom.event.Indicator;
import io.carom.intel.Facts;
import io.carom.intel.Gathered;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.intelstore.IntelFiles;
import io.carom.intelstore.IntelStore;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// Intelligence into the home.
@Command(
        name = "add",
        header = {
            "Keeps indicators (STIX, MISP, OpenIOC, CSV, lists, advisories in PDF, HTML, Markdown) and hunts for them at once.",
            "",
            "  carom intel add partner.stix.json --source \"Partner CERT\" --tlp amber",
            "  carom intel add misp-feed/ advisory.pdf --confirm",
            "",
            "New indicators are looked for in everything that is kept; who was touched is told. Stopped, the hunt goes",
            "on when the same document is added again. Names and links that an advisory writes out may be references:",
            "they are told and left out, taken with --yes, or asked about with --confirm.",
            "",
            "A document that is added again is compared with what it said before: what it no longer",
            "names is gone, and is not looked for unless another document names it.",
            ""
        },
        mixinStandardHelpOptions = true)
final class IntelAddCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    Common common = new Common();

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files, folders, globs or archives; - for input.")
    List<String> paths = new ArrayList<>();

    @Option(names = "--source", paramLabel = "NAME", description = "Who says so, where the document does not.")
    String source = "";

    @Option(names = "--tlp", paramLabel = "LEVEL", description = "clear, green, amber, amber+strict or red, at least.")
    @Nullable
    String tlp;

    @Option(
            names = "--valid-until",
            paramLabel = "TIME",
            description = "Until when, where the document does not say: 2027-01-31 or 2027-01-31T12:00:00Z.")
    @Nullable
    String until;

    @Option(names = "--observed", description = "Takes STIX observables too: what somebody saw, not only signs.")
    boolean observed;

    @Option(names = "--yes", description = "Takes candidates of advisories that may be references too.")
    boolean unsure;

    @Option(names = "--confirm", description = "Asks about each candidate of an advisory, with page and line.")
    boolean confirm;

    @Option(names = "--candidates", description = "Shows the candidates of advisories and keeps nothing of them.")
    boolean candidates;

    @Option(names = "--no-hunt", description = "Does not look for them in what is kept.")
    boolean noHunt;

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        Tlp atLeast = tlp == null ? null : Tlp.of(tlp);
        if (tlp != null && atLeast == null) {
            throw new CommandLine.ParameterException(
                    program, "--tlp: expected " + String.join(", ", Tlp.names()) + ", not \"" + tlp + "\"");
        }
        Instant end = until == null ? null : time(program, until);
        List<String> refused = new ArrayList<>();
        boolean faults = false;
        Instant now = Instant.now();
        NewIntelHunt hunt = new NewIntelHunt(common);
        Confirmation.Way way = candidates
                ? Confirmation.Way.SHOW
                : confirm
                        ? Confirmation.Way.ASK
                        : unsure ? Confirmation.Way.ALL : Confirmation.Way.CERTAIN;
        try (IntelStore store = IntelStore.open(common.home())) {
            Set<String> falseAlarms = store.falseAlarms();
            for (IntelFiles.Document document : IntelFiles.read(paths, observed, new Confirmation(common, way), refused)) {
                Gathered read = document.gathered();
                List<ThreatIndicator> all = read.indicators().stream()
                        .map(i -> stated(i, atLeast, end))
                        .toList();
                // A document of which nothing could be read says nothing; what it said before stands.
                IntelStore.Change change =
                        all.isEmpty() || candidates ? new IntelStore.Change(0, 0, 0, 0) : store.add(document.path(), all, now);
                faults |= !read.faults().isEmpty();
                if (!candidates) {
                    tell(document.path(), read, change);
                }
                if (!candidates) {
                    List<Indicator> sought = new ArrayList<>(sought(all, now));
                    sought.removeIf(i -> falseAlarms.contains(i.value()));
                    hunt.add(sought);
                }
            }
        }
        common.out().flush();
        if (!noHunt) {
            hunt.run();
        }
        refused.forEach(r -> common.fault(Shown.text(r, 400)));
        return faults || !refused.isEmpty() ? Exit.SOME_REJECTED : Exit.DONE;
    }

    /// What of a document is looked for now.
    private static List<Indicator> sought(List<ThreatIndicator> all, Instant now) {
        List<Indicator> sought = new ArrayList<>();
        for (ThreatIndicator one : all) {
            if (one.facts().detect() && one.facts().validAt(now)) {
                one.asked().ifPresent(sought::add);
            }
        }
        return sought;
    }

    private ThreatIndicator stated(ThreatIndicator one, @Nullable Tlp atLeast, @Nullable Instant end) {
        Facts.Draft facts = one.facts().draft();
        facts.tlp = Tlp.stricter(facts.tlp, atLeast);
        facts.source = facts.source.isEmpty() ? source : facts.source;
        facts.validUntil = facts.validUntil == null ? end : facts.validUntil;
        return new ThreatIndicator(one.type(), one.value(), facts.done());
    }

    private static Instant time(CommandLine program, String text) {
        try {
            return Instant.parse(text.length() == 10 ? text + "T00:00:00Z" : text);
        } catch (DateTimeException e) {
            throw new CommandLine.ParameterException(
                    program, "--valid-until: expected a time such as 2027-01-31 or 2027-01-31T12:00:00Z");
        }
    }

    private void tell(String path, Gathered read, IntelStore.Change change) {
        read.faults().stream().limit(20).forEach(f -> common.fault(Shown.text(f, 400)));
        if (read.faults().size() > 20) {
            common.fault("… and " + (read.faults().size() - 20) + " faults more of " + Shown.text(path, 200));
        }
        if (common.json) {
            ObjectNode line = JSON.createObjectNode();
            line.put("path", path)
                    .put("indicators", read.indicators().size())
                    .put("added", change.added())
                    .put("changed", change.changed())
                    .put("gone", change.gone())
                    .put("same", change.same())
                    .put("faults", read.faults().size());
            ObjectNode left = line.putObject("left");
            read.left().forEach(left::put);
            common.out().println(JSON.writeValueAsString(line));
            return;
        }
        common.out()
                .println(Shown.text(path, 200) + ": " + Shown.count(change.added()) + " added, "
                        + Shown.count(change.changed()) + " changed, " + Shown.count(change.gone()) + " gone, "
                        + Shown.count(change.same()) + " as before");
        read.left().forEach((why, n) -> common.note("  left out " + Shown.count(n) + ": " + Shown.text(why, 200)));
    }
}
