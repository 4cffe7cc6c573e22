package io.carom.cli;

import io.carom.event.Indicator;
import io.carom.intel.Gathered;
import io.carom.intel.ThreatIndicator;
import io.carom.intel.Tlp;
import io.carom.intelstore.IntelFiles;
import io.carom.intelstore.IntelStore;
import io.carom.intelstore.feed.Feed;
import io.carom.intelstore.feed.FeedPoll;
import io.carom.intelstore.feed.FeedTerms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
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

/// Intelligence into the home.
@Command(
        name = "add",
        header = {
            "Keeps indicators: STIX, MISP, OpenIOC, CSV, lists, advisories (PDF, HTML, Markdown); in folders and archives;",
            "TAXII 2.1 collections and servers, MISP feeds and documents by their addresses, which \"intel poll\" asks",
            "again. What is new is looked for at once in everything that is kept, and who was touched is told.",
            "",
            "  carom intel add partner.stix.json --source \"Partner CERT\" --tlp amber",
            "  carom intel add misp-feed/ advisory.pdf --confirm",
            "  carom intel add https://cert.example/taxii2/ --credentials cert.yaml",
            "  carom intel add https://feeds.example/misp/manifest.json https://feeds.example/list.csv --every 15m",
            "  carom intel add /srv/partner-lists --watch --every 5m",
            "",
            "A running \"carom serve\" asks feeds by itself, as often as --every says, and hunts for what is new.",
            "A document that is added again is compared with what it said before: what it no longer",
            "names is gone, and is not looked for unless another document names it. A hunt that was stopped goes",
            "on when it is added again. Names and links that an advisory writes out may be references: they are told",
            "and left out, taken with --yes, or asked about with --confirm.",
            ""
        },
        mixinStandardHelpOptions = true)
final class IntelAddCommand implements Callable<Integer> {
    @Mixin
    Common common = new Common();

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = "Files, folders, globs or archives; - for input; https://… for feeds.")
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

    @Option(
            names = "--credentials",
            paramLabel = "FILE",
            description = "YAML: user and password, or token, or headers; certificate; authority.")
    @Nullable
    Path credentials;

    @Option(names = "--observed", description = "Takes STIX observables too: what somebody saw, not only signs.")
    boolean observed;

    @Option(names = "--yes", description = "Takes candidates of advisories that may be references too.")
    boolean unsure;

    @Option(names = "--confirm", description = "Asks about each candidate of an advisory, with page and line.")
    boolean confirm;

    @Option(names = "--candidates", description = "Shows the candidates of advisories and keeps nothing of any file.")
    boolean candidates;

    @Option(names = "--watch", description = "Files and folders are looked at again, as feeds are asked.")
    boolean watch;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "How often feeds are asked by a server that runs: 15m, 1h (as at first), 1d.")
    @Nullable
    String every;

    @Option(names = "--no-hunt", description = "Does not look for them in what is kept.")
    boolean noHunt;

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        FeedTerms terms = terms(program);
        List<String> files = paths.stream().filter(p -> !FeedPoll.isAddress(p)).toList();
        if (credentials != null && files.size() == paths.size()) {
            throw new CommandLine.ParameterException(program, "--credentials are for addresses: https://…");
        }
        if (every != null && files.size() == paths.size() && !watch) {
            throw new CommandLine.ParameterException(program, "--every is for addresses, and for files with --watch");
        }
        if (watch && (confirm || candidates)) {
            throw new CommandLine.ParameterException(
                    program, "--watch asks nobody: use --yes, or leave candidates out");
        }
        if (confirm && paths.contains("-")) {
            throw new CommandLine.ParameterException(
                    program, "--confirm asks on standard input, which is what is read here: name a file");
        }
        Duration often = every == null ? null : Times.span(program, "--every", every);
        Instant now = Instant.now();
        IntelTold told = new IntelTold(common);
        NewIntelHunt hunt = new NewIntelHunt(common);
        try (IntelStore store = IntelStore.open(common.home())) {
            if (!files.isEmpty() && !watch) {
                addFiles(store, files, terms, told, hunt, now);
            }
            FeedPoll feeds = new FeedPoll(store, System.getenv());
            for (String path : paths) {
                if (FeedPoll.isAddress(path)) {
                    for (Feed feed : feeds.add(path, terms, credentials, often)) {
                        told.polled(feeds, feed, now);
                    }
                } else if (watch) {
                    told.polled(feeds, feeds.watch(path, terms, often), now);
                }
            }
            if (watch || files.size() < paths.size()) {
                hunt.addKept(store, now);
            }
        }
        common.out().flush();
        if (!noHunt && !candidates) {
            hunt.run();
        }
        return told.faults() ? Exit.SOME_REJECTED : Exit.DONE;
    }

    private FeedTerms terms(CommandLine program) {
        Tlp atLeast = tlp == null ? null : Tlp.of(tlp);
        if (tlp != null && atLeast == null) {
            throw new CommandLine.ParameterException(
                    program, "--tlp: expected " + String.join(", ", Tlp.names()) + ", not \"" + tlp + "\"");
        }
        return new FeedTerms(source, atLeast, until == null ? null : time(program, until), observed, unsure);
    }

    private void addFiles(
            IntelStore store, List<String> files, FeedTerms terms, IntelTold told, NewIntelHunt hunt, Instant now)
            throws IOException {
        List<String> refused = new ArrayList<>();
        Set<String> falseAlarms = store.falseAlarms();
        Confirmation.Way way = candidates
                ? Confirmation.Way.SHOW
                : confirm ? Confirmation.Way.ASK : unsure ? Confirmation.Way.ALL : Confirmation.Way.CERTAIN;
        for (IntelFiles.Document document : IntelFiles.read(files, observed, new Confirmation(common, way), refused)) {
            if (candidates) {
                document.gathered().faults().forEach(told::fault);
                continue;
            }
            Gathered read = document.gathered();
            List<ThreatIndicator> all =
                    read.indicators().stream().map(terms::applied).toList();
            // A document of which nothing could be read says nothing; what it said before stands.
            IntelStore.Change change =
                    all.isEmpty() ? new IntelStore.Change(0, 0, 0, 0) : store.add(document.path(), all, now);
            told.document(document.path(), read.indicators().size(), read.faults(), read.left(), change);
            hunt.add(sought(all, falseAlarms, now));
        }
        refused.forEach(told::fault);
    }

    /// What of a document is looked for now.
    private static List<Indicator> sought(List<ThreatIndicator> all, Set<String> falseAlarms, Instant now) {
        List<Indicator> sought = new ArrayList<>();
        for (ThreatIndicator one : all) {
            if (one.facts().detect() && one.facts().validAt(now) && !falseAlarms.contains(one.value())) {
                one.asked().ifPresent(sought::add);
            }
        }
        return sought;
    }

    private static Instant time(CommandLine program, String text) {
        try {
            return Times.of(text);
        } catch (DateTimeException e) {
            throw new CommandLine.ParameterException(
                    program, "--valid-until: expected a time such as 2027-01-31 or 2027-01-31T12:00:00Z");
        }
    }
}
