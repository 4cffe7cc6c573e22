package io.carom.cli;

import io.carom.event.Finding;
import io.carom.incident.FindingsByEntity;
import io.carom.incident.Incident;
import io.carom.trace.Trace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

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

    private record Hop(long time, String from, String fromParty, String to, String toParty) {}

    private final Set<String> hit = new TreeSet<>();
    private final Set<String> spared = new TreeSet<>();
    private final List<Hop> hops = new ArrayList<>();
    private final Map<String, String> machines = new HashMap<>();
    private final Set<String> malicious = new HashSet<>();
    private final String supplier;
    private final List<String> lines = new ArrayList<>();

    /// @param logs the scenario's folder
    /// @param machines names of machines by owner, a space and address
    TracingScore(Path logs, Map<String, String> machines) throws IOException {
        this.machines.putAll(machines);
        JsonNode truth = new ObjectMapper().readTree(logs.resolve("truth.json").toFile());
        truth.path("clients_hit").forEach(c -> hit.add(c.asString()));
        truth.path("clients_not_hit").forEach(c -> spared.add(c.asString()));
        for (JsonNode h : truth.path("hops")) {
            hops.add(new Hop(
                    Instant.parse(h.path("time").asString()).toEpochMilli(),
                    h.path("from").asString(),
                    h.path("from_party").asString(),
                    h.path("to").asString(),
                    h.path("to_party").asString()));
        }
        this.supplier = hops.getFirst().toParty();
        Map<String, Set<Long>> byFile = new TreeMap<>();
        truth.path("records")
                .forEach(r -> byFile.computeIfAbsent(r.path("file").asString(), f -> new HashSet<>())
                        .add(r.path("line").asLong()));
        for (Map.Entry<String, Set<Long>> file : byFile.entrySet()) {
            Path path = logs.resolve(file.getKey());
            if (!Files.isRegularFile(path)) {
                continue;
            }
            long number = 0;
            for (String line : Files.readAllLines(path, StandardCharsets.ISO_8859_1)) {
                if (file.getValue().contains(++number)) {
                    malicious.add(path + "\0" + line(line));
                }
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
            if (!alarm(incident)) {
                continue;
            }
            boolean real = incident.findings().stream()
                    .flatMap(g -> g.kept().stream())
                    .flatMap(f -> f.evidences().stream())
                    .anyMatch(this::malicious);
            if (!real) {
                falseIncidents++;
                lines.add("false  " + incident.client() + " " + incident.severity() + " " + incident.title());
            }
            if (!real || !hit.contains(incident.client())) {
                if (spared.contains(incident.client())) {
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
                            label(h.from(), incident.client()) + " > " + label(h.to(), incident.client()),
                            h.confidence(),
                            Math::max);
                }
            }
            // Of several incidents at one client the first is its story: they are told worst first.
            if (!incident.client().equals(supplier) && judged.add(incident.client())) {
                Trace best = incident.traces().getFirst();
                boolean link = linked(incident, incident.entry().link());
                right += link ? 1 : 0;
                entryClaims.add(new Claim(incident.entry().confidence(), link));
                if (!link) {
                    lines.add("entry  " + incident.client() + " " + incident.entry());
                }
                for (Trace trace : incident.traces().subList(1, incident.traces().size())) {
                    entryClaims.add(new Claim(trace.confidence(), linked(incident, trace.entry().link())));
                }
                boolean first = false;
                for (int i = 0; i < best.origins().size(); i++) {
                    boolean its = origin(best.origins().get(i));
                    originClaims.add(new Claim(best.origins().get(i).confidence(), its));
                    first |= i == 0 && its;
                }
                origins += first ? 1 : 0;
                if (!first) {
                    lines.add("origin " + incident.client() + " " + best.origins());
                }
            }
        }
        Set<String> truly = new TreeSet<>();
        for (Hop hop : hops) {
            truly.add(label(hop.from, hop.fromParty) + " > " + label(hop.to, hop.toParty));
        }
        List<Claim> hopClaims = new ArrayList<>();
        told.forEach((hop, p) -> hopClaims.add(new Claim(p, truly.contains(hop))));
        truly.forEach(h -> lines.add((told.containsKey(h) ? "found  " : "missed ") + h));
        told.forEach((h, p) -> {
            if (!truly.contains(h)) {
                lines.add("wrong  " + h + " " + p);
            }
        });
        return new Row(
                seed,
                clients,
                hit.size(),
                named.size(),
                spared.size(),
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

    /// Whether this is the link by which the client was reached.
    private boolean linked(Incident incident, @Nullable String link) {
        return (supplier + "-" + incident.client()).equals(String.valueOf(link));
    }

    /// Whether this is where it began: the first address the intruder came from, or the lure before it.
    private boolean origin(Trace.Origin origin) {
        Hop first = hops.getFirst();
        if (origin.from().equals(first.from) && origin.party().equals(supplier)) {
            return true;
        }
        return origin.way() == Trace.Way.PHISHING
                && origin.party().equals(supplier)
                && origin.time().toEpochMilli() <= first.time;
    }

    /// At how many hit clients a finding of behaviour over the link came before the first movement over it.
    private int recon(List<Incident> incidents) {
        int count = 0;
        for (String client : hit) {
            long moved = hops.stream()
                    .filter(h -> h.toParty.equals(client))
                    .mapToLong(Hop::time)
                    .min()
                    .orElse(Long.MAX_VALUE);
            Set<String> ends = new HashSet<>();
            hops.stream().filter(h -> h.toParty.equals(client)).forEach(h -> ends.add(h.from));
            boolean found = incidents.stream()
                    .filter(i -> i.client().equals(client))
                    .flatMap(i -> i.findings().stream())
                    .filter(g -> g.analytic().startsWith(FindingsByEntity.BEHAVIOUR))
                    .flatMap(g -> g.kept().stream())
                    .anyMatch(f -> f.time() < moved && names(f, ends));
            count += found ? 1 : 0;
        }
        return count;
    }

    private static boolean names(Finding finding, Set<String> ends) {
        return finding.evidences().stream().anyMatch(e -> ends.contains(String.valueOf(e.srcAddress())));
    }

    /// One label for a machine however it is written.
    private String label(String machine, String owner) {
        for (String whose : List.of(owner, supplier)) {
            String name = machines.get(whose + " " + machine);
            if (name != null) {
                return name.toLowerCase(Locale.ROOT);
            }
        }
        return machine.toLowerCase(Locale.ROOT);
    }
}
