package io.carom.cli;

import io.carom.event.Finding;
import io.carom.event.Indicator;
import io.carom.event.JsonText;
import io.carom.incident.FindingJson;
import io.carom.intel.Warninglists;
import io.carom.lake.Lake;
import io.carom.lake.Sightings;
import io.carom.run.FindingSink;
import io.carom.run.Hunt;
import io.carom.run.Line;
import io.carom.run.StandingHunt;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Was any of this ever seen, by whom, when, and where is it written?
@Command(
        name = "hunt",
        header = {
            "Looks for indicators and Sigma rules in everything that is kept.",
            "",
            "  carom hunt --indicators partner.csv --since 2019-01-01",
            "  carom hunt --indicators partner.csv --events 5 --investigate --out case-17",
            "",
            "Indicators are looked up in the sightings index: no log is read. Each that was",
            "seen is told with how many events hold it, first, last, in which sources and at",
            "whom; how far back was looked, and what is not kept, is told beside it.",
            "--rules reads the kept records once more and tells each finding.",
            ""
        },
        mixinStandardHelpOptions = true)
final class HuntCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// OCSF's number of the severity of an indicator that was seen.
    private static final int HIGH = 4;

    @Mixin
    Common common = new Common();

    @Mixin
    Detection detection = new Detection();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only events from then on: 2019-03-04 or 2019-03-04T10:00:00Z.")
    @Nullable
    String since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "Only events before then; a day is meant with its end.")
    @Nullable
    String until;

    @Option(
            names = "--client",
            paramLabel = "NAME",
            description = "Only in what this client has; may be given several times (default: all clients).")
    List<String> clients = new ArrayList<>();

    @Option(names = "--all", description = "Tells the indicators that were not seen too, with count 0.")
    boolean all;

    @Option(
            names = "--events",
            paramLabel = "N",
            arity = "0..1",
            fallbackValue = "10",
            description = "Shows the earliest N events that hold each indicator, as they were logged (10).")
    int events;

    @Option(
            names = "--new",
            description = "Only what this home was not asked before: new indicators in everything, known ones in what"
                    + " came since. A hunt that was stopped goes on.")
    boolean fresh;

    @Option(
            names = "--investigate",
            description = "Investigates what is kept of the clients that were hit: incidents, traces, and the report.")
    boolean investigate;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the report of --investigate goes (default: carom-report).")
    Path out = Path.of("carom-report");

    @Option(
            names = "--parties",
            paramLabel = "FILE",
            description = "Organisations, their networks and links (default: parties.yaml in the home).")
    @Nullable
    Path partiesFile;

    @Option(
            names = "--mapping",
            paramLabel = "PATH",
            description = "A format described in YAML, or a folder of such files, for --rules and --investigate.")
    List<Path> mappings = new ArrayList<>();

    private final JsonText json = new JsonText();
    private Warninglists warninglists = Warninglists.NONE;
    private long findings;
    private int worst;

    @Override
    public Integer call() throws Exception {
        CommandLine program = Objects.requireNonNull(common.spec).commandLine();
        detection.check(common);
        if (detection.indicatorFiles.isEmpty() && detection.ruleFiles.isEmpty()) {
            throw new CommandLine.ParameterException(
                    program, "say what to hunt for: --indicators PATH or --rules PATH");
        }
        if (fresh && (since != null || until != null || !clients.isEmpty() || all || events > 0)) {
            throw new CommandLine.ParameterException(
                    program,
                    "--new asks all clients and all times; it goes with neither --since, --until, --client, --all"
                            + " nor --events");
        }
        Hunt.Period period = period(program);
        boolean incomplete = false;
        try (Lake lake = Lake.open(common.home())) {
            Set<String> asked = asked(program, lake);
            Set<String> hit = new TreeSet<>();
            if (!detection.indicatorFiles.isEmpty()) {
                warninglists = detection.warninglists(common).and(Warninglists.builtIn());
                List<Indicator> indicators = detection.indicators(common);
                long started = System.nanoTime();
                try (Sightings sightings = lake.sightings(asked)) {
                    int seen = fresh ? huntNew(lake, indicators, hit) : hunt(lake, sightings, period, indicators, hit);
                    common.note(Shown.count(seen) + " of " + Shown.count(indicators.size())
                            + " indicators were seen, in " + Shown.seconds((System.nanoTime() - started) / 1e9) + ".");
                    incomplete = tellReach(sightings, period);
                }
            }
            KeptReading kept = new KeptReading(common, lake, partiesFile, mappings, period);
            if (!detection.ruleFiles.isEmpty() && !investigate) {
                incomplete |= rules(kept, asked, period);
            }
            if (investigate) {
                Set<String> whose = detection.ruleFiles.isEmpty() ? hit : asked;
                if (whose.isEmpty()) {
                    common.note("nothing was seen, so there is nothing to investigate");
                } else {
                    Investigation.Outcome outcome = kept.investigate(detection, whose, out);
                    incomplete |= KeptReading.refused(common, outcome.inputs());
                    tellIncidents(outcome);
                }
            }
        }
        return detection.exit(incomplete ? Exit.SOME_REJECTED : Exit.DONE, worst);
    }

    private Set<String> asked(CommandLine program, Lake lake) throws IOException {
        Set<String> there = new TreeSet<>(lake.clients());
        for (String client : clients) {
            if (!there.contains(client)) {
                throw new CommandLine.ParameterException(
                        program,
                        "--client: nothing is kept of \"" + Shown.text(client, 100) + "\"."
                                + io.carom.config.Suggestion.of(client, List.copyOf(there)));
            }
        }
        return clients.isEmpty() ? there : new TreeSet<>(clients);
    }

    private int hunt(Lake lake, Sightings sightings, Hunt.Period period, List<Indicator> indicators, Set<String> hit)
            throws IOException {
        Hunt hunt = new Hunt(lake, sightings, period);
        List<Hunt.Sighting> seen = hunt.seen(indicators);
        int next = 0;
        for (int i = 0; i < indicators.size(); i++) {
            if (next < seen.size() && seen.get(next).number() == i) {
                Hunt.Sighting sighting = seen.get(next++);
                hit.addAll(sighting.parties());
                print(sighting, sightings, events > 0 ? events(lake, hunt, sighting.indicator()) : List.of());
            } else if (all) {
                print(new Hunt.Sighting(i, indicators.get(i), 0, 0, 0, List.of(), List.of()), sightings, List.of());
            }
        }
        common.out().flush();
        return seen.size();
    }

    private int huntNew(Lake lake, List<Indicator> indicators, Set<String> hit) throws IOException {
        Set<String> seen = new HashSet<>();
        try (StandingHunt standing = StandingHunt.open(common.home());
                Sightings sightings = lake.sightings(Set.copyOf(lake.clients()))) {
            StandingHunt.Asked asked = standing.run(lake, indicators, new StandingHunt.Taker() {
                @Override
                public void seen(String client, List<Hunt.Sighting> found) {
                    hit.add(client);
                    for (Hunt.Sighting sighting : found) {
                        seen.add(sighting.indicator().uid());
                        print(sighting, sightings, List.of());
                    }
                    common.out().flush();
                }

                @Override
                public void progress(int done, int steps) {
                    if (steps > 20 && done % 10 == 0) {
                        common.note("hunting: " + Shown.count(done) + " of " + Shown.count(steps) + " steps");
                    }
                }
            });
            common.note(Shown.count(asked.fresh()) + " indicators are new; " + Shown.count(asked.steps())
                    + " steps had something to ask.");
        }
        return seen.size();
    }

    private static List<Lake.Event> events(Lake lake, Hunt hunt, Indicator indicator, int limit) throws IOException {
        List<Lake.Event> events = new ArrayList<>();
        for (Hunt.Place place : hunt.places(indicator, limit)) {
            events.addAll(lake.events(place.client(), place.file(), place.rows()));
        }
        return events;
    }

    private List<Lake.Event> events(Lake lake, Hunt hunt, Indicator indicator) throws IOException {
        return events(lake, hunt, indicator, events);
    }

    private void print(Hunt.Sighting s, Sightings sightings, List<Lake.Event> found) {
        Indicator indicator = s.indicator();
        String listed = s.count() == 0 ? null : warninglists.holding(indicator);
        if (s.count() > 0 && listed == null) {
            worst = Math.max(worst, HIGH);
        }
        PrintWriter to = common.out();
        if (!common.json) {
            if (s.count() == 0) {
                to.println(indicator.type().label() + " " + Shown.text(indicator.value(), 200) + ": not seen");
                return;
            }
            to.println(indicator.type().label() + " " + Shown.text(indicator.value(), 200) + ": "
                    + Shown.count(s.count())
                    + " events, " + Instant.ofEpochMilli(s.first()) + " to " + Instant.ofEpochMilli(s.last()) + ", at "
                    + Shown.text(String.join(", ", s.parties()), 300) + " in " + String.join(", ", s.sources())
                    + (listed == null ? "" : "; on the warninglist \"" + Shown.text(listed, 100) + "\""));
            for (Lake.Event event : found) {
                to.println("    " + Instant.ofEpochMilli(event.time()) + " " + Shown.text(event.client(), 64) + " "
                        + Shown.text(event.path(), 200) + ", record " + event.record());
                to.println("      " + Shown.text(event.raw(), 600));
            }
            return;
        }
        ObjectNode line = JSON.createObjectNode();
        line.put("type", indicator.type().label())
                .put("value", indicator.value())
                .put("count", s.count());
        if (s.count() > 0) {
            line.put("first_seen", Instant.ofEpochMilli(s.first()).toString());
            line.put("last_seen", Instant.ofEpochMilli(s.last()).toString());
        } else {
            line.putNull("first_seen").putNull("last_seen");
        }
        ArrayNode sources = line.putArray("sources");
        s.sources().forEach(sources::add);
        ArrayNode parties = line.putArray("parties");
        s.parties().forEach(parties::add);
        line.put("comment", indicator.comment()).put("origin", indicator.origin());
        if (listed != null) {
            line.put("warninglist", listed);
        }
        long from = sightings.spans().stream()
                .filter(span -> span.events() > 0)
                .mapToLong(Sightings.Span::from)
                .min()
                .orElse(0);
        line.put("looked_back_to", from == 0 ? null : Instant.ofEpochMilli(from).toString());
        line.put(
                "not_kept",
                sightings.spans().stream().mapToLong(Sightings.Span::gone).sum());
        if (events > 0) {
            ArrayNode rows = line.putArray("events");
            for (Lake.Event event : found) {
                rows.addObject()
                        .put("client", event.client())
                        .put("source", event.source())
                        .put("class", event.table())
                        .put("time", Instant.ofEpochMilli(event.time()).toString())
                        .put("path", event.path())
                        .put("record", event.record())
                        .put("raw", event.raw());
            }
        }
        to.println(JSON.writeValueAsString(line));
    }

    /// How far back was looked, by client and source, and what was not kept; true if something that is kept
    /// was not looked at.
    private boolean tellReach(Sightings sightings, Hunt.Period period) {
        for (Sightings.Span span : sightings.spans()) {
            String who = Shown.text(span.client(), 64) + ", " + Shown.text(span.source(), 64) + ": ";
            String gone = span.gone() == 0
                    ? ""
                    : "; " + Shown.count(span.gone()) + " events, from " + Instant.ofEpochMilli(span.begun())
                            + " on, are no longer kept";
            common.note(
                    span.events() == 0
                            ? who + "nothing is kept any more" + gone
                            : who + "looked back to "
                                    + Instant.ofEpochMilli(Math.max(span.from(), period.since())) + " in "
                                    + Shown.count(span.events()) + " events, the last of "
                                    + Instant.ofEpochMilli(span.to()) + gone);
        }
        sightings
                .rejected()
                .forEach((client, n) -> common.note(Shown.text(client, 64) + ": " + Shown.count(n)
                        + " records were not understood; they are kept and were not looked at"));
        if (sightings.missing() > 0) {
            common.fault(Shown.count(sightings.missing())
                    + " kept events are not in the sightings index and were not looked at; run \"carom lake index\"");
        }
        return sightings.missing() > 0;
    }

    private boolean rules(KeptReading kept, Set<String> asked, Hunt.Period period) throws Exception {
        PrintWriter to = common.out();
        FindingSink sink = finding -> {
            if (finding.time() >= period.since() && finding.time() < period.until()) {
                print(finding, to);
            }
        };
        List<Line.Summary> inputs = detection.rulesOver(common, sink, kept, asked);
        to.flush();
        detection.tellExcused(common);
        long events = inputs.stream().mapToLong(Line.Summary::events).sum();
        common.note(Shown.count(findings) + " findings in " + Shown.count(events) + " kept events of "
                + Shown.count(inputs.size()) + " inputs.");
        return KeptReading.refused(common, inputs);
    }

    private void print(Finding finding, PrintWriter to) {
        findings++;
        worst = Math.max(worst, finding.severityId());
        if (common.json) {
            json.length(0);
            FindingJson.write(finding, json);
            to.println(json);
            return;
        }
        to.println(Instant.ofEpochMilli(finding.time()) + " " + Shown.text(finding.client(), 64) + " "
                + Shown.text(finding.title(), 200) + " ("
                + Shown.text(finding.evidence().path(), 200) + ", record "
                + finding.evidence().record() + ")");
    }

    private void tellIncidents(Investigation.Outcome outcome) {
        common.note(Shown.count(outcome.findings()) + " findings in "
                + outcome.incidents().size() + " incidents:");
        outcome.incidents().stream().limit(12).forEach(i -> {
            common.note("  " + i.id() + " [" + i.severity().label() + "] " + Shown.text(i.title(), 200));
            worst = Math.max(worst, Detection.severity(i.severity()));
        });
        common.note("See \"carom incidents\" and \"carom trace ID\". Report: "
                + outcome.report().toAbsolutePath().toUri());
    }

    private Hunt.Period period(CommandLine program) {
        long from = since == null ? Long.MIN_VALUE : time(program, "--since", since, false);
        long to = until == null ? Long.MAX_VALUE : time(program, "--until", until, true);
        if (from > to) {
            throw new CommandLine.ParameterException(program, "--since is after --until");
        }
        return new Hunt.Period(from, to);
    }

    /// A time, or a day: its beginning or its end. Without a zone UTC is meant.
    private static long time(CommandLine program, String option, String text, boolean end) {
        try {
            if (text.length() == 10) {
                LocalDate day = LocalDate.parse(text);
                return (end ? day.plusDays(1) : day)
                        .atStartOfDay()
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli();
            }
            return Times.of(text).toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw new CommandLine.ParameterException(
                    program,
                    option + ": \"" + Shown.text(text, 60)
                            + "\" is no time; expected 2019-03-04 or 2019-03-04T10:00:00Z");
        }
    }
}
