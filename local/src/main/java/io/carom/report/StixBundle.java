package io.carom.report;

import io.carom.incident.Entity;
import io.carom.incident.FindingsByEntity.Group;
import io.carom.incident.Incident;
import io.carom.intel.IntelType;
import io.carom.intel.SimplePatterns;
import io.carom.intel.StixObjects;
import io.carom.intel.Tlp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The incidents as a STIX 2.1 bundle: who saw which indicator, when, how often, and what belongs
/// together.
///
/// Ids are UUIDs of version 5, so that the same incident has the same ids when it is investigated again;
/// those of cyber observables are made as STIX 2.1, section 2.9 says. Everything is marked TLP:AMBER: it
/// names clients. Findings of rules have no STIX pattern; their techniques are there as attack patterns.
final class StixBundle {
    private static final long MAX_COUNT = 999_999_999;
    private static final Pattern TECHNIQUE = Pattern.compile("T\\d{4}(?:\\.\\d{3})?");

    private final ReportInput in;
    private final String made;
    private final String amber;
    private final String us;
    private final StixObjects objects;

    private final Map<String, String> indicators = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    StixBundle(ReportInput in) {
        this.in = in;
        this.objects = new StixObjects(in.made());
        this.made = StixObjects.time(in.made());
        this.amber = objects.marking(Tlp.AMBER);
        this.us = StixObjects.id("identity", "identity Carom");
    }

    String text() {
        objects.identity(us, "Carom", "system");
        for (Incident incident : in.incidents()) {
            incident(incident);
        }
        StixCampaigns.write(CampaignSection.of(in), this);
        return objects.bundle();
    }

    /// The id of an object of ours.
    static String own(String type, String of) {
        return StixObjects.id(type, type + " " + of);
    }

    void put(String id, Map<String, Object> object) {
        objects.put(id).putAll(object);
    }

    /// The id of the indicator with this value, where the bundle has it.
    Optional<String> indicator(String value) {
        return Optional.ofNullable(indicators.get(value));
    }

    Map<String, Object> dated(String id) {
        Map<String, Object> it = objects.put(id);
        it.put("created_by_ref", us);
        it.put("created", made);
        it.put("modified", made);
        it.put("object_marking_refs", List.of(amber));
        return it;
    }

    String organisation(String name) {
        String id = StixObjects.id("identity", "identity party " + name);
        if (!objects.has(id)) {
            Map<String, Object> it = dated(id);
            it.put("name", name.isEmpty() ? "not declared" : name);
            it.put("identity_class", "organization");
        }
        return id;
    }

    private void incident(Incident incident) {
        Set<String> refs = new LinkedHashSet<>();
        String client = organisation(incident.client());
        refs.add(client);
        if (incident.entry().party() != null) {
            refs.add(organisation(incident.entry().party()));
        }
        Map<String, List<Group>> byIndicator = new TreeMap<>();
        for (Group group : incident.findings()) {
            if (group.byIndicator()) {
                byIndicator
                        .computeIfAbsent(group.analytic(), a -> new ArrayList<>())
                        .add(group);
            }
        }
        Set<String> patterns = new LinkedHashSet<>();
        for (String technique : incident.techniques()) {
            if (TECHNIQUE.matcher(technique).matches()) {
                patterns.add(technique(technique));
            }
        }
        refs.addAll(patterns);
        byIndicator.forEach((analytic, groups) -> {
            String pattern = pattern(analytic);
            if (pattern != null) {
                sighting(incident, analytic, pattern, groups, client, refs);
            }
        });
        String id = StixObjects.id("report", "report " + incident.id());
        Map<String, Object> it = dated(id);
        it.put("name", incident.title());
        it.put("description", incident.summary());
        it.put("report_types", List.of("observed-data"));
        it.put("published", made);
        it.put("object_refs", refs);
        it.put("labels", List.of("severity:" + incident.severity().label()));
        it.put("external_references", List.of(Map.of("source_name", "carom", "external_id", incident.id())));
    }

    private String technique(String technique) {
        String id = StixObjects.id("attack-pattern", "attack-pattern " + technique);
        if (!objects.has(id)) {
            Map<String, Object> it = dated(id);
            it.put("name", technique);
            it.put("external_references", List.of(Map.of("source_name", "mitre-attack", "external_id", technique)));
        }
        return id;
    }

