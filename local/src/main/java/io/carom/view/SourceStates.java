package io.carom.view;

import io.carom.detect.behaviour.Analytic;
import io.carom.detect.behaviour.engine.Runner;
import io.carom.event.AttackTactic;
import io.carom.event.AttackTechniques;
import io.carom.lake.Lake;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What feeds Carom, what of it was not understood, and what logs that are not there would have shown.
public final class SourceStates {
    /// So few events tell nothing of how often they come.
    private static final int SELDOM = 20;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern TECHNIQUE = Pattern.compile("attack\\.(t\\d{4}(?:\\.\\d{3})?)");
    /// What findings about mails name, and those about what came of them.
    private static final List<String> MAIL =
            List.of("T1078", "T1204.001", "T1204.002", "T1566", "T1566.001", "T1566.002", "T1598");

    /// A kind of log that a client should have, and what it shows that others do not.
    private record Kind(String name, String shows, Pattern readers) {
        Kind(String name, String shows, String readers) {
            this(name, shows, Pattern.compile(readers));
        }
    }

    private static final List<Kind> KINDS = List.of(
            new Kind(
                    "Remote access (VPN, gateways)",
                    "who came over which supplier's link, from where, with which lent address",
                    ".*(vpn|asa|anyconnect|openvpn|teamviewer|anydesk|screenconnect|paloalto|fortigate|pfsense|checkpoint).*"),
            new Kind(
                    "Flows or firewall",
                    "which machine spoke to which: every hop, scans, data that leaves",
                    "zeek|.*(asa|fortigate|paloalto|pfsense|checkpoint|cisco|flow|nfdump|argus|suricata|vpc).*"),
            new Kind(
                    "Sign-ins of machines",
                    "which account went on to which machine",
                    ".*(windows|linux-auth|auditd|journald|evtx).*"),
            new Kind(
                    "Programs that ran",
                    "what an intruder did on a machine, and which of several sessions it was",
                    ".*(windows|auditd|sysmon|linux-syscalls|evtx).*"),
            new Kind(
                    "Sign-ins of the cloud",
                    "stolen sessions, applications that were granted access",
                    ".*(azure|okta|microsoft365|google|entra|graph|cloudtrail|gcp).*"),
            new Kind(
                    "Names that were asked (DNS)",
                    "look-alike names, tunnels, first contact",
                    "zeek|.*(dns|bind|dnsmasq).*"),
            new Kind("Web proxy", "pages and downloads by person", ".*(squid|proxy|zeek|paloalto).*"),
            new Kind(
                    "Mail",
                    "the phishing mail itself, and rules that hide answers",
                    ".*(eml|mbox|mail|microsoft365).*"),
            new Kind("Leases (DHCP)", "which machine had an address at that time", ".*(dhcp|dnsmasq|zeek|windows).*"));

    private final View view;

    public SourceStates(View view) {
        this.view = view;
    }

    /// `sources`, `received` and `alarms` (as {@link ReceivedStates}), `rejects`, `missing` (a row a
    /// client and kind of log that it has not, with what it would have shown), `gaps` (what incidents
    /// could not tell for want of logs).
    public ObjectNode of() throws IOException {
        ObjectNode out = JSON.createObjectNode();
        ArrayNode sources = out.putArray("sources");
        new ReceivedStates(view).of(out);
        ArrayNode rejects = out.putArray("rejects");
        ArrayNode missing = out.putArray("missing");
        ArrayNode gaps = out.putArray("gaps");
        Map<String, Set<String>> has = new TreeMap<>();
        if (Files.exists(view.home().resolve("lake").resolve("catalog.db"))) {
            try (Lake lake = Lake.open(view.home())) {
                Map<String, Long> latest = new TreeMap<>();
                Map<String, Map<String, Long>> pauses = lake.pauses();
                for (Lake.SourceState one : lake.sources()) {
                    latest.merge(one.client(), one.last(), Math::max);
                }
                for (Lake.SourceState one : lake.sources()) {
                    if (view.sight().sees(one.client())) {
                        has.computeIfAbsent(one.client(), c -> new TreeSet<>()).add(one.source());
                        sources.add(source(
                                one,
                                latest.getOrDefault(one.client(), one.last()),
                                pauses.getOrDefault(one.client(), Map.of()).getOrDefault(one.source(), 0L)));
                    }
                }
                for (Lake.RejectCount one : lake.rejects()) {
                    if (view.sight().sees(one.client())) {
                        rejects.addObject()
                                .put("client", one.client())
                                .put("reason", one.reason())
                                .put("count", one.count());
                    }
                }
            }
        }
        has.forEach((client, all) -> {
            for (Kind kind : KINDS) {
                if (all.stream().noneMatch(s -> kind.readers.matcher(s).matches())) {
                    missing.addObject()
                            .put("client", client)
                            .put("kind", kind.name)
                            .put("shows", kind.shows);
                }
            }
        });
        for (ObjectNode incident : view.incidents()) {
            for (JsonNode gap : incident.path("gaps")) {
                if (gaps.size() < 200) {
                    gaps.addObject()
                            .put("incident", incident.path("id").asString(""))
                            .put("client", incident.path("client").asString(""))
                            .put("text", gap.asString(""));
                }
            }
        }
        return out;
    }

