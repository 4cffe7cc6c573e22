package io.carom.cli;

import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.observe.Address;
import io.carom.scenario.Truth;
import io.carom.trace.Trace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Incidents held against what really happened in a scenario, as its `truth.json` says.
final class TracingScore {
    /// A statement with its confidence, and whether it was right.
    record Claim(double confidence, boolean right) {}

    /// What came of one scenario.
    ///
    /// @param origins at how many hit clients the first origin is the true one
    /// @param links at how many the first entry is the true link
    /// @param entryClaims the links of all readings; `hopClaims` all hops
    record Row(
            long seed,
            int clients,
            int hit,
            int named,
            int spared,
            int accused,
            int origins,
            int links,
            int hopsRight,
            int hopsTold,
            int hopsFound,
            int hopsTrue,
            int recon,
            int falseIncidents,
            double seconds,
            List<Claim> entryClaims,
            List<Claim> originClaims,
            List<Claim> hopClaims) {}

    private final Truth truth;
    private final Map<String, String> machines;
    private final Set<String> malicious = new HashSet<>();
    private final List<String> lines = new ArrayList<>();

    /// @param logs the scenario's folder
    TracingScore(Path logs, Truth truth) throws IOException {
        this.truth = truth;
        this.machines = truth.machines();
        Map<String, List<Truth.Malicious>> byFile = new TreeMap<>();
        truth.records()
                .forEach(m ->
                        byFile.computeIfAbsent(m.file(), f -> new ArrayList<>()).add(m));
        for (Map.Entry<String, List<Truth.Malicious>> file : byFile.entrySet()) {
            Path path = logs.resolve(file.getKey());
            List<String> all = Files.readAllLines(path, StandardCharsets.ISO_8859_1);
            for (Truth.Malicious m : file.getValue()) {
                int from = (int) m.line() - 1;
                malicious.add(path + "\0" + line(String.join("\n", all.subList(from, from + m.lines()))));
            }
        }
    }

    /// A record is known again by its text: the truth counts lines, a reader counts records.
    private boolean malicious(Finding.Evidence e) {
        return malicious.contains(e.path() + "\0" + line(latin(e.nativeRecord())));
    }