    private void sighting(
            Incident incident, String analytic, String pattern, List<Group> groups, String client, Set<String> refs) {
        Group one = groups.getFirst();
        long count = groups.stream().mapToLong(Group::count).sum();
        String first = StixObjects.time(Instant.ofEpochMilli(
                groups.stream().mapToLong(Group::first).min().orElseThrow()));
        String last = StixObjects.time(Instant.ofEpochMilli(
                groups.stream().mapToLong(Group::last).max().orElseThrow()));

        String indicator = StixObjects.id("indicator", "indicator " + pattern);
        if (!objects.has(indicator)) {
            Map<String, Object> it = dated(indicator);
            it.put("name", one.title());
            if (!one.message().isEmpty()) {
                it.put("description", one.message());
            }
            it.put("indicator_types", List.of("malicious-activity"));
            it.put("pattern", pattern);
            it.put("pattern_type", "stix");
            it.put("valid_from", first);
        }
        refs.add(indicator);
        indicators.put(analytic.substring(analytic.indexOf(':', analytic.indexOf(':') + 1) + 1), indicator);

        Set<String> seen = new LinkedHashSet<>();
        for (Group group : groups) {
            for (Entity entity : group.entities()) {
                if (entity.kind() == Entity.Kind.INDICATOR) {
                    seen.add(objects.observable(entity.value()));
                }
            }
        }
        if (seen.isEmpty()) {
            String[] parts = analytic.split(":", 3);
            IntelType type = IntelType.labelled(parts[1]);
            String itself = type == null ? null : objects.observable(type, parts[2]);
            if (itself != null) {
                seen.add(itself);
            }
        }
        // Of some kinds STIX has no observable, and observed data without one is none.
        String observed = seen.isEmpty() ? null : observed(incident, pattern, first, last, count, seen);
        if (observed != null) {
            refs.add(observed);
            refs.addAll(seen);
        }

        String sighting = StixObjects.id("sighting", "sighting " + incident.id() + " " + pattern);
        Map<String, Object> it = dated(sighting);
        it.put("first_seen", first);
        it.put("last_seen", last);
        it.put("count", Math.clamp(count, 1, MAX_COUNT));
        it.put("sighting_of_ref", indicator);
        if (observed != null) {
            it.put("observed_data_refs", List.of(observed));
        }
        it.put("where_sighted_refs", List.of(client));
        refs.add(sighting);
        if (observed != null) {
            refs.add(relationship(indicator, "based-on", observed));
        }
        Set<String> attacks = new LinkedHashSet<>();
        groups.forEach(g -> attacks.addAll(g.attacks()));
        for (String attack : attacks) {
            if (TECHNIQUE.matcher(attack).matches()) {
                refs.add(relationship(indicator, "indicates", technique(attack)));
            }
        }
    }

    private String observed(
            Incident incident, String pattern, String first, String last, long count, Set<String> seen) {
        String observed = StixObjects.id("observed-data", "observed-data " + incident.id() + " " + pattern);
        Map<String, Object> data = dated(observed);
        data.put("first_observed", first);
        data.put("last_observed", last);
        data.put("number_observed", Math.clamp(count, 1, MAX_COUNT));
        data.put("object_refs", seen);
        return observed;
    }

    String relationship(String from, String type, String to) {
        String id = StixObjects.id("relationship", from + " " + type + " " + to);
        if (!objects.has(id)) {
            Map<String, Object> it = dated(id);
            it.put("relationship_type", type);
            it.put("source_ref", from);
            it.put("target_ref", to);
        }
        return id;
    }

    /// The pattern of an indicator by its id as an analytic; null where STIX has no word for it.
    private static @Nullable String pattern(String analytic) {
        String[] parts = analytic.split(":", 3);
        IntelType type = parts.length < 3 || parts[2].isEmpty() ? null : IntelType.labelled(parts[1]);
        return type == null ? null : SimplePatterns.pattern(type, parts[2]);
    }

    static String time(Instant time) {
        return StixObjects.time(time);
    }
}