    /// @param latest when the client's newest event of any source was: a source is behind by that,
    /// however old the logs
    /// @param silent how long it falls silent at times, milliseconds
    private ObjectNode source(Lake.SourceState one, long latest, long silent) {
        Duration behind = Duration.ofMillis(Math.max(0, latest - one.last()));
        Duration spread = Duration.ofMillis(Math.max(3_600_000, one.last() - one.first()));
        // What comes seldom is late only after many times its usual pause.
        Duration pause = spread.dividedBy(Math.max(1, one.events()));
        boolean late = behind.compareTo(Duration.ofDays(1)) > 0
                && behind.compareTo(pause.multipliedBy(10)) > 0
                // A weekend is no fault of what is not heard on weekends.
                && behind.toMillis() > silent + silent / 2;
        String state = one.events() == 0 ? "silent" : one.events() < SELDOM ? "seldom" : late ? "behind" : "good";
        return JSON.createObjectNode()
                .put("client", one.client())
                .put("source", one.source())
                .put("events", one.events())
                .put("first_seen", Instant.ofEpochMilli(one.first()).toString())
                .put("last_seen", Instant.ofEpochMilli(one.last()).toString())
                .put("ingested", Instant.ofEpochMilli(one.ingested()).toString())
                .put("events_an_hour", Math.round(one.events() * 3_600_000.0 / spread.toMillis()))
                .put("behind_s", behind.toSeconds())
                .put("state", state);
    }

    /// What of ATT&CK is looked for, by tactic: `techniques` that rules of the home that are on, or
    /// analytics, name, and those that were found in incidents in sight; and `missing`, those of the
    /// matrix that nothing looks for. A technique of which a part is looked for is not missing.
    /// `analytics`, each with its techniques.
    ///
    /// Rules are not for clients, so that nobody of theirs is told what is missing.
    public ObjectNode coverage() throws IOException {
        Map<String, Integer> byRules = new TreeMap<>();
        for (JsonNode rule : new RuleDesk(view).all().path("rules")) {
            if (rule.path("enabled").asBoolean(false)) {
                for (JsonNode tag : rule.path("tags")) {
                    Matcher technique = TECHNIQUE.matcher(tag.asString(""));
                    if (technique.matches()) {
                        byRules.merge(technique.group(1).toUpperCase(java.util.Locale.ROOT), 1, Integer::sum);
                    }
                }
            }
        }
        Map<String, Integer> byAnalytics = new TreeMap<>();
        List<Looking> looking = looking();
        looking.forEach(l -> l.techniques.forEach(t -> byAnalytics.merge(t, 1, Integer::sum)));
        Map<String, Integer> found = new TreeMap<>();
        for (ObjectNode incident : view.incidents()) {
            incident.path("techniques").forEach(t -> found.merge(t.asString(""), 1, Integer::sum));
        }
        Set<String> all = new TreeSet<>(byRules.keySet());
        all.addAll(byAnalytics.keySet());
        Set<String> looked = new TreeSet<>();
        all.forEach(t -> looked.add(whole(t)));
        all.addAll(found.keySet());
        Map<AttackTactic, List<String>> byTactic = new LinkedHashMap<>();
        for (AttackTactic tactic : AttackTactic.values()) {
            byTactic.put(tactic, new ArrayList<>());
        }
        for (String technique : all) {
            for (AttackTactic tactic : AttackTechniques.tactics(technique)) {
                byTactic.computeIfAbsent(tactic, t -> new ArrayList<>()).add(technique);
            }
        }
        Map<AttackTactic, List<String>> missing = new LinkedHashMap<>();
        for (String technique : view.sight().all() ? AttackTechniques.current() : Set.<String>of()) {
            if (technique.equals(whole(technique)) && !looked.contains(technique)) {
                for (AttackTactic tactic : AttackTechniques.tactics(technique)) {
                    missing.computeIfAbsent(tactic, t -> new ArrayList<>()).add(technique);
                }
            }
        }
        ObjectNode out = JSON.createObjectNode();
        ArrayNode tactics = out.putArray("tactics");
        byTactic.forEach((tactic, techniques) -> {
            ObjectNode one = tactics.addObject();
            one.put("tactic", tactic.title());
            ArrayNode into = one.putArray("techniques");
            techniques.stream()
                    .sorted(Comparator.comparing((String t) -> -found.getOrDefault(t, 0))
                            .thenComparing(t -> t))
                    .forEach(t -> {
                        String name = AttackTechniques.name(t);
                        into.addObject()
                                .put("id", t)
                                .put("name", name == null ? t : name)
                                .put("rules", byRules.getOrDefault(t, 0))
                                .put("analytics", byAnalytics.getOrDefault(t, 0))
                                .put("incidents", found.getOrDefault(t, 0));
                    });
            ArrayNode holes = one.putArray("missing");
            missing.getOrDefault(tactic, List.of())
                    .forEach(t -> holes.addObject().put("id", t).put("name", AttackTechniques.name(t)));
        });
        ArrayNode analytics = out.putArray("analytics");
        for (Looking one : looking) {
            ObjectNode told = analytics.addObject().put("id", one.id).put("title", one.title);
            one.techniques.forEach(told.putArray("techniques")::add);
        }
        return out;
    }

    /// What looks for something by itself.
    private record Looking(String id, String title, List<String> techniques) {}

    /// The analytics, and what is looked for in mails and behind them.
    private static List<Looking> looking() {
        List<Looking> out = new ArrayList<>();
        for (Analytic<?> one : Runner.installed()) {
            out.add(new Looking(one.id(), one.title(), one.techniques()));
        }
        out.add(new Looking("mail", "Phishing mails, and what came of them", MAIL));
        out.sort(Comparator.comparing(Looking::id));
        return out;
    }

    /// The technique that one is a part of, or itself.
    private static String whole(String technique) {
        int dot = technique.indexOf('.');
        return dot < 0 ? technique : technique.substring(0, dot);
    }
}