    private static String latin(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String line(String record) {
        String line = record.strip();
        return line.length() > 400 ? line.substring(0, 400) : line;
    }

    /// What was told of each hop, for people who look into a row.
    List<String> lines() {
        return lines;
    }

    /// Whether any evidence that is kept of it is the intruder's.
    private boolean real(FindingsByEntity.Group group) {
        return group.kept().stream().flatMap(f -> f.evidences().stream()).anyMatch(this::malicious);
    }

    /// Each group of findings of an incident and whether it is the intruder's.
    private void tell(Incident incident) {
        for (FindingsByEntity.Group group : incident.findings()) {
            lines.add("group  " + incident.id() + " " + incident.client() + " " + incident.severity() + " "
                    + (real(group) ? "real" : "innocent") + " " + group.severityId() + " " + group.analytic() + " x"
                    + group.count() + " " + Instant.ofEpochMilli(group.first()) + " " + group.title());
        }
    }

    private static boolean alarm(Incident incident) {
        return incident.severity().compareTo(Incident.Severity.MEDIUM) >= 0;
    }

    Row row(long seed, int clients, List<Incident> incidents, double seconds) {
        Set<String> named = new TreeSet<>();
        Set<String> accused = new TreeSet<>();
        Map<String, Double> told = new TreeMap<>();
        Set<String> judged = new HashSet<>();
        List<Claim> entryClaims = new ArrayList<>();
        List<Claim> originClaims = new ArrayList<>();
        int falseIncidents = 0;
        int origins = 0;
        int right = 0;
        for (Incident incident : incidents) {
            tell(incident);
            if (!alarm(incident)) {
                continue;
            }
            boolean real = incident.findings().stream().anyMatch(this::real);
            if (!real) {
                falseIncidents++;
                lines.add("false  " + incident.client() + " " + incident.severity() + " " + incident.title());
            }
            if (!real || !truth.courses().containsKey(incident.client())) {
                if (truth.clientsSpared().contains(incident.client())) {
                    accused.add(incident.client());
                }
            } else {
                named.add(incident.client());
            }
            if (!real) {
                continue;
            }
            for (Incident.Hop h : incident.path()) {
                if (h.confidence() > 0) {
                    told.merge(
                            label(h.from(), whose(h.party(), incident)) + " > "
                                    + label(h.to(), whose(h.toParty(), incident)),
                            h.confidence(),
                            Math::max);
                }
            }
            // Of several incidents at one client the first is its story: they are told worst first.
            Truth.Course course = truth.courses().get(incident.client());
            if (course != null && judged.add(incident.client())) {
                Trace best = incident.traces().getFirst();
                boolean link = linked(course, incident.entry().link());
                right += link ? 1 : 0;
                entryClaims.add(new Claim(incident.entry().confidence(), link));
                if (!link) {
                    lines.add("entry  " + incident.client() + " not by " + course.link() + ": " + incident.entry());
                }
                for (Trace trace :
                        incident.traces().subList(1, incident.traces().size())) {
                    entryClaims.add(new Claim(
                            trace.confidence(), linked(course, trace.entry().link())));
                }
                boolean first = false;
                for (int i = 0; i < best.origins().size(); i++) {
                    boolean its = origin(best.origins().get(i));
                    originClaims.add(new Claim(best.origins().get(i).confidence(), its));
                    first |= i == 0 && its;
                }
                origins += first ? 1 : 0;
                if (!first) {
                    lines.add("origin " + incident.client() + " not " + truth.entry() + ": " + best.origins());
                }
            }
        }
        Set<String> truly = new TreeSet<>();
        for (Truth.Hop hop : truth.hops()) {
            truly.add(label(hop.from(), hop.fromParty()) + " > " + label(hop.to(), hop.toParty()));
        }
        throughTranslations(told, truly);
        List<Claim> hopClaims = new ArrayList<>();
        told.forEach((hop, p) -> hopClaims.add(new Claim(p, truly.contains(hop))));
        truly.forEach(h -> lines.add(told.containsKey(h) ? "found  " + h + " " + told.get(h) : "missed " + h));
        told.forEach((h, p) -> {
            if (!truly.contains(h)) {
                lines.add("wrong  " + h + " " + p);
            }
        });
        return new Row(
                seed,
                clients,
                truth.courses().size(),
                named.size(),
                truth.clientsSpared().size(),
                accused.size(),
                origins,
                right,
                (int) told.keySet().stream().filter(truly::contains).count(),
                told.size(),
                (int) truly.stream().filter(told::containsKey).count(),
                truly.size(),
                recon(incidents),
                falseIncidents,
                seconds,
                entryClaims,
                originClaims,
                hopClaims);
    }

    /// The truth knows no address of a translation or pool that clients see a supplier by. What leads
    /// to one and on from it is told as one hop; where only the second half is told, it is right if the
    /// client was entered there from the supplier's side.
    private static void throughTranslations(Map<String, Double> told, Set<String> truly) {
        Set<String> known = new HashSet<>();
        truly.forEach(h -> known.addAll(List.of(h.split(" > "))));
        Map<String, Double> joined = new TreeMap<>();
        Set<String> gone = new HashSet<>();
        told.forEach((on, p) -> {
            String[] ends = on.split(" > ");
            if (ends.length < 2 || known.contains(ends[0]) || Address.of(ends[0]) == null) {
                return;
            }
            boolean through = false;
            for (Map.Entry<String, Double> to : told.entrySet()) {
                String[] before = to.getKey().split(" > ");
                if (before.length == 2 && before[1].equals(ends[0])) {
                    String whole = before[0] + " > " + ends[1];
                    if (truly.contains(whole) || !through) {
                        joined.merge(whole, Math.min(p, to.getValue()), Math::max);
                    }
                    gone.add(to.getKey());
                    through = true;
                }
            }
            if (through) {
                gone.add(on);
            }
        });
        told.keySet().removeAll(gone);
        joined.forEach((hop, p) -> told.merge(hop, p, Math::max));
    }

    /// Whether this is the link by which the client was reached; none for one that was entered from
    /// outside.
    private static boolean linked(Truth.Course course, @Nullable String link) {
        return course.link().equals(link == null ? "" : link);
    }

    /// Whether this is where it began: the address it came from, the machine that was entered first, or
    /// the lure before it.
    private boolean origin(Trace.Origin origin) {
        Truth.Entry entry = truth.entry();
        if (!origin.party().equals(entry.party())) {
            return false;
        }
        // By a lure came also who went back over a client's link.
        boolean lure = origin.way() == Trace.Way.PHISHING
                && entry.how().startsWith("phishing")
                && origin.time().toEpochMilli() <= truth.hops().getFirst().time();
        return lure
                || origin.from().equals(entry.from())
                || label(origin.at(), origin.party()).equals(label(entry.host(), entry.party()));
    }

    /// At how many hit clients a finding of behaviour came from where the intruder looked round, before
    /// the first movement behind that.
    private int recon(List<Incident> incidents) {
        int count = 0;
        for (Truth.Course course : truth.courses().values()) {
            Set<String> ends = Set.copyOf(course.reconFrom());
            boolean found = incidents.stream()
                    .filter(i -> i.client().equals(course.client()))
                    .flatMap(i -> i.findings().stream())
                    .filter(g -> g.analytic().startsWith(FindingsByEntity.BEHAVIOUR))
                    .flatMap(g -> g.kept().stream())
                    .anyMatch(f -> f.time() < course.movement() && names(f, course.client(), ends));
            count += found ? 1 : 0;
        }
        return count;
    }

    /// Whether it was found that one of these machines did it: by its address, or on the machine
    /// itself.
    private boolean names(Finding finding, String client, Set<String> ends) {
        return finding.evidences().stream().anyMatch(e -> {
            String host = String.valueOf(e.host());
            int dot = host.indexOf('.');
            String name = label(dot > 0 ? host.substring(0, dot) : host, client);
            return ends.contains(String.valueOf(e.srcAddress()))
                    || ends.stream().anyMatch(end -> label(end, client).equals(name));
        });
    }

    private static String whose(@Nullable String party, Incident incident) {
        return party == null ? incident.client() : party;
    }

    /// One label for a machine however it is written.
    private String label(String machine, String owner) {
        for (String whose : List.of(owner, truth.supplier())) {
            String name = machines.get(whose + " " + machine);
            if (name != null) {
                return name.toLowerCase(Locale.ROOT);
            }
        }
        return machine.toLowerCase(Locale.ROOT);
    }
}
